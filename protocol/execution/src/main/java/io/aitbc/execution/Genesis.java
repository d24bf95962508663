// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Encodable;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a network begins. Its hash, the genesis block's, commits to all of it: the header's state
/// root to the accounts, `extraData` to the rest. Protocol §14.3.
///
/// @param kind how blocks are decided
/// @param execution chain id and the rules of execution
/// @param snapshot the first candidates and the parameters of consensus: the sets of epochs 0 and 1
///   are drawn from them. In a network without votes the proposers, authorities without stake, who
///   take turns in the order of their accounts; the parameters mean nothing there
/// @param timestampMillis when the network begins, milliseconds since 1970
/// @param baseFeePerGas the genesis block's base fee
/// @param accounts what the state holds, ascending by address
public record Genesis(
    NetworkKind kind,
    ExecutionParameters execution,
    EpochSnapshot snapshot,
    long timestampMillis,
    Amount baseFeePerGas,
    List<GenesisAccount> accounts)
    implements Encodable {
  /// Greatest sum of all balances, in bits: fees and shares of fees cannot overflow.
  public static final int SUPPLY_BITS_MAX = 128;

  /// An account that is there from the start.
  ///
  /// @param address where
  /// @param balance its money
  /// @param nonce its nonce
  /// @param code its code; empty for none
  /// @param storage its slots with values other than 0
  public record GenesisAccount(
      Address address,
      Amount balance,
      long nonce,
      Bytes code,
      SortedMap<UInt256, UInt256> storage) {
    /// Copies the slots.
    ///
    /// @throws IllegalArgumentException if there is nothing, or only storage
    public GenesisAccount {
      storage = Collections.unmodifiableSortedMap(new TreeMap<>(storage));
      if (balance.isZero() && nonce == 0 && code.isEmpty()) {
        throw new IllegalArgumentException("nothing, or only storage, at " + address);
      }
    }

    /// Money alone.
    public static GenesisAccount of(Address address, Amount balance) {
      return new GenesisAccount(address, balance, 0, Bytes.EMPTY, new TreeMap<>());
    }
  }

  /// A network that decides by votes.
  public Genesis(
      ExecutionParameters execution,
      EpochSnapshot snapshot,
      long timestampMillis,
      Amount baseFeePerGas,
      List<GenesisAccount> accounts) {
    this(new NetworkKind.Hybrid(), execution, snapshot, timestampMillis, baseFeePerGas, accounts);
  }

  /// @throws IllegalArgumentException if accounts are out of order, there is too much money, the
  ///   base fee is outside of its bounds, the time is negative, or a network without votes has no
  ///   proposer or one with stake
  public Genesis {
    accounts = List.copyOf(accounts);
    if (kind instanceof NetworkKind.Poa
        && (snapshot.candidates().isEmpty()
            || snapshot.candidates().stream()
                .anyMatch(each -> each.validatorClass() != ValidatorClass.AUTHORITY))) {
      throw new IllegalArgumentException(
          "a network without votes has proposers, none with stake: " + snapshot.candidates());
    }
    Amount supply = Amount.ZERO;
    for (int i = 0; i < accounts.size(); i++) {
      if (i > 0 && accounts.get(i - 1).address().compareTo(accounts.get(i).address()) >= 0) {
        throw new IllegalArgumentException("out of order: " + accounts.get(i).address());
      }
      supply = supply.plus(accounts.get(i).balance());
    }
    FeeParameters fees = execution.fees();
    if (supply.wei().bitLength() > SUPPLY_BITS_MAX
        || timestampMillis < 0
        || baseFeePerGas.compareTo(fees.baseFeeMin()) < 0
        || baseFeePerGas.compareTo(fees.baseFeeMax()) > 0) {
      throw new IllegalArgumentException(
          "supply %s, time %d, base fee %s".formatted(supply, timestampMillis, baseFeePerGas));
    }
  }

  /// All money there is.
  public Amount supply() {
    return accounts.stream().map(GenesisAccount::balance).reduce(Amount.ZERO, Amount::plus);
  }

  /// Gas of the genesis block, and of every block where there are no modes.
  long gasLimit() {
    return switch (kind) {
      case NetworkKind.Hybrid _ ->
          execution.gasLimit(ModeSetting.settled(snapshot.parameters().startMode()));
      case NetworkKind.Poa _ -> execution.secureGasLimit();
    };
  }

  /// Hash of everything but the accounts: the genesis header's `extraData`.
  public Hash parametersHash() {
    return Keccak256.hash(encoded());
  }

  /// Appends everything but the accounts.
  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin();
    execution.writeTo(writer);
    snapshot.writeTo(writer);
    writer.number(timestampMillis).amount(baseFeePerGas);
    if (kind instanceof NetworkKind.Poa(int slotMillis)) {
      writer.number(slotMillis);
    }
    writer.end();
  }
}
