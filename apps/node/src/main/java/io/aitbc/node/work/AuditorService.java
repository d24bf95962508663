// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.Reach;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.referee.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Runs the leaves of its seats again, reports them, challenges what is wrong, demands what is not
/// served, and shows its secrets. After each final block it reads what the chain waits for and does
/// that. Belongs to one thread. Protocol §17.10, §17.13, §17.14.
public final class AuditorService implements ClaimChecker {
  /// Leaves of a seat. With ten seats, a third of them silent, 1/6 of wrong items is found with
  /// 99.86 %.
  public static final int LEAVES = 7;

  /// Leaves of a seat of a claim that trains: segments are few and long. With ten seats 1/6 of
  /// wrong segments is found with 97 %, with a third of the seats silent with 90 %.
  public static final int TRAINING_LEAVES = 2;

  /// Blocks after a commitment for which its worker may fail to have the seats drawn.
  private static final int DRAW_AFTER_BLOCKS = 10;

  private final WorkChain chain;
  private final Address self;
  private final SecretChains secrets;
  private final Outbox outbox;
  private final OpenJobs open;
  private final ServedClaims served;
  private final SegmentRuns runs;
  private final SegmentAuditor segments;
  private final Tracer tracer;
  private final Challenges challenges;
  private final Patience patience = new Patience();

  /// Of leaves that it has run again.
  private final LeafTraces traces = new LeafTraces();

  /// What the account reports of its seats: a report may get lost on its way into a block.
  private final Map<Seat, List<Hash>> reports = new LinkedHashMap<>();

  /// Claims about which nothing is left to do until an event tells of something new, and the
  /// version of their jobs that was looked at.
  private final TreeMap<ClaimId, Long> resting = new TreeMap<>(OpenJobs.ORDER);

  /// Claims of which neither what is served nor what is laid open is enough to audit them.
  private final TreeSet<ClaimId> unknown = new TreeSet<>(OpenJobs.ORDER);

  private final LaidOpen laidOpen;
  private final DisputedWorker disputed;
  private final SecondAudit second;
  private final NearOutputs near;
  private final Demands demands;
  private final Opinions opinions;

  /// How many seats there are for each that pays for a leaf's parts.
  private final int paysOneIn;

  /// Its place in the draws, once it is registered: it keeps it.
  private Optional<Long> place = Optional.empty();

  private long chainHeight;
  private long seen = -1;

  /// Whether what a worker lays open on the chain is demanded and waited for: an answer may take
  /// longer than the window.
  private enum Demanding {
    IN_TIME,
    LAST_TIME,
    OVER
  }

  /// A seat of a claim.
  private record Seat(ClaimId claim, int number) {}

  /// An auditor with its state in a folder.
  ///
  /// @param files its own store
  /// @param reach where workers may say that they are
  /// @throws IOException if the folder cannot be used
  public AuditorService(WorkChain chain, Path folder, JobFiles files, Reach reach)
      throws IOException {
    this(chain, folder, files, reach, new EngineChoice.Referee());
  }

  /// The same with engines of execution profiles, with which it compares outputs of class
  /// TOLERANCE.
  ///
  /// @param files its own store
  /// @param reach where workers may say that they are
  /// @throws IOException if the folder cannot be used
  public AuditorService(WorkChain chain, Path folder, JobFiles files, Reach reach, Engines engines)
      throws IOException {
    this(
        chain,
        folder,
        files,
        reach,
        engines,
        Tracer.SHARED,
        new SegmentRuns(),
        Demands.PAYS_ONE_IN);
  }

