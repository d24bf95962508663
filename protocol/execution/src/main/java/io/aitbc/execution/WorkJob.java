// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;

/// A job as the contract JobMarket knows it. Protocol §17.12.
///
/// @param client who pays
/// @param feePerItem for each item
/// @param model its id
/// @param inputs root of the input tree; of a job that trains the leaf of its data set
/// @param task hash of everything else that the task fixes
/// @param count items; of a job that trains its segments
/// @param workSeconds from acceptance to commitment, active time
/// @param workBlocks the same in blocks
/// @param openClaims claims that are not over
/// @param valueAtRisk what a wrong result could cost
/// @param steps of a segment; 0 unless it trains
/// @param initialState root of the state that training begins with
/// @param code that trusted hardware must vouch for: the job is of class ATTESTED; zeros otherwise
/// @param readers who may read inputs and outputs: {@link #PARTIES} or {@link #EVERYBODY}
/// @param profile under which engines run the model: the job is of class TOLERANCE; zeros otherwise
/// @param tolerance relative L2 by which outputs may differ then, billionths
public record WorkJob(
    Address client,
    Amount feePerItem,
    Hash model,
    Hash inputs,
    Hash task,
    long count,
    long workSeconds,
    long workBlocks,
    long openClaims,
    Amount valueAtRisk,
    long steps,
    Hash initialState,
    Hash code,
    Hash readers,
    Hash profile,
    long tolerance) {
  /// Readers of a job that is not public: its client, its worker, its auditors and evaluators.
  public static final Hash PARTIES = Hash.ZERO;

  /// Readers of a public job.
  public static final Hash EVERYBODY = Hash.of(UInt256.MAX.toArray());

  /// Class EXACT among the classes that a service registers: anybody repeats what is claimed.
  public static final long EXACT = 1;

  /// Class TOLERANCE among them: engines of a profile repeat it, but for a tolerance.
  public static final long TOLERANCE = 1 << 1;

  /// Class ATTESTED among them: trusted hardware vouches for it too.
  public static final long ATTESTED = 1 << 2;

  /// What a client asks for.
  ///
  /// @param model its id
  /// @param inputs root of the input tree; of a job that trains the leaf of its data set
  /// @param task hash of everything else that the task fixes
  /// @param count items, at least 1; of a job that trains its segments, at most {@link
  ///   ClaimId#ITEMS_MAX}; the fee is a multiple of it
  /// @param workSeconds from acceptance to commitment, active time
  /// @param workBlocks the same in blocks; late is who has passed both
  /// @param valueAtRisk what a wrong result could cost; zero for the fee alone
  /// @param readers who may read inputs and outputs: {@link #PARTIES} or {@link #EVERYBODY}
  /// @param initialState root of the state that training begins with; zeros unless it trains
  /// @param steps of each segment, at most 256; 0 unless it trains
  /// @param code that trusted hardware must say to have run, as the RuntimeRegistry approves it;
  ///   zeros unless it is of class ATTESTED
  /// @param profile under which engines run the model, for which its registrant measured a
  ///   tolerance; zeros unless it is of class TOLERANCE
  public record Request(
      Hash model,
      Hash inputs,
      Hash task,
      long count,
      long workSeconds,
      long workBlocks,
      Amount valueAtRisk,
      Hash readers,
      Hash initialState,
      long steps,
      Hash code,
      Hash profile) {
    /// A job of class EXACT or ATTESTED.
    public Request(
        Hash model,
        Hash inputs,
        Hash task,
        long count,
        long workSeconds,
        long workBlocks,
        Amount valueAtRisk,
        Hash readers,
        Hash initialState,
        long steps,
        Hash code) {
      this(
          model,
          inputs,
          task,
          count,
          workSeconds,
          workBlocks,
          valueAtRisk,
          readers,
          initialState,
          steps,
          code,
          Hash.ZERO);
    }

    /// A job of class EXACT.
    public Request(
        Hash model,
        Hash inputs,
        Hash task,
        long count,
        long workSeconds,
        long workBlocks,
        Amount valueAtRisk,
        Hash readers,
        Hash initialState,
        long steps) {
      this(
          model,
          inputs,
          task,
          count,
          workSeconds,
          workBlocks,
          valueAtRisk,
          readers,
          initialState,
          steps,
          Hash.ZERO);
    }

    /// A job of inference.
    public Request(
        Hash model,
        Hash inputs,
        Hash task,
        long count,
        long workSeconds,
        long workBlocks,
        Amount valueAtRisk,
        Hash readers) {
      this(model, inputs, task, count, workSeconds, workBlocks, valueAtRisk, readers, Hash.ZERO, 0);
    }

    CallData on(CallData data) {
      return data.hash(model)
          .hash(inputs)
          .hash(task)
          .number(count)
          .number(workSeconds)
          .number(workBlocks)
          .amount(valueAtRisk)
          .hash(readers)
          .hash(initialState)
          .number(steps)
          .hash(code)
          .hash(profile);
    }

    /// This job, of class TOLERANCE under a profile.
    public Request under(Hash executionProfile) {
      return new Request(
          model,
          inputs,
          task,
          count,
          workSeconds,
          workBlocks,
          valueAtRisk,
          readers,
          initialState,
          steps,
          Hash.ZERO,
          executionProfile);
    }

    /// Twelve words from `first` on.
    static Request of(ReturnWords words, int first) {
      return new Request(
          words.hash(first),
          words.hash(first + 1),
          words.hash(first + 2),
          words.number(first + 3),
          words.number(first + 4),
          words.number(first + 5),
          words.amount(first + 6),
          words.hash(first + 7),
          words.hash(first + 8),
          words.number(first + 9),
          words.hash(first + 10),
          words.hash(first + 11));
    }
  }

  /// Items and fee of a claim.
  ///
  /// @param items how many; 0 if there is no such claim
  /// @param fee for all of them
  public record ClaimSize(long items, Amount fee) {}

  /// Whether a claim has a worker.
  public enum Place {
    /// It is offered.
    OPEN,
    /// A worker accepted it.
    TAKEN,
    /// It is over.
    OVER
  }

  /// How a claim stands before it is accepted.
  ///
  /// @param place whether it has a worker
  /// @param round draws before this one
  /// @param turn whose turn it was at `turnHeight`
  /// @param causeHeight the block that caused the draw of three workers
  /// @param turnHeight where that turn began
  /// @param turnSeconds the same in active time
  public record Assignment(
      Place place, long round, long turn, long causeHeight, long turnHeight, long turnSeconds) {
    /// Empty if there is no such claim.
    static Optional<Assignment> of(ReturnWords words) {
      return words
          .oneOf(0, List.of(Place.values()), 1)
          .filter(_ -> words.has(5))
          .map(place ->
              new Assignment(
                  place,
                  words.number(1),
                  words.number(2),
                  words.number(3),
                  words.number(4),
                  words.number(5)));
    }
  }

  /// Empty if there is none.
  static Optional<WorkJob> of(ReturnWords words) {
    return words.has(15) && words.number(5) > 0
        ? Optional.of(
            new WorkJob(
                words.address(0),
                words.amount(1),
                words.hash(2),
                words.hash(3),
                words.hash(4),
                words.number(5),
                words.number(6),
                words.number(7),
                words.number(8),
                words.amount(9),
                words.number(10),
                words.hash(11),
                words.hash(12),
                words.hash(13),
                words.hash(14),
                words.number(15)))
        : Optional.empty();
  }

  /// Whether trusted hardware must vouch for it: class ATTESTED.
  public boolean isAttested() {
    return !code.equals(Hash.ZERO);
  }

  /// Whether outputs are compared within a tolerance: class TOLERANCE.
  public boolean isTolerant() {
    return !profile.equals(Hash.ZERO);
  }

  /// The name of its class of verification.
  public String className() {
    return isAttested() ? "ATTESTED" : isTolerant() ? "TOLERANCE" : "EXACT";
  }

  /// Whether it trains.
  public boolean trains() {
    return steps > 0;
  }

  /// Whether everybody may read its inputs and outputs.
  public boolean isPublic() {
    return readers.equals(EVERYBODY);
  }

  /// Claims of the job.
  public long claims() {
    return (count - 1) / ClaimId.ITEMS_MAX + 1;
  }
}
