// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.testkit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// What the nodes of a run without votes share: time, links, keys, and what is known of all of
/// them.
final class PoaWorld {
  static final Hash GENESIS = Keccak256.hash(Bytes.of((byte) 0xa1, (byte) 0x7b));

  /// What a run may show; a build whose seeds do not show all of it fails.
  enum Sight {
    /// A block was kept.
    APPENDED,
    /// Blocks were taken back.
    TAKEN_BACK,
    /// Five or more at once.
    TAKEN_BACK_DEEP,
    /// A node stopped for a longer chain that goes too deep.
    STOPPED,
    /// It began anew on the other chain.
    BEGUN_ANEW,
    /// A node asked for a range of blocks.
    CAUGHT_UP,
    /// A node ended and started again.
    ENDED,
    /// A write of the signing record was torn by a crash.
    RECORD_TORN,
    /// A liar was found out.
    LIAR_BLAMED,
    /// A liar signed for slots of the past.
    REWRITTEN
  }

  private final PoaOptions options;
  private final Signing signing = Signing.of(Signing.Kind.KEYED_HASHES);
  private final Seed seed;
  private final Timeline timeline;
  private final PoaNetwork network;
  private final Schedule schedule;
  private final List<PoaNode> nodes = new ArrayList<>();
  private final Trace trace = new Trace();
  private final Map<Sight, Integer> sights = new EnumMap<>(Sight.class);
  private final List<TreeMap<Long, Hash>> signed = new ArrayList<>();
  private long steps;

  PoaWorld(PoaOptions options) {
    this.options = options;
    this.seed = Seed.of(KeyedHashes.mix(options.seed()) >>> 1);
    this.timeline = new Timeline(seed.fork(), options.ties());
    this.network = new PoaNetwork(this, seed.fork(), options.nodes());
    this.schedule =
        new Schedule(
            VirtualClock.BEGIN,
            Duration.ofMillis(options.slotMillis()),
            IntStream.range(0, options.proposers()).mapToObj(this::proposer).toList());
    for (int i = 0; i < options.nodes(); i++) {
      signed.add(new TreeMap<>());
      nodes.add(
          new PoaNode(
              this,
              i,
              i < options.proposers()
                  ? java.util.Optional.of(signing.key(i))
                  : java.util.Optional.empty()));
    }
  }

  Validator proposer(int index) {
    byte[] account = new byte[Address.BYTES];
    account[Address.BYTES - 1] = (byte) (index + 1);
    return new Validator(
        new Address(Bytes.of(account)),
        signing.key(index).publicKey(),
        ValidatorClass.AUTHORITY,
        VotingPower.ZERO);
  }

  static PoaLedger.Body body(SlotBlock block) {
    try {
      return PoaLedger.Body.decode(block.block());
    } catch (MalformedException malformed) {
      throw new IllegalStateException("made here", malformed);
    }
  }

  PoaOptions options() {
    return options;
  }

  Timeline timeline() {
    return timeline;
  }

  PoaNetwork network() {
    return network;
  }

  Schedule schedule() {
    return schedule;
  }

  SignatureScheme scheme() {
    return signing.scheme();
  }

  List<PoaNode> nodes() {
    return nodes;
  }

  PoaNode node(int index) {
    return nodes.get(index);
  }

  Seed stream() {
    return seed.fork();
  }

  long slotMicros() {
    return options.slotMillis() * 1_000L;
  }

  void stepped() {
    steps++;
  }

  long steps() {
    return steps;
  }

  void count(Sight sight) {
    sights.merge(sight, 1, Integer::sum);
  }

  Map<Sight, Integer> sights() {
    return sights;
  }

  void note(int node, String what, Object subject, long fingerprint) {
    trace.note(timeline.nowMicros(), node, what, subject, fingerprint);
  }

  Trace trace() {
    return trace;
  }

  /// A key has made a signature.
  void signed(int index, long slot, Hash blockHash) {
    TreeMap<Long, Hash> before = signed.get(index);
    if (!before.isEmpty() && before.lastKey() >= slot) {
      throw new Violation(
          Invariant.SLOT_ONCE,
          "key %d signs %s for slot %d after slot %d"
              .formatted(index, blockHash, slot, before.lastKey()));
    }
    before.put(slot, blockHash);
  }

  /// A node has started: it and the others tell each other how far they are.
  void greet(PoaNode started) {
    for (PoaNode other : nodes) {
      if (other != started && other.isUp() && started.isUp()) {
        network.send(started.index(), other.index(), status(started));
        network.send(other.index(), started.index(), status(other));
      }
    }
  }

  void greetAll() {
    nodes.forEach(this::greet);
  }

  private static PeerMessage status(PoaNode node) {
    return new PeerMessage.Status(node.head().height(), node.head().hash(), new Height(1));
  }
}