  /// An auditor that runs items and segments again where it is told.
  ///
  /// @param paysOneIn how many seats there are for each that pays for a leaf's parts
  AuditorService(
      WorkChain chain,
      Path folder,
      JobFiles files,
      Reach reach,
      Engines engines,
      Tracer tracer,
      SegmentRuns runs,
      int paysOneIn)
      throws IOException {
    this.chain = chain;
    this.paysOneIn = paysOneIn;
    this.tracer = tracer;
    this.runs = runs;
    this.segments = new SegmentAuditor(runs);
    this.self = chain.account();
    ServiceSecret secret = ServiceSecret.open(folder.resolve("secret"));
    this.outbox = new Outbox(chain);
    this.secrets = new SecretChains(chain, outbox, secret, folder.resolve("secret"));
    this.open = new OpenJobs(chain, folder.resolve("position"));
    this.served = new ServedClaims(chain, files, folder, reach);
    this.laidOpen = new LaidOpen(chain, files);
    this.challenges = new Challenges(chain, outbox, open, served, laidOpen, runs);
    this.disputed =
        new DisputedWorker(outbox, new DisputedSegments(runs, DisputedSegments.States.NONE));
    this.second = new SecondAudit(chain, outbox, challenges, this::again);
    this.near = new NearOutputs(engines);
    this.demands = new Demands(chain, open, outbox, laidOpen, near, runs);
    this.opinions = new Opinions(chain, secret, outbox, served, near);
  }

  @Override
  public boolean step() throws IOException {
    long height = chain.height();
    if (height == seen && !served.haveNews() && !runs.haveNews()) {
      return false;
    }
    chainHeight = height;
    outbox.at(height);
    Duties duties = new Duties();
    // Nobody may lose a bond, a deposit or a seat because something else takes time or fails.
    duties.attempt(() -> defend(duties));
    duties.attempt(() -> {
      Set<ClaimId> _ = challenges.pursue(duties);
    });
    duties.attempt(outbox::flush);
    if (place.isEmpty()) {
      place =
          chain.read(WorkRead.service(ServiceRole.AUDITOR, self)).map(service -> service.place());
    }
    secrets.look();
    if (place.isPresent()) {
      duties.attempt(() -> secrets.keepAChain(height));
      duties.attempt(() -> secrets.show(height));
      TreeSet<ClaimId> current = new TreeSet<>(OpenJobs.ORDER);
      TreeSet<ClaimId> needed = new TreeSet<>(OpenJobs.ORDER);
      duties.attempt(() -> needed.addAll(opinions.step(height, duties)));
      for (Map.Entry<Long, WorkJob> each : open.jobs().entrySet()) {
        for (ClaimId claim : OpenJobs.claims(each.getKey(), each.getValue())) {
          duties.attempt(() -> audit(claim, each.getValue(), height, current));
        }
      }
      duties.attempt(outbox::flush);
      duties.end();
      retain(current, needed);
    }
    duties.end();
    open.keep();
    seen = height;
    return true;
  }

  private void audit(ClaimId claim, WorkJob job, long height, Set<ClaimId> current)
      throws IOException {
    OptionalLong version = chain.version(claim.job());
    Long before = resting.remove(claim);
    if (before != null && version.equals(OptionalLong.of(before))) {
      Long _ = resting.put(claim, before);
      boolean _ = current.add(claim);
      return;
    }
    Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
    if (state.isPresent() && state.get().state() == WorkClaim.State.REVEALED) {
      boolean _ = current.add(claim);
      boolean rests = audit(claim, job, state.get(), place.orElseThrow(), height);
      if (rests && version.isPresent()) {
        Long _ = resting.put(claim, version.getAsLong());
      }
    }
  }

  /// Forgets all other claims.
  ///
  /// @param current those whose outputs wait to be judged
  /// @param opined those about which it is asked for an opinion
  private void retain(Set<ClaimId> current, Set<ClaimId> opined) throws IOException {
    demands.retain(current);
    traces.retain(current);
    boolean _ = unknown.retainAll(current);
    second.retain(current);
    TreeSet<ClaimId> needed = new TreeSet<>(OpenJobs.ORDER);
    boolean _ = needed.addAll(current);
    boolean _ = needed.addAll(opined);
    open.disputes().values().stream()
        .filter(each -> each.challenger().equals(self) || isOwnReport(each))
        .forEach(each -> needed.add(each.claim()));
    served.retain(needed);
    runs.retain(needed);
    segments.retain(current);
    patience.retain(current);
    boolean _ = resting.keySet().retainAll(current);
    boolean _ = reports.keySet().removeIf(each -> !current.contains(each.claim));
  }

