// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobServer;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.cli.ServiceLoop.ServiceRefusedException;
import io.aitbc.client.CallRefusedException;
import io.aitbc.client.JobChain;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.ServiceMetrics;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.node.work.AuditorService;
import io.aitbc.node.work.ClaimChecker;
import io.aitbc.node.work.Engines;
import io.aitbc.node.work.EvaluatorService;
import io.aitbc.node.work.HardwareEvidence;
import io.aitbc.node.work.JobAccess;
import io.aitbc.node.work.JobFiles;
import io.aitbc.node.work.Results;
import io.aitbc.node.work.WorkChain;
import io.aitbc.node.work.WorkerService;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Worker, auditor and evaluator of one account each, beside a node that they trust, in a process
/// of their own or in the node's.
final class WorkServices {
  /// After which a worker renews leases whether there are blocks or not: an eighth of a lease.
  private static final Duration KEEP_TIME = JobFiles.LEASE.dividedBy(8);

  private static final Duration FINAL_TIME = Duration.ofSeconds(60);
  private static final Logger LOG = LoggerFactory.getLogger(WorkServices.class);

  private WorkServices() {}

  /// Unlocks an account's key.
  static AccountSigner open(AccountFile account) throws KeyFileException {
    try (Password password = Password.read(account.passwordFile())) {
      return AccountKeystore.open(account.keystore(), password);
    }
  }

  /// What a service says that it serves.
  ///
  /// @param classes of verification: bit 2^class
  /// @param address where others reach it; empty if nobody does
  record Served(long classes, String address) {}

  /// What a service holds of its node and its folder, closed in the end.
  static final class Held implements AutoCloseable {
    private final AccountSigner signer;
    private final NodeView view;
    private final ClientWorkChain chain;
    private final FileChannel lock;

    /// Asks the node which network it is of, and takes the service's folder.
    Held(URI node, AccountSigner signer, Path folder) throws IOException, ServiceRefusedException {
      this.signer = signer;
      view = NodeView.of(node);
      try {
        chain =
            new ClientWorkChain(
                view, signer, UInt256.of(view.client().chainId()), InstantSource.system());
        lock = taken(folder);
      } catch (RpcException refused) {
        end();
        throw new IOException("the node refuses: " + refused.getMessage(), refused);
      } catch (IOException | ServiceRefusedException failed) {
        end();
        throw failed;
      }
    }

    /// The same, and registers the service.
    static Held registered(
        URI node,
        AccountSigner signer,
        Path folder,
        ServiceRole role,
        Served served,
        Optional<Amount> bond)
        throws IOException, ServiceRefusedException {
      Held held = new Held(node, signer, folder);
      try {
        held.register(role, served, bond);
        return held;
      } catch (IOException | ServiceRefusedException failed) {
        held.leave();
        throw failed;
      }
    }

    UInt256 chainId() {
      return chain.chainId();
    }

    /// The chain of a buyer.
    JobChain jobs() {
      return RpcJobChain.sending(view.client(), signer, FINAL_TIME);
    }

    private static FileChannel taken(Path folder) throws ServiceRefusedException {
      try {
        Path file = Files.createDirectories(folder).resolve("lock");
        FileChannel lock =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
          lock.close();
          throw new ServiceRefusedException(folder + " is in use by another process");
        }
        return lock;
      } catch (OverlappingFileLockException taken) { // To close it would end the other's lock.
        throw new ServiceRefusedException(
            folder + " is the folder of another service of this process: each needs its own");
      } catch (IOException failed) {
        throw new ServiceRefusedException(folder + " cannot be used: " + failed.getMessage());
      }
    }

    private void register(ServiceRole role, Served served, Optional<Amount> bond)
        throws IOException, ServiceRefusedException {
      Optional<ServiceAccount> account = chain.read(WorkRead.service(role, signer.address()));
      boolean registered = account.isPresent();
      String title = WorkServices.title(role);
      if (!registered && bond.isEmpty()) {
        throw new ServiceRefusedException(
            "%s is no %s: start with --bond, or `aitbc %s register`"
                .formatted(signer.address(), title, title));
      }
      if (!registered) {
        send(WorkCall.registerService(role, served.classes, served.address, bond.orElseThrow()));
        LOG.atInfo()
            .addKeyValue("account", signer.address())
            .addKeyValue("bond", AitbcAmount.text(bond.orElseThrow()))
            .log("registered as " + title);
      } else if (account.get().classes() != served.classes
          || !chain.serves(role, signer.address()).equals(Optional.of(served.address))) {
        send(WorkCall.describeService(role, served.classes, served.address));
        LOG.atInfo()
            .addKeyValue("account", signer.address())
            .addKeyValue("classes", ServiceAccounts.classes(served.classes))
            .addKeyValue("address", served.address)
            .log("said what it serves, and where it is reached");
      }
    }

