// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.AttestationRead;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Buys AI work: submits jobs, gives the files to the workers that are drawn, fetches results and
/// compares them with the chain, takes fees back. Belongs to one thread. The folder keeps what a
/// client that starts again needs. Protocol §17.9, §17.12, §17.13.
public final class JobClient implements AutoCloseable {
  /// Draws of a claim, as the contract JobMarket bounds them. Protocol §17.12.
  static final int DRAWS = 3;

  /// Workers of a draw.
  static final int TURNS = 3;

  /// Blocks after the cause of a draw for which the first worker alone is given the files: it
  /// mostly accepts, and the turn of the next has not begun.
  private static final int OTHERS_AFTER_BLOCKS = 4;

  /// Files that are longer, in bytes, go to all workers at once: they may take longer than a turn.
  private static final long ALONE_BYTES_MAX = 16 << 20;

  /// Blocks between two attempts to fetch outputs, at most: some of a window's.
  private static final int FETCH_BLOCKS_MAX = 32;

  private final JobChain chain;
  private final JobFolder folder;
  private final WorkerStore stores;
  private final ExecutorService threads;

  /// Attempts to give the files to a worker in one draw: it may not have seen the draw yet, and
  /// takes nothing from strangers. One that is not there takes half a minute each time.
  private static final int ATTEMPTS_MAX = 8;

  /// What the client knows of the jobs that it follows beside the chain.
  private final Map<Long, Followed> followed = new TreeMap<>();

  /// A job that is followed.
  private static final class Followed {
    final Set<Address> uploaded = new TreeSet<>();
    final Map<Address, Upload> uploads = new TreeMap<>();
    final Map<String, Integer> attempts = new TreeMap<>();
    final Map<Long, String> states = new TreeMap<>();
    final Map<Long, Long> fetchFrom = new TreeMap<>();
    final Map<Long, Long> pauses = new TreeMap<>();
    final Set<Long> fetched = new TreeSet<>();
  }

  /// A client with its files in a folder, which is made if it is not there.
  ///
  /// @param opening opens the stores of workers
  /// @param reach where their addresses may lead
  /// @throws IOException if the folder cannot be used
  public JobClient(JobChain chain, Path folder, StoreOpening opening, Reach reach)
      throws IOException {
    this(
        chain,
        new JobFolder(folder),
        new WorkerStore(chain, opening, reach),
        Executors.newVirtualThreadPerTaskExecutor());
  }

  private JobClient(JobChain chain, JobFolder folder, WorkerStore stores, ExecutorService threads) {
    this.chain = chain;
    this.folder = folder;
    this.stores = stores;
    this.threads = threads;
  }

  /// A client for another thread, with the same files and connections; it is closed with this one.
  public JobClient another() {
    return new JobClient(chain, folder, stores, threads);
  }

  /// Keeps the files of an order, so that its job can be followed.
  ///
  /// @return the task hash that the job will have
  /// @throws IOException if the disk fails
  public Hash keep(JobOrder order) throws IOException {
    BlobId model = folder.put(order.model().encoded());
    BlobId inputs = folder.put(ItemFile.encoded(order.fileItems()));
    TaskFile task = new TaskFile(model, inputs);
    BlobId _ = folder.put(task.encoded());
    return task.hash();
  }

  /// Deletes what is kept of a job that is over: inputs and outputs, but not the model.
  ///
  /// @param task its task hash
  /// @throws IOException if the disk fails
  public void forget(long number, Hash task) throws IOException {
    folder.forget(number, task);
  }

