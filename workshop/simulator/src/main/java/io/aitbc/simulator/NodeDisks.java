// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SignedMark;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.signer.HostMark;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningHistory;
import io.aitbc.signer.SigningStart;
import io.aitbc.signer.ValidatorKey;
import io.aitbc.signer.Witnessed;
import io.aitbc.storage.LogOpening;
import io.aitbc.storage.WriteAheadLog;
import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The two small disks of a node: the write-ahead log's and the signing record's.
final class NodeDisks {
  private static final HostMark HOST = HostMark.named("virtual");

  /// An opened log.
  record Log(WriteAheadLog log, List<LogRecord> records) {}

  /// What came of opening the record.
  ///
  /// @param ready the signer, unless the record is lost
  record Signer(Optional<LocalValidatorSigner> ready) {}

  private final World world;
  private final Seed seed;
  private final VirtualDisk log;
  private final VirtualSlots slots;
  private boolean begun;
  private Optional<Height> firstAfterLoss = Optional.empty();

  NodeDisks(World world, Seed seed, Consumer<Fault.Crash.Moment> boundary) {
    this.world = world;
    this.seed = seed;
    log = new VirtualDisk(seed.fork(), boundary);
    slots = new VirtualSlots(seed.fork(), boundary);
  }

  VirtualDisk log() {
    return log;
  }

  VirtualSlots slots() {
    return slots;
  }

  /// Power is lost.
  void crash() {
    int before = log.torn();
    log.crash();
    if (log.torn() > before) {
      world.coverage().count(Coverage.LOG_TORN);
    }
  }

  /// The next sync fails.
  void failNext(Fault.SyncFails.Where where) {
    switch (where) {
      case LOG -> log.failNextSync();
      case RECORD -> slots.failNextWrite();
    }
  }

  /// Whether a disk failed because it was to, since the last call.
  boolean failedAsPlanned() {
    boolean logFailed = log.hasFailed();
    return slots.hasFailed() || logFailed;
  }

  /// The signing record is lost.
  void loseRecord(Fault.RecordLost.Manner manner, byte[][] old) {
    switch (manner) {
      case GONE -> slots.wipe();
      case DAMAGED -> slots.restore(new byte[][] {seed.bytes(512), seed.bytes(512)});
      case OLD -> {
        byte[][] present = slots.image();
        slots.restore(old);
        if (!isSurpassed(present)) {
          slots.wipe(); // Nothing here would show that the copy is old.
        }
      }
    }
  }

  private boolean isSurpassed(byte[][] present) {
    Optional<SignedMark> witnessed = witnessed(openLog().records()).vote();
    Optional<SignedMark> copied =
        SigningHistory.last(slots).flatMap(entry -> entry.record().last());
    return present.length > 0
        && witnessed.isPresent()
        && (copied.isEmpty() || witnessed.get().comparePlace(copied.get()) > 0);
  }

  /// Opens the log.
  Log openLog() {
    LogOpening opening =
        WriteAheadLog.open(
            log, world.genesisHash(), new java.util.SplittableRandom(seed.nextLong()));
    return switch (opening) {
      case LogOpening.Opened(var opened, var records, long _) -> new Log(opened, records);
      case LogOpening.Corrupt corrupt ->
          throw new Violation(Invariant.NO_BROKEN_PROMISE, corrupt.toString());
      case LogOpening.OtherNetwork other ->
          throw new Violation(Invariant.NO_BROKEN_PROMISE, other.toString());
    };
  }

  /// Opens the signing record, as an operator would who knows whether the key has signed before.
  Signer openSigner(ValidatorKey key, Log opened, VirtualNode node) {
    Witnessed witnessed = witnessed(opened.records());
    RecordOpening opening =
        LocalValidatorSigner.open(key, world.genesisHash(), HOST, slots, witnessed);
    if (opening instanceof RecordOpening.Ready(_, RecordOpening.Tail tail)
        && tail == RecordOpening.Tail.TORN) {
      world.coverage().count(Coverage.SLOT_TORN);
    }
    if (opening instanceof RecordOpening.Absent && !begun) {
      opening = start(key, new SigningStart.NeverSigned(), Witnessed.NOTHING);
    } else if (firstAfterLoss.isPresent() && !(opening instanceof RecordOpening.Ready)) {
      opening = start(key, new SigningStart.AfterLoss(firstAfterLoss.get()), witnessed);
    }
    begun = true;
    if (opening instanceof RecordOpening.Ready(LocalValidatorSigner signer, var _)) {
      firstAfterLoss = Optional.empty();
      return new Signer(Optional.of(signer));
    }
    world.note(node.index(), "has lost its record:", opening, node.life());
    return new Signer(Optional.empty());
  }

  private RecordOpening start(ValidatorKey key, SigningStart start, Witnessed witnessed) {
    return LocalValidatorSigner.start(key, world.genesisHash(), HOST, slots, witnessed, start);
  }

  /// The operator names the first height that may be signed for.
  void beginAfterLoss(Height first) {
    firstAfterLoss = Optional.of(first);
  }

  /// What the log shows of the key's signatures: a proposal of its own was signed before it was
  /// logged. A lock was logged before its vote was signed, and shows nothing.
  private Witnessed witnessed(List<LogRecord> records) {
    Optional<SignedMark> last = Optional.empty();
    for (LogRecord each : records) {
      if (each instanceof LogRecord.OwnProposal own) {
        ProposalEnvelope envelope = own.proposal().envelope();
        SignedMark mark =
            new SignedMark(
                envelope.height(),
                envelope.round(),
                SignedMark.Step.ENVELOPE,
                Keccak256.hash(envelope.message(world.genesisHash()).signingBytes()));
        if (last.isEmpty() || mark.comparePlace(last.get()) > 0) {
          last = Optional.of(mark);
        }
      }
    }
    return new Witnessed(last, Optional.empty());
  }
}
