// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Role;
import io.aitbc.model.UInt256;
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
    ReturnData answer =
        view.read(
            EconomyContract.STAKE_MANAGER, CallData.of("candidateOf(address)").address(account));
    ReturnData pool =
        view.read(EconomyContract.STAKE_MANAGER, CallData.of("poolOf(address)").address(account));
    Optional<State> state = RegistryWords.state(answer, List.of(State.values()));
    Optional<UInt256> tokens = pool.word(0);
    if (state.isEmpty() || tokens.isEmpty() || answer.word(ROLE).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StakerAccount(
            state.get(),
            RegistryWords.key(answer),
            new Amount(tokens.get()),
            (int) RegistryWords.number(answer, COMMISSION),
            (int) RegistryWords.number(answer, COMMISSION_MAX),
            RegistryWords.epoch(answer, READY),
            report(answer)));
  }

  private static Optional<Report> report(ReturnData answer) {
    OptionalLong epoch = RegistryWords.epoch(answer, MEMBER);
    Optional<Role> role = Role.ofCode(RegistryWords.number(answer, ROLE));
    return epoch.isEmpty()
        ? Optional.empty()
        : role.map(known ->
            new Report(
                epoch.getAsLong(),
                known,
                (int) RegistryWords.number(answer, REPUTATION),
                RegistryWords.number(answer, EXPECTED),
                RegistryWords.number(answer, CREDITED),
                RegistryWords.number(answer, MISSES)));
  }
}