  /// Keeps the files of an order and submits it.
  ///
  /// @return the job's number
  /// @throws CallRefusedException if the contract refuses it, code is not approved that hardware is
  ///   to vouch for, or the model has no tolerance under its profile
  /// @throws IOException if the node does not answer, or the disk fails
  public long submit(JobOrder order) throws IOException {
    requireApproved(order.code());
    requireCalibrated(order);
    Hash task = keep(order);
    WorkJob.Request request =
        new WorkJob.Request(
            order.model().id(),
            ItemFile.inputTree(order.model(), order.inputs()).root(),
            task,
            order.count(),
            order.workSeconds(),
            order.workBlocks(),
            order.valueAtRisk(),
            order.readers(),
            order
                .firstState()
                .map(state -> TrainingState.tree(order.model(), state).root())
                .orElse(Hash.ZERO),
            order.training().map(JobOrder.Training::steps).orElse(0L),
            order.code().orElse(Hash.ZERO),
            order.profile().orElse(Hash.ZERO));
    for (DatedEvent each : chain.send(WorkCall.submit(request, order.fee()))) {
      if (each.event() instanceof WorkEvent.Submitted it) {
        return it.job();
      }
    }
    throw new IOException("the contract JobMarket took the job and wrote no number");
  }

  private void requireApproved(Optional<Hash> code) throws IOException {
    if (code.isPresent()
        && chain.read(AttestationRead.approvals(code.get())).orElse(List.of()).isEmpty()) {
      throw new CallRefusedException(
          EconomyContract.RUNTIME_REGISTRY,
          "code %s is not approved, so no worker could take the job".formatted(code.get()));
    }
  }

  private void requireCalibrated(JobOrder order) throws IOException {
    if (order.profile().isPresent()
        && chain.read(WorkRead.tolerance(order.model().id(), order.profile().get())).isEmpty()) {
      throw new CallRefusedException(
          EconomyContract.MODEL_REGISTRY,
          "the model's registrant measured nothing under this profile; see `aitbc model calibrate`");
    }
  }

  /// How a job stands after the last final block; empty if there is none.
  ///
  /// @throws IOException if the node does not answer
  public Optional<JobStatus> status(long number) throws IOException {
    return AskedJob.status(chain, number);
  }

  private JobStatus required(long number) throws IOException {
    return status(number).orElseThrow(() -> new IOException("there is no job " + number));
  }

  /// Does what a job waits for from its client, after each final block, until all its claims are
  /// over: gives the files to the workers that are drawn, has others drawn when these let their
  /// turns pass, gives up after three draws, reports a worker that is late, fetches outputs, and
  /// the trained state, as soon as they are revealed.
  ///
  /// @param progress is told what happens
  /// @throws IOException if the node does not answer, the job is not there, or its files are not in
  ///   the folder; it may be called again
  public JobStatus follow(long number, Consumer<JobProgress> progress) throws IOException {
    while (true) {
      JobStatus status = step(number, progress);
      if (status.isOver()) {
        var _ = followed.remove(number);
        return status;
      }
      long _ = chain.awaitHeightAbove(status.height());
    }
  }

  /// The same for one block.
  ///
  /// @return how the job stood before
  public JobStatus step(long number, Consumer<JobProgress> progress) throws IOException {
    JobStatus status = required(number);
    Followed job = followed.computeIfAbsent(number, _ -> new Followed());
    for (JobStatus.Claim claim : status.claims()) {
      String before = job.states.put(claim.id().claim(), claim.state());
      if (!claim.state().equals(before)) {
        progress.accept(new JobProgress.Changed(claim.id(), claim.state()));
      }
    }
    if (status.job().client().equals(chain.account())) {
      upload(status, job, progress);
    }
    for (JobStatus.Claim claim : status.claims()) {
      if (claim.isOpen()) {
        passed(claim, progress);
      } else if (claim.taken().isPresent()) {
        taken(status, claim, claim.taken().get(), job, progress);
      }
    }
    return status;
  }

