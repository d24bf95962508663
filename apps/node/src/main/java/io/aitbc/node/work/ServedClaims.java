// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BoundedHttp;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

  /// For all leaves that are asked for at a time.
  private static final Duration LEAVES_TIME_MAX = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ServedClaims.class);

  private final WorkChain chain;
  private final JobFiles files;
  private final Results kept;
  private final LeafFiles leaves;
  private final Reach reach;
  private final BoundedHttp http = new BoundedHttp();
  private final TreeMap<ClaimId, ServedClaim> fetched = new TreeMap<>(OpenJobs.ORDER);

  /// What is fetched over the network.
  ///
  /// @param files the own store
  /// @param folder where it is noted which blob of the store holds the outputs of a claim, and
  ///   where single leaves are kept: a service that starts again goes on though the worker serves
  ///   nothing any more
  /// @param reach where workers may say that they are
  /// @throws IOException if the folder cannot be used
  ServedClaims(WorkChain chain, JobFiles files, Path folder, Reach reach) throws IOException {
    this.chain = chain;
    this.files = files;
    this.kept = new Results(folder.resolve("served"));
    this.leaves = new LeafFiles(folder.resolve("leaves"));
    this.reach = reach;
  }

  /// Where a worker serves.
  private URI base(WorkClaim state) throws IOException, BlobRefusedException {
    URI base = URI.create(chain.serves(ServiceRole.WORKER, state.worker()).orElse(""));
    reach.check(base);
    return base;
  }

  private BlobClient client(URI base, WorkClaim state) {
    return new BlobClient(http, base, () -> chain.authorization(state.worker()), reach);
  }

  private static void notServed(ClaimId claim, WorkClaim state, Exception reason) {
    LOG.atInfo()
        .addKeyValue("claim", claim)
        .addKeyValue("worker", state.worker())
        .addKeyValue("reason", reason.getMessage())
        .log("not served");
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
    try {
      URI base = base(state);
      try (BlobClient client = client(base, state)) {
        JobFiles.Found found = files.fetch(job, client);
        byte[] outputs = JobFiles.download(blobAt(base, Results.page(claim)), client);
        Optional<ServedClaim> all = whole(claim, job, state, found, Optional.of(outputs));
        if (all.isPresent()) {
          kept.put(claim, files.put(outputs), job);
          return all;
        }
        LOG.atInfo().addKeyValue("claim", claim).addKeyValue("found", found).log("served wrongly");
      }
    } catch (IOException | BlobRefusedException | IllegalArgumentException reason) {
      notServed(claim, state, reason);
    }
    return Optional.empty();
  }

  /// Leaves of a claim of inference, in the order of their numbers as given; the whole files are
  /// fetched only if the worker does not serve single leaves, or not the right ones. Empty if they
  /// do not come now.
  Optional<List<ServedLeaf>> leaves(ClaimId claim, WorkJob job, WorkClaim state, List<Long> numbers)
      throws IOException {
    TreeMap<Long, ServedLeaf> known = new TreeMap<>();
    boolean whole = fetched.containsKey(claim) || kept.get(claim).isPresent();
    if (!whole) {
      Optional<Model> model = files.model(job);
      if (model.isPresent()) {
        known.putAll(leaves.get(claim, job, state, model.get()));
      }
      List<Long> missing = numbers.stream().filter(each -> !known.containsKey(each)).toList();
      if (!missing.isEmpty() && missing.size() <= LeafPages.LEAVES_MAX) {
        fetchLeaves(claim, job, state, missing).forEach(each -> known.put(each.leaf(), each));
        if (known.keySet().containsAll(missing)) {
          leaves.put(claim, known.values());
        }
      }
    }
    if (known.keySet().containsAll(numbers)) {
      return Optional.of(
          numbers.stream().map(each -> Objects.requireNonNull(known.get(each))).toList());
    }
    return fetch(claim, job, state).map(all -> all.leaves(claim, numbers));
  }

  private List<ServedLeaf> fetchLeaves(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> numbers) {
    try {
      URI base = base(state);
      Optional<Model> model;
      try (BlobClient client = client(base, state)) {
        model = files.fetchModel(job, client);
      }
      if (model.isEmpty()) {
        return List.of();
      }
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(base.resolve(LeafPages.page(claim, numbers)))
                  .header("Authorization", chain.authorization(state.worker()))
                  .build(),
              LeafPages.ANSWER_BYTES_MAX,
              LEAVES_TIME_MAX);
      if (answer.statusCode() == 200) {
        return ServedLeaf.decode(claim, job, state, model.get(), numbers, answer.body())
            .orElse(List.of());
      }
    } catch (IOException | BlobRefusedException | IllegalArgumentException reason) {
      notServed(claim, state, reason);
    }
    return List.of();
  }

  /// The outputs of a claim of inference, without its inputs, as they come; empty if they do not
  /// come now, or are not right.
  Optional<List<Bytes>> outputs(ClaimId claim, WorkJob job, WorkClaim state) {
    try {
      URI base = base(state);
      try (BlobClient client = client(base, state)) {
        byte[] file = JobFiles.download(blobAt(base, Results.page(claim)), client);
        return outputs(file, claim, job, state);
      }
    } catch (IOException | BlobRefusedException | IllegalArgumentException reason) {
      notServed(claim, state, reason);
      return Optional.empty();
    }
  }

  private static Optional<List<Bytes>> outputs(
      byte[] file, ClaimId claim, WorkJob job, WorkClaim state) {
    return ItemFile.decode(file, JobWork.itemsOf(claim, job))
        .filter(items -> ItemFile.outputTree(items).root().equals(state.outputs()));
  }

  /// A claim's files, if they are what the chain says.
  private Optional<ServedClaim> whole(
      ClaimId claim, WorkJob job, WorkClaim state, JobFiles.Found found, Optional<byte[]> outputs) {
    Optional<ServedClaim> all =
        found instanceof JobFiles.Found.Whole(JobWork work)
            ? outputs
                .flatMap(file -> outputs(file, claim, job, state))
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
    try {
      URI base = base(state);
      BlobId id = blobAt(base, Results.statePage(claim, segment));
      if (id.length() != TrainingState.bytes(work.model())) {
        return Optional.empty();
      }
      try (BlobClient client = client(base, state)) {
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
    leaves.retain(claims);
  }

  @Override
  public void close() {
    http.close();
  }
}
