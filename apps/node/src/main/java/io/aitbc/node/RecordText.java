// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.SignedMark;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.RecordOpening;

/// Says to an operator what came of opening a signing record, and what to do next. The chapter is
/// that of docs/operator.md.
public final class RecordText {
  private static final String CHAPTER = "; see \"The record is lost\" in docs/operator.md";

  private RecordText() {}

  /// One sentence about `opening`.
  public static String of(RecordOpening opening) {
    return switch (opening) {
      case RecordOpening.Ready(_, RecordOpening.Tail tail) ->
          "the record is whole"
              + (tail == RecordOpening.Tail.TORN
                  ? "; its last write was torn, and that signature never left"
                  : "");
      case RecordOpening.Absent() ->
          "there is no record: `aitbc signing-record begin` if the key never signed, else `import` or `after-loss`";
      case RecordOpening.Present() ->
          "there is a record already, so the key may have signed: nothing was changed";
      case RecordOpening.Lost(RecordLoss loss) -> "the record is lost: " + of(loss) + CHAPTER;
      case RecordOpening.OtherKey(var recorded, var actual) ->
          "this is the record of key %s, not of %s: wrong path or wrong keystore"
              .formatted(recorded.bytes(), actual.bytes());
      case RecordOpening.OtherNetwork(var recorded, var actual) ->
          "this is a record of network %s, the genesis file gives %s: wrong path or wrong genesis file"
              .formatted(recorded, actual);
      case RecordOpening.OtherHost _ ->
          "the record was written at another place: `aitbc signing-record moved` once the node there has stopped for good";
    };
  }

  private static String of(RecordLoss loss) {
    return switch (loss) {
      case RecordLoss.NoWholeSlot() -> "both slots are damaged";
      case RecordLoss.WriteMissing(long first, long second) ->
          "the slots hold numbers %d and %d, so a write that the disk reported durable is gone"
              .formatted(first, second);
      case RecordLoss.Surpassed(var recorded, var witnessed) ->
          "it ends with %s, and the key signed %s"
              .formatted(recorded.map(RecordText::of).orElse("nothing"), of(witnessed));
      case RecordLoss.LockMissing(var commit) ->
          "the log in the data folder lacks the lock of the COMMIT at height %d, round %d"
              .formatted(commit.height().number(), commit.round().number());
    };
  }

  /// Place and beginning of the hash of something that was signed.
  public static String of(SignedMark mark) {
    return "%s at height %d, round %d (%s)"
        .formatted(
            mark.step(),
            mark.height().number(),
            mark.round().number(),
            mark.hash().toHex().substring(0, 18));
  }
}