  /// Gives the files to workers that were drawn and have them not, in parallel: first to the one
  /// whose turn it is, some blocks later to the others too. Uploads that take long go on meanwhile,
  /// as long as their workers may accept.
  private void upload(JobStatus status, Followed job, Consumer<JobProgress> progress)
      throws IOException {
    Set<Address> drawn = new TreeSet<>();
    Set<Address> lacking = new LinkedHashSet<>();
    boolean few =
        folder
            .task(status.job().task())
            .filter(task -> WorkerStore.bytes(task) <= ALONE_BYTES_MAX)
            .isPresent();
    for (JobStatus.Claim claim : status.claims()) {
      drawn.addAll(claim.workers());
      boolean firstAlone =
          few && status.height() < claim.assignment().causeHeight() + OTHERS_AFTER_BLOCKS;
      long count = firstAlone ? claim.turn() + 1 : claim.workers().size();
      for (Address worker : claim.workers().stream().limit(count).toList()) {
        String attempt = claim.id() + " " + claim.assignment().causeHeight() + " " + worker;
        if (!job.uploaded.contains(worker)
            && !job.uploads.containsKey(worker)
            && job.attempts.merge(attempt, 1, Integer::sum) <= ATTEMPTS_MAX) {
          lacking.add(worker);
        }
      }
    }
    for (Address worker : List.copyOf(job.uploads.keySet())) {
      if (!drawn.contains(worker)) {
        Optional.ofNullable(job.uploads.remove(worker)).ifPresent(Upload::cancel);
      }
    }
    if (!lacking.isEmpty()) {
      TaskFile task =
          folder
              .task(status.job().task())
              .orElseThrow(() ->
                  new IOException(
                      "the files of job %d are not in this folder".formatted(status.number())));
      List<Upload> begun = lacking.stream().map(worker -> upload(worker, task)).toList();
      begun.forEach(each -> job.uploads.put(each.worker(), each));
      Upload.await(begun);
    }
    for (Upload each : List.copyOf(job.uploads.values())) {
      ended(each, job, progress);
    }
  }

  private static void ended(Upload upload, Followed job, Consumer<JobProgress> progress) {
    Address worker = upload.worker();
    if (!upload.isDone()) {
      if (upload.isToBeTold()) {
        progress.accept(new JobProgress.Uploading(worker, upload.sent(), upload.bytes()));
      }
      return;
    }
    var _ = job.uploads.remove(worker);
    Optional<String> failure = upload.failure();
    if (failure.isEmpty()) {
      job.uploaded.add(worker);
    }
    progress.accept(
        failure.isEmpty()
            ? new JobProgress.Uploaded(worker)
            : new JobProgress.NotUploaded(worker, failure.get()));
  }

  private Upload upload(Address worker, TaskFile task) {
    AtomicLong sent = new AtomicLong();
    return new Upload(
        worker,
        WorkerStore.bytes(task),
        sent,
        threads.submit(() -> stores.upload(worker, folder, task, sent::set)));
  }

  /// The turns of a draw are over: others are drawn, or it is given up.
  private void passed(JobStatus.Claim claim, Consumer<JobProgress> progress) throws IOException {
    if (claim.turn() == TURNS) {
      boolean last = claim.assignment().round() + 1 == DRAWS;
      boolean _ =
          send(
              claim.id(),
              last ? "give up" : "draw again",
              last ? WorkCall.giveUp(claim.id()) : WorkCall.drawAgain(claim.id()),
              progress);
    }
  }

  private void taken(
      JobStatus status,
      JobStatus.Claim claim,
      WorkClaim work,
      Followed job,
      Consumer<JobProgress> progress)
      throws IOException {
    boolean passed =
        status.height() > work.untilHeight() && status.activeSeconds() > work.untilSeconds();
    switch (work.state()) {
      case ACCEPTED, COMMITTED -> {
        if (passed) {
          boolean _ = send(claim.id(), "report as late", WorkCall.late(claim.id()), progress);
        }
      }
      case REVEALED -> {
        fetch(status, claim, work, job, progress);
        long convictions =
            chain
                .read(WorkRead.service(ServiceRole.WORKER, work.worker()))
                .map(ServiceAccount::convictions)
                .orElse(work.convictions());
        if (passed && work.auditBeacon().isEmpty()) {
          boolean _ = send(claim.id(), "void", WorkCall.voidClaim(claim.id()), progress);
        } else if (passed && convictions != work.convictions()) {
          boolean _ = end(claim.id(), progress);
        }
      }
      case SETTLED -> fetch(status, claim, work, job, progress);
      case VOID, FRAUD -> {}
    }
  }

