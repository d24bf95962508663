// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes claims in its turns, runs them, commits, reveals, has auditors drawn, answers disputes and
/// settles. After each final block it reads what the chain waits for and does that: nothing but its
/// secret, its results and its blobs has to outlive it. Belongs to one thread; the engine computes
/// on another one. Protocol §17.12 to §17.14.
public final class WorkerService implements AutoCloseable {
  /// Blocks after which results whose blobs are gone are forgotten, and leases renewed.
  private static final long SWEEP_BLOCKS = 1_000;

  /// What running a leaf again may always take: in networks for trials a move has seconds.
  private static final long ANSWER_SECONDS_MIN = 10;

  private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

  private final WorkChain chain;
  private final Address self;
  private final ServiceSecret secret;
  private final JobFiles files;
  private final Results results;
  private final JobAccess access;
  private final Outbox outbox;
  private final OpenJobs open;
  private final SegmentRuns segments;
  private final DisputedWorker disputed;
  private final Optional<HardwareEvidence> hardware;
  private final Committees committees;
  private final OpenObjections objections;
  private final KeptFiles kept;
  private final ClaimRuns runs;
  private final TreeMap<Long, Optional<Address>> auditors = new TreeMap<>();

  /// Roots over the outputs of claims.
  private final TreeMap<ClaimId, Hash> roots = new TreeMap<>(OpenJobs.ORDER);

  /// Its claims and those that are offered to it, after the last block that it looked at.
  private Set<ClaimId> answersFor = Set.of();

  /// Whether the leases of what it answers for were renewed, when that was due last.
  private boolean keepsAll;

  private long sweepAt;
  private long seen = -1;

  /// A worker with its state in a folder.
  ///
  /// @param files its own store, into which clients put the files of jobs
  /// @param results what it serves
  /// @param access who puts files into the store and reads them
  /// @param hardware that vouches for claims of class ATTESTED; empty if these are left to others
  /// @throws IOException if the folder cannot be used
  public WorkerService(
      WorkChain chain,
      Path folder,
      JobFiles files,
      Results results,
      JobAccess access,
      Engines engines,
      Optional<HardwareEvidence> hardware)
      throws IOException {
    this(
        chain,
        folder,
        files,
        results,
        access,
        engines,
        hardware,
        new EngineRuns(),
        new SegmentRuns());
  }

  /// A worker whose engine runs where it is told, and segments that are disputed too.
  WorkerService(
      WorkChain chain,
      Path folder,
      JobFiles files,
      Results results,
      JobAccess access,
      Engines engines,
      Optional<HardwareEvidence> hardware,
      EngineRuns runs,
      SegmentRuns segments)
      throws IOException {
    this.hardware = hardware;
    this.chain = chain;
    this.self = chain.account();
    this.secret = ServiceSecret.open(folder.resolve("secret"));
    this.files = files;
    this.results = results;
    this.access = access;
    this.outbox = new Outbox(chain);
    this.open = new OpenJobs(chain, folder.resolve("position"));
    this.committees = new Committees(chain);
    this.objections = new OpenObjections(chain);
    TrainingWork training = new TrainingWork(files, results.states());
    this.segments = segments;
    this.disputed = new DisputedWorker(outbox, new DisputedSegments(segments, training::after));
    this.kept = new KeptFiles(files);
    this.runs = new ClaimRuns(files, engines, training, runs);
  }

  /// Does what the chain waits for after its last final block.
  ///
  /// @return whether there was a new block, or something that was computed has come to its end
  /// @throws IOException if the node does not answer, or the disk fails; it may be tried again
  public boolean step() throws IOException {
    long height = chain.height();
    boolean vouched = hardware.filter(HardwareEvidence::haveNews).isPresent();
    if (height == seen && !runs.haveNews() && !segments.haveNews() && !vouched) {
      return false;
    }
    outbox.at(height);
    Duties duties = new Duties();
    // Nobody may lose a bond because something else takes time or fails; an answer writes nothing.
    duties.attempt(() -> answer(duties));
    duties.attempt(outbox::flush);
    SortedMap<Long, WorkJob> jobs = open.jobs();
    Set<ClaimId> current = admit(jobs, duties);
    answersFor = current;
    runs.at(current);
    hardware.ifPresent(it -> it.only(current));
    duties.attempt(() -> kept.only(current));
    results.leaves().retain(current);
    boolean _ = roots.keySet().retainAll(current);
    if (height >= sweepAt) {
      sweepAt = height + SWEEP_BLOCKS;
      duties.attempt(() -> results.sweep(files::has));
      duties.attempt(() -> keepResults(current));
    }
    for (Map.Entry<Long, WorkJob> each : jobs.entrySet()) {
      for (ClaimId claim : OpenJobs.claims(each.getKey(), each.getValue())) {
        duties.attempt(() -> step(claim, each.getValue(), height));
      }
    }
    duties.attempt(outbox::flush);
    runs.keepPromises(claim -> outbox.isOnItsWay(acceptance(claim)));
    duties.attempt(() -> runs.start(height));
    duties.end();
    open.keep();
    seen = height;
    return true;
  }

