// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;

/// The limits of gas and the rules of fees, as the contracts keep what governance decides about
/// them. The contract Params has a word for each; the contract BeaconHistory, which nobody can
/// upgrade, has those of the epoch that ended last, of the present and of the next one in two words
/// each. Without that contract a network keeps the rules of its genesis. Protocol §14.4, §16.2.
final class BlockRules {
  /// Words in the contract Params.
  static final int COUNT = 8;

  private static final String TURN =
      "turnRules(uint64,uint64,uint64,uint32,uint32,uint96,uint96,uint64)";

  private static final Address PLACE = EconomyContract.BEACON_HISTORY.address();

  // Slots of BeaconHistory; a test compares them with the compiler's layout.
  private static final UInt256 TURNED_AT = UInt256.of(3);
  private static final long PREVIOUS = 5;
  private static final long CURRENT = 7;
  private static final long NEXT = 9;

  private static final int WIDE_BITS = 96;
  private static final int HALF_BITS = 32;
  private static final long HALF_MASK = 0xffff_ffffL;

  private BlockRules() {}

  /// The words of the contract Params, in the order of their numbers.
  static List<UInt256> words(ExecutionParameters rules) {
    FeeParameters fees = rules.fees();
    return List.of(
        UInt256.of(rules.fastGasLimit()),
        UInt256.of(rules.balancedGasLimit()),
        UInt256.of(rules.secureGasLimit()),
        UInt256.of(fees.treasuryMillionths()),
        UInt256.of(fees.makerMillionths()),
        fees.baseFeeMin().wei(),
        fees.baseFeeMax().wei(),
        UInt256.of(fees.inertiaGas()));
  }

  /// What BeaconHistory is told at the end of an epoch.
  ///
  /// @param afterNext the rules of the epoch after the next one
  static Bytes turn(ExecutionParameters afterNext) {
    CallData call = CallData.of(TURN);
    for (UInt256 word : words(afterNext)) {
      call = call.number(word);
    }
    return call.toBytes();
  }

  /// The rules that these words are; empty if they fit neither a block nor BeaconHistory.
  ///
  /// @param words the last {@link #COUNT} of the contract Params
  /// @param genesis chain, forks and treasury, which no vote changes
  static Optional<ExecutionParameters> decode(List<UInt256> words, ExecutionParameters genesis) {
    boolean fits =
        words.size() == COUNT
            && words.subList(0, 5).stream().allMatch(UInt256::fitsLong)
            && words.get(5).bitLength() <= WIDE_BITS
            && words.get(6).bitLength() <= WIDE_BITS
            && words.get(7).fitsLong();
    if (!fits) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ExecutionParameters(
              genesis.chainId(),
              genesis.forks(),
              words.get(0).toLongExact(),
              words.get(1).toLongExact(),
              words.get(2).toLongExact(),
              new FeeParameters(
                  new Amount(words.get(5)),
                  new Amount(words.get(6)),
                  words.get(7).toLongExact(),
                  genesis.fees().treasury(),
                  Math.toIntExact(words.get(3).toLongExact()),
                  Math.toIntExact(words.get(4).toLongExact()))));
    } catch (IllegalArgumentException | ArithmeticException refused) {
      return Optional.empty();
    }
  }

  /// The rules of the block after the one that left `state`.
  static ExecutionParameters current(ExecutionParameters genesis, StateView state) {
    return read(CURRENT, genesis, state);
  }

  /// The rules of the epoch after that of the block that left `state`.
  static ExecutionParameters next(ExecutionParameters genesis, StateView state) {
    return read(NEXT, genesis, state);
  }

  /// The rules that block `number`, which left `state`, followed: others than those of its child
  /// where it ended an epoch.
  static ExecutionParameters ofBlock(long number, ExecutionParameters genesis, StateView state) {
    boolean turned = state.storage(PLACE, TURNED_AT).midLow() == number;
    return read(turned ? PREVIOUS : CURRENT, genesis, state);
  }

  private static ExecutionParameters read(long slot, ExecutionParameters genesis, StateView state) {
    if (!state.account(PLACE).hasCode()) {
      return genesis;
    }
    // From the lowest bit: gas limits 64 each, parts of treasury and maker 32 each; then least and
    // greatest base fee 96 each, inertia 64.
    UInt256 first = state.storage(PLACE, UInt256.of(slot));
    UInt256 second = state.storage(PLACE, UInt256.of(slot + 1));
    UInt256 least = new UInt256(0, 0, second.midLow() & HALF_MASK, second.low());
    UInt256 greatest =
        new UInt256(
            0,
            0,
            second.midHigh() >>> HALF_BITS,
            second.midHigh() << HALF_BITS | second.midLow() >>> HALF_BITS);
    return new ExecutionParameters(
        genesis.chainId(),
        genesis.forks(),
        first.low(),
        first.midLow(),
        first.midHigh(),
        new FeeParameters(
            new Amount(least),
            new Amount(greatest),
            second.high(),
            genesis.fees().treasury(),
            Math.toIntExact(first.high() & HALF_MASK),
            Math.toIntExact(first.high() >>> HALF_BITS)));
  }
}