  /// Gets the fee of a claim back whose worker was convicted and may care for it no more.
  private boolean end(ClaimId claim, Consumer<JobProgress> progress) throws IOException {
    return send(claim, "settle", WorkCall.settle(claim), progress)
        || send(claim, "close reports", WorkCall.closeReports(claim), progress)
        || send(claim, "draw the rest of seats", WorkCall.drawRest(claim), progress);
  }

  private void fetch(
      JobStatus status,
      JobStatus.Claim claim,
      WorkClaim work,
      Followed job,
      Consumer<JobProgress> progress)
      throws IOException {
    long number = claim.id().claim();
    if (job.fetched.contains(number) || status.height() < job.fetchFrom.getOrDefault(number, 0L)) {
      return;
    }
    ClaimOutputs outputs = outputs(claim, work);
    boolean done = outputs instanceof ClaimOutputs.Right;
    progress.accept(new JobProgress.Fetched(claim.id(), outputs));
    if (outputs instanceof ClaimOutputs.Right(List<Bytes> roots) && status.job().trains()) {
      ClaimOutputs state = trained(status, claim, work, roots);
      done = state instanceof ClaimOutputs.Right;
      progress.accept(new JobProgress.FetchedState(claim.id(), state));
    }
    if (done) {
      job.fetched.add(number);
    } else {
      long pause = job.pauses.merge(number, 2L, (a, _) -> Math.min(2 * a, FETCH_BLOCKS_MAX));
      var _ = job.fetchFrom.put(number, status.height() + pause);
    }
  }

  private ClaimOutputs outputs(JobStatus.Claim claim, WorkClaim work) throws IOException {
    long items = claim.size().items();
    Optional<List<Bytes>> kept = folder.outputs(claim.id(), items, work.outputs());
    if (kept.isPresent()) {
      return new ClaimOutputs.Right(kept.get());
    }
    ClaimOutputs outputs = stores.outputs(claim.id(), work, items);
    if (outputs instanceof ClaimOutputs.Right(List<Bytes> right)) {
      folder.putOutputs(claim.id(), right);
    }
    return outputs;
  }

  /// The outputs of a claim that were fetched before and have the root that was revealed; empty if
  /// there are none.
  ///
  /// @throws IOException if the disk fails
  public Optional<List<Bytes>> fetched(JobStatus.Claim claim) throws IOException {
    return claim.taken().isPresent()
        ? folder.outputs(claim.id(), claim.size().items(), claim.taken().get().outputs())
        : Optional.empty();
  }

  /// What there is of a job's outputs, by claim: those that were fetched before, or are fetched
  /// now. Workers serve them from the reveal until the claim is over.
  ///
  /// @throws IOException if the node does not answer, the job is not there, or the disk fails
  public Map<Long, ClaimOutputs> result(long number) throws IOException {
    Map<Long, ClaimOutputs> results = new TreeMap<>();
    for (JobStatus.Claim claim : required(number).claims()) {
      Optional<WorkClaim> served = served(claim);
      results.put(
          claim.id().claim(),
          served.isPresent()
              ? outputs(claim, served.get())
              : new ClaimOutputs.NoneYet(claim.state()));
    }
    return results;
  }

  /// What is to be had from the claim's worker.
  private static Optional<WorkClaim> served(JobStatus.Claim claim) {
    return claim
        .taken()
        .filter(each ->
            each.state() == WorkClaim.State.REVEALED || each.state() == WorkClaim.State.SETTLED);
  }

