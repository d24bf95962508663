// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.stream.Stream;

/// One step of a random sequence; what the numbers mean depends on the kind and on what is there.
///
/// @param kind what is done
/// @param who who does it
/// @param other to whom
/// @param part how much, in 1,000ths
record SequenceStep(Kind kind, int who, int other, int part) {
  /// What can be done.
  enum Kind {
    DELEGATE,
    UNDELEGATE,
    REDELEGATE,
    WITHDRAW,
    TOUCH,
    UNDELEGATE_LOT,
    MERGE,
    CLAIM,
    EPOCH,
    ABSENCE,
    DAYS,
    EVIDENCE,
    FINISH,
    REGISTER,
    RESIGN,
    UNJAIL,
    BOND,
    UNBOND,
    WITHDRAW_BOND,
    TOUCH_BOND,
    FORGED,
    SELF_DESTRUCT,
    PROPOSE,
    VOTE,
    SEAT,
    DECIDE;

    /// What needs no success: what the chain itself does, and what must fail.
    static final List<Kind> ALWAYS = List.of(EPOCH, ABSENCE, DAYS, FORGED);
  }

  /// What is done more often than the rest.
  private static final List<Kind> OFTEN =
      Stream.concat(
              Stream.of(Kind.values()),
              Stream.of(
                  Kind.DELEGATE,
                  Kind.DELEGATE,
                  Kind.UNDELEGATE,
                  Kind.UNDELEGATE,
                  Kind.REDELEGATE,
                  Kind.REDELEGATE,
                  Kind.WITHDRAW,
                  Kind.WITHDRAW,
                  Kind.UNDELEGATE_LOT,
                  Kind.MERGE,
                  Kind.TOUCH,
                  Kind.CLAIM,
                  Kind.FINISH,
                  Kind.UNBOND,
                  Kind.WITHDRAW_BOND,
                  Kind.PROPOSE,
                  Kind.VOTE,
                  Kind.VOTE,
                  Kind.SEAT,
                  Kind.DECIDE,
                  Kind.DECIDE,
                  Kind.DAYS,
                  Kind.DAYS,
                  Kind.EPOCH))
          .toList();

  static SequenceStep random(Seed seed) {
    int people = EconomySequence.PEOPLE;
    return new SequenceStep(
        seed.pick(OFTEN), seed.below(people), seed.below(people), seed.below(1_100));
  }
}
