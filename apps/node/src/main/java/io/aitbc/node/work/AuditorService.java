// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BoundedHttp;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Height;
import io.aitbc.referee.Trace;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the leaves of its seats again, reports them, challenges what is wrong, demands what is not
/// served, and shows its secrets. After each final block it reads what the chain waits for and does
/// that. Belongs to one thread. Protocol §17.10, §17.13, §17.14.
public final class AuditorService implements AutoCloseable {
  /// Leaves of a seat. With ten seats, a third of them silent, 1/6 of wrong items is found with
  /// 99.86 %.
  public static final int LEAVES = 7;

  /// Leaves of a seat of a claim that trains: segments are few and long. With ten seats 1/6 of
  /// wrong segments is found with 97 %, with a third of the seats silent with 90 %.
  public static final int TRAINING_LEAVES = 2;

  /// Blocks for which a worker may fail to serve before its leaf is demanded on the chain.
  static final int DEMAND_AFTER_BLOCKS = 5;

  private static final int PAGE_BYTES_MAX = 128;
  private static final Duration PAGE_TIME_MAX = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(AuditorService.class);

  private final WorkChain chain;
  private final Address self;
  private final ServiceSecret secret;
  private final JobFiles files;
  private final Reach reach;
  private final Outbox outbox;
  private final OpenJobs open;
  private final SegmentAuditor segments = new SegmentAuditor();
  private final BoundedHttp http = new BoundedHttp();
  private final TreeMap<ClaimId, Fetched> fetched = new TreeMap<>(OpenJobs.ORDER);
  private final TreeMap<ClaimId, Long> unserved = new TreeMap<>(OpenJobs.ORDER);
  private final Set<Seat> reported = new LinkedHashSet<>();

  /// Epochs of seats whose secret was not shown yet.
  private final TreeSet<Long> owed = new TreeSet<>();

  private long seen = -1;

  /// A seat of a claim.
  private record Seat(ClaimId claim, int number) {}

  /// What a worker served of a claim.
  private record Fetched(JobWork work, List<Bytes> outputs) {}

  /// An auditor with its state in a folder.
  ///
  /// @param files its own store
  /// @param reach where workers may say that they are
  /// @throws IOException if the folder cannot be used
  public AuditorService(WorkChain chain, Path folder, JobFiles files, Reach reach)
      throws IOException {
    this.chain = chain;
    this.self = chain.account();
    this.secret = ServiceSecret.open(folder.resolve("secret"));
    this.files = files;
    this.reach = reach;
    this.outbox = new Outbox(chain);
    this.open = new OpenJobs(chain, folder.resolve("position"));
  }

  /// Does what the chain waits for after its last final block.
  ///
  /// @return whether there was a new block
  /// @throws IOException if the node does not answer, or the disk fails; it may be tried again
  public boolean step() throws IOException {
    long height = chain.height();
    if (height == seen) {
      return false;
    }
    outbox.at(height);
    Optional<Long> place =
        chain.read(WorkRead.service(ServiceRole.AUDITOR, self)).map(service -> service.place());
    List<SecretChain> chains = chain.read(WorkRead.secretChains(self)).orElse(List.of());
    if (place.isPresent()) {
      keepAChain(chains, height);
      TreeSet<ClaimId> current = new TreeSet<>(OpenJobs.ORDER);
      for (Map.Entry<Long, WorkJob> each : open.jobs().entrySet()) {
        for (ClaimId claim : OpenJobs.claims(each.getKey(), each.getValue())) {
          Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
          if (state.isPresent() && state.get().state() == WorkClaim.State.REVEALED) {
            boolean _ = current.add(claim);
            audit(claim, each.getValue(), state.get(), place.get(), chains, height);
          }
        }
      }
      boolean _ = fetched.keySet().retainAll(current);
      boolean _ = unserved.keySet().retainAll(current);
      boolean _ = reported.removeIf(each -> !current.contains(each.claim));
      showSecrets(chains, height);
    }
    for (Map.Entry<Long, WorkDispute> each : open.disputes().entrySet()) {
      if (each.getValue().challenger().equals(self)) {
        pursue(each.getKey(), each.getValue());
      }
    }
    open.keep();
    seen = height;
    return true;
  }

  private static long epochOf(long height) {
    return Epochs.of(new Height(height));
  }

  /// A chain that ends within two epochs is followed by the next.
  private void keepAChain(List<SecretChain> chains, long height) throws IOException {
    boolean ends =
        chains.isEmpty()
            || chains.getLast().fromEpoch() + ServiceSecret.LINKS - 2 <= epochOf(height);
    if (ends) {
      boolean _ =
          outbox.send(
              "chain of secrets " + chains.size(),
              WorkCall.registerSecretChain(secret.link(chains.size(), 0)));
    }
  }