  private void answer(Duties duties) throws IOException {
    TreeSet<ClaimId> own = new TreeSet<>(OpenJobs.ORDER);
    for (Map.Entry<Long, WorkDispute> each : open.disputes().entrySet()) {
      if (each.getValue().worker().equals(self) && each.getValue().report().isEmpty()) {
        boolean _ = own.add(each.getValue().claim());
        duties.attempt(() -> answer(each.getKey(), each.getValue()));
      }
    }
    segments.retain(own);
  }

  /// Whether it knows what it answers for, and all of that is leased: else nothing may be thrown
  /// away.
  public boolean keepsAll() {
    return keepsAll;
  }

  /// Renews the leases of what it answers for. After many blocks it does so itself; in a halt of
  /// the chain, or of its node, which may last longer than a lease, there are none.
  ///
  /// @throws IOException if the disk fails
  public void keep() throws IOException {
    keepResults(answersFor);
  }

  /// Renews the leases of what the worker answers for.
  private void keepResults(Set<ClaimId> claims) throws IOException {
    keepsAll = false;
    kept.renew();
    for (ClaimId claim : claims) {
      List<BlobId> blobs = new ArrayList<>(results.states().of(claim));
      results.get(claim).ifPresent(blobs::add);
      for (BlobId blob : blobs) {
        boolean _ = files.keep(blob);
      }
    }
    keepsAll = true;
  }

  /// Lets the parties of the open jobs in, before anything that takes time.
  ///
  /// @return the claims that are offered to the worker, and its own
  private Set<ClaimId> admit(SortedMap<Long, WorkJob> jobs, Duties duties) throws IOException {
    TreeSet<ClaimId> current = new TreeSet<>(OpenJobs.ORDER);
    TreeSet<Address> clients = new TreeSet<>();
    Map<BlobId, Set<Address>> readers = new HashMap<>();
    TreeSet<ClaimId> own = new TreeSet<>(OpenJobs.ORDER);
    Set<BlobId> everybodys = new HashSet<>();
    TreeMap<ClaimId, Set<Address>> looking = new TreeMap<>(OpenJobs.ORDER);
    long now = chain.read(WorkRead.activeSeconds()).orElse(0L);
    for (Map.Entry<Long, WorkJob> each : jobs.entrySet()) {
      WorkJob job = each.getValue();
      for (ClaimId claim : OpenJobs.claims(each.getKey(), job)) {
        Optional<WorkClaim> taken =
            chain.read(WorkRead.claim(claim)).filter(state -> state.worker().equals(self));
        if (taken.isPresent()) {
          boolean _ = own.add(claim);
          boolean _ = current.add(claim);
          boolean _ = clients.add(job.client());
          duties.attempt(() -> own(claim, taken.get(), job, now));
          // It was accepted, so its client sent the files.
          admitCheckers(claim, taken.get(), job, readers, looking);
          boolean _ = job.isPublic() && everybodys.addAll(files.ids(job));
        } else if (chain.read(WorkRead.workers(claim)).orElse(List.of()).contains(self)) {
          boolean _ = current.add(claim);
          boolean _ = clients.add(job.client());
        }
      }
    }
    committees.retain(own);
    access.set(new JobAccess.Parties(clients, readers, everybodys, looking));
    return current;
  }

