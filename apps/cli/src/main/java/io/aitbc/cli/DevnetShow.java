// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Shows a reader what a network on this machine does: where it is reached, a line per block,
/// transfers and their finality on every node, a stake, and a node that is killed and comes back.
/// Where no block is ever final, each line says so.
final class DevnetShow {
  private static final int TRANSFERS = 10;

  /// Long enough for a machine that does a lot besides; on a free one all is shown in 15 s.
  private static final long START_MILLIS_MAX = 120_000;

  private static final long FINAL_MILLIS_MAX = 60_000;

  /// With fewer nodes left than these, a network that lost one may stop until it is back.
  private static final int QUORUM_OF_FOUR = 3;

  /// Between two looks at the network.
  static final int POLL_MILLIS = 50;

  /// What a node calls the mode of a network without votes, and how many of its blocks may be taken
  /// back. Protocol §10.4.
  private static final String NO_VOTES = "poa";

  private static final int BLOCKS_TAKEN_BACK_MAX = 10;
  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);
  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");

  private final Devnet devnet;
  private final PrintStream out;
  private final List<JsonRpc> rpcs = new ArrayList<>();

  /// The last blocks that were shown, by height: as many as may be taken back.
  private final TreeMap<Long, String> shown = new TreeMap<>();

  private final NodeWatch watch;

  private boolean isFinal = true;

  /// The first block of the last change of mode that was shown.
  private long shownChange;

  /// Whether votes decide: only such a network has blocks that are final, and stake.
  boolean hasVotes() {
    return isFinal;
  }

  DevnetShow(Devnet devnet, PrintStream out) {
    this.devnet = devnet;
    this.out = out;
    for (DevnetFiles.Node node : devnet.nodes()) {
      InetSocketAddress at = node.rpc();
      rpcs.add(
          new JsonRpc(
              URI.create("http://" + at.getHostString() + ":" + at.getPort()), ANSWER_TIME));
    }
    this.watch = new NodeWatch(devnet, rpcs, out);
  }

  /// Who looks after the nodes meanwhile.
  NodeWatch watch() {
    return watch;
  }

  /// Paid work on this network, beside its first node.
  WorkShow work(Path folder) {
    return new WorkShow(rpcs.getFirst(), folder, out);
  }

  /// Waits for all nodes and says how they are reached.
  void introduce() throws IOException, RpcException, InterruptedException {
    awaitAnswers();
    out.println();
    out.println("chain id     " + new ChainClient(rpcs.get(0)).chainId());
    String mode = rpcs.get(0).call("aitbc_status").path("mode").asText();
    isFinal = !mode.equals(NO_VOTES);
    if (!isFinal) {
      out.println("consensus    " + mode + ": the longest chain counts, no block is ever final");
    }
    for (int i = 0; i < rpcs.size(); i++) {
      DevnetFiles.Node node = devnet.nodes().get(i);
      out.println(
          "%s        RPC %s   metrics http://%s:%d/metrics   log %s%s"
              .formatted(
                  node.name(),
                  rpcs.get(i).endpoint(),
                  node.metrics().getHostString(),
                  node.metrics().getPort(),
                  node.log(),
                  node.rpc().getPort() == node.usualRpcPort()
                      ? ""
                      : "   (port " + node.usualRpcPort() + " is taken)"));
    }
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      out.println("account      " + account.address() + " has money; its key is public:");
      out.println("             " + DevnetFiles.developmentKey());
    }
    out.println();
  }

  /// Sends transfers through the nodes in turn and waits until every node has them in final blocks.
  void sendAndShow() throws IOException, RpcException, InterruptedException {
    ChainClient first = new ChainClient(rpcs.get(0));
    long chainId = first.chainId();
    Amount price = first.gasPrice().times(2);
    List<Hash> sent = new ArrayList<>();
    long began = System.nanoTime();
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      long nonce = first.nextNonce(account.address());
      for (int i = 0; i < TRANSFERS; i++) {
        Transaction transfer =
            ChainClient.transfer(account, chainId, nonce + i, RECIPIENT, Amount.aitbc(1), price);
        sent.add(first.send(transfer));
      }
    }
    out.println(TRANSFERS + " transfers of 1 AITBC sent to " + rpcs.get(0).endpoint());
    Hash last = sent.get(sent.size() - 1);
    for (int i = 0; i < rpcs.size(); i++) {
      ChainClient node = new ChainClient(rpcs.get(i));
      for (Hash hash : sent) {
        JsonNode _ = awaitReceipt(node, hash);
      }
      JsonNode receipt = awaitReceipt(node, last);
      out.println(
          "  %s on %s: block %d %s, recipient holds %s AITBC"
              .formatted(
                  isFinal ? "final" : "not final, but",
                  devnet.nodes().get(i).name(),
                  Long.decode(receipt.path("blockNumber").asText()),
                  receipt.path("blockHash").asText().substring(0, 18),
                  node.balance(RECIPIENT).wei().dividedBy(Amount.ONE_AITBC.wei())));
      printBlocks();
    }
    awaitSameBlock(last);
    out.println(
        (isFinal
                ? "all transfers final on all nodes %d ms after the first was sent"
                : "all transfers in the same block on all nodes %d ms after the first was sent; not final")
            .formatted((System.nanoTime() - began) / 1_000_000));
  }

  /// Sends transfers, each when the one before is final, until the chain is in FAST: with little to
  /// do and all validators there the policy OPERATIONAL brings it there by what it measures over
  /// its last blocks, without anybody's doing. Says so if it has another mode after `millisMax`.
  /// Protocol §3.3.
  void changeOfMode(long millisMax) throws IOException, RpcException, InterruptedException {
    JsonRpc rpc = rpcs.getFirst();
    JsonNode mode = rpc.call("aitbc_mode");
    String policy = mode.path("policy").asText();
    out.println("the mode is " + ModeText.of(mode) + " by the policy " + policy);
    if (!policy.equals(ModePolicy.OPERATIONAL.name()) || isSettledInFast(mode)) {
      return;
    }
    out.println("transfers go on until what the chain measures over 100 blocks changes it");
    mode = transfersUntil(DevnetShow::isSettledInFast, millisMax);
    out.println(
        "the mode %s %s: %s"
            .formatted(
                isSettledInFast(mode) ? "is" : "is still",
                ModeText.of(mode),
                ModeText.measured(mode)));
  }

  /// Where the chain is in FAST, kills the last node and sends transfers until it has left FAST, by
  /// what it measures or after a fallback decision, then brings the node back. Protocol §3.3, §6.1.
  ///
  /// @throws IOException if the others do not go on, or the node does not come back
  void modeUnderTrouble(long millisMax) throws IOException, RpcException, InterruptedException {
    boolean canGoOn = devnet.processes().size() > QUORUM_OF_FOUR;
    if (!canGoOn || !isSettledInFast(rpcs.getFirst().call("aitbc_mode"))) {
      return;
    }
    killOne();
    out.println(
        "transfers go on until the chain has left FAST, in which it could lose nobody more");
    JsonNode _ = transfersUntil(mode -> !isSettledInFast(mode), millisMax);
    bringBack();
    out.println("the mode is " + ModeText.of(rpcs.getFirst().call("aitbc_mode")));
  }

  /// Sends transfers, each when the one before is final.
  ///
  /// @return the mode at the end
  private JsonNode transfersUntil(Predicate<JsonNode> holds, long millisMax)
      throws IOException, RpcException, InterruptedException {
    long end = System.nanoTime() + millisMax * 1_000_000;
    JsonNode mode = rpcs.getFirst().call("aitbc_mode");
    while (!holds.test(mode) && System.nanoTime() < end) {
      JsonRpc rpc = watch.serving();
      try {
        JsonNode _ = awaitReceipt(new ChainClient(rpc), transfer(rpc));
        printBlocks();
        mode = rpc.call("aitbc_mode");
      } catch (IOException | RpcException failed) {
        if (!watch.mends()) {
          throw failed;
        }
      }
    }
    return mode;
  }

  private static boolean isSettledInFast(JsonNode mode) {
    return mode.path("to").asText().equals(Mode.FAST.name()) && mode.path("step").asInt() == 0;
  }

  /// Prints a change of mode that began since the last call, with what decided it.
  private void printModeChange(JsonRpc rpc) throws IOException, RpcException {
    JsonNode change = rpc.call("aitbc_mode").path("lastChange");
    if (change.path("height").asLong() > shownChange) {
      shownChange = change.path("height").asLong();
      out.println(ModeText.change(change));
    }
  }

  /// What a candidate of this network has at stake at least.
  private static Amount leastStake(JsonRpc rpc) throws IOException, RpcException {
    for (JsonNode each : rpc.call("aitbc_parameters")) {
      if (each.path("name").asText().equals(EconomyParameter.STAKE_MIN.name())) {
        return new Amount(UInt256.parse(each.path("value").asText()));
      }
    }
    throw new IOException("the node does not say " + EconomyParameter.STAKE_MIN);
  }

  /// Makes the development account a candidate by stake, through the contract, and waits until
  /// every node says that its pool holds the stake. Not for a network without votes, which has no
  /// stake.
  ///
  /// @throws IOException if the contract refuses, with its error, or a node says otherwise
  void stakeAndShow() throws IOException, RpcException, InterruptedException {
    ChainClient first = new ChainClient(rpcs.get(0));
    Amount stake = leastStake(rpcs.get(0));
    Address pool;
    Hash sent;
    try (AccountSigner account = DevnetFiles.developmentAccount();
        BlsValidatorKey key = BlsValidatorKey.generate(new SecureRandom())) {
      pool = account.address();
      sent = Sending.sent(first, account, Registration.of(first.genesisHash(), pool, key, stake));
    }
    out.println(
        "a stake of %s AITBC sent to the contract %s"
            .formatted(AitbcAmount.text(stake), EconomyContract.STAKE_MANAGER.address()));
    for (int i = 0; i < rpcs.size(); i++) {
      JsonNode receipt = awaitReceipt(new ChainClient(rpcs.get(i)), sent);
      String name = devnet.nodes().get(i).name();
      long height = Long.decode(receipt.path("blockNumber").asText());
      if (!receipt.path("status").asText().equals("0x1")) {
        throw new IOException(
            "%s: the stake failed in block %d on %s".formatted(sent, height, name));
      }
      Amount held = pooled(rpcs.get(i), pool, height);
      if (!held.equals(stake)) {
        throw new IOException(
            "%s says that the pool of %s holds %s AITBC after block %d, not %s"
                .formatted(name, pool, AitbcAmount.text(held), height, AitbcAmount.text(stake)));
      }
      out.println(
          "  final on %s: block %d %s, the pool of %s holds %s AITBC"
              .formatted(
                  name,
                  height,
                  receipt.path("blockHash").asText().substring(0, 18),
                  pool,
                  AitbcAmount.text(held)));
      printBlocks();
    }
    awaitSameBlock(sent);
  }

  /// What a pool holds after block `height`, as the contract tells a node.
  private static Amount pooled(JsonRpc rpc, Address pool, long height)
      throws IOException, RpcException {
    EconomyCall asked = EconomyCall.poolOf(pool);
    ObjectNode call =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", asked.contract().address().toString())
            .put("input", asked.input().toHex());
    String tokens = rpc.call("eth_call", call, tag(height)).asText();
    if (!tokens.matches("0x[0-9a-f]{128}")) {
      throw new IOException(rpc.endpoint() + " answered poolOf with " + tokens);
    }
    return new Amount(UInt256.parse(tokens.substring(0, 2 + 64)));
  }

  /// Kills the last node as a power failure would. Where the others are a quorum without it, shows
  /// that they go on.
  ///
  /// @throws IOException if they do not
  void killOne() throws IOException, RpcException, InterruptedException {
    int last = devnet.processes().size() - 1;
    NodeProcess killed = devnet.processes().get(last);
    watch.kill(killed);
    out.println(killed.name() + " killed");
    if (last < QUORUM_OF_FOUR) {
      return;
    }
    Hash sent = transfer(rpcs.get(0));
    for (int i = 0; i < last; i++) {
      JsonNode _ = awaitReceipt(new ChainClient(rpcs.get(i)), sent);
    }
    out.println("  a transfer is %s on the other %d".formatted(seen(), last));
    printBlocks();
  }

  /// Starts the killed node again and waits until it has what came without it, then until a
  /// transfer that is sent through it is on every node.
  ///
  /// @throws IOException if that does not happen in time, or the node has ended again
  void bringBack() throws IOException, RpcException, InterruptedException {
    int last = devnet.processes().size() - 1;
    NodeProcess killed = devnet.processes().get(last);
    long began = System.nanoTime();
    watch.startAgain(killed);
    awaitAnswers();
    long head = new ChainClient(rpcs.get(0)).blockNumber();
    ChainClient back = new ChainClient(rpcs.get(last));
    long end = System.nanoTime() + FINAL_MILLIS_MAX * 1_000_000;
    for (long height = back.blockNumber(); height < head; height = back.blockNumber()) {
      watch.look();
      if (System.nanoTime() > end) {
        throw new IOException(
            "%s is at block %d, and was to have block %d %d ms after it came back"
                .formatted(killed.name(), height, head, FINAL_MILLIS_MAX));
      }
      Thread.sleep(POLL_MILLIS);
    }
    out.println(
        "  %s is back and has block %d after %d ms"
            .formatted(killed.name(), head, (System.nanoTime() - began) / 1_000_000));
    Hash sent = transfer(rpcs.get(last));
    awaitSameBlock(sent);
    out.println("  a transfer through it is %s on all nodes".formatted(seen()));
    printBlocks();
  }

  private String seen() {
    return isFinal ? "final" : "in a block that is not final, but the same";
  }

  private static Hash transfer(JsonRpc rpc) throws IOException, RpcException {
    ChainClient node = new ChainClient(rpc);
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      return node.send(
          ChainClient.transfer(
              account,
              node.chainId(),
              node.nextNonce(account.address()),
              RECIPIENT,
              Amount.aitbc(1),
              node.gasPrice().times(2)));
    }
  }

  /// Nodes that disagree about a final block have broken their promise; about one that is not, they
  /// may for a while.
  private void awaitSameBlock(Hash transaction)
      throws IOException, RpcException, InterruptedException {
    long end = System.nanoTime() + FINAL_MILLIS_MAX * 1_000_000;
    while (true) {
      List<String> blocks = new ArrayList<>();
      for (JsonRpc rpc : rpcs) {
        blocks.add(awaitReceipt(new ChainClient(rpc), transaction).path("blockHash").asText());
      }
      if (blocks.stream().distinct().count() == 1) {
        return;
      }
      if (isFinal || System.nanoTime() > end) {
        throw new IOException(
            "the nodes disagree about the block of " + transaction + ": " + blocks);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private JsonNode awaitReceipt(ChainClient node, Hash hash)
      throws IOException, RpcException, InterruptedException {
    watch.look();
    return node.awaitReceipt(hash, FINAL_MILLIS_MAX);
  }

  /// Leaves out the blocks until now: something else was shown meanwhile.
  void passOver() throws IOException, RpcException {
    shown.clear();
    shown.put(new ChainClient(rpcs.getFirst()).blockNumber(), "");
    shownChange = rpcs.getFirst().call("aitbc_mode").path("lastChange").path("height").asLong();
  }

  /// Prints the blocks that came since the last call, and those that were taken back.
  void printBlocks() throws IOException, RpcException {
    JsonRpc rpc = watch.serving();
    long height = new ChainClient(rpc).blockNumber();
    if (shown.isEmpty()) {
      shown.put(Math.max(0, height - 1), "");
    }
    printTakenBack(rpc);
    for (long next = shown.lastKey() + 1; next <= height; next++) {
      String tag = tag(next);
      JsonNode block = rpc.call("eth_getBlockByNumber", tag, false);
      if (block.isNull()) {
        return; // Taken back meanwhile.
      }
      JsonNode finality = isFinal ? rpc.call("aitbc_finality", tag) : NullNode.getInstance();
      out.println(describe(next, block.path("transactions").size(), finality));
      shown.put(next, block.path("hash").asText());
      if (shown.size() > BLOCKS_TAKEN_BACK_MAX) {
        shown.pollFirstEntry();
      }
    }
    if (isFinal) {
      printModeChange(rpc);
    }
  }

  private void printTakenBack(JsonRpc rpc) throws IOException, RpcException {
    while (!isFinal && shown.size() > 1) {
      long height = shown.lastKey();
      JsonNode now = rpc.call("eth_getBlockByNumber", tag(height), false);
      if (now.isNull() || now.path("hash").asText().equals(shown.get(height))) {
        return; // Where it is missing, another node is asked than before.
      }
      out.println("block %6d  was taken back".formatted(height));
      shown.pollLastEntry();
    }
  }

  private static String tag(long height) {
    return "0x" + Long.toHexString(height);
  }

  private String describe(long height, long transactions, JsonNode finality) {
    String block = "block %6d  %5d transactions".formatted(height, transactions);
    if (!isFinal) {
      return block + "  not final";
    }
    return !finality.has("millis")
        ? block // This node did not see it being decided.
        : block
            + "  %s  final after %4d ms  signed by %d of %d authorities, %d of %d stakers%s"
                .formatted(
                    ModeText.of(finality.path("mode")),
                    finality.path("millis").asLong(),
                    finality.path("authorities").asInt(),
                    finality.path("authoritiesTotal").asInt(),
                    finality.path("stakers").asInt(),
                    finality.path("stakersTotal").asInt(),
                    finality.path("round").asInt() == 0
                        ? ""
                        : "  round " + finality.path("round").asInt());
  }

  private void awaitAnswers() throws IOException, InterruptedException {
    long end = System.nanoTime() + START_MILLIS_MAX * 1_000_000;
    for (JsonRpc rpc : rpcs) {
      while (true) {
        watch.look();
        try {
          long _ = new ChainClient(rpc).blockNumber();
          break;
        } catch (IOException | RpcException starting) {
          if (System.nanoTime() > end) {
            throw new IOException(rpc.endpoint() + " does not answer: " + starting);
          }
          Thread.sleep(POLL_MILLIS);
        }
      }
    }
  }
}
