// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Evidence;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a validator's node sends to the contracts by itself. Protocol §2.2, §16.5, §16.6, §16.7.
///
/// @param contract whom it calls
/// @param input of the call
public record ValidatorCall(Address contract, Bytes input) {
  private static final long EPOCH_BLOCKS = 100;

  /// Words of what `authorityOf` answers.
  private static final int AUTHORITY_STATE = 2;

  private static final int AUTHORITY_READY = 4;
  private static final int AUTHORITY_OPERATOR = 9;

  /// Words of what `candidateOf` answers.
  private static final int CANDIDATE_STATE = 2;

  private static final int CANDIDATE_READY = 6;

  /// Codes of states that may be drawn: ACTIVE of an authority, CANDIDATE of a staker.
  private static final long AUTHORITY_ACTIVE = 2;

  private static final long STAKER_CANDIDATE = 1;

  /// The word of `validator` that it can vote, if it is a candidate with this key who has not given
  /// it in the epoch of the next block, and `sender` may give it: the account itself, or an
  /// authority's operator.
  ///
  /// @param genesis the network
  /// @param machine that runs calls
  /// @param state after `head`; stays as it is
  public static Optional<ValidatorCall> readiness(
      ExecutionParameters genesis,
      Evm machine,
      BlockHeader head,
      StateView state,
      Address validator,
      BlsPublicKey key,
      Address sender) {
    EconomyView view = new EconomyView(genesis, machine, head, state);
    UInt256 now = UInt256.of(head.number() / EPOCH_BLOCKS + 1); // One more than the epoch.
    ReturnData authority =
        view.read(
            EconomyContract.AUTHORITY_REGISTRY,
            CallData.of("authorityOf(address)").address(validator));
    UInt256 operator = UInt256.of(padded(sender), 0, UInt256.BYTES);
    if (isCandidate(authority, AUTHORITY_STATE, AUTHORITY_ACTIVE, key)
        && (sender.equals(validator)
            || authority.word(AUTHORITY_OPERATOR).filter(operator::equals).isPresent())) {
      return due(authority, AUTHORITY_READY, now)
          ? Optional.of(
              of(
                  EconomyContract.AUTHORITY_REGISTRY,
                  CallData.of("ready(address)").address(validator)))
          : Optional.empty();
    }
    ReturnData staker =
        view.read(
            EconomyContract.STAKE_MANAGER, CallData.of("candidateOf(address)").address(validator));
    return isCandidate(staker, CANDIDATE_STATE, STAKER_CANDIDATE, key)
            && sender.equals(validator)
            && due(staker, CANDIDATE_READY, now)
        ? Optional.of(of(EconomyContract.STAKE_MANAGER, CallData.of("ready()")))
        : Optional.empty();
  }

  /// The report of an offence.
  ///
  /// @param set of the height of the offence
  public static ValidatorCall report(Evidence evidence, ValidatorSet set) {
    RlpWriter writer = new RlpWriter(4_096).begin();
    evidence.writeTo(writer);
    set.writeTo(writer);
    return of(EconomyContract.SLASHING, CallData.of("report(bytes)").bytes(writer.end().toBytes()));
  }

  /// Gas that the call used, were it `sender`'s next transaction; empty if it would fail.
  ///
  /// @param genesis the network
  /// @param machine that runs it
  /// @param state after `head`; stays as it is
  public OptionalLong gas(
      ExecutionParameters genesis, Evm machine, BlockHeader head, StateView state, Address sender) {
    EconomyView view = new EconomyView(genesis, machine, head, state);
    var request =
        new DynamicFeeTransaction.Unsigned(
            genesis.chainId(),
            0,
            Amount.ZERO,
            Amount.ZERO,
            TransactionRules.TRANSACTION_GAS_MAX,
            Optional.of(contract),
            Amount.ZERO,
            input,
            List.of());
    return machine.simulate(request, sender, view.now(), view.state())
                instanceof TransactionOutcome.Executed executed
            && executed.result() instanceof CallResult.Success
        ? OptionalLong.of(executed.gasUsed())
        : OptionalLong.empty();
  }

  private static ValidatorCall of(EconomyContract contract, CallData data) {
    return new ValidatorCall(contract.address(), data.toBytes());
  }

  private static boolean isCandidate(
      ReturnData answer, int stateWord, long state, BlsPublicKey key) {
    byte[] words = new byte[2 * UInt256.BYTES];
    key.bytes().copyTo(words, 0);
    return answer.word(stateWord).filter(UInt256.of(state)::equals).isPresent()
        && answer.word(0).filter(UInt256.of(words, 0, UInt256.BYTES)::equals).isPresent()
        && answer
            .word(1)
            .filter(UInt256.of(words, UInt256.BYTES, UInt256.BYTES)::equals)
            .isPresent();
  }

  private static boolean due(ReturnData answer, int readyWord, UInt256 now) {
    return answer.word(readyWord).filter(now::equals).isEmpty();
  }

  private static byte[] padded(Address address) {
    byte[] word = new byte[UInt256.BYTES];
    address.bytes().copyTo(word, UInt256.BYTES - Address.BYTES);
    return word;
  }
}
