// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Optional;

/// A demand for a leaf or a challenge of it, as the contract Disputes knows it. Protocol §17.14.
///
/// @param claim whose leaf it is about
/// @param leaf its number in the claim
/// @param challenger who began it
/// @param worker whose result it is, or whose report
/// @param stage who has to move, and how
/// @param bySeat whether an auditor with a seat of the claim began it
/// @param demand whether the leaf is demanded; else it is challenged
/// @param untilHeight until when the move of whose turn it is may come; it has passed when both
///   have
/// @param untilSeconds the same in active time
/// @param deposit of the challenger
/// @param trace root over the trace's tiles, as the worker gave it
/// @param node where the challenger is below it
/// @param level of the node; the tiles' leaves are level 0
/// @param index of the node in its level; of a demand about training, the tile that is demanded
/// @param inState whether the challenger goes down the state after the step, not the trace
/// @param stateBefore root of the state before the step that the challenger named; zeros before
/// @param stateAfter the same after it
/// @param report which part of which report it is about; empty if it is about the worker's output
public record WorkDispute(
    ClaimId claim,
    long leaf,
    Address challenger,
    Address worker,
    Stage stage,
    boolean bySeat,
    boolean demand,
    long untilHeight,
    long untilSeconds,
    Amount deposit,
    Hash trace,
    Hash node,
    long level,
    long index,
    boolean inState,
    Hash stateBefore,
    Hash stateAfter,
    Optional<Report> report) {
  /// A part of a report. Its auditor stands in the worker's place.
  ///
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  /// @param number of the leaf among those of the seat; of the second auditor, the seat whose leaf
  ///   it was given
  /// @param hash what was reported of it
  /// @param stake of the auditor's bond
  public record Report(long seat, long number, Hash hash, Amount stake) {
    static Optional<Report> of(ReturnWords words, int from) {
      return words.number(from + 4) == 0
          ? Optional.empty()
          : Optional.of(
              new Report(
                  words.number(from + 2),
                  words.number(from + 3),
                  words.hash(from),
                  words.amount(from + 1)));
    }
  }

  /// Who has to move, and how.
  public enum Stage {
    /// Nobody yet: too many disputes of the worker have clocks.
    WAITING,
    /// The worker puts input and output on the chain.
    SERVE,
    /// The worker gives the roots of the states after a segment's steps.
    STATES,
    /// The challenger names a step.
    STEP,
    /// The worker gives the root of the trace and the hashes below it.
    TRACE_ROOT,
    /// The challenger goes to a hash of the answer.
    DESCEND,
    /// The worker gives the hashes below a node.
    NODES,
    /// The worker opens a tile.
    TILE,
    /// The challenger proves.
    PROVE,
    /// It has ended.
    OVER
  }

  /// Empty if there is none.
  static Optional<WorkDispute> of(ReturnWords words) {
    return words
        .oneOf(1, List.of(Stage.values()), 1)
        .filter(_ -> words.has(22))
        .map(stage ->
            new WorkDispute(
                new ClaimId(words.number(11), words.number(5)),
                words.number(6),
                words.address(0),
                words.address(7),
                stage,
                words.number(2) != 0,
                words.number(3) != 0,
                words.number(10),
                words.number(12),
                words.amount(13),
                words.hash(14),
                words.hash(15),
                words.number(8),
                words.number(9),
                words.number(4) != 0,
                words.hash(16),
                words.hash(17),
                Report.of(words, 18)));
  }
}