  /// The secret of an epoch, if a registered chain has it.
  private Optional<Hash> secretOf(List<SecretChain> chains, long epoch) {
    int number = numberOf(chains, epoch);
    if (number < 0) {
      return Optional.empty();
    }
    long link = epoch - chains.get(number).fromEpoch() + 1;
    return link <= ServiceSecret.LINKS
        ? Optional.of(secret.link(number, (int) link))
        : Optional.empty();
  }

  private static int numberOf(List<SecretChain> chains, long epoch) {
    int number = -1;
    for (int i = 0; i < chains.size(); i++) {
      if (chains.get(i).fromEpoch() <= epoch) {
        number = i;
      }
    }
    return number;
  }

  private void audit(
      ClaimId claim,
      WorkJob job,
      WorkClaim state,
      long place,
      List<SecretChain> chains,
      long height)
      throws IOException {
    Optional<Hash> beacon = state.auditBeacon();
    if (beacon.isEmpty()) {
      if (height > state.committedAt() + 2L * DEMAND_AFTER_BLOCKS + self.bytes().at(0) % 4) {
        boolean _ = outbox.send("draw seats of " + claim, WorkCall.drawSeats(claim));
      }
      return;
    }
    for (int seat = 0; seat < state.places().size(); seat++) {
      if (state.places().get(seat) != place || reported.contains(new Seat(claim, seat))) {
        continue;
      }
      long epoch = epochOf(state.auditAt());
      Optional<Hash> own = secretOf(chains, epoch);
      if (own.isEmpty()) {
        continue; // Drawn before its chain began: it cannot know the leaves of this seat.
      }
      boolean _ = owed.add(epoch);
      List<Long> leaves =
          WorkCall.leaves(
              own.get(),
              beacon.get(),
              claim,
              seat,
              job.trains() ? TRAINING_LEAVES : LEAVES,
              JobWork.itemsOf(claim, job));
      Optional<Fetched> served = fetch(claim, job, state);
      if (served.isEmpty()) {
        long since = unserved.computeIfAbsent(claim, _ -> height);
        if (height >= since + DEMAND_AFTER_BLOCKS) {
          boolean _ =
              outbox.send(
                  "demand leaf " + leaves.getFirst() + " of " + claim,
                  DisputeCall.demand(claim, leaves.getFirst(), Amount.ZERO));
        }
        return;
      }
      if (job.trains()) {
        trainAgain(claim, job, state, seat, leaves, served.get());
      } else {
        runAgain(claim, seat, leaves, served.get());
      }
    }
  }

  private void trainAgain(
      ClaimId claim, WorkJob job, WorkClaim state, int seat, List<Long> leaves, Fetched served)
      throws IOException {
    if (isChallenged(claim)) {
      return;
    }
    switch (segments.runAgain(
        claim, job, served.work, served.outputs, leaves, states(claim, state, served.work))) {
      case SegmentAuditor.Finding.Right(List<Hash> traces) -> report(claim, seat, leaves, traces);
      case SegmentAuditor.Finding.Wrong(int segment) -> challenge(claim, segment);
    }
  }

  /// The states of a claim that its worker serves; it need not.
  private Segments.Source states(ClaimId claim, WorkClaim state, JobWork work) {
    return segment -> {
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
    };
  }

  private boolean isChallenged(ClaimId claim) throws IOException {
    return open.disputes().values().stream()
        .anyMatch(each -> each.claim().equals(claim) && each.challenger().equals(self));
  }

  private void runAgain(ClaimId claim, int seat, List<Long> leaves, Fetched served)
      throws IOException {
    List<Hash> traces = new ArrayList<>();
    for (long leaf : leaves) {
      int item = JobWork.first(claim) + (int) leaf;
      byte[] output = served.outputs.get((int) leaf).toArray();
      boolean fits =
          served.work.inputs().get(item).length() == served.work.model().header().inputBytes();
      boolean right;
      if (fits) {
        Trace trace = DisputedWorker.trace(served.work, item);
        traces.add(trace.tree().root());
        right = Arrays.equals(trace.output(), output);
      } else {
        traces.add(Hash.ZERO);
        right = output.length == 0;
      }
      if (!right) {
        challenge(claim, leaf);
        return;
      }
    }
    report(claim, seat, leaves, traces);
  }

  private void report(ClaimId claim, int seat, List<Long> leaves, List<Hash> traces)
      throws IOException {
    if (outbox.send(
        "report of seat " + seat + " of " + claim,
        WorkCall.report(
            claim, seat, WorkCall.report(chain.chainId(), self, claim, seat, leaves, traces)))) {
      boolean _ = reported.add(new Seat(claim, seat));
    }
  }