  /// The state after the last segment of a job that trains, as the one item, compared with the last
  /// output: one that was fetched before, or is fetched now.
  ///
  /// @throws IOException if the node does not answer, there is no such job or it trains nothing,
  ///   its model is not in the folder, or the disk fails
  public ClaimOutputs trained(long number) throws IOException {
    JobStatus status = required(number);
    if (!status.job().trains()) {
      throw new IOException("job " + number + " trains nothing");
    }
    JobStatus.Claim claim = status.claims().getFirst();
    Optional<WorkClaim> served = served(claim);
    if (served.isEmpty()) {
      return new ClaimOutputs.NoneYet(claim.state());
    }
    ClaimOutputs outputs = outputs(claim, served.get());
    return outputs instanceof ClaimOutputs.Right(List<Bytes> roots)
        ? trained(status, claim, served.get(), roots)
        : outputs;
  }

  /// @param roots of the states after the segments
  private ClaimOutputs trained(
      JobStatus status, JobStatus.Claim claim, WorkClaim work, List<Bytes> roots)
      throws IOException {
    Model model =
        model(status.number())
            .orElseThrow(() ->
                new IOException("the model of job %d is not here".formatted(status.number())));
    Optional<Bytes> kept = folder.state(claim.id());
    if (kept.isPresent() && WorkerStore.isState(model, kept.get(), roots.getLast())) {
      return new ClaimOutputs.Right(List.of(kept.get()));
    }
    ClaimOutputs state = stores.state(claim.id(), work, model, roots);
    if (state instanceof ClaimOutputs.Right(List<Bytes> items)) {
      folder.putState(claim.id(), items.getFirst());
    }
    return state;
  }

  /// Where the outputs of a claim are kept once they are fetched, as a file of items.
  public Path outputsFile(ClaimId claim) {
    return folder.outputs(claim);
  }

  /// The model of a job whose files are in the folder; empty if they are not.
  ///
  /// @throws IOException if the node does not answer, the job is not there, or the disk fails
  public Optional<Model> model(long number) throws IOException {
    Optional<TaskFile> task = folder.task(required(number).job().task());
    return task.isPresent() ? Optional.of(folder.model(task.get())) : Optional.empty();
  }

  /// Takes back all claims of a job that nobody accepted; their fees are credited.
  ///
  /// @return how many
  /// @throws CallRefusedException if the account is not the client
  /// @throws IOException if the node does not answer, or the job is not there
  public int cancel(long number) throws IOException {
    int cancelled = 0;
    for (JobStatus.Claim claim : required(number).claims()) {
      if (claim.isOpen()) {
        var _ = chain.send(WorkCall.cancel(claim.id()));
        cancelled++;
      }
    }
    return cancelled;
  }

  /// Draws what the account was credited.
  ///
  /// @return how much; nothing is sent if it is nothing
  /// @throws IOException if the node does not answer
  public Amount withdraw() throws IOException {
    Amount credit = chain.read(WorkRead.credit(chain.account())).orElse(Amount.ZERO);
    if (!credit.isZero()) {
      var _ = chain.send(WorkCall.withdrawCredit());
    }
    return credit;
  }

  /// What happened to a job, why, and what is awaited until when.
  ///
  /// @throws IOException if the node does not answer, or the job is not there
  public JobExplanation explain(long number) throws IOException {
    JobStatus status = required(number);
    return new Explaining(chain, status).explanation(chain.jobEvents(number));
  }

  /// Others may have come first: the next block shows.
  private boolean send(ClaimId claim, String what, EconomyCall call, Consumer<JobProgress> progress)
      throws IOException {
    try {
      var _ = chain.send(call);
      progress.accept(new JobProgress.Sent(claim, what));
      return true;
    } catch (CallRefusedException _) {
      return false; // Somebody else has asked for it already, or it is too early.
    }
  }

  @Override
  public void close() {
    var _ = threads.shutdownNow(); // Some worker may never end an upload.
    stores.close();
  }
}
