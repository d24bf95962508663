// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.blobs.Reach;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.node.work.EngineChoice;
import io.aitbc.node.work.Engines;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/// Who does AI work on a network on this machine: workers, auditors and evaluators in this process,
/// each with an account of its own. They know of each other by the chain alone and meet over HTTP.
/// Their keys follow from their names and are known to everybody, so that a network that goes on
/// has the same. Belongs to one thread; any may close it.
final class DevnetServices implements AutoCloseable {
  private static final Amount WORKER_BOND = Amount.aitbc(3_000);
  private static final Amount BOND = Amount.aitbc(1_000);

  /// For the gas of what they send.
  private static final Amount GAS_MONEY = Amount.aitbc(100);

  private static final List<Member> MEMBERS =
      List.of(
          new Member("worker1", ServiceRole.WORKER, WORKER_BOND),
          new Member("worker2", ServiceRole.WORKER, WORKER_BOND),
          new Member("auditor1", ServiceRole.AUDITOR, BOND),
          new Member("auditor2", ServiceRole.AUDITOR, BOND),
          new Member("evaluator1", ServiceRole.EVALUATOR, BOND),
          new Member("evaluator2", ServiceRole.EVALUATOR, BOND),
          new Member("evaluator3", ServiceRole.EVALUATOR, BOND));

  /// Draws go by bonds: it is drawn nearly always.
  static final Member CHEAT = new Member("cheat", ServiceRole.WORKER, Amount.aitbc(300_000));

  private static final Duration FINAL_TIME = Duration.ofSeconds(60);

  private final JsonRpc rpc;
  private final ChainClient chain;
  private final Path folder;
  private final Map<String, ServiceLoop> running = new ConcurrentSkipListMap<>();

  /// Somebody who serves.
  ///
  /// @param bond with which it registers
  record Member(String name, ServiceRole role, Amount bond) {
    Address address() {
      try (AccountSigner account = account(name)) {
        return account.address();
      }
    }

    /// What it has to have before it begins.
    Amount money() {
      return bond.plus(GAS_MONEY);
    }
  }

  /// @param rpc the node that they trust; stays open
  /// @param folder of their folders
  DevnetServices(JsonRpc rpc, Path folder) {
    this.rpc = rpc;
    this.chain = new ChainClient(rpc);
    this.folder = folder;
  }

  /// The account of a name: its key is no secret.
  static AccountSigner account(String name) {
    byte[] seed = ("aitbc devnet " + name).getBytes(StandardCharsets.US_ASCII);
    return AccountSigner.fromSeed(Sha256.hash(seed).toArray());
  }

  /// Those who always serve.
  static List<Member> members() {
    return MEMBERS;
  }

  /// Those of a role.
  static List<Address> members(ServiceRole role) {
    return MEMBERS.stream().filter(it -> it.role == role).map(Member::address).toList();
  }

  /// Starts all, with money for their bonds where they have none.
  void start() throws IOException, RpcException, InterruptedException {
    Map<Address, Amount> wanted = new LinkedHashMap<>();
    for (Member each : MEMBERS) {
      boolean registered = chain.read(WorkRead.service(each.role, each.address())).isPresent();
      Amount _ = wanted.put(each.address(), registered ? GAS_MONEY : each.money());
    }
    fund(wanted);
    for (Member each : MEMBERS) {
      serve(each, new EngineChoice.Referee());
    }
  }

  /// Starts one.
  ///
  /// @param engines what it runs models on, if it is a worker
  void serve(Member member, Engines engines) throws IOException {
    AccountSigner account = account(member.name);
    AccountFile none = new AccountFile(folder, folder); // The key is at hand.
    Path own = folder.resolve(member.name);
    Optional<Amount> bond = Optional.of(member.bond);
    ServiceLoop loop =
        switch (member.role) {
          case WORKER -> {
            int port = freePort();
            yield WorkServices.worker(
                rpc.endpoint(),
                new ServicesConfiguration.Worker(
                    none,
                    own,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    URI.create("http://127.0.0.1:" + port),
                    new EngineChoice.Referee(),
                    Optional.empty()),
                engines,
                bond,
                Optional.empty(),
                account);
          }
          case AUDITOR ->
              WorkServices.auditor(
                  rpc.endpoint(),
                  new ServicesConfiguration.Auditor(none, own, Reach.ANY),
                  bond,
                  Optional.empty(),
                  account);
          case EVALUATOR ->
              WorkServices.evaluator(
                  rpc.endpoint(),
                  new ServicesConfiguration.Evaluator(none, own, Reach.ANY),
                  bond,
                  Optional.empty(),
                  account);
        };
    ServiceLoop _ = running.put(member.name, loop);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Ends one.
  void end(Member member) {
    ServiceLoop loop = running.remove(member.name);
    if (loop != null) {
      loop.close();
    }
  }

  /// Gives accounts what they lack of an amount each, from the account with money.
  void fund(Map<Address, Amount> wanted) throws IOException, RpcException, InterruptedException {
    List<Hash> sent = new ArrayList<>();
    try (AccountSigner rich = DevnetFiles.developmentAccount()) {
      long chainId = chain.chainId();
      long nonce = chain.nextNonce(rich.address());
      Amount price = chain.gasPrice().times(2);
      for (Map.Entry<Address, Amount> each : wanted.entrySet()) {
        Amount has = chain.balance(each.getKey());
        if (has.compareTo(each.getValue()) < 0) {
          Amount lacking = each.getValue().minus(has);
          boolean _ =
              sent.add(
                  chain.send(
                      ChainClient.transfer(
                          rich, chainId, nonce + sent.size(), each.getKey(), lacking, price)));
        }
      }
    }
    for (Hash each : sent) {
      var _ = chain.awaitReceipt(each, FINAL_TIME.toMillis());
    }
  }

  /// The name of an account, or its address if it has none.
  static String name(Address account) {
    return Stream.concat(MEMBERS.stream(), Stream.of(CHEAT))
        .filter(each -> each.address().equals(account))
        .map(Member::name)
        .findFirst()
        .orElse(account.toString());
  }

  @Override
  public void close() {
    List<Thread> ending =
        running.values().stream().map(each -> Thread.ofVirtual().start(each::close)).toList();
    try {
      for (Thread each : ending) {
        each.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    running.clear();
  }
}
