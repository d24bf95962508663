// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Role;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the contract StakeManager knows of who is, or was, a candidate by stake. Protocol §16.6.
///
/// @param state of the candidacy
/// @param key its BLS key
/// @param stake in its pool, own and delegated
/// @param commissionParts of delegators' rewards, in parts of 10,000
/// @param commissionPartsMax what that never exceeds
/// @param readyEpoch in which it said last that it can vote
/// @param lastReport how it fared, as settlement reported it last; empty if it never did
public record StakerAccount(
    State state,
    BlsPublicKey key,
    Amount stake,
    int commissionParts,
    int commissionPartsMax,
    OptionalLong readyEpoch,
    Optional<Report> lastReport) {
  private static final int STATE = 2;
  private static final int COMMISSION = 3;
  private static final int COMMISSION_MAX = 4;
  private static final int READY = 6;
  private static final int MEMBER = 12;
  private static final int REPUTATION = 13;
  private static final int EXPECTED = 14;
  private static final int CREDITED = 15;
  private static final int MISSES = 16;
  private static final int ROLE = 17;

  /// Where a candidacy stands.
  public enum State {
    /// May be drawn, if its own stake is enough.
    CANDIDATE,
    /// Must ask to be drawn again.
    JAILED,
    /// Ended by its account.
    LEFT,
    /// Ended by another with more stake.
    DISPLACED,
    /// Convicted: over for good.
    TOMBSTONED
  }

  /// How a validator fared in an epoch. Protocol §2.5.
  ///
  /// @param epoch the epoch
  /// @param role what it did in the epoch's set
  /// @param reputation from 0 to {@link io.aitbc.model.ValidatorReport#REPUTATION_MAX}
  /// @param expected blocks that it should have signed
  /// @param credited those of them that it was credited for
  /// @param misses rounds in which it should have proposed and another had to
  public record Report(
      long epoch, Role role, int reputation, long expected, long credited, long misses) {}

  /// Empty if there is none, or the contract answers something else.
  static Optional<StakerAccount> of(EconomyView view, Address account) {
    ReturnWords answer =
        new ReturnWords(
            view.read(
                EconomyContract.STAKE_MANAGER,
                CallData.of("candidateOf(address)").address(account)));
    ReturnWords pool =
        new ReturnWords(
            view.read(
                EconomyContract.STAKE_MANAGER, CallData.of("poolOf(address)").address(account)));
    Optional<State> state = answer.oneOf(STATE, List.of(State.values()), 1);
    if (state.isEmpty() || !answer.has(ROLE) || !pool.has(0)) {
      return Optional.empty();
    }
    return Optional.of(
        new StakerAccount(
            state.get(),
            answer.key(0),
            pool.amount(0),
            (int) answer.number(COMMISSION),
            (int) answer.number(COMMISSION_MAX),
            answer.epoch(READY),
            report(answer)));
  }

  private static Optional<Report> report(ReturnWords answer) {
    OptionalLong epoch = answer.epoch(MEMBER);
    Optional<Role> role = Role.ofCode(answer.number(ROLE));
    return epoch.isEmpty()
        ? Optional.empty()
        : role.map(known ->
            new Report(
                epoch.getAsLong(),
                known,
                (int) answer.number(REPUTATION),
                answer.number(EXPECTED),
                answer.number(CREDITED),
                answer.number(MISSES)));
  }
}
