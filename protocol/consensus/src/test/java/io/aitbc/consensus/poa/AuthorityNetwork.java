// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/// Real {@link AuthorityChain} objects in one thread and virtual time, each with a small ledger
/// that takes blocks back by their diffs.
final class AuthorityNetwork {
  static final Instant BEGIN = Instant.ofEpochMilli(1_000_000);
  static final Duration SLOT = Duration.ofSeconds(2);
  static final Hash GENESIS = Keccak256.hash(new byte[] {7});

  private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(at, other.at);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }

  final List<Node> nodes = new ArrayList<>();
  final Schedule schedule;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private BiPredicate<Integer, Integer> lost = (_, _) -> false;
  private long sequence;
  long nowMillis;

  AuthorityNetwork(int proposers, int followers) {
    schedule =
        new Schedule(
            BEGIN,
            SLOT,
            IntStream.range(0, proposers).mapToObj(AuthorityNetwork::validator).toList());
    for (int i = 0; i < proposers + followers; i++) {
      nodes.add(new Node(i));
    }
    nodes.forEach(node -> node.perform(node.chain.start()));
  }

  static Validator validator(int index) {
    byte[] key = new byte[BlsPublicKey.BYTES];
    key[0] = (byte) (index + 1);
    byte[] account = new byte[Address.BYTES];
    account[0] = (byte) (index + 1);
    return new Validator(
        new Address(Bytes.of(account)),
        new BlsPublicKey(Bytes.of(key)),
        ValidatorClass.AUTHORITY,
        VotingPower.ZERO);
  }

  /// A keyed hash in place of a signature, over the same bytes.
  static BlsSignature sign(Validator author, ValidatorMessage message) {
    byte[] signed = message.signingBytes();
    byte[] input = new byte[BlsPublicKey.BYTES + signed.length];
    author.key().bytes().copyTo(input, 0);
    System.arraycopy(signed, 0, input, BlsPublicKey.BYTES, signed.length);
    byte[] signature = new byte[BlsSignature.BYTES];
    Keccak256.hash(Bytes.of(input)).copyTo(signature, 0);
    return new BlsSignature(Bytes.of(signature));
  }

  /// A block as its proposer would make it.
  AuthoredBlock block(Height height, long slot, Hash parent, int body) {
    Bytes bytes = Bytes.of((byte) body, (byte) slot);
    Hash hash = blockHash(parent, slot, bytes);
    return new AuthoredBlock(
        height,
        slot,
        parent,
        hash,
        bytes,
        sign(schedule.proposer(slot), AuthoredBlock.message(GENESIS, height, slot, parent, hash)));
  }

  static Hash blockHash(Hash parent, long slot, Bytes body) {
    byte[] input = new byte[Hash.BYTES + 8 + body.length()];
    parent.copyTo(input, 0);
    for (int i = 0; i < 8; i++) {
      input[Hash.BYTES + i] = (byte) (slot >> (8 * i));
    }
    body.copyTo(input, Hash.BYTES + 8);
    return Keccak256.hash(Bytes.of(input));
  }

  void losing(BiPredicate<Integer, Integer> rule) {
    lost = rule;
  }

  void runSlots(int slots) {
    long end = nowMillis + slots * SLOT.toMillis();
    while (!events.isEmpty() && events.peek().at <= end) {
      Event event = events.remove();
      nowMillis = event.at;
      event.action.run();
    }
    nowMillis = end;
  }

  void at(long millis, Runnable action) {
    events.add(new Event(millis, sequence++, action));
  }

  static Peer peer(int index) {
    return new Peer(Bytes.of((byte) index));
  }

  /// A node: the chain, and a play of everything around it.
  final class Node {
    final int index;
    final List<AuthoredBlock> applied = new ArrayList<>();
    final List<AuthorityEffect> effects = new ArrayList<>();
    final List<Long> slotsSigned = new ArrayList<>();
    final Map<Byte, Integer> ledger = new HashMap<>();
    private final List<Integer> diffs = new ArrayList<>();
    AuthorityChain chain;
    int deepestRollBack;

    Node(int index) {
      this.index = index;
      chain = recovered();
    }

    private AuthorityChain recovered() {
      int settled = Math.max(0, applied.size() - NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX);
      return AuthorityChain.recover(
          new AuthorityStart(
              GENESIS,
              index < schedule.proposers().size()
                  ? new Identity.Validating(validator(index).account())
                  : new Identity.Following(),
              schedule,
              settled == 0
                  ? new AuthorityStart.Position(Height.GENESIS, -1, GENESIS)
                  : AuthorityStart.Position.of(applied.get(settled - 1)),
              applied.subList(settled, applied.size()),
              slotsSigned.isEmpty() ? -1 : slotsSigned.getLast(),
              BEGIN.plusMillis(nowMillis)));
    }

    /// Loses everything but the applied chain and the last slot signed.
    void restart() {
      chain = recovered();
      perform(chain.start());
    }

    void on(AuthorityInput input) {
      perform(chain.on(new AuthorityInput.TimePassed(BEGIN.plusMillis(nowMillis))));
      perform(chain.on(input));
    }

    void receive(int from, AuthoredBlock block) {
      on(new AuthorityInput.Received(peer(from), block));
    }

    private void later(AuthorityInput input) {
      AuthorityChain asked = chain;
      at(
          nowMillis + 1,
          () -> {
            if (asked == chain) {
              on(input);
            }
          });
    }

    private void perform(List<AuthorityEffect> list) {
      for (AuthorityEffect effect : list) {
        effects.add(effect);
        perform(effect);
      }
    }

    private void perform(AuthorityEffect effect) {
      switch (effect) {
        case AuthorityEffect.Verify check ->
            later(
                new AuthorityInput.Verified(
                    check.from(),
                    check.block().blockHash(),
                    sign(check.author(), check.message()).equals(check.block().signature())
                        ? AuthorityInput.Verdict.HOLDS
                        : AuthorityInput.Verdict.WRONG_SIGNATURE));
        case AuthorityEffect.Execute(AuthoredBlock block) -> {
          Hash parent = applied.isEmpty() ? GENESIS : applied.getLast().blockHash();
          assertEquals(parent, block.parentHash());
          boolean holds =
              blockHash(parent, block.slot(), block.body()).equals(block.blockHash())
                  && block.body().at(0) >= 0;
          later(new AuthorityInput.Executed(block.blockHash(), holds));
        }
        case AuthorityEffect.Append(AuthoredBlock block, Optional<Peer> _) -> {
          diffs.add(ledger.getOrDefault(block.body().at(0), 0));
          ledger.merge(block.body().at(0), (int) block.slot(), Integer::sum);
          applied.add(block);
        }
        case AuthorityEffect.RollBack(Height to) -> rollBack((int) to.number());
        case AuthorityEffect.Build(long slot, Height _, Hash parent) -> {
          Bytes body = Bytes.of((byte) (index + 1), (byte) slot);
          later(new AuthorityInput.Built(slot, parent, blockHash(parent, slot, body), body));
        }
        case AuthorityEffect.Sign request -> {
          assertTrue(slotsSigned.isEmpty() || slotsSigned.getLast() < request.slot());
          slotsSigned.add(request.slot());
          later(
              new AuthorityInput.Signed(
                  request.blockHash(), sign(validator(index), request.message(GENESIS))));
        }
        case AuthorityEffect.Broadcast(AuthoredBlock block) ->
            nodes.stream().filter(node -> node != this).forEach(node -> send(node, block));
        case AuthorityEffect.Fetch(Peer peer, Hash hash) -> {
          Node other = nodes.get(peer.id().at(0));
          other.applied.stream()
              .filter(block -> block.blockHash().equals(hash))
              .forEach(block -> other.send(this, block));
        }
        case AuthorityEffect.CatchUp(Peer peer, Height above) -> {
          Node other = nodes.get(peer.id().at(0));
          other.applied.stream()
              .filter(block -> block.height().isAbove(above))
              .limit(AuthorityChain.FETCH_BLOCKS_MAX)
              .forEach(block -> other.send(this, block));
        }
        case AuthorityEffect.WakeAt(long slot, Instant time) -> {
          AuthorityChain asked = chain;
          at(
              Math.max(nowMillis, Duration.between(BEGIN, time).toMillis()),
              () -> {
                if (asked == chain) {
                  on(new AuthorityInput.SlotBegan(slot));
                }
              });
        }
        case AuthorityEffect.Blame _, AuthorityEffect.StopSplit _ -> {}
      }
    }

    private void send(Node to, AuthoredBlock block) {
      at(
          nowMillis + 20,
          () -> {
            if (!lost.test(index, to.index)) {
              to.receive(index, block);
            }
          });
    }

    private void rollBack(int height) {
      int depth = applied.size() - height;
      assertTrue(depth > 0 && depth <= NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX, "depth " + depth);
      deepestRollBack = Math.max(deepestRollBack, depth);
      while (applied.size() > height) {
        int before = diffs.removeLast();
        byte key = applied.removeLast().body().at(0);
        if (before == 0) {
          ledger.remove(key);
        } else {
          ledger.put(key, before);
        }
      }
    }

    /// The ledger as it is without anything that was taken back.
    Map<Byte, Integer> replayed() {
      Map<Byte, Integer> fresh = new HashMap<>();
      applied.forEach(block -> fresh.merge(block.body().at(0), (int) block.slot(), Integer::sum));
      return fresh;
    }

    <T extends AuthorityEffect> List<T> effects(Class<T> kind) {
      return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
  }
}
