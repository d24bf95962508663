// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
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
/// @param feeRecipient where its fees go; the zero address for none
/// @param nodeIdentity what peers know its node by; zero for none
public record AuthorityAccount(
    State state,
    Optional<BlsPublicKey> key,
    Amount bond,
    OptionalLong readyEpoch,
    Address operator,
    Address feeRecipient,
    Hash nodeIdentity) {
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
    ReturnData answer =
        view.read(
            EconomyContract.AUTHORITY_REGISTRY,
            CallData.of("authorityOf(address)").address(account));
    ReturnData pool =
        view.read(
            EconomyContract.AUTHORITY_REGISTRY, CallData.of("poolOf(address)").address(account));
    Optional<State> state = RegistryWords.state(answer, List.of(State.values()));
    Optional<UInt256> tokens = pool.word(0);
    Optional<UInt256> node = answer.word(NODE_IDENTITY);
    if (state.isEmpty() || tokens.isEmpty() || node.isEmpty()) {
      return Optional.empty();
    }
    boolean hasKey = answer.word(0).filter(word -> !word.isZero()).isPresent();
    return Optional.of(
        new AuthorityAccount(
            state.get(),
            hasKey ? Optional.of(RegistryWords.key(answer)) : Optional.empty(),
            new Amount(tokens.get()),
            RegistryWords.epoch(answer, READY),
            address(answer, OPERATOR),
            address(answer, FEE_RECIPIENT),
            Hash.of(node.get().toArray())));
  }

  private static Address address(ReturnData answer, int index) {
    byte[] word = answer.word(index).orElse(UInt256.ZERO).toArray();
    return new Address(Bytes.of(word, UInt256.BYTES - Address.BYTES, Address.BYTES));
  }
}