  /// @return whether nothing is left to do until an event tells of something new
  private boolean audit(ClaimId claim, WorkJob job, WorkClaim state, long place, long height)
      throws IOException {
    Optional<Hash> beacon = state.auditBeacon();
    if (beacon.isEmpty()) {
      if (height > state.committedAt() + DRAW_AFTER_BLOCKS + self.bytes().at(0) % 4) {
        outbox.post("draw seats of " + claim, WorkCall.drawSeats(claim));
      }
      return false;
    }
    long epoch = Epochs.of(new Height(state.auditAt()));
    Optional<WorkAudit> audit = chain.read(WorkRead.audit(claim));
    if (!job.isTolerant() && audit.isPresent()) {
      second.step(claim, job, state, audit.get(), epoch);
    }
    Optional<Hash> own = secrets.of(epoch);
    if (own.isEmpty() || audit.isEmpty()) {
      return false; // Drawn before its chain began: it cannot know the leaves of its seats.
    }
    if (audit.get().unserved() != 0) {
      // A worker that serves nobody has nothing of it, its client has the fee back.
      outbox.postAttempt(
          new ClaimEnd(claim, job, state, audit.get()).inItsPlace(now(), self.bytes().at(0) % 4));
    }
    boolean closed = audit.get().closedAt() != 0;
    boolean rests =
        audit.get().unserved() == 0 && (!closed || job.isTolerant() || second.isDone(claim));
    TreeMap<Integer, List<Long>> due = new TreeMap<>();
    for (int seat = 0; seat < state.places().size(); seat++) {
      if (state.places().get(seat) != place) {
        continue;
      }
      secrets.owe(epoch);
      if (audit.get().hasReported(seat)) {
        continue;
      }
      rests = false;
      List<Hash> known = reports.get(new Seat(claim, seat));
      if (known != null) {
        if (!closed) {
          report(claim, seat, known);
        }
      } else {
        List<Long> leaves =
            WorkCall.leaves(
                own.get(), beacon.get(), claim, seat, leavesOf(job), JobWork.itemsOf(claim, job));
        List<Long> _ = due.put(seat, leaves);
        if (!job.trains() && !job.isTolerant()) { // A jury reads what the worker serves alone.
          Demands.drawn(own.get(), beacon.get(), claim, seat, leaves, paysOneIn)
              .ifPresent(leaf -> demands.pay(claim, leaf));
        }
      }
    }
    if (closed && !due.isEmpty()) {
      // Too late for a report, and not for a challenge of what is laid open by now.
      List<Long> all = due.values().stream().flatMap(List::stream).distinct().toList();
      Optional<List<Hash>> _ = demanded(claim, job, state, all, Demanding.OVER);
    } else if (!due.isEmpty()) {
      audit(claim, job, state, due);
      if (unknown.contains(claim)) {
        sayNotServed(claim, audit.get(), due.keySet());
      }
    }
    return rests;
  }

  /// Runs the leaves of its seats again, all in one go, and reports them.
  private void audit(
      ClaimId claim, WorkJob job, WorkClaim state, SortedMap<Integer, List<Long>> due)
      throws IOException {
    List<Long> all = due.values().stream().flatMap(List::stream).distinct().toList();
    Optional<List<Hash>> traces = again(claim, job, state, all);
    if (traces.isPresent()) {
      for (Map.Entry<Integer, List<Long>> seat : due.entrySet()) {
        List<Hash> own =
            seat.getValue().stream().map(leaf -> traces.get().get(all.indexOf(leaf))).toList();
        report(claim, seat.getKey(), seat.getValue(), own);
      }
    }
  }

  /// Leaves of a seat of a claim of the job.
  static int leavesOf(WorkJob job) {
    return job.trains() ? TRAINING_LEAVES : LEAVES;
  }

  /// The trace roots of leaves that are right; what is wrong is challenged, and what is not served
  /// is demanded.
  private Optional<List<Hash>> again(ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves)
      throws IOException {
    boolean _ = unknown.remove(claim);
    if (job.trains()) {
      Optional<ServedClaim> files = served.fetch(claim, job, state);
      if (files.isEmpty()) {
        return notServed(claim, job, state, leaves);
      }
      patience.served(claim);
      return lacksMemory(claim, files.get().work().model())
          ? Optional.empty()
          : trainAgain(claim, job, state, leaves, files.get());
    }
    List<Long> missing = traces.missing(claim, leaves);
    if (!missing.isEmpty()) {
      Optional<List<Hash>> roots = inferAgain(claim, job, state, missing);
      if (roots.isEmpty()) {
        return Optional.empty();
      }
      traces.put(claim, missing, roots.get());
    }
    return Optional.of(traces.of(claim, leaves));
  }

