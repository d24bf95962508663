// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BoundedHttp;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.model.Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Speaks to the stores of workers. Their addresses and answers are strangers' input: bounded in
/// bytes and in time, redirects are not followed, and nothing is believed that has not the root of
/// the chain. Safe for use by several threads. Protocol §17.9.
final class WorkerStore implements AutoCloseable {
  /// How long a worker is asked to keep a job's files: its time, its window and its disputes.
  private static final Duration LEASE = Duration.ofDays(8);

  /// The text of a blob's id, with room.
  private static final int PAGE_BYTES_MAX = 256;

  private static final Duration PAGE_TIME_MAX = Duration.ofSeconds(10);

  private final JobChain chain;
  private final StoreOpening opening;
  private final Reach reach;
  private final BoundedHttp http = new BoundedHttp();

  WorkerStore(JobChain chain, StoreOpening opening, Reach reach) {
    this.chain = chain;
    this.opening = opening;
    this.reach = reach;
  }

  private URI base(Address worker) throws IOException, BlobRefusedException {
    String text =
        chain
            .serves(ServiceRole.WORKER, worker)
            .orElseThrow(() -> new IOException("it registered no address"));
    try {
      URI base = URI.create(text);
      reach.check(base);
      return base;
    } catch (IllegalArgumentException malformed) {
      throw new IOException("its address is no URL", malformed);
    }
  }

  /// Puts a job's files into a worker's store, the task last: when that is there, all is.
  ///
  /// @return why it did not succeed; empty if it did
  Optional<String> upload(Address worker, JobFolder folder, TaskFile task) {
    try (BlobClient client = opening.open(base(worker), worker)) {
      for (BlobId id : List.of(task.model(), task.inputs(), TaskFile.id(task.hash()))) {
        client.upload(id, folder.path(id), LEASE);
      }
      return Optional.empty();
    } catch (BlobRefusedException refused) {
      return Optional.of(refused.refusal().toString());
    } catch (IOException failed) {
      return Optional.of(reason(failed));
    }
  }

  /// The outputs of a claim that is revealed.
  ClaimOutputs outputs(ClaimId claim, WorkClaim state, long items) {
    Address worker = state.worker();
    byte[] file;
    try {
      URI base = base(worker);
      BlobId id = outputsId(base, claim);
      if (id.length() > ItemFile.BYTES_MAX) {
        return new ClaimOutputs.Wrong(worker, "a file of " + id.length() + " bytes");
      }
      try (BlobClient client = opening.open(base, worker)) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        client.download(id, 0, id.length(), content::writeBytes);
        file = content.toByteArray();
      }
    } catch (BlobRefusedException refused) {
      return new ClaimOutputs.NotServed(worker, refused.refusal().toString());
    } catch (IOException failed) {
      return new ClaimOutputs.NotServed(worker, reason(failed));
    }
    Optional<List<Bytes>> outputs = ItemFile.decode(file, items);
    if (outputs.isEmpty()) {
      return new ClaimOutputs.Wrong(worker, "no file of " + items + " items");
    }
    Hash root = ItemFile.outputTree(outputs.get()).root();
    return root.equals(state.outputs())
        ? new ClaimOutputs.Right(outputs.get())
        : new ClaimOutputs.Wrong(
            worker, "their root is %s, revealed was %s".formatted(root, state.outputs()));
  }

  private BlobId outputsId(URI base, ClaimId claim) throws IOException {
    URI page = base.resolve("/claims/" + claim.job() + "/" + claim.claim() + "/outputs");
    HttpResponse<byte[]> answer =
        http.send(HttpRequest.newBuilder(page).build(), PAGE_BYTES_MAX, PAGE_TIME_MAX);
    if (answer.statusCode() != 200) {
      throw new IOException(page + " answers with status " + answer.statusCode());
    }
    return BlobId.parse(new String(answer.body(), StandardCharsets.US_ASCII).strip())
        .orElseThrow(() -> new IOException(page + " answers with no id of a blob"));
  }

  private static String reason(IOException failed) {
    Throwable cause = failed.getCause();
    return cause == null || cause.getMessage() == null
        ? String.valueOf(failed.getMessage())
        : failed.getMessage() + ": " + cause.getMessage();
  }

  @Override
  public void close() {
    http.close();
  }
}
