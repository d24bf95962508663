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
    long now = head.number() / EPOCH_BLOCKS;
    Optional<AuthorityAccount> authority =
        AuthorityAccount.of(view, validator)
            .filter(each ->
                each.state() == AuthorityAccount.State.ACTIVE
                    && each.key().filter(key::equals).isPresent()
                    && (sender.equals(validator) || sender.equals(each.operator())));
    if (authority.isPresent()) {
      return authority
          .filter(each -> each.readyEpoch().orElse(-1) != now)
          .map(_ -> of(EconomyCall.authorityReady(validator)));
    }
    return StakerAccount.of(view, validator)
        .filter(each ->
            each.state() == StakerAccount.State.CANDIDATE
                && each.key().equals(key)
                && sender.equals(validator)
                && each.readyEpoch().orElse(-1) != now)
        .map(_ -> of(EconomyCall.stakerReady()));
  }

  /// The report of an offence.
  ///
  /// @param set of the height of the offence
  public static ValidatorCall report(Evidence evidence, ValidatorSet set) {
    RlpWriter writer = new RlpWriter(4_096).begin();
    evidence.writeTo(writer);
    set.writeTo(writer);
    return of(EconomyCall.report(writer.end().toBytes()));
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

  private static ValidatorCall of(EconomyCall call) {
    return new ValidatorCall(call.contract().address(), call.input());
  }
}