    private void send(EconomyCall call) throws IOException, ServiceRefusedException {
      try {
        var _ = jobs().send(call);
      } catch (CallRefusedException refused) {
        throw new ServiceRefusedException(String.valueOf(refused.getMessage()));
      }
    }

    @Override
    public void close() {
      leave();
      signer.close();
    }

    /// Gives the view of the node back.
    private void end() {
      view.close();
    }

    /// Gives node and folder back; the signer may be used again.
    private void leave() {
      end();
      try {
        lock.close();
      } catch (IOException failed) {
        LOG.atDebug().setCause(failed).log("the lock was not closed");
      }
    }
  }

  /// The name of a role in commands.
  static String title(ServiceRole role) {
    return switch (role) {
      case WORKER -> "worker";
      case AUDITOR -> "auditor";
      case EVALUATOR -> "evaluator";
    };
  }

  private static WorkChain counted(WorkChain chain, Optional<ServiceMetrics> metrics) {
    return metrics.map(it -> it.counting(chain)).orElse(chain);
  }

  private static BlobStore store(Path folder) throws IOException {
    Path own = Files.createDirectories(folder.resolve("blobs"));
    return BlobStore.open(
        own,
        new DirectoryChunks(own.resolve("chunks")),
        BlobLimits.DEFAULT,
        Holders.NONE,
        InstantSource.system());
  }

  private static void tidy(BlobStore store) throws IOException {
    BlobStore.Collected collected = store.collect();
    if (collected.blobs() + collected.uploads() > 0) {
      LOG.atInfo()
          .addKeyValue("blobs", collected.blobs())
          .addKeyValue("uploads", collected.uploads())
          .log("files that nobody leases are gone");
    }
  }

  /// A worker that begins once its node answers.
  ///
  /// @param node its JSON-RPC
  /// @param bond with which it registers if it is not; empty if it must be
  /// @param metrics counts what it sends, if somebody watches
  /// @throws KeyFileException if the account cannot be unlocked
  static ServiceLoop worker(
      URI node,
      ServicesConfiguration.Worker configuration,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics)
      throws KeyFileException {
    AccountSigner signer = open(configuration.account());
    return worker(node, configuration, configuration.engine(), bond, metrics, signer);
  }

  /// A worker whose key is at hand already.
  ///
  /// @param engines what it runs models on, whatever `configuration` says
  /// @param metrics counts what it sends, if somebody watches
  /// @param signer of its account; closed with it
  static ServiceLoop worker(
      URI node,
      ServicesConfiguration.Worker configuration,
      Engines engines,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics,
      AccountSigner signer) {
    return ServiceLoop.start(
        "worker", () -> openWorker(node, configuration, engines, bond, metrics, signer));
  }

  private static ServiceLoop.Service openWorker(
      URI node,
      ServicesConfiguration.Worker configuration,
      Engines engines,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics,
      AccountSigner signer)
      throws IOException, ServiceRefusedException {
    Path folder = configuration.data();
    Served served = new Served(configuration.classes(), configuration.address().toString());
    Held held = Held.registered(node, signer, folder, ServiceRole.WORKER, served, bond);
    try {
      BlobStore store = store(folder);
      Results results = new Results(folder.resolve("results"));
      JobAccess access =
          new JobAccess(held.chain.chainId(), signer.address(), results, InstantSource.system());
      Optional<BlobServer> listening = listening(configuration, store, access);
      if (listening.isEmpty()) {
        held.leave();
        throw new PortTakenException(configuration.listen());
      }
      BlobServer server = listening.get();
      WorkerService worker;
      try {
        worker =
            new WorkerService(
                counted(held.chain, metrics),
                folder,
                new JobFiles(store),
                results,
                access,
                engines,
                configuration.attester().map(HardwareEvidence::of));
      } catch (IOException unusable) {
        server.close();
        throw unusable;
      }
      LOG.atInfo()
          .addKeyValue("account", signer.address())
          .addKeyValue("port", server.port())
          .addKeyValue("address", configuration.address())
          .addKeyValue("classes", ServiceAccounts.classes(served.classes))
          .log("worker");
      return new ServiceLoop.Service() {
        private long keptNanos = System.nanoTime();

        @Override
        public void step() throws IOException {
          boolean _ = worker.step();
        }

        @Override
        public void tidy() throws IOException {
          if (System.nanoTime() - keptNanos > KEEP_TIME.toNanos()) {
            keptNanos = System.nanoTime();
            worker.keep();
          }
          if (worker.keepsAll()) {
            WorkServices.tidy(store);
          }
        }

        @Override
        public void awaitNews() throws InterruptedException {
          // The engine may come to its end, which nobody tells.
          held.chain.awaitNews(ServiceLoop.POLL_TIME);
        }

        @Override
        public void close() {
          worker.close();
          server.close();
          held.close();
        }
      };
    } catch (PortTakenException taken) {
      throw taken;
    } catch (IOException unusable) {
      held.close();
      throw new ServiceRefusedException(String.valueOf(unusable.getMessage()));
    }
  }

  /// Nothing can listen at a worker's address now: the process before this one may be about to end.
  private static final class PortTakenException extends IOException {
    private static final long serialVersionUID = 1L;

    PortTakenException(InetSocketAddress address) {
      super("cannot listen at " + address);
    }
  }

  /// What serves a worker's files; empty if nothing can listen there now.
  private static Optional<BlobServer> listening(
      ServicesConfiguration.Worker configuration, BlobStore store, JobAccess access) {
    try {
      return Optional.of(BlobServer.start(configuration.listen(), store, access, access));
    } catch (IOException taken) {
      LOG.atDebug().setCause(taken).log("cannot listen");
      return Optional.empty();
    }
  }

  /// An auditor that begins once its node answers.
  ///
  /// @param node its JSON-RPC
  /// @param bond with which it registers if it is not; empty if it must be
  /// @param metrics counts what it sends, if somebody watches
  /// @throws KeyFileException if the account cannot be unlocked
  static ServiceLoop auditor(
      URI node,
      ServicesConfiguration.Auditor configuration,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics)
      throws KeyFileException {
    return auditor(node, configuration, bond, metrics, open(configuration.account()));
  }

  /// An auditor whose key is at hand already.
  ///
  /// @param metrics counts what it sends, if somebody watches
  /// @param signer of its account; closed with it
  static ServiceLoop auditor(
      URI node,
      ServicesConfiguration.Auditor configuration,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics,
      AccountSigner signer) {
    return checker(
        node,
        ServiceRole.AUDITOR,
        configuration.data(),
        bond,
        metrics,
        signer,
        (chain, files) ->
            new AuditorService(chain, configuration.data(), files, configuration.reach()));
  }

  /// An evaluator that begins once its node answers.
  ///
  /// @param node its JSON-RPC
  /// @param bond with which it registers if it is not; empty if it must be
  /// @param metrics counts what it sends, if somebody watches
  /// @throws KeyFileException if the account cannot be unlocked
  static ServiceLoop evaluator(
      URI node,
      ServicesConfiguration.Evaluator configuration,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics)
      throws KeyFileException {
    return evaluator(node, configuration, bond, metrics, open(configuration.account()));
  }

  /// An evaluator whose key is at hand already.
  ///
  /// @param metrics counts what it sends, if somebody watches
  /// @param signer of its account; closed with it
  static ServiceLoop evaluator(
      URI node,
      ServicesConfiguration.Evaluator configuration,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics,
      AccountSigner signer) {
    return checker(
        node,
        ServiceRole.EVALUATOR,
        configuration.data(),
        bond,
        metrics,
        signer,
        (chain, files) ->
            new EvaluatorService(chain, configuration.data(), files, configuration.reach()));
  }

  /// Makes a service.
  @FunctionalInterface
  private interface Making {
    ClaimChecker on(WorkChain chain, JobFiles files) throws IOException;
  }

  private static ServiceLoop checker(
      URI node,
      ServiceRole role,
      Path folder,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics,
      AccountSigner signer,
      Making making) {
    return ServiceLoop.start(
        title(role), () -> openChecker(node, role, folder, bond, metrics, signer, making));
  }

  private static ServiceLoop.Service openChecker(
      URI node,
      ServiceRole role,
      Path folder,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics,
      AccountSigner signer,
      Making making)
      throws IOException, ServiceRefusedException {
    Held held = Held.registered(node, signer, folder, role, new Served(WorkJob.EXACT, ""), bond);
    try {
      BlobStore store = store(folder);
      ClaimChecker checker = making.on(counted(held.chain, metrics), new JobFiles(store));
      LOG.atInfo().addKeyValue("account", signer.address()).log(title(role));
      return new ServiceLoop.Service() {
        @Override
        public void step() throws IOException {
          boolean _ = checker.step();
        }

        @Override
        public void tidy() throws IOException {
          WorkServices.tidy(store);
        }

        @Override
        public void awaitNews() throws InterruptedException {
          held.chain.awaitNews(Duration.ofSeconds(1));
        }

        @Override
        public void close() {
          checker.close();
          held.close();
        }
      };
    } catch (IOException unusable) {
      held.close();
      throw new ServiceRefusedException(String.valueOf(unusable.getMessage()));
    }
  }
}