  /// Notes that its own claim is to be computed, and keeps the claim's files; what was revealed is
  /// served. Outputs that were lost after the commitment are computed again: they come out the
  /// same.
  private void own(ClaimId claim, WorkClaim state, WorkJob job, long now) throws IOException {
    boolean isNeeded =
        switch (state.state()) {
          case ACCEPTED, COMMITTED, REVEALED -> true;
          case SETTLED, VOID, FRAUD -> false;
        };
    if (isNeeded && results.get(claim).filter(files::has).isEmpty()) {
      runs.accepted(claim, job, Duration.ofSeconds(state.untilSeconds() - now));
    } else if (state.state() == WorkClaim.State.REVEALED) {
      results.reveal(claim);
    }
    if (!kept.keep(claim, files.ids(job))) {
      LOG.atWarn().addKeyValue("claim", claim).log("a file of the worker's claim is not kept");
    }
  }

  /// Auditors of the claim's seats, and evaluators of its committee.
  private void admitCheckers(
      ClaimId claim,
      WorkClaim state,
      WorkJob job,
      Map<BlobId, Set<Address>> readers,
      Map<ClaimId, Set<Address>> looking)
      throws IOException {
    if (state.state() == WorkClaim.State.COMMITTED) {
      Set<Address> _ = looking.put(claim, Set.of()); // The next block may have its reveal.
    }
    if (state.state() != WorkClaim.State.REVEALED) {
      return;
    }
    TreeSet<Address> checkers = new TreeSet<>(committees.of(claim));
    if (job.isTolerant()) {
      boolean _ = checkers.addAll(objections.members(claim));
    }
    if (chain.read(WorkRead.audit(claim)).filter(audit -> audit.closedAt() != 0).isPresent()) {
      chain.read(WorkRead.given(claim)).ifPresent(given -> checkers.add(given.second()));
    }
    for (long place : state.places()) {
      Optional<Address> auditor = auditors.get(place);
      if (auditor == null) {
        auditor = chain.read(WorkRead.accountAt(ServiceRole.AUDITOR, place));
        auditors.put(place, auditor);
      }
      auditor.ifPresent(checkers::add);
    }
    Set<Address> _ = looking.put(claim, checkers);
    List<BlobId> blobs = new ArrayList<>(files.ids(job));
    results.get(claim).ifPresent(blobs::add);
    boolean _ = blobs.addAll(results.states().of(claim));
    for (BlobId blob : blobs) {
      boolean _ = readers.computeIfAbsent(blob, _ -> new TreeSet<>()).addAll(checkers);
    }
  }

  private void step(ClaimId claim, WorkJob job, long height) throws IOException {
    Optional<WorkJob.Assignment> assignment = chain.read(WorkRead.assignment(claim));
    if (assignment.isEmpty()) {
      return;
    }
    switch (assignment.get().place()) {
      case OPEN -> offered(claim, job);
      case TAKEN -> {
        Optional<WorkClaim> taken =
            chain.read(WorkRead.claim(claim)).filter(each -> each.worker().equals(self));
        if (taken.isPresent()) {
          taken(claim, taken.get(), job, height);
        }
      }
      case OVER -> {
        boolean paid =
            chain
                .read(WorkRead.claim(claim))
                .filter(each -> each.worker().equals(self))
                .filter(each -> each.state() == WorkClaim.State.SETTLED)
                .isPresent();
        if (!paid) {
          results.remove(claim);
        }
      }
    }
  }

  /// Accepts only what is here, whole and checked.
  private void offered(ClaimId claim, WorkJob job) throws IOException {
    List<Address> workers = chain.read(WorkRead.workers(claim)).orElse(List.of());
    long turn =
        workers.contains(self)
            ? chain.read(WorkRead.turn(claim)).orElse(Long.MAX_VALUE)
            : Long.MAX_VALUE;
    if (turn >= workers.size() || !workers.get((int) turn).equals(self)) {
      runs.passed(claim);
      return;
    }
    if (job.isAttested() && !vouches(claim, job, turn)) {
      return;
    }
    if (!runs.serves(job)) {
      pass(claim, turn, "no engine of its profile is here");
      return;
    }
    switch (files.find(job)) {
      case JobFiles.Found.Whole(JobWork work) -> {
        if (!files.areOfClient(job)) {
          LOG.atDebug().addKeyValue("claim", claim).log("its client has not given all files");
        } else if (!ExecutionMemory.suffices(work.model())) {
          pass(claim, turn, "its execution needs more memory than there is");
        } else if (!runs.fits(claim, job, work)) {
          if (!runs.couldFit(claim, job, work)) {
            pass(claim, turn, "its time is too short");
          }
        } else if (!runs.canAnswer(claim, job, work, answerTime())) {
          pass(claim, turn, "a leaf takes longer than a dispute would wait");
        } else if (!runs.haveRoom(claim, job, work)) {
          pass(claim, turn, "there is no room for its outputs");
        } else if (kept.keep(claim, files.ids(job))) {
          outbox.post(acceptance(claim), WorkCall.accept(claim));
          runs.promise(claim, job, work);
        }
      }
      case JobFiles.Found.Missing missing ->
          LOG.atDebug().addKeyValue("claim", claim).addKeyValue("files", missing).log("waits");
      case JobFiles.Found.Wrong wrong -> pass(claim, turn, wrong.toString());
    }
  }

