// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.blobs.Reach;
import io.aitbc.client.CallRefusedException;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobExplanation;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JobStatus;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.ModelClient;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.client.StoreOpening;
import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.ServiceAccount.SecretChain;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.node.work.EngineChoice;
import io.aitbc.node.work.Engines;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Shows a reader paid work from order to payment, and a worker that cheats and is caught: a model
/// that is trained here, a worker, two auditors and a client, each with an account of its own, who
/// know of each other by the chain alone and meet over HTTP. They run in this process.
final class WorkShow implements AutoCloseable {
  private static final int ITEMS = 1_200;
  private static final Amount FEE_PER_ITEM = Amount.wei(50_000_000_000_000_000L);
  private static final int WORK_TIME = 60;
  private static final Amount WORKER_BOND = Amount.aitbc(3_000);
  private static final Amount AUDITOR_BOND = Amount.aitbc(1_000);

  /// Draws go by bonds: the cheat is drawn nearly always.
  private static final Amount CHEAT_BOND = Amount.aitbc(300_000);

  /// Orders until the cheat has one.
  private static final int ORDERS_MAX = 5;

  /// One wrong item in so many.
  private static final int WRONG_ONE_IN = 6;

  private static final long EPOCH_BLOCKS = 100;

  /// Without transactions blocks are rare, and so are ends of epochs.
  private static final int TRAFFIC_MILLIS = 250;

  private static final int POLL_MILLIS = 100;
  private static final long WAIT_SECONDS_MAX = 300;
  private static final Duration FINAL_TIME = Duration.ofSeconds(60);

  private final JsonRpc rpc;
  private final ChainClient chain;
  private final Path folder;
  private final PrintStream out;
  private final AccountSigner client = AccountSigner.generate(new SecureRandom());
  private final List<AccountSigner> auditors = new ArrayList<>();
  private final List<ServiceLoop> services = new ArrayList<>();
  private volatile boolean ended;

  /// @param rpc a node's; stays open
  /// @param folder for the files of services and client
  WorkShow(JsonRpc rpc, Path folder, PrintStream out) {
    this.rpc = rpc;
    this.chain = new ChainClient(rpc);
    this.folder = folder;
    this.out = out;
  }

  /// Gives everybody money, starts the auditors and the honest worker, trains the model and waits
  /// until audits are possible.
  private Model begin()
      throws IOException, RpcException, InterruptedException, CallRefusedException {
    out.println("AI work: times are those of the preset dev, too short for anybody far away");
    AccountSigner traffic = AccountSigner.generate(new SecureRandom());
    AccountSigner worker = AccountSigner.generate(new SecureRandom());
    for (int i = 0; i < 2; i++) {
      auditors.add(AccountSigner.generate(new SecureRandom()));
    }
    fund(client.address(), Amount.aitbc(2_000));
    fund(traffic.address(), Amount.aitbc(100));
    fund(worker.address(), WORKER_BOND.plus(Amount.aitbc(100)));
    for (AccountSigner auditor : auditors) {
      fund(auditor.address(), AUDITOR_BOND.plus(Amount.aitbc(100)));
    }
    Thread _ = Thread.ofPlatform().name("traffic").daemon().start(() -> makeBlocks(traffic));
    List<Address> seats = auditors.stream().map(AccountSigner::address).toList();
    for (int i = 0; i < auditors.size(); i++) {
      services.add(
          WorkServices.auditor(
              rpc.endpoint(),
              new ServicesConfiguration.Auditor(none(), folder.resolve("auditor" + i), Reach.ANY),
              Optional.of(AUDITOR_BOND),
              auditors.get(i)));
    }
    startWorker("worker", worker, new EngineChoice.Referee(), WORKER_BOND);
    out.println("a worker and two auditors register with bonds; a model learns to read digits");
    DemoModel demo = DemoModel.train();
    out.println(
        "  784-256-10, int8, reads %.1f %% of new pictures right"
            .formatted(100 * demo.accuracy(ITEMS)));
    Hash id =
        new ModelClient(RpcJobChain.sending(chain, client, FINAL_TIME))
            .register(demo.model(), "digits");
    out.println("  registered as model " + id);
    out.println("  seats of auditors have secrets from the next epoch of 100 blocks on: waiting");
    await("the auditors' secrets", () -> haveSecrets(seats));
    return demo.model();
  }

