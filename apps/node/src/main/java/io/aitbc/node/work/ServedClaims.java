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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What workers serve of revealed claims, fetched with requests that the own account signs. What is
/// not what the chain says is never given. Belongs to one thread. Protocol §17.9.
final class ServedClaims implements AutoCloseable {
  private static final int PAGE_BYTES_MAX = 128;
  private static final Duration PAGE_TIME_MAX = Duration.ofSeconds(5);

  /// Longest file of outputs that is not written to the disk: those of a claim of 250 bytes each.
  private static final int MEMORY_BYTES_MAX = 1 << 20;

  /// For such a file.
  private static final Duration FILE_TIME_MAX = Duration.ofSeconds(30);

  /// For all leaves that are asked for at a time.
  private static final Duration LEAVES_TIME_MAX = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ServedClaims.class);

  private final WorkChain chain;
  private final JobFiles files;
  private final Results kept;
  private final LeafFiles leaves;
  private final Reach reach;
  private final BoundedHttp http = new BoundedHttp();
  private final Fetches fetches = new Fetches();
  private final OutputMemory outputs = OutputMemory.SHARED;

  /// Files that are not the outputs of claims, whose workers said that they are.
  private final TreeMap<ClaimId, BlobId> wrong = new TreeMap<>(OpenJobs.ORDER);

  /// What workers said at their pages: they are looked at again until all has come.
  private final TreeMap<ClaimId, TreeMap<String, BlobId>> pages = new TreeMap<>(OpenJobs.ORDER);

  /// Files in the store that are needed no longer than claims.
  private final TreeMap<ClaimId, Set<BlobId>> borrowed = new TreeMap<>(OpenJobs.ORDER);

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

  /// Brings files of a claim into the own store.
  private JobFiles.Source source(ClaimId claim, URI base, WorkClaim state) {
    BlobClient client = client(base, state);
    return id -> {
      if (files.has(id)) {
        return;
      }
      byte[] _ =
          fetches.get(
              claim,
              id.toString(),
              () -> {
                files.bring(id, client);
                return new byte[0];
              });
    };
  }

  /// Whether something of a claim is on its way: nobody can say yet that it is not served.
  boolean isAwaited(ClaimId claim) {
    return fetches.isAwaited(claim);
  }

  /// Whether something has come, or failed, since it was looked for.
  boolean haveNews() {
    return fetches.haveNews();
  }

  private void notServed(ClaimId claim, WorkClaim state, Exception reason) {
    if (reason instanceof OnItsWayException) {
      return;
    }
    var _ = pages.remove(claim); // What it says next may be right.
    LOG.atInfo()
        .addKeyValue("claim", claim)
        .addKeyValue("worker", state.worker())
        .addKeyValue("reason", reason.getMessage())
        .log("not served");
  }

  /// A claim's files; empty if they do not come now, or are not right.
  Optional<ServedClaim> fetch(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    Optional<BlobId> known = kept.get(claim);
    Optional<ServedClaim> here =
        known.isPresent()
            ? whole(
                claim,
                job,
                state,
                files.find(job),
                outputs.get(OutputMemory.Key.of(claim, job, state)),
                known.get())
            : Optional.empty();
    if (here.isPresent()) {
      borrow(claim, job, known.get());
      return here;
    }
    try {
      URI base = base(state);
      JobFiles.Source source = source(claim, base, state);
      JobFiles.Found found = files.fetch(job, source);
      BlobId file = blobAt(claim, base, state, Results.page(claim));
      source.bring(file);
      Optional<ServedClaim> all = whole(claim, job, state, found, Optional.empty(), file);
      if (all.isPresent()) {
        borrow(claim, job, file);
        kept.put(claim, file, job);
        return all;
      }
      borrow(claim, file);
      var _ = pages.remove(claim);
      LOG.atInfo().addKeyValue("claim", claim).addKeyValue("found", found).log("served wrongly");
    } catch (IOException | BlobRefusedException | IllegalArgumentException reason) {
      notServed(claim, state, reason);
    }
    return Optional.empty();
  }

  /// Leaves of a claim of inference, in the order of their numbers as given; the whole files are
  /// fetched only if the worker does not serve single leaves, or not the right ones. Empty if they
  /// do not come now. They are on the disk then: what is said of them can be proven.
  Optional<List<ServedLeaf>> leaves(ClaimId claim, WorkJob job, WorkClaim state, List<Long> numbers)
      throws IOException {
    SortedMap<Long, ServedLeaf> known = keptLeaves(claim, job, state);
    boolean isNew = !known.keySet().containsAll(numbers);
    Optional<List<ServedLeaf>> few = leaves(claim, job, state, numbers, known);
    if (isNew && known.keySet().containsAll(numbers)) {
      leaves.put(claim, known.values());
    }
    return few;
  }

  /// The same for who looks at them now and never again: they are not written to the disk, unless
  /// it is for {@link #keep}.
  Optional<List<ServedLeaf>> leavesOnce(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> numbers) throws IOException {
    return leaves(claim, job, state, numbers, keptLeaves(claim, job, state));
  }

  /// Keeps leaves of a claim on the disk, beside those that are there.
  void keep(ClaimId claim, WorkJob job, WorkClaim state, List<ServedLeaf> few) throws IOException {
    if (kept.get(claim).isEmpty()) { // Else the whole files are there.
      SortedMap<Long, ServedLeaf> known = keptLeaves(claim, job, state);
      few.forEach(each -> known.put(each.leaf(), each));
      leaves.put(claim, known.values());
    }
  }

  private SortedMap<Long, ServedLeaf> keptLeaves(ClaimId claim, WorkJob job, WorkClaim state)
      throws IOException {
    Optional<Model> model = kept.get(claim).isEmpty() ? files.model(job) : Optional.empty();
    return model.isPresent()
        ? new TreeMap<>(leaves.get(claim, job, state, model.get()))
        : new TreeMap<>();
  }

  /// @param known leaves that are here; those that are served are added
  private Optional<List<ServedLeaf>> leaves(
      ClaimId claim,
      WorkJob job,
      WorkClaim state,
      List<Long> numbers,
      SortedMap<Long, ServedLeaf> known)
      throws IOException {
    List<Long> missing = numbers.stream().filter(each -> !known.containsKey(each)).toList();
    boolean single = kept.get(claim).isEmpty() && missing.size() <= LeafPages.LEAVES_MAX;
    if (single && !missing.isEmpty()) {
      fetchLeaves(claim, job, state, missing).forEach(each -> known.put(each.leaf(), each));
    }
    if (known.keySet().containsAll(numbers)) {
      return Optional.of(
          numbers.stream().map(each -> Objects.requireNonNull(known.get(each))).toList());
    }
    return fetches.isAwaited(claim)
        ? Optional.empty()
        : fetch(claim, job, state).map(all -> all.leaves(claim, numbers));
  }

  private List<ServedLeaf> fetchLeaves(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> numbers) {
    try {
      URI base = base(state);
      Optional<Model> model = files.fetchModel(job, source(claim, base, state));
      if (model.isEmpty()) {
        return List.of();
      }
      String page = LeafPages.page(claim, numbers);
      byte[] answer =
          fetches.get(
              claim,
              page,
              () ->
                  answer(request(base, page, state), LeafPages.ANSWER_BYTES_MAX, LEAVES_TIME_MAX));
      return ServedLeaf.decode(claim, job, state, model.get(), numbers, answer).orElse(List.of());
    } catch (IOException | BlobRefusedException | IllegalArgumentException reason) {
      notServed(claim, state, reason);
    }
    return List.of();
  }

  /// The outputs of a claim of inference, without its inputs, as they come; empty if they do not
  /// come now, or are not right. Only for an account that may read them: another one of the process
  /// may have fetched them.
  Optional<List<Bytes>> outputs(ClaimId claim, WorkJob job, WorkClaim state) {
    OutputMemory.Key key = OutputMemory.Key.of(claim, job, state);
    Optional<List<Bytes>> before = outputs.get(key);
    if (before.isPresent()) {
      return before;
    }
    Optional<BlobId> known =
        Optional.ofNullable(pages.getOrDefault(claim, new TreeMap<>()).get(Results.page(claim)));
    if (known.isPresent() && known.get().equals(wrong.get(claim))) {
      return Optional.empty();
    }
    try {
      URI base = base(state);
      if (known.filter(ServedClaims::isLong).isPresent()) {
        return longOutputs(claim, job, state, base, known.get());
      }
      OutputMemory.Fetched fetched =
          fetches.get(
              claim,
              "outputs",
              () -> outputs.together(key, () -> fetchOutputs(claim, job, state, base, known)));
      if (fetched.outputs().isPresent()) {
        return fetched.outputs();
      }
      BlobId file = fetched.file().orElseThrow();
      BlobId _ = pages.computeIfAbsent(claim, _ -> new TreeMap<>()).put(Results.page(claim), file);
      if (isLong(file)) {
        return longOutputs(claim, job, state, base, file);
      }
      BlobId _ = wrong.put(claim, file);
    } catch (IOException | BlobRefusedException | IllegalArgumentException reason) {
      notServed(claim, state, reason);
    }
    return Optional.empty();
  }

  private static boolean isLong(BlobId file) {
    return file.length() > MEMORY_BYTES_MAX;
  }

  /// Fetches a file of outputs that is needed once, and not written to the disk unless it is long.
  /// Runs on another thread.
  private OutputMemory.Fetched fetchOutputs(
      ClaimId claim, WorkJob job, WorkClaim state, URI base, Optional<BlobId> known)
      throws IOException, BlobRefusedException {
    BlobId id = known.isPresent() ? known.get() : asked(Results.page(claim), base, state);
    Optional<List<Bytes>> all = Optional.empty();
    if (!isLong(id)) {
      ByteArrayOutputStream file = new ByteArrayOutputStream((int) id.length());
      client(base, state).download(id, FILE_TIME_MAX, file::writeBytes);
      all = outputs(file.toByteArray(), claim, job, state);
    }
    return new OutputMemory.Fetched(all, Optional.of(id));
  }

  /// Brings outputs into the store.
  private Optional<List<Bytes>> longOutputs(
      ClaimId claim, WorkJob job, WorkClaim state, URI base, BlobId id) throws IOException {
    source(claim, base, state).bring(id);
    borrow(claim, id);
    Optional<byte[]> file = files.read(id);
    Optional<List<Bytes>> all = file.flatMap(it -> outputs(it, claim, job, state));
    all.ifPresent(it -> outputs.put(OutputMemory.Key.of(claim, job, state), it));
    if (all.isEmpty() && file.isPresent()) {
      BlobId _ = wrong.put(claim, id);
    }
    return all;
  }

  private static Optional<List<Bytes>> outputs(
      byte[] file, ClaimId claim, WorkJob job, WorkClaim state) {
    return ItemFile.decode(file, JobWork.itemsOf(claim, job))
        .filter(items -> items.stream().allMatch(ServedLeaf::isProvable))
        .filter(items -> ItemFile.outputTree(items).root().equals(state.outputs()));
  }

  /// A claim's files, if they are what the chain says.
  ///
  /// @param known its outputs, where they were compared before
  /// @param file they are in
  private Optional<ServedClaim> whole(
      ClaimId claim,
      WorkJob job,
      WorkClaim state,
      JobFiles.Found found,
      Optional<List<Bytes>> known,
      BlobId file)
      throws IOException {
    if (!(found instanceof JobFiles.Found.Whole(JobWork work))) {
      return Optional.empty();
    }
    if (known.isPresent()) {
      return Optional.of(new ServedClaim(work, known.get()));
    }
    Optional<List<Bytes>> read = files.read(file).flatMap(it -> outputs(it, claim, job, state));
    read.ifPresent(it -> outputs.put(OutputMemory.Key.of(claim, job, state), it));
    return read.map(it -> new ServedClaim(work, it));
  }

  /// The states of a claim that its worker serves; it need not.
  Segments.Source states(ClaimId claim, WorkClaim state, JobWork work) {
    return segment -> state(claim, state, work, segment);
  }

  private Optional<List<Elements>> state(ClaimId claim, WorkClaim state, JobWork work, int segment)
      throws IOException {
    try {
      URI base = base(state);
      BlobId id = blobAt(claim, base, state, Results.statePage(claim, segment));
      if (id.length() != TrainingState.bytes(work.model())) {
        return Optional.empty();
      }
      source(claim, base, state).bring(id);
      borrow(claim, id);
      return files.read(id).flatMap(it -> TrainingState.decode(work.model(), it));
    } catch (OnItsWayException later) {
      throw later; // Computing it from the beginning would take longer.
    } catch (IOException | BlobRefusedException | IllegalArgumentException notServed) {
      var _ = pages.remove(claim);
      return Optional.empty();
    }
  }

  /// Notes that outputs and inputs are needed no longer than the claim: a client that orders long
  /// ones again and again fills nobody's store. The model may be another job's too.
  private void borrow(ClaimId claim, WorkJob job, BlobId outputs) throws IOException {
    borrow(claim, outputs);
    borrow(claim, files.ids(job).getLast());
  }

  /// Notes that a file is needed no longer than the claim.
  private void borrow(ClaimId claim, BlobId id) {
    boolean _ = borrowed.computeIfAbsent(claim, _ -> new HashSet<>()).add(id);
  }

  /// The id that a worker serves as text.
  private BlobId blobAt(ClaimId claim, URI base, WorkClaim state, String page) throws IOException {
    TreeMap<String, BlobId> known = pages.computeIfAbsent(claim, _ -> new TreeMap<>());
    BlobId before = known.get(page);
    if (before != null) {
      return before;
    }
    BlobId id = fetches.get(claim, page, () -> asked(page, base, state));
    BlobId _ = known.put(page, id);
    return id;
  }

  /// Asks a worker for it; on another thread.
  private BlobId asked(String page, URI base, WorkClaim state) throws IOException {
    byte[] answer = answer(request(base, page, state), PAGE_BYTES_MAX, PAGE_TIME_MAX);
    return BlobId.parse(new String(answer, StandardCharsets.US_ASCII).strip())
        .orElseThrow(() -> new IOException("nothing is served at " + page));
  }

  /// Signed, as a worker that has not seen a draw yet says so to who may have been drawn.
  private HttpRequest request(URI base, String page, WorkClaim state) {
    return HttpRequest.newBuilder(base.resolve(page))
        .header("Authorization", chain.authorization(state.worker()))
        .build();
  }

  private byte[] answer(HttpRequest request, int bytesMax, Duration timeMax) throws IOException {
    HttpResponse<byte[]> answer = http.ask(request, bytesMax, timeMax);
    if (answer.statusCode() != 200) {
      throw new IOException("nothing is served at " + request.uri().getPath());
    }
    return answer.body();
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) throws IOException {
    boolean _ = wrong.keySet().retainAll(claims);
    kept.retain(claims);
    leaves.retain(claims);
    fetches.retain(claims);
    boolean _ = pages.keySet().retainAll(claims);
    Set<BlobId> over = new HashSet<>();
    for (ClaimId each : List.copyOf(borrowed.keySet())) {
      if (!claims.contains(each)) {
        boolean _ = over.addAll(Objects.requireNonNull(borrowed.remove(each)));
      }
    }
    borrowed.values().forEach(over::removeAll); // A job's claims have one file of inputs.
    for (BlobId id : over) {
      files.release(id);
    }
  }

  @Override
  public void close() {
    fetches.close();
    http.close();
  }
}