  private void challenge(ClaimId claim, long leaf) throws IOException {
    Optional<Amount> deposit = chain.read(WorkRead.deposit(claim));
    if (deposit.isPresent() && !isChallenged(claim)) {
      LOG.atInfo()
          .addKeyValue("claim", claim)
          .addKeyValue("leaf", leaf)
          .log("a leaf is wrong and is challenged");
      // The base fee, and the deposit with it, may rise until the block.
      boolean _ =
          outbox.send(
              "challenge of " + claim, DisputeCall.challenge(claim, leaf, deposit.get().times(2)));
    }
  }

  private Optional<Fetched> fetch(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    Fetched before = fetched.get(claim);
    if (before != null) {
      return Optional.of(before);
    }
    Optional<String> serves = chain.serves(ServiceRole.WORKER, state.worker());
    try {
      URI base = URI.create(serves.orElse(""));
      reach.check(base);
      try (BlobClient client =
          new BlobClient(base, () -> chain.authorization(state.worker()), reach)) {
        JobFiles.Found found = files.fetch(job, client);
        byte[] outputs = JobFiles.download(blobAt(base, Results.page(claim)), client);
        Optional<List<Bytes>> items = ItemFile.decode(outputs, JobWork.itemsOf(claim, job));
        if (found instanceof JobFiles.Found.Whole(JobWork work)
            && items.isPresent()
            && ItemFile.outputTree(items.get()).root().equals(state.outputs())) {
          Fetched all = new Fetched(work, items.get());
          Fetched _ = fetched.put(claim, all);
          return Optional.of(all);
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

  private void pursue(long number, WorkDispute dispute) throws IOException {
    String name = dispute.stage() + " " + dispute.level() + " of dispute " + number;
    switch (dispute.stage()) {
      case WAITING -> {
        boolean _ = outbox.send(name, DisputeCall.begin(number));
      }
      case SERVE, STATES, TRACE_ROOT, NODES, TILE -> {
        // The worker's move; without it in time it is fraud.
        boolean _ = outbox.send("time out of dispute " + number, DisputeCall.timeOut(number));
      }
      case STEP, DESCEND, PROVE -> move(name, number, dispute);
      case OVER -> {}
    }
  }

  private void move(String name, long number, WorkDispute dispute) throws IOException {
    ClaimId claim = dispute.claim();
    Optional<WorkJob> job = chain.read(WorkRead.job(claim.job()));
    Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
    if (job.isEmpty() || state.isEmpty()) {
      return;
    }
    if (state.get().state() != WorkClaim.State.REVEALED) {
      boolean _ = outbox.send("dismissal of dispute " + number, DisputeCall.dismiss(number));
      return;
    }
    Optional<Fetched> served = fetch(claim, job.get(), state.get());
    if (served.isPresent() && job.get().trains()) {
      moveAboutASegment(name, number, dispute, job.get(), state.get(), served.get());
    } else if (served.isPresent()) {
      var call =
          Challenger.move(
              chain,
              number,
              dispute,
              served.get().work,
              served.get().outputs,
              state.get().committedAt());
      if (call.isPresent()) {
        boolean _ = outbox.send(name, call.get());
      }
    }
  }

  private void moveAboutASegment(
      String name, long number, WorkDispute dispute, WorkJob job, WorkClaim state, Fetched served)
      throws IOException {
    Optional<Segments.Run> own =
        segments.again(
            dispute.claim(),
            job,
            served.work,
            served.outputs,
            (int) dispute.leaf(),
            states(dispute.claim(), state, served.work));
    if (own.isPresent()) {
      var call =
          SegmentChallenger.move(
              chain, number, dispute, served.work, own.get(), state.committedAt());
      if (call.isPresent()) {
        boolean _ = outbox.send(name + (dispute.inState() ? " in the state" : ""), call.get());
      }
    }
  }

  /// Secrets of epochs that are over are shown, so that seats are paid.
  private void showSecrets(List<SecretChain> chains, long height) throws IOException {
    for (long epoch : List.copyOf(owed)) {
      if (chain.read(WorkRead.secret(self, epoch)).isPresent()) {
        boolean _ = owed.remove(epoch);
      } else if (epoch < epochOf(height + 1)) {
        int number = numberOf(chains, epoch);
        Optional<Hash> shown = secretOf(chains, epoch);
        if (shown.isPresent()) {
          boolean _ =
              outbox.send(
                  "secret of epoch " + epoch,
                  WorkCall.showSecret(self, number, epoch, shown.get()));
        }
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
