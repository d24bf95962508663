// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;

/// The economy's contracts in a copy of a state, asked and tried without a trace on the chain.
/// Belongs to one thread. Protocol §16.1.
final class EconomyView {
  private final ExecutionParameters genesis;
  private final Evm machine;
  private final BlockHeader head;
  private final Overlay state;

  /// @param genesis the network
  /// @param machine that runs calls
  /// @param state after `head`; stays as it is
  EconomyView(ExecutionParameters genesis, Evm machine, BlockHeader head, StateView state) {
    this.genesis = genesis;
    this.machine = machine;
    this.head = head;
    this.state = new Overlay(state);
  }

  Evm machine() {
    return machine;
  }

  /// The copy: what calls changed is in it.
  Overlay state() {
    return state;
  }

  /// A call with the gas of the greatest transaction.
  CallResult call(Address caller, EconomyContract contract, Bytes data) {
    return machine
        .systemCall(
            caller, contract.address(), data, TransactionRules.TRANSACTION_GAS_MAX, now(), state)
        .result();
  }

  /// What a function answers; empty words if it fails.
  ReturnData read(EconomyContract contract, CallData data) {
    CallResult result = call(SystemCalls.CALLER, contract, data.toBytes());
    return new ReturnData(result instanceof CallResult.Success ? result.output() : Bytes.EMPTY);
  }

  /// The answer to a question; empty if the function fails.
  <T> Optional<T> read(ContractRead<T> question) {
    CallResult result = call(SystemCalls.CALLER, question.contract(), question.input());
    return result instanceof CallResult.Success
        ? question.answer(result.output())
        : Optional.empty();
  }

  /// The value of a parameter; empty if the contract Params does not answer.
  Optional<UInt256> parameter(EconomyParameter parameter) {
    return read(EconomyContract.PARAMS, CallData.of("get(uint256)").number(parameter.number()))
        .word(0);
  }

  /// The parameters of consensus as they stand; the defaults if the contract Params does not
  /// answer.
  ParameterWords consensus() {
    return read(EconomyContract.PARAMS, CallData.of("all()"))
        .words()
        .flatMap(ParameterWords::decode)
        .orElseGet(() -> new ParameterWords(ConsensusParameters.DEFAULT, 0));
  }

  /// Candidates by stake; none if the contract StakeManager does not answer.
  List<Candidate> stakers() {
    int before = state.snapshot();
    Optional<Bytes> answer =
        new SystemCalls(machine, now(), state)
            .tryCall(EconomyContract.STAKE_MANAGER.address(), CallData.of("snapshot()").toBytes());
    state.revertTo(before);
    return new ReturnData(answer.orElse(Bytes.EMPTY))
        .words()
        .flatMap(words -> CandidateWords.decode(List.of(), words, List.of()))
        .orElse(List.of());
  }

  /// The surroundings of the next block, with the head's time.
  BlockEnvironment now() {
    return block(head.number() + 1, head.timestampSeconds());
  }

  /// The surroundings of a block without a base fee.
  BlockEnvironment block(long number, long timestampSeconds) {
    return new BlockEnvironment(
        genesis.forks().at(timestampSeconds),
        genesis.chainId(),
        head.beneficiary(),
        number,
        timestampSeconds,
        head.gasLimit(),
        head.mixHash(),
        Amount.ZERO,
        BlockOutline.BLOB_BASE_FEE,
        BlockEnvironments.ancestors(head.number() + 1, head.hash(), state));
  }
}
