// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.blobs.Reach;
import io.aitbc.client.ChainClient;
import io.aitbc.client.ClaimOutputs;
import io.aitbc.client.JobChain;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.ModelClient;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.client.StoreOpening;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.TrainingPlan;
import io.aitbc.referee.TrainingState;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Shows a reader paid work from order to payment, and a worker that cheats and is caught: jobs of
/// inference and one that trains, done side by side by the services of a network on this machine.
/// Protocol §17.
final class WorkShow implements AutoCloseable {
  /// Orders of inference, and pictures of each.
  private static final int ORDERS = 3;

  private static final int ITEMS = 1_200;
  private static final Amount FEE_PER_ITEM = Amount.wei(50_000_000_000_000_000L);

  /// Of the training: enough to read well, and as much money as an order of inference.
  private static final int SEGMENTS = 12;

  private static final int STEPS = 8;
  private static final Amount FEE_PER_SEGMENT = Amount.aitbc(5);

  /// Of a worker, in seconds and in blocks.
  private static final int WORK_TIME = 120;

  private static final String CLIENT = "client";
  private static final Amount CLIENT_MONEY = Amount.aitbc(2_000);

  private static final DevnetServices.Member CHEAT = DevnetServices.CHEAT;

  /// Orders until the cheat has one.
  private static final int CHEATED_ORDERS_MAX = 5;

  /// A longer window for challenges is not waited for.
  private static final long WINDOW_SECONDS_MAX = 60;

  private static final long EPOCH_BLOCKS = 100;

  /// Without transactions blocks are rare, and so are ends of epochs.
  private static final int TRAFFIC_MILLIS = 200;

  private static final int POLL_MILLIS = 300;

  /// Long enough for a machine that does a lot besides.
  private static final long WAIT_SECONDS_MAX = 600;

  private static final Duration FINAL_TIME = Duration.ofSeconds(60);

  private final ChainClient chain;
  private final Path folder;
  private final PrintStream out;
  private final DevnetServices services;
  private final AccountSigner client = DevnetServices.account(CLIENT);
  private final JobChain chainOfClient;
  private volatile boolean ended;

  /// @param rpc a node's; stays open
  /// @param folder for the files of services and client
  WorkShow(JsonRpc rpc, Path folder, PrintStream out) {
    this.chain = new ChainClient(rpc);
    this.folder = folder;
    this.out = out;
    this.services = new DevnetServices(rpc, folder);
    this.chainOfClient = RpcJobChain.sending(chain, client, FINAL_TIME);
  }

  private long parameter(EconomyParameter parameter) throws IOException, RpcException {
    return chain.read(WorkRead.parameter(parameter)).map(UInt256::low).orElse(Long.MAX_VALUE);
  }

  /// Starts who does AI work and goes on with it until the end.
  void serve() throws IOException, RpcException, InterruptedException {
    dismissCheat(); // Of a run that did not come to its end.
    services.start();
    out.println(
        "AI work: %s serve; docs/ai-work.md says how to buy"
            .formatted(
                String.join(
                    ", ",
                    DevnetServices.members().stream().map(DevnetServices.Member::name).toList())));
  }

  /// Shows jobs that are done and paid, and a cheat that is caught. What has windows too long to
  /// look on is not shown.
  ///
  /// @throws IOException also if something that must happen does not
  void show() throws IOException, RpcException, InterruptedException {
    long seconds = parameter(EconomyParameter.WINDOW_SECONDS);
    if (seconds > WINDOW_SECONDS_MAX) {
      out.println(
          "AI work is not shown: a window for challenges is %d s here; that of the preset dev is shorter"
              .formatted(seconds));
      return;
    }
    out.println(
        "  the preset dev shortens its times: %d s and %d blocks for challenges, not %s s and %s blocks;"
            .formatted(
                seconds,
                parameter(EconomyParameter.WINDOW_BLOCKS),
                EconomyParameter.WINDOW_SECONDS.standard(),
                EconomyParameter.WINDOW_BLOCKS.standard()));
    out.println("  so it is settled while you look on, and nobody far away could answer in time");
    AccountSigner traffic = DevnetServices.account("traffic");
    Map<Address, Amount> money = new LinkedHashMap<>();
    Amount _ = money.put(client.address(), CLIENT_MONEY);
    Amount _ = money.put(traffic.address(), Amount.aitbc(10));
    Amount _ = money.put(CHEAT.address(), CHEAT.money());
    services.fund(money);
    Thread _ = Thread.ofPlatform().name("traffic").daemon().start(() -> makeBlocks(traffic));
    try {
      work();
    } finally {
      ended = true;
    }
  }

