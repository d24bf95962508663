// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Input;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Predeploys;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import io.aitbc.rpc.LiveNode;
import io.aitbc.rpc.Methods;
import io.aitbc.rpc.RpcServer;
import io.aitbc.rpc.Simulation;
import io.aitbc.storage.Retention;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's chain on a real store: a block of others that does not hold is refused before it is
/// executed, where a quorum signed what this node does not get it stops, and JSON-RPC reads the
/// states that are kept.
class NodeChainIT { // Protocol §10.1, §13.1, §14.5
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private OneValidatorChain begin(Retention retention) {
    return new OneValidatorChain(ExecutionBundleIT.genesis(), folder, retention);
  }

  private static BlockHeader header(
      BlockHeader like, Address beneficiary, Hash stateRoot, long timestampSeconds) {
    return new BlockHeader(
        like.parentHash(),
        beneficiary,
        stateRoot,
        like.transactionsRoot(),
        like.receiptsRoot(),
        like.logsBloom(),
        like.number(),
        like.gasLimit(),
        like.gasUsed(),
        timestampSeconds,
        like.extraData(),
        like.mixHash(),
        like.baseFeePerGas(),
        like.withdrawalsRoot(),
        like.blobGasUsed(),
        like.excessBlobGas(),
        like.parentBeaconBlockRoot(),
        like.requestsHash());
  }

  private static BlockHeader withStateRoot(BlockHeader like, Hash stateRoot) {
    return header(like, like.beneficiary(), stateRoot, like.timestampSeconds());
  }

  @Test
  void aPeersBlockThatDoesNotFollowFromTheChainIsRefusedBeforeItIsExecuted() throws Exception {
    try (OneValidatorChain node = begin(Retention.DEFAULT)) {
      OneValidatorChain.Next next = node.next();
      BlockHeader right = next.result().block().header();
      BlockHeader late =
          header(right, right.beneficiary(), right.stateRoot(), right.timestampSeconds() + 1);
      BlockHeader another =
          header(right, Address.ZERO, right.stateRoot(), right.timestampSeconds());
      assertRefused("WrongTime", node.brought(node.certified(next, late)));
      assertRefused("WrongProposer", node.brought(node.certified(next, another)));
      CertifiedBlock unsigned =
          new CertifiedBlock(
              next.result().block().encode(),
              next.context().extension(),
              Optional.empty(),
              next.content().carried(),
              node.certificate(next, NodeValues.hash(1)));
      assertRefused("WrongPart", node.brought(unsigned));
      assertEquals(0, node.executed.get());
      assertInstanceOf(Chain.Appended.Grown.class, node.brought(node.certified(next)));
      assertTrue(node.executed.get() > 0);
      assertEquals(new Height(1), node.chain.head());
    }
  }

  @Test // Protocol §15.5
  void blocksBeforeOneThatDoesNotHoldAreKeptAndTold() throws Exception {
    try (OneValidatorChain node = begin(Retention.DEFAULT)) {
      CertifiedBlock right = node.certified(node.next());
      CertifiedBlock none =
          new CertifiedBlock(
              Bytes.of((byte) 0),
              right.extension(),
              right.parentCertificate(),
              right.carried(),
              NodeValues.certificate(2));
      var refused = assertInstanceOf(Chain.Appended.Refused.class, node.brought(right, none));
      assertEquals(new Height(2), refused.height());
      assertEquals(new Height(1), node.chain.head());
      assertEquals(
          Optional.of(right.certificate()),
          refused.before().map(Chain.Appended.Grown::certificate));
    }
  }

  private static void assertRefused(String reason, Chain.Appended appended) {
    var refused = assertInstanceOf(Chain.Appended.Refused.class, appended);
    assertTrue(refused.reason().contains(reason), refused::reason);
  }