  /// Shows a job that is done and paid, and a cheat that is caught.
  ///
  /// @throws IOException also if something that must happen does not
  void show() throws IOException, RpcException, InterruptedException {
    try {
      Model model = begin();
      StoreOpening opening =
          StoreOpening.signed(
              client, UInt256.of(chain.chainId()), InstantSource.system(), Reach.ANY);
      try (JobClient jobs =
          new JobClient(
              RpcJobChain.sending(chain, client, FINAL_TIME),
              folder.resolve("client"),
              opening,
              Reach.ANY)) {
        JobOrder order =
            new JobOrder(
                model, DemoModel.pictures(ITEMS), FEE_PER_ITEM, WORK_TIME, WORK_TIME, Amount.ZERO);
        Followed honest = new Followed(jobs, jobs.submit(order));
        honest.until(WorkClaim.State.REVEALED);
        AccountSigner cheat = AccountSigner.generate(new SecureRandom());
        fund(cheat.address(), CHEAT_BOND.plus(Amount.aitbc(100)));
        out.println("a worker with a large bond registers; it falsifies a sixth of its outputs");
        startWorker("cheat", cheat, Falsifying::new, CHEAT_BOND);
        await(
            "the cheat's bond",
            () -> chain.read(WorkRead.service(ServiceRole.WORKER, cheat.address())).isPresent());
        Followed caught = cheated(jobs, order, cheat.address());
        caught.until(WorkClaim.State.FRAUD);
        out.println(
            "  %.1f s from its order to its conviction; its bond is %s of %s AITBC"
                .formatted(
                    caught.seconds(),
                    AitbcAmount.text(
                        chain
                            .read(WorkRead.service(ServiceRole.WORKER, cheat.address()))
                            .orElseThrow()
                            .bond()),
                    AitbcAmount.text(CHEAT_BOND)));
        out.println("  the claim of job %d waits for its window and secrets".formatted(honest.job));
        honest.until(WorkClaim.State.SETTLED);
        out.println(
            "  %.1f s from order to settlement; outputs are in %s"
                .formatted(honest.seconds(), folder.resolve("client")));
      }
    } catch (CallRefusedException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  /// Orders until the cheat has the claim: the honest worker may be drawn before it.
  private Followed cheated(JobClient jobs, JobOrder order, Address cheat)
      throws IOException, RpcException, InterruptedException, CallRefusedException {
    for (int i = 0; i < ORDERS_MAX; i++) {
      Followed job = new Followed(jobs, jobs.submit(order));
      job.until(WorkClaim.State.COMMITTED);
      if (job.worker().equals(cheat)) {
        return job;
      }
      out.println("  the honest worker was drawn; another order");
    }
    throw new IOException("the cheat was drawn for none of " + ORDERS_MAX + " orders");
  }

  /// A job while it is followed: each decision is told once.
  private final class Followed {
    private final JobClient jobs;
    private final long job;
    private final long began = System.nanoTime();
    private int told;
    private long ended;

    Followed(JobClient jobs, long job) {
      this.jobs = jobs;
      this.job = job;
    }

    double seconds() {
      return (ended - began) / 1e9;
    }

    Address worker() throws IOException {
      return taken(jobs.status(job).orElseThrow()).orElseThrow().worker();
    }

    private static Optional<WorkClaim> taken(JobStatus status) {
      return status.claims().getFirst().taken();
    }

    /// Does the client's part until its claim is in a state or beyond.
    void until(WorkClaim.State state) throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
      while (true) {
        JobStatus status = jobs.step(job, _ -> {});
        JobExplanation explained = jobs.explain(job);
        for (JobExplanation.Decision each :
            explained.decisions().subList(told, explained.decisions().size())) {
          out.println("  job %d, block %5d: %s".formatted(job, each.height(), each.what()));
        }
        told = explained.decisions().size();
        Optional<WorkClaim> claim = taken(status);
        if (claim.isPresent() && claim.get().state().compareTo(state) >= 0) {
          if (status.isOver() && claim.get().state() != state) {
            throw new IOException("job " + job + " is " + claim.get().state() + ", not " + state);
          }
          ended = System.nanoTime();
          return;
        }
        if (System.nanoTime() > end) {
          throw new IOException(
              "job %d is not %s after %d s".formatted(job, state, WAIT_SECONDS_MAX));
        }
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  private void startWorker(String name, AccountSigner account, Engines engines, Amount bond)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    services.add(
        WorkServices.worker(
            rpc.endpoint(),
            new ServicesConfiguration.Worker(
                none(),
                folder.resolve(name),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                URI.create("http://127.0.0.1:" + port),
                new EngineChoice.Referee()),
            engines,
            Optional.of(bond),
            account));
  }

  /// The keys are in memory and nowhere else.
  private AccountFile none() {
    return new AccountFile(folder, folder);
  }

  private boolean haveSecrets(List<Address> seats) throws IOException, RpcException {
    for (Address seat : seats) {
      List<SecretChain> chains = chain.read(WorkRead.secretChains(seat)).orElse(List.of());
      if (chains.isEmpty() || chains.getFirst().fromEpoch() * EPOCH_BLOCKS > chain.blockNumber()) {
        return false;
      }
    }
    return true;
  }

  private void fund(Address account, Amount amount)
      throws IOException, RpcException, InterruptedException {
    try (AccountSigner rich = DevnetFiles.developmentAccount()) {
      Hash hash =
          chain.send(
              ChainClient.transfer(
                  rich,
                  chain.chainId(),
                  chain.nextNonce(rich.address()),
                  account,
                  amount,
                  chain.gasPrice().times(2)));
      var _ = chain.awaitReceipt(hash, FINAL_TIME.toMillis());
    }
  }

  private void makeBlocks(AccountSigner account) {
    try (account) {
      long chainId = chain.chainId();
      for (long nonce = 0; !ended; nonce++) {
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
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new IOException("not seen after " + WAIT_SECONDS_MAX + " s: " + what);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  @Override
  public void close() {
    ended = true;
    services.forEach(ServiceLoop::close);
    client.close();
  }

  /// Flips a bit in every sixth output.
  private static final class Falsifying implements Engine {
    private final RefereeEngine engine;

    Falsifying(Model model) {
      engine = new RefereeEngine(model, Kernel.fastest(), Workers.NONE);
    }

    @Override
    public String name() {
      return "falsifying";
    }

    @Override
    public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
      List<Bytes> outputs = new ArrayList<>(engine.run(items, timeMax));
      for (int i = 0; i < outputs.size(); i += WRONG_ONE_IN) {
        byte[] output = outputs.get(i).toArray();
        output[0] ^= 1;
        outputs.set(i, Bytes.wrap(output));
      }
      return outputs;
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
