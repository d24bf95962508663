// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the contract AuthorityRegistry knows of who is, or was, admitted. Protocol §16.5.
///
/// @param state of the admission
/// @param key its BLS key; empty before it joined
/// @param bond in its pool, rewards included
/// @param readyEpoch in which it said last that it can vote
/// @param operator who runs its node; the zero address for none
/// @param feeRecipient to whom the fees of its blocks are paid (Protocol §14.4); the zero address
///   for itself
/// @param nodeIdentity what peers know its node by; zero for none
public record AuthorityAccount(
    State state,
    Optional<BlsPublicKey> key,
    Amount bond,
    OptionalLong readyEpoch,
    Address operator,
    Address feeRecipient,
    Hash nodeIdentity) {
  private static final int STATE = 2;
  private static final int READY = 4;
  private static final int OPERATOR = 9;
  private static final int FEE_RECIPIENT = 10;
  private static final int NODE_IDENTITY = 11;

  /// Where an admission stands.
  public enum State {
    /// By governance; has not joined.
    ADMITTED,
    /// May be drawn, if its bond is enough.
    ACTIVE,
    /// Must ask to be drawn again.
    JAILED,
    /// Ended, by governance or by itself.
    REMOVED,
    /// Convicted: over for good.
    TOMBSTONED
  }

  /// Empty if there is none, or the contract answers something else.
  static Optional<AuthorityAccount> of(EconomyView view, Address account) {
    ReturnWords answer =
        new ReturnWords(
            view.read(
                EconomyContract.AUTHORITY_REGISTRY,
                CallData.of("authorityOf(address)").address(account)));
    ReturnWords pool =
        new ReturnWords(
            view.read(
                EconomyContract.AUTHORITY_REGISTRY,
                CallData.of("poolOf(address)").address(account)));
    Optional<State> state = answer.oneOf(STATE, List.of(State.values()), 1);
    if (state.isEmpty() || !answer.has(NODE_IDENTITY) || !pool.has(0)) {
      return Optional.empty();
    }
    return Optional.of(
        new AuthorityAccount(
            state.get(),
            answer.word(0).isZero() ? Optional.empty() : Optional.of(answer.key(0)),
            pool.amount(0),
            answer.epoch(READY),
            answer.address(OPERATOR),
            answer.address(FEE_RECIPIENT),
            Hash.of(answer.word(NODE_IDENTITY).toArray())));
  }
}