  private void work() throws IOException, RpcException, InterruptedException {
    long began = System.nanoTime();
    GlyphTraining training = DemoModel.training();
    DemoModel demo = DemoModel.train(training, SEGMENTS * STEPS);
    out.println(
        "  a model learns to read digits in %.1f s; it reads %.1f %% of new pictures right"
            .formatted((System.nanoTime() - began) / 1e9, 100 * demo.accuracy(ITEMS)));
    ModelClient models = new ModelClient(chainOfClient);
    out.println("  the client registers it as " + models.register(demo.model(), "digits"));
    out.println(
        "  and its training as        "
            + models.register(training.prepared().model(), "digits, training"));
    out.println("  seats of auditors have secrets from the next epoch of 100 blocks on: waiting");
    await("the auditors' secrets", this::haveSecrets);
    StoreOpening opening =
        StoreOpening.signed(client, UInt256.of(chain.chainId()), InstantSource.system(), Reach.ANY);
    try (JobClient jobs =
        new JobClient(chainOfClient, folder.resolve(CLIENT), opening, Reach.ANY)) {
      List<ShownJob> all = new ArrayList<>();
      ShownJob trained = submit(jobs, all, SEGMENTS + " segments of training", training(training));
      List<ShownJob> read = new ArrayList<>();
      for (int i = 0; i < ORDERS; i++) {
        boolean _ = read.add(submit(jobs, all, ITEMS + " pictures", reading(demo, i)));
      }
      stepUntil("a worker for each", all, () -> all.stream().noneMatch(ShownJob::isOpen));
      ShownJob caught = cheated(jobs, all, reading(demo, 0));
      stepUntil("the end of all jobs", all, () -> all.stream().allMatch(ShownJob::isOver));
      conclude(all, caught);
      showResults(jobs, demo, read, trained);
    }
  }

  private static JobOrder reading(DemoModel demo, int order) {
    List<Bytes> pictures =
        DemoModel.pictures(ORDERS * ITEMS).subList(order * ITEMS, (order + 1) * ITEMS);
    return new JobOrder(demo.model(), pictures, FEE_PER_ITEM, WORK_TIME, WORK_TIME, Amount.ZERO);
  }

  private static JobOrder training(GlyphTraining training) {
    TrainingPlan.Prepared prepared = training.prepared();
    return new JobOrder(
        prepared.model(),
        List.of(Bytes.wrap(training.data())),
        FEE_PER_SEGMENT,
        WORK_TIME,
        WORK_TIME,
        Amount.ZERO,
        WorkJob.PARTIES,
        Optional.of(
            new JobOrder.Training(
                Bytes.wrap(TrainingState.encoded(prepared.initial())), SEGMENTS, STEPS)));
  }

  /// Submits an order and goes on with those before: turns of workers are short.
  private ShownJob submit(JobClient jobs, List<ShownJob> all, String title, JobOrder order)
      throws IOException {
    ShownJob job = new ShownJob(jobs, chainOfClient, out, title, order);
    boolean _ = all.add(job);
    for (ShownJob each : all) {
      each.step();
    }
    return job;
  }

  /// Orders until the cheat has the claim: an honest worker may be drawn before it.
  ///
  /// @param all jobs that go on meanwhile; the orders are added to them
  private ShownJob cheated(JobClient jobs, List<ShownJob> all, JobOrder order)
      throws IOException, RpcException, InterruptedException {
    out.println(
        "  a worker with a bond of %s AITBC registers, so it is drawn; it falsifies a sixth of its outputs"
            .formatted(AitbcAmount.text(CHEAT.bond())));
    services.serve(CHEAT, FalsifyingEngine::new);
    stepUntil("the cheat's bond", all, () -> cheat().isPresent());
    for (int i = 0; i < CHEATED_ORDERS_MAX; i++) {
      ShownJob job = submit(jobs, all, ITEMS + " pictures", order);
      stepUntil("a worker for it", all, () -> !job.isOpen());
      if (job.taken().filter(it -> it.worker().equals(CHEAT.address())).isPresent()) {
        return job;
      }
      out.println("  an honest worker was drawn; another order");
    }
    throw new IOException("the cheat was drawn for none of " + CHEATED_ORDERS_MAX + " orders");
  }

  private Optional<ServiceAccount> cheat() throws IOException, RpcException {
    return chain.read(WorkRead.service(ServiceRole.WORKER, CHEAT.address()));
  }