  @Test
  void aNodeStopsWhereAQuorumSignedAnotherBlockThanItDecided() throws Exception {
    try (OneValidatorChain node = begin(Retention.DEFAULT)) {
      OneValidatorChain.Next next = node.next();
      BlockingQueue<Input.Executed> answers = new ArrayBlockingQueue<>(1);
      node.chain.execute(
          new Effect.Execute(next.context().proposalId(), next.context(), List.of(), List.of()),
          answers::add);
      Input.Executed executed = answers.poll(60, TimeUnit.SECONDS);
      assertEquals(next.result().blockHash(), executed == null ? Hash.ZERO : executed.blockHash());
      Hash signed = NodeValues.hash(4);
      node.chain.commit(
          new Effect.Commit(next.content(), signed, node.certificate(next, signed), List.of()),
          () -> node.ends.add(new AssertionError("nothing is durable")));
      assertDiverged(node, next, signed);
    }
  }

  @Test
  void aNodeStopsWhereAPeerBringsAnotherBlockThanItExecutesSignedByAQuorum() throws Exception {
    try (OneValidatorChain node = begin(Retention.DEFAULT)) {
      OneValidatorChain.Next next = node.next();
      BlockHeader other = withStateRoot(next.result().block().header(), NodeValues.hash(5));
      node.chain.append(
          List.of(node.certified(next, other)),
          answer -> node.ends.add(new AssertionError(answer.toString())));
      assertDiverged(node, next, other.hash());
    }
  }

  @Test // Protocol §5.3
  void whereItsVotesWouldDifferTheNodeKeepsWhatRepeatsTheExecution() throws Exception {
    try (OneValidatorChain node = begin(Retention.DEFAULT)) {
      OneValidatorChain.Next next = node.next();
      Hash signed = NodeValues.hash(4);
      var difference = new Effect.StopDiverged(next.content(), next.result().blockHash(), signed);
      String nothing = node.chain.keepDifference(difference);
      assertTrue(nothing.startsWith("nothing is kept"), nothing);
      BlockingQueue<Input.Executed> answers = new ArrayBlockingQueue<>(1);
      node.chain.execute(
          new Effect.Execute(next.context().proposalId(), next.context(), List.of(), List.of()),
          answers::add);
      assertEquals(
          next.result().blockHash(),
          Optional.ofNullable(answers.poll(60, TimeUnit.SECONDS)).orElseThrow().blockHash());
      String kept = node.chain.keepDifference(difference);
      assertTrue(kept.endsWith(" repeats it"), kept);
      assertBundle(next, signed);
    }
  }

  /// The node stopped, kept nothing of the block, and left what repeats it.
  private void assertDiverged(OneValidatorChain node, OneValidatorChain.Next next, Hash signed)
      throws Exception {
    Throwable end = node.end();
    String fault = "executed to " + next.result().blockHash() + ", signed is " + signed;
    assertTrue(String.valueOf(end.getMessage()).startsWith(fault), end::toString);
    assertEquals(new Height(0), node.chain.head());
    assertBundle(next, signed);
  }

