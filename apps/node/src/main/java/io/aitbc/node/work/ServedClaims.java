// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BoundedHttp;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Elements;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What workers serve of revealed claims, fetched with requests that the own account signs. What is
/// not what the chain says is never given. Belongs to one thread. Protocol §17.9.
final class ServedClaims implements AutoCloseable {
  private static final int PAGE_BYTES_MAX = 128;
  private static final Duration PAGE_TIME_MAX = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(ServedClaims.class);

  private final WorkChain chain;
  private final JobFiles files;
  private final Results kept;
  private final Reach reach;
  private final BoundedHttp http = new BoundedHttp();
  private final TreeMap<ClaimId, ServedClaim> fetched = new TreeMap<>(OpenJobs.ORDER);

  /// What is fetched over the network.
  ///
  /// @param files the own store
  /// @param kept where it is noted which blob of the store holds the outputs of a claim: a service
  ///   that starts again goes on though the worker serves nothing any more
  /// @param reach where workers may say that they are
  ServedClaims(WorkChain chain, JobFiles files, Results kept, Reach reach) {
    this.chain = chain;
    this.files = files;
    this.kept = kept;
    this.reach = reach;
  }

  /// A claim's files; empty if they do not come now, or are not right.
  Optional<ServedClaim> fetch(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    ServedClaim before = fetched.get(claim);
    if (before != null) {
      return Optional.of(before);
    }
    Optional<BlobId> known = kept.get(claim);
    Optional<ServedClaim> here =
        known.isPresent()
            ? whole(claim, job, state, files.find(job), files.read(known.get()))
            : Optional.empty();
    if (here.isPresent()) {
      return here;
    }
    Optional<String> serves = chain.serves(ServiceRole.WORKER, state.worker());
    try {
      URI base = URI.create(serves.orElse(""));
      reach.check(base);
      try (BlobClient client =
          new BlobClient(base, () -> chain.authorization(state.worker()), reach)) {
        JobFiles.Found found = files.fetch(job, client);
        byte[] outputs = JobFiles.download(blobAt(base, Results.page(claim)), client);
        Optional<ServedClaim> all = whole(claim, job, state, found, Optional.of(outputs));
        if (all.isPresent()) {
          kept.put(claim, files.put(outputs), job);
          return all;
        }
        LOG.atInfo().addKeyValue("claim", claim).addKeyValue("found", found).log("served wrongly");
      }
    } catch (IOException | BlobRefusedException | IllegalArgumentException notServed) {
      LOG.atInfo()
          .addKeyValue("claim", claim)
          .addKeyValue("worker", state.worker())
          .addKeyValue("reason", notServed.getMessage())
          .log("not served");
    }
    return Optional.empty();
  }

  /// A claim's files, if they are what the chain says.
  private Optional<ServedClaim> whole(
      ClaimId claim, WorkJob job, WorkClaim state, JobFiles.Found found, Optional<byte[]> outputs) {
    Optional<ServedClaim> all =
        found instanceof JobFiles.Found.Whole(JobWork work)
            ? outputs
                .flatMap(file -> ItemFile.decode(file, JobWork.itemsOf(claim, job)))
                .filter(items -> ItemFile.outputTree(items).root().equals(state.outputs()))
                .map(items -> new ServedClaim(work, items))
            : Optional.empty();
    all.ifPresent(it -> fetched.put(claim, it));
    return all;
  }

  /// The states of a claim that its worker serves; it need not.
  Segments.Source states(ClaimId claim, WorkClaim state, JobWork work) {
    return segment -> state(claim, state, work, segment);
  }

  private Optional<List<Elements>> state(ClaimId claim, WorkClaim state, JobWork work, int segment)
      throws IOException {
    Optional<String> serves = chain.serves(ServiceRole.WORKER, state.worker());
    try {
      URI base = URI.create(serves.orElse(""));
      reach.check(base);
      BlobId id = blobAt(base, Results.statePage(claim, segment));
      if (id.length() != TrainingState.bytes(work.model())) {
        return Optional.empty();
      }
      try (BlobClient client =
          new BlobClient(base, () -> chain.authorization(state.worker()), reach)) {
        return TrainingState.decode(work.model(), JobFiles.download(id, client));
      }
    } catch (IOException | BlobRefusedException | IllegalArgumentException notServed) {
      return Optional.empty();
    }
  }

  /// The id that a worker serves as text.
  private BlobId blobAt(URI base, String page) throws IOException {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(base.resolve(page)).build(), PAGE_BYTES_MAX, PAGE_TIME_MAX);
    String text = new String(answer.body(), StandardCharsets.US_ASCII).strip();
    return Optional.of(text)
        .filter(_ -> answer.statusCode() == 200)
        .flatMap(BlobId::parse)
        .orElseThrow(() -> new IOException("nothing is served at " + page));
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    boolean _ = fetched.keySet().retainAll(claims);
    kept.retain(claims);
  }

  @Override
  public void close() {
    http.close();
  }
}