  private Optional<List<Hash>> inferAgain(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves) throws IOException {
    Optional<List<ServedLeaf>> few = served.leaves(claim, job, state, leaves);
    if (few.isEmpty()) {
      return notServed(claim, job, state, leaves);
    }
    patience.served(claim);
    boolean tooLarge = !few.get().isEmpty() && lacksMemory(claim, few.get().getFirst().model());
    return tooLarge ? Optional.empty() : runAgain(claim, job, few.get());
  }

  /// Whether a claim cannot be run again here: it is as if it were not served.
  private boolean lacksMemory(ClaimId claim, Model model) {
    boolean lacks = !ExecutionMemory.suffices(model);
    if (lacks) {
      boolean _ = unknown.add(claim);
    }
    return lacks;
  }

  private Optional<List<Hash>> notServed(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves) throws IOException {
    Optional<WorkAudit> closed =
        chain.read(WorkRead.audit(claim)).filter(it -> it.closedAt() != 0); // For a second auditor.
    Patience.Clocks last =
        closed
            .map(it -> new Patience.Clocks(it.untilHeight(), it.untilSeconds()))
            .orElse(new Patience.Clocks(state.untilHeight(), state.untilSeconds()));
    Patience.Clocks now = now();
    if (served.isAwaited(claim)) {
      Patience.Clocks half =
          closed.isPresent()
              ? left(2, last, EconomyParameter.CHECK_BLOCKS, EconomyParameter.CHECK_SECONDS)
              : left(2, last, EconomyParameter.WINDOW_BLOCKS, EconomyParameter.WINDOW_SECONDS);
      if (!now.haveReached(half)) {
        return Optional.empty(); // It may come; of who is slower the seats say that in time.
      }
    }
    if (!patience.isOver(claim, now, last)) {
      return Optional.empty();
    }
    Patience.Clocks quarter =
        left(
            Patience.LAST_PART,
            last,
            EconomyParameter.WINDOW_BLOCKS,
            EconomyParameter.WINDOW_SECONDS);
    return demanded(
        claim,
        job,
        state,
        leaves,
        now.haveReached(quarter) ? Demanding.LAST_TIME : Demanding.IN_TIME);
  }

  private Patience.Clocks now() throws IOException {
    return new Patience.Clocks(chainHeight, chain.read(WorkRead.activeSeconds()).orElse(0L));
  }

  /// When one part in so many of a time is left.
  private Patience.Clocks left(
      int parts, Patience.Clocks end, EconomyParameter blocks, EconomyParameter seconds)
      throws IOException {
    return end.before(parts, chain.parameter(blocks), chain.parameter(seconds));
  }

  private Optional<List<Hash>> trainAgain(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves, ServedClaim files)
      throws IOException {
    if (challenges.has(claim)) {
      return Optional.empty();
    }
    return switch (segments.runAgain(
        claim,
        job,
        files.work(),
        files.outputs(),
        leaves,
        served.states(claim, state, files.work()))) {
      case SegmentAuditor.Finding.Right(List<Hash> traces) -> Optional.of(traces);
      case SegmentAuditor.Finding.Wrong(int segment) -> {
        challenges.challenge(claim, segment);
        yield Optional.empty();
      }
      case SegmentAuditor.Finding.Unknown _ -> {
        boolean _ = unknown.add(claim);
        yield Optional.empty();
      }
    };
  }

  private Optional<List<Hash>> runAgain(ClaimId claim, WorkJob job, List<ServedLeaf> leaves)
      throws IOException {
    List<Hash> traces = new ArrayList<>();
    List<ClaimLeaf.Again> again =
        job.isTolerant() ? near.again(job, leaves) : ServedLeaf.runAgain(leaves, tracer);
    for (int i = 0; i < leaves.size(); i++) {
      if (!again.get(i).right()) {
        refute(claim, job, leaves.get(i).leaf());
        return Optional.empty();
      }
      boolean _ = traces.add(again.get(i).trace());
    }
    return Optional.of(traces);
  }