  /// What running a leaf again may take: as many disputes as have clocks may ask for another leaf
  /// each, and a move that does not come in time is fraud.
  private Duration answerTime() throws IOException {
    long disputes = Math.max(1, chain.parameter(EconomyParameter.DISPUTES_MAX));
    long seconds = chain.parameter(EconomyParameter.MOVE_SECONDS) / disputes; // rounded down
    return Duration.ofSeconds(Math.max(ANSWER_SECONDS_MIN, seconds));
  }

  private static String acceptance(ClaimId claim) {
    return "accept " + claim;
  }

  /// Whether hardware would vouch for the claim; if it would not, the worker passes.
  private boolean vouches(ClaimId claim, WorkJob job, long turn) throws IOException {
    if (hardware.isEmpty()) {
      pass(claim, turn, "nothing vouches for it here");
      return false;
    }
    return switch (hardware.get().ready(chain, job.code())) {
      case HardwareEvidence.Answer.Given _ -> true;
      case HardwareEvidence.Answer.Awaited _ -> false;
      case HardwareEvidence.Answer.Refused(var refusal) -> {
        pass(claim, turn, refusal.toString());
        yield false;
      }
    };
  }

  /// So that the next worker need not wait.
  private void pass(ClaimId claim, long turn, String why) throws IOException {
    LOG.atDebug().addKeyValue("claim", claim).addKeyValue("reason", why).log("not accepted");
    outbox.post("decline " + claim + " in turn " + turn, WorkCall.decline(claim));
  }

  private void taken(ClaimId claim, WorkClaim state, WorkJob job, long height) throws IOException {
    switch (state.state()) {
      case ACCEPTED -> commit(claim, job, height);
      case COMMITTED -> {
        if (height > state.committedAt()) {
          reveal(claim, state, job, height);
        }
        drawSeats(claim, state, height);
      }
      case REVEALED -> {
        if (computed(claim, job, height).isPresent()) {
          results.reveal(claim);
        }
        drawSeats(claim, state, height);
        end(claim, job, state, height);
      }
      case SETTLED -> {} // Its client reads it as long as it is kept.
      case VOID, FRAUD -> results.remove(claim);
    }
  }

  /// Has the second auditor drawn, and settles the claim after it. Evidence that does not count any
  /// more has the rest of the seats drawn first; what can never be settled is void.
  private void end(ClaimId claim, WorkJob job, WorkClaim state, long height) throws IOException {
    Optional<WorkAudit> audit = chain.read(WorkRead.audit(claim));
    if (audit.isEmpty()) {
      return;
    }
    ClaimEnd end = new ClaimEnd(claim, job, state, audit.get());
    Patience.Clocks now =
        new Patience.Clocks(height, chain.read(WorkRead.activeSeconds()).orElse(0L));
    if (end.mayClose(now)) {
      outbox.postAttempt(List.of(end.closing()));
    }
    List<Outbox.Choice> choices = new ArrayList<>();
    if (end.maySettle(now) || (job.isAttested() && height > state.untilHeight())) {
      boolean _ = choices.add(end.settlement());
    }
    if (job.isAttested() && height > state.untilHeight()) {
      boolean _ =
          choices.add(new Outbox.Choice("draw the rest of " + claim, WorkCall.drawRest(claim)));
    }
    if (state.auditBeacon().isEmpty() && height > state.untilHeight()) {
      boolean _ = choices.add(new Outbox.Choice("void " + claim, WorkCall.voidClaim(claim)));
    }
    outbox.postAttempt(choices);
  }

  private void drawSeats(ClaimId claim, WorkClaim state, long height) throws IOException {
    if (state.auditBeacon().isEmpty() && height >= state.auditAt()) {
      outbox.post("draw seats of " + claim, WorkCall.drawSeats(claim));
    }
  }

