// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.client.ChainClient;
import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.FrameType;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.model.Vote;
import io.aitbc.network.PeerEndpoint;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.testkit.Seed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Strangers at each of four validators in processes of their own: they send what is no message,
/// too much, what nobody signed or others for another network, and read nothing. Heights go on and
/// transfers become final; who offends is dropped and counted. Protocol §5.7, §15.2, §15.4.
class HostileStrangersIT {
  private static final List<Integer> ALL = List.of(0, 1, 2, 3);
  private static final long WAIT_NANOS_MAX = 180_000_000_000L;

  /// Blocks that are made while all of it goes on.
  private static final int BLOCKS = 3;

  /// Frames that each node reads of floods, at least.
  private static final int FLOOD_FRAMES = 12_000;

  // Protocol §15.1: reasons of a goodbye.
  private static final int WRONG_CHAIN = 2;
  private static final int WRONG_GENESIS = 3;
  private static final int UNEXPECTED_FRAME = 7;
  private static final int OVERSIZE = 9;
  private static final int UNKNOWN_TYPE = 10;
  private static final int BANNED = 18;

  /// Of each node: the other validators and who floods.
  private static final int PEERS_LEFT = 3 + 1;

  private static final int GARBAGE_BYTES = 1_000;

  /// Of each node. With those whose bytes are no message they are not enough to have their address
  /// block banned.
  private static final int FORGERS = 2;

  /// How often a forger says the same.
  private static final int FORGED_TIMES = 20;

  /// Validators that a flood names before it begins anew.
  private static final int FLOOD_WORDS = 40;