  /// A leaf is wrong: what no element proves is for a jury.
  private void refute(ClaimId claim, WorkJob job, long leaf) throws IOException {
    if (job.isTolerant()) {
      opinions.object(claim, leaf);
    } else {
      challenges.challenge(claim, leaf);
    }
  }

  /// Judges what the worker lays open on the chain alone, and challenges what is wrong.
  private Optional<List<Hash>> demanded(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves, Demanding when)
      throws IOException {
    if (challenges.has(claim)) {
      return Optional.empty();
    }
    return switch (demands.again(claim, job, state, leaves, when != Demanding.OVER)) {
      case Demands.Finding.Right(List<Hash> traces) -> Optional.of(traces);
      case Demands.Finding.Wrong(long leaf) -> {
        refute(claim, job, leaf);
        yield Optional.empty();
      }
      case Demands.Finding.Waiting _ -> {
        boolean _ = when == Demanding.LAST_TIME && unknown.add(claim);
        yield Optional.empty();
      }
      case Demands.Finding.Unknown _ -> {
        boolean _ = unknown.add(claim);
        yield Optional.empty();
      }
    };
  }

  /// Says of seats that the worker does not serve them what they need: nobody is convicted by that,
  /// but a claim that most cannot audit is not paid.
  private void sayNotServed(ClaimId claim, WorkAudit audit, Set<Integer> seats) throws IOException {
    for (int seat : seats) {
      if (!audit.isUnserved(seat)) {
        outbox.post(
            "seat " + seat + " of " + claim + " is not served", WorkCall.notServed(claim, seat));
      }
    }
  }

  private void report(ClaimId claim, int seat, List<Long> leaves, List<Hash> traces)
      throws IOException {
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      boolean _ =
          hashes.add(
              WorkCall.report(chain.chainId(), self, claim, seat, i, leaves.get(i), traces.get(i)));
    }
    List<Hash> _ = reports.put(new Seat(claim, seat), hashes);
    report(claim, seat, hashes);
  }

  private void report(ClaimId claim, int seat, List<Hash> hashes) throws IOException {
    outbox.post("report of seat " + seat + " of " + claim, WorkCall.report(claim, seat, hashes));
  }

  /// Lays open what the own reports say, where somebody challenges them. It goes on though the
  /// claim is over.
  private void defend(Duties duties) throws IOException {
    for (Map.Entry<Long, WorkDispute> each : open.disputes().entrySet()) {
      if (isOwnReport(each.getValue())) {
        duties.attempt(() -> defend(each.getKey(), each.getValue()));
      }
    }
  }

  private void defend(long number, WorkDispute dispute) throws IOException {
    Optional<WorkJob> job = chain.read(WorkRead.job(dispute.claim().job()));
    Optional<WorkClaim> state = chain.read(WorkRead.claim(dispute.claim()));
    if (job.isPresent() && state.isPresent()) {
      defend(number, dispute, job.get(), state.get());
    }
  }

  private void defend(long number, WorkDispute dispute, WorkJob job, WorkClaim state)
      throws IOException {
    ClaimId claim = dispute.claim();
    if (job.trains()) {
      Optional<ServedClaim> files = served.fetch(claim, job, state);
      if (files.isPresent()) {
        disputed.move(number, dispute, job, files.get());
      }
      return;
    }
    Optional<List<ServedLeaf>> few = served.leaves(claim, job, state, List.of(dispute.leaf()));
    Optional<ClaimLeaf> leaf =
        few.isPresent()
            ? Optional.of(few.get().getFirst().disputed(claim, job))
            : laidOpen.leaf(claim, job, state, dispute.leaf());
    if (leaf.isPresent()) {
      disputed.move(number, dispute, leaf.get());
    }
  }

  private boolean isOwnReport(WorkDispute dispute) {
    return dispute.worker().equals(self) && dispute.report().isPresent();
  }

  @Override
  public void close() {
    served.close();
    runs.close();
  }
}
