// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// An objection to a leaf of class TOLERANCE, as the contract Juries knows it. Protocol §17.17.
///
/// @param objector who objected
/// @param stage whose opinions are awaited
/// @param verdict how it ended; empty before
/// @param claim whose leaf it is about
/// @param leaf its number in the claim
/// @param since height of what caused the draw of the stage's members
/// @param commitHeight until when opinions are sealed; it has passed when both have
/// @param commitSeconds the same in active time
/// @param revealHeight until when they are opened
/// @param revealSeconds the same in active time
/// @param seats of the stage; of auditors 0 before they are stored
/// @param committed seats whose opinions are sealed
/// @param revealed seats whose opinions are opened
/// @param rights those of them that say that the output is right
/// @param drawn whether the draw is stored
/// @param jurySeats seats of the jury, if one is called
/// @param drawHeight whose beacon draws the stage's members
/// @param deposit of the objector
/// @param fee of an opinion
/// @param auditors two more auditors, as far as they are stored
public record WorkObjection(
    Address objector,
    Stage stage,
    Optional<Verdict> verdict,
    ClaimId claim,
    long leaf,
    long since,
    long commitHeight,
    long commitSeconds,
    long revealHeight,
    long revealSeconds,
    long seats,
    long committed,
    long revealed,
    long rights,
    boolean drawn,
    long jurySeats,
    long drawHeight,
    Amount deposit,
    Amount fee,
    List<Address> auditors) {
  private static final int WORDS = 25;
  private static final int AUDITORS = 20;

  /// Whose opinions are awaited.
  public enum Stage {
    /// Those of two more auditors.
    AUDITORS,
    /// Those of a jury.
    JURY,
    /// Nobody's: it has ended.
    OVER
  }

  /// What somebody says of an output.
  public enum Said {
    /// It is as near to its own as the job wants it.
    RIGHT,
    /// It is not, or cannot be had.
    WRONG
  }

  /// How an objection ended.
  public enum Verdict {
    /// For the worker: two auditors, or two thirds of the jury.
    RIGHT,
    /// Two thirds of the jury against it.
    WRONG,
    /// No two thirds: the claim is void.
    SPLIT,
    /// The claim was over.
    DISMISSED
  }

  /// What a member did.
  ///
  /// @param commitment what it sealed
  /// @param said once opened
  public record Opinion(Hash commitment, Optional<Said> said) {
    /// Empty if it sealed nothing.
    static Optional<Opinion> of(ReturnWords words) {
      return words.has(1) && !words.hash(0).equals(Hash.ZERO)
          ? Optional.of(new Opinion(words.hash(0), words.oneOf(1, List.of(Said.values()), 1)))
          : Optional.empty();
    }
  }

  /// Copies the list.
  public WorkObjection {
    auditors = List.copyOf(auditors);
  }

  /// Whether opinions can still be sealed at this height and time.
  public boolean seals(long height, long activeSeconds) {
    return stage != Stage.OVER && (height <= commitHeight || activeSeconds <= commitSeconds);
  }

  /// Whether they can be opened: all are sealed, or both clocks have run out.
  public boolean opens(long height, long activeSeconds) {
    return (drawn && committed == seats)
        || (height > commitHeight && activeSeconds > commitSeconds);
  }

  /// Whether they can still be opened.
  public boolean isOpen(long height, long activeSeconds) {
    return stage != Stage.OVER && (height <= revealHeight || activeSeconds <= revealSeconds);
  }

  /// Whether it can go on: all are opened, or there is nothing left to wait for.
  public boolean isDecidable(long height, long activeSeconds) {
    return stage != Stage.OVER
        && ((drawn && revealed == seats)
            || !isOpen(height, activeSeconds)
            || (committed == 0 && !seals(height, activeSeconds)));
  }

  /// Empty if there is none.
  static Optional<WorkObjection> of(ReturnWords words) {
    return words
        .oneOf(1, List.of(Stage.values()), 1)
        .filter(_ -> words.has(WORDS - 1))
        .map(stage ->
            new WorkObjection(
                words.address(0),
                stage,
                words.oneOf(2, List.of(Verdict.values()), 1),
                new ClaimId(words.number(5), words.number(3)),
                words.number(4),
                words.number(6),
                words.number(7),
                words.number(8),
                words.number(9),
                words.number(10),
                words.number(11),
                words.number(12),
                words.number(13),
                words.number(14),
                words.number(15) != 0,
                words.number(16),
                words.number(17),
                words.amount(18),
                words.amount(19),
                Stream.of(words.address(AUDITORS), words.address(AUDITORS + 1))
                    .filter(each -> !each.equals(Address.ZERO))
                    .toList()));
  }
}