  /// Says how all ended, and who is paid.
  private void conclude(List<ShownJob> all, ShownJob caught) throws IOException, RpcException {
    out.println("from order to end, as it was seen:");
    for (ShownJob each : all) {
      out.println(each.summary());
      WorkClaim.State right = each == caught ? WorkClaim.State.FRAUD : WorkClaim.State.SETTLED;
      if (each.taken().filter(it -> it.state() == right).isEmpty()) {
        throw new IOException("job %d is not %s".formatted(each.number(), right));
      }
    }
    out.println("what they may withdraw now:");
    for (DevnetServices.Member each : DevnetServices.members()) {
      out.println(credit(each.name(), each.address()));
    }
    out.println(credit(CLIENT, client.address()) + ", its fee of job " + caught.number());
    ServiceAccount cheat = cheat().orElseThrow();
    out.println(
        "  %-10s nothing; its bond is %s AITBC of %s, the rest is taken out"
            .formatted(
                CHEAT.name(), AitbcAmount.text(cheat.bond()), AitbcAmount.text(CHEAT.bond())));
    services.end(CHEAT);
    dismissCheat();
  }

  /// Takes its bond out, so that it is drawn no more.
  private void dismissCheat() throws IOException, RpcException {
    Amount free = cheat().map(ServiceAccount::free).orElse(Amount.ZERO);
    if (!free.isZero()) {
      try (AccountSigner account = DevnetServices.account(CHEAT.name())) {
        var _ =
            RpcJobChain.sending(chain, account, FINAL_TIME)
                .send(WorkCall.unbond(ServiceRole.WORKER, free));
      }
    }
  }

  private String credit(String name, Address account) throws IOException, RpcException {
    return "  %-10s %s AITBC"
        .formatted(
            name, AitbcAmount.text(chain.read(WorkRead.credit(account)).orElse(Amount.ZERO)));
  }

  /// What the client has of it.
  private void showResults(JobClient jobs, DemoModel demo, List<ShownJob> read, ShownJob trained)
      throws IOException {
    int right = 0;
    for (int order = 0; order < ORDERS; order++) {
      long number = read.get(order).number();
      ClaimOutputs outputs = jobs.result(number).get(0L);
      if (!(outputs instanceof ClaimOutputs.Right(List<Bytes> items))) {
        throw new IOException("the outputs of job %d are not here: %s".formatted(number, outputs));
      }
      right += demo.right(items, order * ITEMS);
    }
    out.println("%d of %d pictures are read right".formatted(right, ORDERS * ITEMS));
    if (!(jobs.trained(trained.number()) instanceof ClaimOutputs.Right(List<Bytes> state))) {
      throw new IOException("the trained state is not here");
    }
    Hash id = DemoModel.trained(state.getFirst()).orElseThrow().model().id();
    if (!id.equals(demo.model().id())) {
      throw new IOException("the trained model is " + id);
    }
    out.println(
        "the training that was paid made the same model as this machine, bit for bit: " + id);
  }

  private boolean haveSecrets() throws IOException, RpcException {
    for (Address each : DevnetServices.members(ServiceRole.AUDITOR)) {
      List<SecretChain> chains = chain.read(WorkRead.secretChains(each)).orElse(List.of());
      if (chains.isEmpty() || chains.getFirst().fromEpoch() * EPOCH_BLOCKS > chain.blockNumber()) {
        return false;
      }
    }
    return true;
  }

  private void makeBlocks(AccountSigner account) {
    try (account) {
      long chainId = chain.chainId();
      for (long nonce = chain.nextNonce(account.address()); !ended; nonce++) {
        Hash _ =
            chain.send(
                ChainClient.transfer(
                    account,
                    chainId,
                    nonce,
                    Address.ZERO,
                    Amount.wei(1),
                    chain.gasPrice().times(2)));
        Thread.sleep(TRAFFIC_MILLIS);
      }
    } catch (IOException | RpcException networkEnded) {
      ended = true; // Whoever waits for a block says so.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Something that is waited for.
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException, RpcException;
  }

  private void await(String what, Condition condition)
      throws IOException, RpcException, InterruptedException {
    stepUntil(what, List.of(), condition);
  }

  /// Goes on with jobs until something holds.
  private void stepUntil(String what, List<ShownJob> all, Condition condition)
      throws IOException, RpcException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new IOException("not seen after " + WAIT_SECONDS_MAX + " s: " + what);
      }
      for (ShownJob each : all) {
        if (!each.isOver()) {
          each.step();
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  @Override
  public void close() {
    ended = true;
    services.close();
    client.close();
  }
}
