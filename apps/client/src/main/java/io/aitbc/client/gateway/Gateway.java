// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.blobs.Reach;
import io.aitbc.client.CallRefusedException;
import io.aitbc.client.JobChain;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JobStatus;
import io.aitbc.client.StoreOpening;
import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.AttestationRead;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.RegisteredModel;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts requests of strangers' programs together to claims, orders them on the chain for the money
/// of its account, and answers when their outputs are revealed. Protocol §17.12, §17.13.
public final class Gateway implements AutoCloseable {
  /*
   * A request waits in its model's queue until the claim is full or it has waited long enough. The
   * one thread that calls step() forms batches and orders them, each one job of one claim: the
   * batch is on the disk before the order leaves. Each job has a virtual thread that follows it to
   * its end, as uploads to workers take their time. If nobody knows whether an order reached the
   * chain, because the node or this process went away, it is never sent again: the job is looked
   * for among those that came since.
   */

  /// Jobs that are not over, at one time: each is read from the node every few seconds.
  static final int JOBS_MAX = 512;

  /// How long batches, receipts and outputs are kept.
  private static final Duration KEPT = Duration.ofDays(30);

  /// How long an order is looked for; then its nonce is used up, so that it cannot come any more.
  private static final Duration SEARCHED = Duration.ofMinutes(10);

  /// Between two looks at a job that only waits for its window to end.
  private static final Duration SETTLING_PAUSE = Duration.ofSeconds(5);

  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /// Between two looks at whether models may be named by jobs.
  private static final Duration MODELS_PAUSE = Duration.ofSeconds(10);

  private static final String STOPPING = "the gateway is stopping";
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final SerialChain chain;
  private final JobClient client;
  private final BatchFolder folder;
  private final Map<String, ServedModel> models = new TreeMap<>();
  private final GatewayLimits limits;
  private final RequestQueues queues;
  private final InstantSource clock;
  private final ExecutorService followers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gateway-", 0).factory());
  private final Map<Long, Open> open = new ConcurrentSkipListMap<>();
  private final Map<String, String> notReady = new ConcurrentSkipListMap<>();

  private volatile String unreachable = "the node was not asked yet";
  private volatile boolean closed;
  private boolean resumed;
  private long nextBatch;
  private long modelsSeenNanos;

  /// A batch that is not over.
  private static final class Open {
    final List<Waiting> waiting;
    volatile Batch batch;
    long searchedTo;

    /// Whether it is sure that the order does not come any more, if it has not.
    boolean nonceIsUsed;

    Open(Batch batch, List<Waiting> waiting) {
      this.batch = batch;
      this.waiting = List.copyOf(waiting);
      this.searchedTo = batch.afterJob();
    }
  }

  /// Outputs that have the root that is revealed on the chain.
  ///
  /// @param receipt of the request
  /// @param outputs one for each item, in order
  public record Answer(Receipt receipt, List<Bytes> outputs) {
    /// Copies the list.
    public Answer {
      outputs = List.copyOf(outputs);
    }
  }

  /// A gateway with its files in a folder, which is made if it is not there.
  ///
  /// @param chain of the account that pays; nothing else sends from it
  /// @param stores opens the stores of workers
  /// @param reach where their addresses may lead
  /// @throws IOException if the folder cannot be used
  public Gateway(
      JobChain chain,
      Path folder,
      StoreOpening stores,
      Reach reach,
      List<ServedModel> models,
      GatewayLimits limits,
      InstantSource clock)
      throws IOException {
    this.chain = new SerialChain(chain);
    this.client = new JobClient(this.chain, folder.resolve("jobs"), stores, reach);
    this.folder = new BatchFolder(folder);
    this.limits = limits;
    this.clock = clock;
    models.forEach(each -> {
      ServedModel _ = this.models.put(each.name(), each);
    });
    Map<String, Amount> spent = new TreeMap<>(this.folder.spentBefore());
    for (long number : this.folder.numbers()) {
      Batch batch = this.folder.read(number).orElseThrow();
      BatchFolder.addSpent(spent, batch);
      if (!batch.status().isOver()) {
        Open _ = open.put(number, new Open(batch, List.of()));
      }
    }
    queues = new RequestQueues(limits, spent);
    nextBatch = this.folder.last() + 1;
  }