  private void assertBundle(OneValidatorChain.Next next, Hash signed) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      Path file = files.filter(each -> each.toString().endsWith(".rlp")).findFirst().orElseThrow();
      ExecutionBundle left = ExecutionBundle.read(file);
      assertEquals(next.context(), left.context());
      assertEquals(Optional.of(signed), left.expected());
    }
  }

  @Test
  void callsEstimatesAndProofsAreAnsweredAtEveryHeightThatIsKeptAndRefusedBelow() throws Exception {
    int states = 4;
    int head = 9;
    try (OneValidatorChain node = begin(new Retention.Pruned(states, 100))) {
      for (int i = 0; i < head; i++) {
        node.grow();
      }
      StoredChain stored = new StoredChain(node.store);
      Methods methods =
          new Methods(
              ExecutionBundleIT.genesis().kind(),
              ExecutionBundleIT.genesis().execution().chainId(),
              stored,
              new NothingAlive(),
              new Simulation(ExecutionBundleIT.genesis().execution(), node.machines::another, 1));
      try (RpcServer server =
              RpcServer.start(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  RpcServer.Access.LOCAL,
                  methods,
                  (_, _, _) -> {});
          HttpClient client = HttpClient.newHttpClient()) {
        assertTried(client, server);
        for (int height = 0; height <= head; height++) {
          JsonNode call = ask(client, server, "eth_call", parentOf(height));
          JsonNode estimate = ask(client, server, "eth_estimateGas", parentOf(height));
          JsonNode proof =
              ask(
                  client,
                  server,
                  "eth_getProof",
                  "\"%s\",[\"0x%x\"],\"0x%x\""
                      .formatted(
                          Predeploys.HISTORY,
                          Math.floorMod(height - 1, Predeploys.HISTORY_BLOCKS),
                          height));
          if (height < head - states) {
            assertNotKept("state of block", call);
            assertNotKept("state of block", estimate);
            assertNotKept("trie of the state of block", proof);
            continue;
          }
          // The block's first call writes the parent's hash: the state before had none.
          String parent = stored.block(height - 1).orElseThrow().header().hash().toBytes().toHex();
          assertEquals(parent, call.path("result").asText(), call::toString);
          assertTrue(Long.decode(estimate.path("result").asText()) > 21_000, estimate::toString);
          JsonNode result = proof.path("result");
          assertEquals(
              stored.block(height).orElseThrow().header().stateRoot(),
              Keccak256.hash(Bytes.fromHex(result.path("accountProof").path(0).asText())));
          assertEquals(
              UInt256.parse(parent),
              UInt256.parse(result.path("storageProof").path(0).path("value").asText()));
        }
        assertNotKept("block", ask(client, server, "eth_call", parentOf(head + 1)));
      }
    }
  }

  /// A proposal that changes nothing, on the chain's own contracts. Protocol §16.12.
  private static void assertTried(HttpClient client, RpcServer server) throws Exception {
    String nothing =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of())
            .numbers(List.of())
            .toBytes()
            .toHex();
    String params = EconomyContract.PARAMS.address().toString();
    JsonNode tried =
        ask(
            client,
            server,
            "aitbc_dryRunProposal",
            "\"0x0\",[\"%s\"],[\"%s\"]".formatted(params, nothing));
    assertTrue(tried.path("result").path("harmless").asBoolean(), tried::toString);
    assertEquals(2, tried.path("result").path("epochs").size(), tried::toString);
    JsonNode unknown =
        ask(
            client,
            server,
            "aitbc_dryRunProposal",
            "\"0x1\",[\"%s\"],[\"%s\"]".formatted(params, nothing));
    assertTrue(unknown.path("error").path("message").asText().contains("does not consist"));
    JsonNode stake = ask(client, server, "aitbc_concentration", "");
    assertEquals(330_000, stake.path("result").path("limitMillionths").asInt(), stake::toString);
  }

  private static void assertNotKept(String what, JsonNode answer) {
    assertEquals(-32_001, answer.path("error").path("code").asInt(), answer::toString);
    assertEquals(
        what + " not found or not kept by this node",
        answer.path("error").path("message").asText());
  }

  /// A call of the history contract for the hash of the block before `height`, in its state.
  private static String parentOf(int height) {
    return "{\"to\":\"%s\",\"input\":\"0x%064x\"},\"0x%x\""
        .formatted(Predeploys.HISTORY, Math.max(0, height - 1), height);
  }

  private static JsonNode ask(HttpClient client, RpcServer server, String method, String parameters)
      throws IOException, InterruptedException {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}"
            .formatted(method, parameters);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port()))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /// Nothing of this is asked for by calls, estimates and proofs.
  private record NothingAlive() implements LiveNode {
    @Override
    public Mempool.Waiting waiting(Optional<Address> sender) {
      return new Mempool.Waiting(List.of(), List.of());
    }

    @Override
    public Admission submit(Transaction transaction) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<RecoveredTransaction> pending(Hash transaction) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Address> coinbase() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long nextNonce(Address account) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Amount nextBaseFee() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Amount leastFeePerGas() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Status status() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> whyStalled() {
      throw new UnsupportedOperationException();
    }

    @Override
    public OptionalLong anchored() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Finality> finality(long height) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<ValidatorInfo> validators() {
      return List.of();
    }

    @Override
    public Optional<ModeInfo> mode() {
      return Optional.empty();
    }

    @Override
    public Optional<EpochInfo> epoch() {
      return Optional.empty();
    }

    @Override
    public Optional<ValidatorSet> set(long height) {
      return Optional.empty();
    }
  }
}
