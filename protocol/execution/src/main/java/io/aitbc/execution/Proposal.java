// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A proposal as the contract Governor knows it. Times are seconds of active time. Protocol §16.11.
///
/// @param id its number, from 1 on
/// @param state where it stands
/// @param kind what it needs
/// @param deciders who decides
/// @param proposer who made it and gets the deposit back
/// @param endsSeconds when its ballot ends
/// @param heldUntilSeconds until when it is, or was, held back; 0 for never
/// @param stake what is entitled to vote
/// @param votes of stake
/// @param seats of authorities
/// @param actions hash of its calls
public record Proposal(
    long id,
    State state,
    Kind kind,
    Deciders deciders,
    Address proposer,
    long endsSeconds,
    long heldUntilSeconds,
    Amount stake,
    Votes votes,
    Seats seats,
    Hash actions) {
  /// Proposals that are read at one time: each is three calls.
  public static final int LISTED_MAX = 100;

  /// Place of the hash of the calls in what `proposalOf` answers.
  static final int ACTIONS = 13;

  private static final int KIND = 1;
  private static final int DECIDERS = 2;
  private static final int ENDS = 6;
  private static final int SEATS = 10;
  private static final int SEATS_FOR = 11;
  private static final int SEATS_TO_HOLD = 12;
  private static final int TOTAL = 15;
  private static final int FOR = 16;
  private static final int AGAINST = 17;
  private static final int ABSTAIN = 18;

  /// Where a proposal stands.
  public enum State {
    /// Its ballot is open.
    OPEN,
    /// Too few were for it.
    DEFEATED,
    /// To be handed to the Timelock, or as an emergency to be executed.
    SUCCEEDED,
    /// Waits in the Timelock, or may be executed.
    QUEUED,
    /// By more than half of the authorities.
    HELD_BACK,
    /// After it was held back.
    AWAITS_SECOND_VOTE,
    /// Done.
    EXECUTED,
    /// Nobody took the next step in time.
    EXPIRED
  }

  /// What a proposal asks for decides what it needs.
  public enum Kind {
    /// A quorum and a majority.
    ORDINARY,
    /// A third of the stake and two thirds of the votes.
    PROTECTED,
    /// More than two thirds of both classes, at once.
    EMERGENCY
  }

  /// Who decides, as it was when the ballot was opened.
  public enum Deciders {
    /// Stake; authorities may hold back.
    BOTH,
    /// Authorities alone: there were no stakers.
    AUTHORITIES,
    /// Stake alone: there were no authorities.
    STAKE
  }

  /// How stake voted.
  ///
  /// @param yes for it
  /// @param no against it
  /// @param abstain neither
  public record Votes(Amount yes, Amount no, Amount abstain) {}

  /// What authorities did.
  ///
  /// @param all when the ballot was opened
  /// @param yes for it, where they decide
  /// @param toHold who asked to hold it back
  public record Seats(int all, int yes, int toHold) {}

  /// What governance's clock shows and the latest proposals.
  ///
  /// @param nowSeconds active time
  /// @param proposals the latest first
  public record Listed(long nowSeconds, List<Proposal> proposals) {
    /// Copies the list.
    public Listed {
      proposals = List.copyOf(proposals);
    }
  }

  /// At most {@link #LISTED_MAX} proposals, from number `from` downwards.
  static Listed list(EconomyView view, long from) {
    long count =
        new ReturnWords(view.read(EconomyContract.GOVERNOR, CallData.of("proposalCount()")))
            .number(0);
    long now =
        new ReturnWords(view.read(EconomyContract.GOVERNOR, CallData.of("clock()"))).number(0);
    List<Proposal> found = new ArrayList<>();
    for (long id = Math.min(from, count); id > 0 && found.size() < LISTED_MAX; id--) {
      of(view, id).ifPresent(found::add);
    }
    return new Listed(now, found);
  }

  private static Optional<Proposal> of(EconomyView view, long id) {
    ReturnWords answer = ask(view, "proposalOf(uint256)", id);
    Optional<State> state = ask(view, "state(uint256)", id).oneOf(0, List.of(State.values()), 1);
    Optional<Kind> kind = answer.oneOf(KIND, List.of(Kind.values()), 0);
    Optional<Deciders> deciders = answer.oneOf(DECIDERS, List.of(Deciders.values()), 0);
    if (state.isEmpty() || kind.isEmpty() || deciders.isEmpty() || !answer.has(ABSTAIN)) {
      return Optional.empty();
    }
    return Optional.of(
        new Proposal(
            id,
            state.get(),
            kind.get(),
            deciders.get(),
            answer.address(0),
            answer.number(ENDS),
            ask(view, "heldUntil(uint256)", id).number(0),
            answer.amount(TOTAL),
            new Votes(answer.amount(FOR), answer.amount(AGAINST), answer.amount(ABSTAIN)),
            new Seats(
                (int) answer.number(SEATS),
                (int) answer.number(SEATS_FOR),
                (int) answer.number(SEATS_TO_HOLD)),
            Hash.of(answer.word(ACTIONS).toArray())));
  }

  private static ReturnWords ask(EconomyView view, String function, long id) {
    return new ReturnWords(
        view.read(EconomyContract.GOVERNOR, CallData.of(function).number(UInt256.of(id))));
  }
}
