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
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

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

  private static List<BlobId> files(TaskFile task) {
    return List.of(task.model(), task.inputs(), TaskFile.id(task.hash()));
  }

  /// Bytes of a job's files.
  static long bytes(TaskFile task) {
    return files(task).stream().mapToLong(BlobId::length).sum();
  }

  /// Puts a job's files into a worker's store, the task last: when that is there, all is.
  ///
  /// @param sent is told, on other threads, how many bytes of all are on their way
  /// @return why it did not succeed; empty if it did
  Optional<String> upload(Address worker, JobFolder folder, TaskFile task, LongConsumer sent) {
    try (BlobClient client = opening.open(base(worker), worker)) {
      long before = 0;
      for (BlobId id : files(task)) {
        long from = before;
        client.upload(id, folder.path(id), LEASE, bytes -> sent.accept(from + bytes));
        before += id.length();
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
      BlobId id = servedId(base, claim, "outputs");
      if (id.length() > ItemFile.BYTES_MAX) {
        return new ClaimOutputs.Wrong(worker, "a file of " + id.length() + " bytes");
      }
      file = download(base, worker, id);
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

  /// The state after the last segment of a claim that trains and is revealed.
  ///
  /// @param roots its outputs, compared with the chain
  ClaimOutputs state(ClaimId claim, WorkClaim state, Model model, List<Bytes> roots) {
    Address worker = state.worker();
    Bytes trained;
    try {
      URI base = base(worker);
      BlobId id = servedId(base, claim, "states/" + (roots.size() - 1));
      if (id.length() != TrainingState.bytes(model)) {
        return new ClaimOutputs.Wrong(worker, "a state of " + id.length() + " bytes");
      }
      trained = Bytes.wrap(download(base, worker, id));
    } catch (BlobRefusedException refused) {
      return new ClaimOutputs.NotServed(worker, refused.refusal().toString());
    } catch (IOException failed) {
      return new ClaimOutputs.NotServed(worker, reason(failed));
    }
    return isState(model, trained, roots.getLast())
        ? new ClaimOutputs.Right(List.of(trained))
        : new ClaimOutputs.Wrong(worker, "the state's root is not the last output");
  }

  /// Whether bytes are the state with a root.
  static boolean isState(Model model, Bytes state, Bytes root) {
    return TrainingState.decode(model, state.toArray())
        .filter(it -> TrainingState.tree(model, it).root().toBytes().equals(root))
        .isPresent();
  }

  private byte[] download(URI base, Address worker, BlobId id)
      throws BlobRefusedException, IOException {
    try (BlobClient client = opening.open(base, worker)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      client.download(id, 0, id.length(), content::writeBytes);
      return content.toByteArray();
    }
  }

  private BlobId servedId(URI base, ClaimId claim, String what) throws IOException {
    URI page = base.resolve("/claims/" + claim.job() + "/" + claim.claim() + "/" + what);
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