  private static final long FAR = 1L << 40;
  private static final BlsSignature UNSIGNED =
      new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]));
  private static final Hash CONTENT = Keccak256.hash(Bytes.of((byte) 1));
  private static final Hash OTHER_NETWORK = Keccak256.hash(Bytes.of((byte) 2));

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  private final SecureRandom random = new SecureRandom();
  private final List<BlsValidatorKey> keys = new ArrayList<>();
  private final List<Stranger> open = new CopyOnWriteArrayList<>();

  /// What ended threads of strangers that the end of their connection did not.
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  /// A validator of the network.
  private record Named(Address account, BlsValidatorKey key) {}

  /// What a stranger has for the signature of a validator.
  private interface Hand {
    /// @param message that a validator would sign, by the genesis hash of a network
    BlsSignature sign(Named validator, Function<Hash, ValidatorMessage> message);
  }

  /// What a forger says in a validator's name at a height.
  private interface Forgery {
    List<PeerMessage> by(Named validator, Height height);
  }

  /// A task of a thread of its own, until its connection ends.
  private interface Deed {
    void run() throws Exception;
  }

  @AfterEach
  void allAreGone() throws IOException {
    for (Stranger each : open) {
      each.close();
    }
    keys.forEach(BlsValidatorKey::close);
    http.close();
  }

  private void inBackground(Deed deed) {
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                deed.run();
              } catch (IOException ended) {
                // The node or the test has closed the connection.
              } catch (Exception | Error failed) {
                boolean _ = failures.add(failed);
              }
            });
  }

  /// The network as strangers see it, but for the keys, which they use for another network alone.
  private final class Known {
    final Hash genesis;
    final Mode mode;
    final List<Named> validators = new ArrayList<>();
    private final BlsValidatorKey nobody = BlsValidatorKey.generate(random);

    Known(List<NodeConfiguration> nodes) throws Exception {
      GenesisFile file = GenesisFile.read(nodes.getFirst().genesis());
      Genesis begin = file.genesis();
      genesis = file.state().hash();
      mode =
          DerivedState.genesis(
                  new ConsensusGenesis(genesis, begin.timestampMillis(), begin.snapshot()))
              .rules()
              .mode();
      for (NodeConfiguration node : nodes) {
        BlsValidatorKey key = PretendedPeer.key(node);
        keys.add(key);
        validators.add(new Named(PretendedPeer.account(file, key), key));
      }
    }

    /// Both votes of a round, for a content that there is not.
    private List<PeerMessage> votes(Named validator, Height height, Hand hand) {
      List<PeerMessage> votes = new ArrayList<>();
      for (Ballot each :
          List.of(
              new Ballot.Prepare(height, Round.ZERO, mode, CONTENT, Optional.empty()),
              new Ballot.Commit(height, Round.ZERO, mode, CONTENT, CONTENT))) {
        votes.add(new Vote(each, validator.account(), hand.sign(validator, each::message)));
      }
      return votes;
    }

    private List<PeerMessage> roundChange(Named validator, Height height, Hand hand) {
      Round next = Round.ZERO.next();
      BlsSignature signature =
          hand.sign(validator, network -> RoundChange.message(network, height, next));
      return List.of(
          new RoundChange(height, next, validator.account(), signature, Optional.empty()));
    }

    /// Votes and round changes that nobody signed, a key of nobody's, or the validators' own keys
    /// on another network.
    List<Forgery> forgeries() {
      List<Hand> hands =
          List.of(
              (_, _) -> UNSIGNED,
              (_, message) -> nobody.sign(message.apply(genesis)),
              (validator, message) -> validator.key().sign(message.apply(OTHER_NETWORK)));
      List<Forgery> forgeries = new ArrayList<>();
      for (Hand hand : hands) {
        forgeries.add((validator, height) -> votes(validator, height, hand));
        forgeries.add((validator, height) -> roundChange(validator, height, hand));
      }
      return forgeries;
    }

    /// What a node has no use for and punishes nobody for: of heights that are long decided or far
    /// away, and transactions that nobody signed, of another chain, and of an account without
    /// money.
    byte[] flood() {
      List<PeerMessage> messages = new ArrayList<>();
      for (int i = 0; i < FLOOD_WORDS; i++) {
        Named validator = validators.get(i % validators.size());
        for (Height height : List.of(new Height(1), new Height(FAR + i))) {
          messages.addAll(votes(validator, height, (_, _) -> UNSIGNED));
          messages.addAll(roundChange(validator, height, (_, _) -> UNSIGNED));
        }
      }
      messages.add(new PeerMessage.Transactions(0, transactions()));
      return Stranger.frame(messages.toArray(PeerMessage[]::new));
    }

    private List<Bytes> transactions() {
      try (AccountSigner rich = DevnetFiles.developmentAccount();
          AccountSigner poor = AccountSigner.generate(random)) {
        DynamicFeeTransaction.Unsigned content = transfer(DevnetFiles.CHAIN_ID);
        return List.of(
                content.signedWith(new TransactionSignature(UInt256.ZERO, UInt256.ZERO, 0)),
                rich.sign(transfer(DevnetFiles.CHAIN_ID + 1)),
                poor.sign(content))
            .stream()
            .map(Transaction::encoded)
            .toList();
      }
    }

    private DynamicFeeTransaction.Unsigned transfer(long chainId) {
      Amount fee = Amount.wei(1_000_000_000_000L);
      return new DynamicFeeTransaction.Unsigned(
          UInt256.of(chainId),
          0,
          fee,
          fee,
          ChainClient.TRANSFER_GAS,
          Optional.of(Address.ZERO),
          Amount.wei(1),
          Bytes.EMPTY,
          List.of());
    }
  }

  /// A node, and strangers at it.
  private final class Beset {
    private final int node;
    private final Known known;
    private final PeerEndpoint at;
    private final URI metrics;
    private final BlockingQueue<Integer> forgersEnds = new LinkedBlockingQueue<>();

    Beset(int node, Known known, NodeConfiguration configuration) throws Exception {
      this.node = node;
      this.known = known;
      at = PretendedPeer.endpoint(configuration);
      int port = configuration.metrics().orElseThrow().getPort();
      metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    }

    private Stranger greeted() throws IOException {
      Stranger stranger = Stranger.greeted(at, known.genesis);
      open.add(stranger);
      return stranger;
    }

    /// One reads nothing from now on.
    void mute() throws IOException {
      Stranger mute = greeted();
      inBackground(() -> asksAndReadsNothing(mute));
    }

    /// From now on one floods it and some forge, each node's another part of what can be forged.
    void floods() throws IOException {
      Stranger flooding = greeted();
      byte[] bytes = known.flood();
      inBackground(() -> {
        while (true) {
          flooding.write(bytes);
        }
      });
      inBackground(flooding::drain);
      List<Forgery> forged = known.forgeries();
      for (int i = 0; i < FORGERS; i++) {
        Forgery each = forged.get((FORGERS * node + i) % forged.size());
        Stranger forger = greeted();
        inBackground(() -> forgersEnds.put(forges(forger, each)));
      }
    }

    /// Asks for all blocks again and again.
    private void asksAndReadsNothing(Stranger stranger) throws Exception {
      for (long i = 1; true; i++) {
        stranger.write(
            Stranger.frame(
                new PeerMessage.BlocksRequest(i, new Height(1), PeerMessage.BLOCKS_MAX)));
        Thread.sleep(1);
      }
    }

    /// Speaks in the name of all validators at each height that the node gets to, and the one
    /// after, until the node has enough.
    ///
    /// @return the reason that the node gives
    private int forges(Stranger stranger, Forgery forgery) throws Exception {
      int reason = 0;
      for (Optional<PeerMessage> next = stranger.read(); next.isPresent(); next = stranger.read()) {
        switch (next.get()) {
          case PeerMessage.Hello hello -> forge(stranger, hello.head(), forgery);
          case PeerMessage.Status status -> forge(stranger, status.head(), forgery);
          case PeerMessage.Goodbye goodbye -> reason = goodbye.reason();
          default -> {} // Of no interest.
        }
      }
      return reason;
    }

    private void forge(Stranger stranger, Height head, Forgery forgery) {
      List<PeerMessage> messages = new ArrayList<>();
      for (Height height : List.of(head.next(), head.next().next())) {
        known.validators.forEach(each -> messages.addAll(forgery.by(each, height)));
      }
      byte[] frames = Stranger.frame(messages.toArray(PeerMessage[]::new));
      try {
        for (int i = 0; i < FORGED_TIMES; i++) {
          stranger.write(frames);
        }
      } catch (IOException dropped) {
        return; // Why is still to be read.
      }
    }

    /// Those that are cut off at once.
    void misuse() throws Exception {
      Seed seed = Seed.of(node);
      try (Stranger stranger = Stranger.plain(at)) {
        stranger.write(seed.bytes(GARBAGE_BYTES));
        stranger.drain();
      }
      try (Stranger stranger = Stranger.secured(at)) {
        stranger.write(seed.bytes(GARBAGE_BYTES));
        int reason = stranger.readToGoodbye();
        assertTrue(List.of(UNEXPECTED_FRAME, OVERSIZE, UNKNOWN_TYPE).contains(reason), "" + reason);
      }
      try (Stranger stranger = Stranger.greeted(at, known.genesis)) {
        stranger.write(new byte[] {0x7f, -1, -1, -1, (byte) FrameType.BLOCKS.code()});
        assertEquals(OVERSIZE, stranger.readToGoodbye());
      }
    }

    /// Those of other networks.
    void foreigners() throws Exception {
      try (Stranger stranger = Stranger.greeted(at, OTHER_NETWORK)) {
        assertEquals(WRONG_GENESIS, stranger.readToGoodbye());
      }
      try (Stranger stranger = Stranger.greeted(at, DevnetFiles.CHAIN_ID + 1, known.genesis)) {
        assertEquals(WRONG_CHAIN, stranger.readToGoodbye());
      }
    }

    /// Every forger, the one that reads nothing and those that were cut off are gone and counted;
    /// the flood is read on.
    void awaitCounted() throws Exception {
      for (int i = 0; i < FORGERS; i++) {
        assertEquals(BANNED, forgersEnds.poll(WAIT_NANOS_MAX, TimeUnit.NANOSECONDS));
      }
      // Garbage and a frame that is too long; their senders and the forgers.
      awaitAtLeast(2, "aitbc_network_malformed_total");
      awaitAtLeast(2 + FORGERS, "aitbc_network_bans_total");
      awaitAtLeast(1, "aitbc_network_handshakes_failed_total");
      awaitAtLeast(1, "aitbc_network_slow_readers_total");
      awaitAtLeast(1, "aitbc_pool_admissions_total{outcome=\"Invalid\"}");
      awaitAtLeast(1, "aitbc_pool_admissions_total{outcome=\"InsufficientFunds\"}");
      awaitAtLeast(FLOOD_FRAMES, "aitbc_network_messages_total{direction=\"in\"}");
      assertEquals(PEERS_LEFT, value("aitbc_peers"));
    }

    private void awaitAtLeast(double least, String series) throws Exception {
      long end = System.nanoTime() + WAIT_NANOS_MAX;
      while (value(series) < least) {
        assertTrue(System.nanoTime() < end, series + " " + value(series));
        assertEquals(List.of(), failures);
        Thread.sleep(50);
      }
    }

    private double value(String series) throws IOException, InterruptedException {
      return http.send(
              HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(series + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
          .sum();
    }
  }

  @Test
  void whateverStrangersDoHeightsGoOnAndTheyAreDropped() throws Exception {
    try (DevnetRun run = new DevnetRun(folder, ALL.size(), new NetworkKind.Hybrid());
        AcknowledgedLoad load = new AcknowledgedLoad(run, ALL.size())) {
      List<NodeConfiguration> nodes = new ArrayList<>();
      for (DevnetFiles.Node each : run.devnet().nodes()) {
        nodes.add(NodeConfiguration.read(each.configuration()));
      }
      Known known = new Known(nodes);
      List<Beset> beset = new ArrayList<>();
      for (int node : ALL) {
        beset.add(new Beset(node, known, nodes.get(node)));
        beset.getLast().mute();
        beset.getLast().misuse();
      }
      beset.getFirst().foreigners();
      for (int node : ALL) {
        run.awaitHeight(node, 1); // From now on the flood's is old.
        beset.get(node).floods();
      }
      long begin = run.height(0);
      run.transferSeenBy(0, ALL);
      for (int node : ALL) {
        run.awaitHeight(node, begin + BLOCKS);
        beset.get(node).awaitCounted();
      }
      run.transferSeenBy(ALL.getLast(), ALL);
      load.assertAllHolds(ALL);
      run.assertSameBlocks(begin + BLOCKS, 0, ALL.getLast());
      for (int node : ALL) {
        assertTrue(run.process(node).isAlive(), run.process(node).logTail());
      }
      assertEquals(List.of(), failures);
    }
  }
}