  /// The models that are served.
  Collection<ServedModel> models() {
    return models.values();
  }

  /// A model by its name.
  ///
  /// @throws GatewayRefusedException if there is none
  ServedModel model(String name) throws GatewayRefusedException {
    ServedModel model = models.get(name);
    if (model == null) {
      throw refused(new GatewayRefusal.Unknown("a model of this name"));
    }
    return model;
  }

  GatewayLimits limits() {
    return limits;
  }

  /// Why nothing can be ordered now; empty if it can.
  Optional<String> notReady() {
    return Optional.of(unreachable)
        .filter(why -> !why.isEmpty())
        .or(() -> notReady.values().stream().findFirst());
  }

  /// Why a model cannot be ordered now; empty if it can.
  Optional<String> notReady(ServedModel model) {
    return Optional.of(unreachable)
        .filter(why -> !why.isEmpty())
        .or(() -> Optional.ofNullable(notReady.get(model.name())));
  }

  private static GatewayRefusedException refused(GatewayRefusal refusal) {
    return new GatewayRefusedException(refusal);
  }

  /// Has items run, and waits for their outputs.
  ///
  /// @param items of the model's length, at most those of a claim
  /// @throws GatewayRefusedException if there is no place, no money, no time, or nobody does it
  Answer ask(GatewayKeys.Key key, ServedModel model, List<Bytes> items)
      throws GatewayRefusedException {
    Waiting waiting = admitted(key, model, items);
    try {
      return waiting.answer.get(limits.timeMax().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      queues.leave(model, waiting);
      throw refused(new GatewayRefusal.Late(limits.timeMax(), waiting.receipt));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof GatewayRefusedException refused) {
        throw refused;
      }
      throw new IllegalStateException("a request broke", failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw refused(new GatewayRefusal.NotReady(STOPPING));
    }
  }

  private Waiting admitted(GatewayKeys.Key key, ServedModel model, List<Bytes> items)
      throws GatewayRefusedException {
    if (items.size() > limits.batchItems()) {
      throw refused(new GatewayRefusal.TooMuch("items", items.size(), limits.batchItems()));
    }
    Optional<String> missing = notReady(model);
    if (closed || missing.isPresent()) {
      throw refused(new GatewayRefusal.NotReady(missing.orElse(STOPPING)));
    }
    Waiting waiting = new Waiting(key.name(), items, model.feePerItem().times(items.size()));
    queues.add(key, model, waiting);
    return waiting;
  }

  /// Does what is due: orders claims that are full or have waited, looks for orders whose fate is
  /// not known. Called again and again by one thread.
  ///
  /// @throws IOException if the node does not answer or the disk fails; it may be called again
  public void step() throws IOException {
    try {
      long _ = chain.height();
      look();
      if (!resumed) {
        resumed = true;
        open.values().stream().filter(each -> each.batch.job() > 0).forEach(this::startFollowing);
      }
      search();
      unreachable = "";
      for (ServedModel model : models.values()) {
        while (open.size() < JOBS_MAX && orderDue(model)) {
          LOG.atDebug().addKeyValue("model", model.name()).log("ordered");
        }
      }
    } catch (IOException failed) {
      unreachable = "the node does not answer";
      throw failed;
    }
  }

  /// Which models jobs may name.
  private void look() throws IOException {
    long now = System.nanoTime();
    if (unreachable.isEmpty() && now - modelsSeenNanos < MODELS_PAUSE.toNanos()) {
      return;
    }
    modelsSeenNanos = now;
    for (ServedModel model : models.values()) {
      Optional<RegisteredModel> known = chain.read(WorkRead.model(model.version()));
      if (known.filter(each -> each.state() == RegisteredModel.State.OPEN).isEmpty()) {
        String state = known.map(each -> each.state().name()).orElse("not registered");
        String _ = notReady.put(model.name(), "model %s is %s".formatted(model.name(), state));
      } else {
        Optional<String> why = unmet(model);
        String _ =
            why.isPresent() ? notReady.put(model.name(), why.get()) : notReady.remove(model.name());
      }
    }
  }

  /// What the class of a model's jobs lacks on the chain.
  private Optional<String> unmet(ServedModel model) throws IOException {
    return switch (model.verification()) {
      case Verification.Exact _ -> Optional.empty();
      case Verification.Attested(Hash code) ->
          isApproved(code)
              ? Optional.empty()
              : Optional.of("code %s is not approved".formatted(code));
      case Verification.Tolerance(Hash profile) ->
          chain.read(WorkRead.tolerance(model.version(), profile)).isPresent()
              ? Optional.empty()
              : Optional.of(
                  "model %s has no tolerance under profile %s".formatted(model.name(), profile));
    };
  }

  private boolean isApproved(Hash code) throws IOException {
    return !chain.read(AttestationRead.approvals(code)).orElse(List.of()).isEmpty();
  }

  private boolean orderDue(ServedModel model) throws IOException {
    long number = nextBatch;
    List<Waiting> some = queues.due(model, number);
    if (some.isEmpty()) {
      return false;
    }
    nextBatch++;
    Open ordered;
    JobOrder exact =
        new JobOrder(
            model.model(),
            some.stream().flatMap(each -> each.items.stream()).toList(),
            model.feePerItem(),
            limits.workSeconds(),
            limits.workBlocks(),
            Amount.ZERO);
    JobOrder order = model.verification().of(exact);
    try {
      ordered = new Open(prepared(number, model, order, some), some);
      folder.put(ordered.batch);
    } catch (IOException failed) {
      some.forEach(each -> queues.release(each.key, each.fee));
      GatewayRefusal refusal = new GatewayRefusal.NotReady("the order could not be prepared");
      some.forEach(each -> each.answer.completeExceptionally(refused(refusal)));
      throw failed;
    }
    Open _ = open.put(number, ordered);
    try {
      placed(ordered, client.submit(order));
    } catch (CallRefusedException refused) {
      end(ordered, Receipt.Status.FAILED, String.valueOf(refused.getMessage()));
    }
    return true;
  }

  private Batch prepared(long number, ServedModel model, JobOrder order, List<Waiting> some)
      throws IOException {
    return new Batch(
        number,
        model.name(),
        model.version(),
        model.verification(),
        client.keep(order),
        chain.read(WorkRead.jobCount()).orElseThrow(() -> new IOException("no jobs are counted")),
        0,
        model.feePerItem(),
        clock.instant().getEpochSecond(),
        Receipt.Status.ACCEPTED,
        "",
        some.stream()
            .map(each ->
                new Batch.Share(
                    each.receipt.substring(each.receipt.indexOf('-') + 1),
                    each.key,
                    each.items.size()))
            .toList());
  }

  private void placed(Open ordered, long job) throws IOException {
    Batch batch = ordered.batch.withJob(job);
    folder.put(batch);
    ordered.batch = batch;
    LOG.atInfo()
        .addKeyValue("job", job)
        .addKeyValue("model", batch.model())
        .addKeyValue("requests", batch.shares().size())
        .addKeyValue("items", batch.shares().stream().mapToInt(Batch.Share::items).sum())
        .log("ordered");
    startFollowing(ordered);
  }

  /// Jobs of orders of which nobody knows whether they reached the chain.
  private void search() throws IOException {
    for (Open each : open.values()) {
      if (each.batch.job() > 0) {
        continue;
      }
      long last = chain.read(WorkRead.jobCount()).orElse(0L);
      boolean found = false;
      while (each.searchedTo < last && !found) {
        long number = each.searchedTo + 1;
        Optional<WorkJob> job = chain.read(WorkRead.job(number));
        found =
            job.isPresent()
                && job.get().client().equals(chain.account())
                && job.get().task().equals(each.batch.task())
                && !isOfLater(each.batch, number);
        if (found) {
          placed(each, number);
        }
        each.searchedTo = number;
      }
      long age = clock.instant().getEpochSecond() - each.batch.atSeconds();
      if (!found && age > SEARCHED.toSeconds()) {
        if (each.nonceIsUsed) {
          end(each, Receipt.Status.FAILED, "the order did not reach the chain");
        } else {
          chain.useUpNonces();
          // Each may have come just before, so it is looked for once more.
          open.values().stream()
              .filter(other -> other.batch.job() == 0)
              .forEach(other -> other.nonceIsUsed = true);
        }
      }
    }
  }

  /// Whether a job is known as that of a batch that was ordered later, with the same items.
  private boolean isOfLater(Batch batch, long job) throws IOException {
    for (long number : folder.numbers()) {
      if (number > batch.number()
          && folder.read(number).filter(later -> later.job() == job).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private void startFollowing(Open ordered) {
    followers.execute(() -> follow(ordered));
  }

  private void follow(Open ordered) {
    FollowedJobs own = new FollowedJobs(chain, client.another());
    try {
      while (!closed && !ordered.batch.status().isOver()) {
        try {
          long height = followOnce(ordered, own);
          if (ordered.batch.status() != Receipt.Status.ACCEPTED) {
            Thread.sleep(SETTLING_PAUSE);
          }
          if (!ordered.batch.status().isOver()) {
            long _ = chain.awaitHeightAbove(height);
          }
        } catch (InterruptedIOException stopping) {
          return;
        } catch (IOException failed) {
          LOG.atDebug().addKeyValue("job", ordered.batch.job()).setCause(failed).log("waits");
          Thread.sleep(RETRY_PAUSE);
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException fault) {
      LOG.atError()
          .addKeyValue("job", ordered.batch.job())
          .setCause(fault)
          .log("a job is followed no more until the gateway starts again");
    }
  }

  private long followOnce(Open ordered, FollowedJobs own) throws IOException {
    JobStatus status = own.step(ordered.batch.job());
    JobStatus.Claim claim = status.claims().getFirst();
    if (ordered.batch.status() == Receipt.Status.ACCEPTED) {
      Optional<List<Bytes>> outputs = own.outputs(claim);
      if (outputs.isPresent()) {
        answer(ordered, outputs.get());
      }
    }
    if (status.isOver()) {
      end(ordered, claim);
      own.withdraw();
    } else if (ordered.batch.status() == Receipt.Status.FINAL && own.isAudited(status, claim)) {
      change(ordered, ordered.batch.withStatus(Receipt.Status.AUDITED, ""));
    }
    return status.height();
  }

  private void answer(Open ordered, List<Bytes> outputs) throws IOException {
    Batch batch = ordered.batch.withStatus(Receipt.Status.FINAL, "");
    change(ordered, batch);
    int from = 0;
    for (Waiting each : ordered.waiting) {
      Receipt receipt = batch.receipt(each.receipt).orElseThrow();
      int to = from + each.items.size();
      boolean _ = each.answer.complete(new Answer(receipt, outputs.subList(from, to)));
      from = to;
    }
  }

  private void end(Open ordered, JobStatus.Claim claim) throws IOException {
    switch (claim.state()) {
      case "SETTLED" ->
          end(
              ordered,
              Receipt.Status.SETTLED,
              ordered.batch.status() == Receipt.Status.ACCEPTED
                  ? "the worker is paid and does not serve the outputs"
                  : "");
      case "FRAUD" ->
          end(
              ordered,
              Receipt.Status.FRAUD,
              ordered.batch.verification() instanceof Verification.Tolerance
                  ? "an output was found too far from the referee's"
                  : "an output was proven to be false");
      case "VOID" -> end(ordered, Receipt.Status.REFUNDED, "the claim is void");
      default -> end(ordered, Receipt.Status.REFUNDED, "no worker took the claim");
    }
  }

  private void end(Open ordered, Receipt.Status status, String why) throws IOException {
    Batch batch = ordered.batch.withStatus(status, why);
    change(ordered, batch);
    Open _ = open.remove(batch.number());
    if (!status.isSpent()) {
      for (Batch.Share share : batch.shares()) {
        queues.release(share.key(), batch.feePerItem().times(share.items()));
      }
    }
    for (Waiting each : ordered.waiting) {
      boolean _ =
          each.answer.completeExceptionally(
              refused(new GatewayRefusal.NoOutputs(each.receipt, status, why)));
    }
    LOG.atInfo()
        .addKeyValue("job", batch.job())
        .addKeyValue("status", status.text())
        .addKeyValue("reason", why)
        .log("over");
  }

  private void change(Open ordered, Batch batch) throws IOException {
    folder.put(batch);
    ordered.batch = batch;
  }

  /// Forgets what is old.
  ///
  /// @throws IOException if the disk fails
  public void tidy() throws IOException {
    long before = clock.instant().minus(KEPT).getEpochSecond();
    for (Batch each : folder.forget(before)) {
      Hash task = each.task();
      boolean needed = open.values().stream().anyMatch(other -> other.batch.task().equals(task));
      if (!needed) {
        client.forget(each.job(), task);
      }
    }
  }

  private Optional<Batch> batch(String receipt) throws IOException {
    Optional<Long> number = Batch.numberOf(receipt);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    Open now = open.get(number.get());
    return now == null ? folder.read(number.get()) : Optional.of(now.batch);
  }

  /// A receipt of a key, as it stands.
  ///
  /// @throws GatewayRefusedException if the key has no such receipt
  /// @throws IOException if the disk fails
  Receipt receipt(GatewayKeys.Key key, String id) throws GatewayRefusedException, IOException {
    return batch(id)
        .flatMap(each -> each.receipt(id))
        .filter(each -> each.key().equals(key.name()))
        .orElseThrow(() -> refused(new GatewayRefusal.Unknown("a receipt of this id")));
  }

  /// What was answered to a request, or would have been.
  ///
  /// @throws GatewayRefusedException if there are no outputs, or not yet
  /// @throws IOException if the disk fails
  Answer outputs(Receipt receipt) throws GatewayRefusedException, IOException {
    Path file = client.outputsFile(new ClaimId(Math.max(1, receipt.job()), 0));
    if (receipt.status() == Receipt.Status.ACCEPTED
        || !receipt.reason().isEmpty()
        || receipt.job() == 0
        || !Files.exists(file)) {
      throw refused(new GatewayRefusal.NoOutputs(receipt.id(), receipt.status(), receipt.reason()));
    }
    List<Bytes> all =
        ItemFile.decode(Files.readAllBytes(file))
            .filter(items -> items.size() >= receipt.item() + receipt.items())
            .orElseThrow(() -> new IOException(file + " is damaged"));
    int from = Math.toIntExact(receipt.item());
    return new Answer(receipt, all.subList(from, from + receipt.items()));
  }

  @Override
  public void close() {
    closed = true;
    GatewayRefusal stopping = new GatewayRefusal.NotReady(STOPPING);
    queues.clear().forEach(each -> each.answer.completeExceptionally(refused(stopping)));
    for (Open ordered : open.values()) {
      for (Waiting each : ordered.waiting) {
        boolean _ =
            each.answer.completeExceptionally(
                refused(
                    new GatewayRefusal.NoOutputs(
                        each.receipt, ordered.batch.status(), STOPPING + "; ask again later")));
      }
    }
    var _ = followers.shutdownNow();
    chain.close();
    client.close();
  }
}
