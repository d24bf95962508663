// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityStart;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.SlotBlock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A chain on a disk that does not fail, in a network without votes: some purses, of which each
/// block changes two, and what blocks changed, by which they are taken back. Each write is atomic
/// and durable, as those of the real store.
final class PoaLedger {
  private static final int PURSES = 8;
  private static final int BODY_BYTES_MAX = 256;

  /// What a block says: its place, what it does, and the hash of the purses after it.
  ///
  /// @param payment chooses two purses and an amount
  record Body(Height height, long slot, Hash parent, long payment, Hash pursesAfter) {
    Bytes encoded() {
      RlpWriter writer = new RlpWriter(BODY_BYTES_MAX);
      writer
          .begin()
          .number(height.number())
          .number(slot)
          .hash(parent)
          .number(payment)
          .hash(pursesAfter)
          .end();
      return writer.toBytes();
    }

    static Body decode(Bytes encoded) throws MalformedException {
      RlpReader reader = RlpReader.of(encoded);
      RlpReader fields = reader.list();
      Body body =
          new Body(
              new Height(fields.number()),
              fields.number(),
              fields.hash(),
              fields.number(),
              fields.hash());
      fields.finish();
      reader.finish();
      return body;
    }

    int payer() {
      return (int) (payment & 7);
    }

    int payee() {
      return (int) (payment >>> 3 & 7);
    }

    long amount() {
      return payment >>> 6 & 1_023;
    }
  }

  /// A block and the purses that it changed, as they were before.
  private record Kept(AuthoredBlock block, long payerBefore, long payeeBefore, Body body) {}

  private final AuthorityStart.Position genesis;
  private final List<Kept> chain = new ArrayList<>();
  private final long[] purses = new long[PURSES];
  private long highest;

  PoaLedger(Hash genesisHash) {
    genesis = new AuthorityStart.Position(Height.GENESIS, -1, genesisHash);
  }

  /// The block of a message; empty if it is none, or of another slot.
  static Optional<AuthoredBlock> authored(SlotBlock message) {
    try {
      Body body = Body.decode(message.block());
      return body.slot() == message.slot() && body.height().number() > 0
          ? Optional.of(authored(body, message))
          : Optional.empty();
    } catch (MalformedException malformed) {
      return Optional.empty();
    }
  }

  private static AuthoredBlock authored(Body body, SlotBlock message) {
    return new AuthoredBlock(
        body.height(),
        body.slot(),
        body.parent(),
        Keccak256.hash(message.block()),
        message.block(),
        message.signature());
  }

  AuthorityStart.Position head() {
    return position(chain.size());
  }

  /// The highest head that there ever was.
  long highest() {
    return highest;
  }

  /// The lowest head to which blocks may be taken back.
  AuthorityStart.Position base() {
    return position((int) Math.max(0, highest - NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX));
  }

  private AuthorityStart.Position position(int height) {
    if (height == 0) {
      return genesis;
    }
    AuthoredBlock block = chain.get(height - 1).block();
    return new AuthorityStart.Position(block.height(), block.slot(), block.blockHash());
  }

  /// The block at a height.
  Optional<AuthoredBlock> block(long height) {
    return height > 0 && height <= chain.size()
        ? Optional.of(chain.get((int) height - 1).block())
        : Optional.empty();
  }

  Optional<AuthoredBlock> block(Hash hash) {
    return chain.stream()
        .map(Kept::block)
        .filter(block -> block.blockHash().equals(hash))
        .findFirst();
  }

  /// The blocks above the base, ascending.
  List<AuthoredBlock> aboveBase() {
    return chain.subList((int) base().height().number(), chain.size()).stream()
        .map(Kept::block)
        .toList();
  }

  /// The block of a slot on the head.
  Body make(long slot, long payment) {
    Body draft = new Body(head().height().next(), slot, head().hash(), payment, Hash.ZERO);
    return new Body(draft.height(), slot, draft.parent(), payment, pursesAfter(draft));
  }

  /// Whether a block is what execution on the head gives.
  boolean holds(AuthoredBlock block) {
    Body body = body(block);
    return body.parent().equals(head().hash()) && body.pursesAfter().equals(pursesAfter(body));
  }

  private static Body body(AuthoredBlock block) {
    try {
      return Body.decode(block.body());
    } catch (MalformedException changed) {
      throw new IllegalStateException("read before", changed);
    }
  }

  private Hash pursesAfter(Body body) {
    long[] after = purses.clone();
    pay(body, after);
    return hash(after);
  }

  private static void pay(Body body, long[] on) {
    on[body.payer()] -= body.amount();
    on[body.payee()] += body.amount();
  }

  private static Hash hash(long[] purses) {
    ByteBuffer bytes = ByteBuffer.allocate(PURSES * Long.BYTES);
    for (long each : purses) {
      bytes.putLong(each);
    }
    return Keccak256.hash(bytes.array());
  }

  /// Keeps a block that was executed on the head.
  void append(AuthoredBlock block) {
    Body body = body(block);
    if (!body.parent().equals(head().hash())) {
      throw new IllegalStateException("not on the head: " + body);
    }
    chain.add(new Kept(block, purses[body.payer()], purses[body.payee()], body));
    pay(body, purses);
    highest = Math.max(highest, chain.size());
  }

  /// Takes back all blocks above a height, the last one first.
  ///
  /// @throws Violation if that is deeper than may be, or the purses are not as they were
  void rollBack(Height to) {
    if (!head().height().isAbove(to) || base().height().isAbove(to)) {
      throw new Violation(
          Invariant.NEVER_DEEPER,
          "from %d to %d, highest ever %d".formatted(chain.size(), to.number(), highest));
    }
    undo((int) to.number());
    Hash expected = chain.isEmpty() ? hash(new long[PURSES]) : chain.getLast().body().pursesAfter();
    if (!hash(purses).equals(expected)) {
      throw new Violation(Invariant.STATE_BY_DIFFS, "after block " + to.number());
    }
  }

  private void undo(int to) {
    while (chain.size() > to) {
      Kept last = chain.removeLast();
      purses[last.body().payee()] = last.payeeBefore();
      purses[last.body().payer()] = last.payerBefore();
    }
  }

  /// An older copy of the disk is put in: what it was so many blocks before.
  void isOlderBy(int blocks) {
    undo(Math.max(0, chain.size() - blocks));
    highest = chain.size();
  }
}