  private void commit(ClaimId claim, WorkJob job, long height) throws IOException {
    Optional<Hash> root = computed(claim, job, height);
    if (root.isPresent()) {
      Hash salt = secret.salt(chain.chainId(), claim, root.get());
      Hash commitment = WorkCall.commitment(chain.chainId(), claim, self, root.get(), salt);
      outbox.post("commit " + claim, WorkCall.commit(claim, commitment));
    }
  }

  /// The root over a claim's outputs, once they are computed and kept.
  private Optional<Hash> computed(ClaimId claim, WorkJob job, long height) throws IOException {
    Optional<Hash> root = root(claim);
    if (root.isEmpty()
        && runs.haveNews(claim)
        && files.find(job) instanceof JobFiles.Found.Whole(JobWork work)) {
      Optional<List<Bytes>> outputs = runs.outputs(claim, job, work, height);
      if (outputs.isPresent()) {
        results.put(claim, files.put(ItemFile.encoded(outputs.get())), job);
        MerkleTree tree = ItemFile.outputTree(outputs.get());
        if (!job.trains()) {
          results.leaves().put(claim, new ServedClaim(work, outputs.get()), tree);
        }
        root = Optional.of(tree.root());
        Hash _ = roots.put(claim, tree.root());
      }
    }
    if (root.isPresent()) {
      runs.done(claim);
    }
    return root;
  }

  /// The root over a claim's outputs, if they are kept.
  private Optional<Hash> root(ClaimId claim) throws IOException {
    if (results.get(claim).filter(files::has).isEmpty()) {
      return Optional.empty();
    }
    Hash before = roots.get(claim);
    if (before != null) {
      return Optional.of(before);
    }
    Optional<Hash> root = outputs(claim).map(outputs -> ItemFile.outputTree(outputs).root());
    root.ifPresent(it -> roots.put(claim, it));
    return root;
  }

  private Optional<List<Bytes>> outputs(ClaimId claim) throws IOException {
    Optional<BlobId> blob = results.get(claim);
    Optional<byte[]> file = blob.isPresent() ? files.read(blob.get()) : Optional.empty();
    long items = chain.read(WorkRead.size(claim)).map(WorkJob.ClaimSize::items).orElse(0L);
    return file.flatMap(bytes -> ItemFile.decode(bytes, items));
  }

  private void reveal(ClaimId claim, WorkClaim state, WorkJob job, long height) throws IOException {
    Optional<Hash> root = computed(claim, job, height);
    if (root.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("claim", claim)
          .log("the outputs of a commitment are lost, and computed again");
      return;
    }
    Hash salt = secret.salt(chain.chainId(), claim, root.get());
    Hash commitment = WorkCall.commitment(chain.chainId(), claim, self, root.get(), salt);
    if (!commitment.equals(state.commitment())) {
      LOG.atWarn().addKeyValue("claim", claim).log("the commitment is not this worker's");
      return;
    }
    if (!job.isAttested()) {
      outbox.post("reveal " + claim, WorkCall.reveal(claim, root.get(), salt));
    } else if (hardware.isPresent()
        && !outbox.isOnItsWay("reveal " + claim)
        && hardware.get().forClaim(chain, claim, job, root.get())
            instanceof HardwareEvidence.Answer.Given(WorkCall.Evidence evidence)) {
      outbox.post("reveal " + claim, WorkCall.revealAttested(claim, root.get(), salt, evidence));
    }
  }

  private void answer(long number, WorkDispute dispute) throws IOException {
    Optional<WorkJob> job = chain.read(WorkRead.job(dispute.claim().job()));
    Optional<List<Bytes>> outputs = outputs(dispute.claim());
    if (job.isPresent()
        && outputs.isPresent()
        && files.find(job.get()) instanceof JobFiles.Found.Whole(JobWork work)) {
      ServedClaim claim = new ServedClaim(work, outputs.get());
      if (job.get().trains()) {
        disputed.move(number, dispute, job.get(), claim);
      } else {
        disputed.move(number, dispute, claim.leaf(dispute.claim(), dispute.leaf()));
      }
    } else {
      LOG.atWarn().addKeyValue("dispute", number).log("the files of a disputed claim are lost");
    }
  }

  /// Whether the engine computes.
  boolean isComputing() {
    return runs.areComputing();
  }

  /// Ends the threads of engine and attester.
  @Override
  public void close() {
    runs.close();
    segments.close();
    hardware.ifPresent(HardwareEvidence::close);
  }
}
