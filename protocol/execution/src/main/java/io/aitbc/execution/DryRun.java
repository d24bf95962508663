// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Role;
import io.aitbc.model.Round;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a proposal would do, tried on a copy of the state: its calls, the ends of the two epochs
/// after them, and whether governance goes on. Nothing is kept. It is advice: the state may be
/// another one when the proposal is executed. Protocol §16.12.
public final class DryRun {
  /// Epochs that are ended: what an epoch's end notes decides the sets of the epoch after next.
  public static final int EPOCHS = 2;

  private static final int EPOCH_BLOCKS = 100;
  private static final long EPOCH_MILLIS = 4_000;
  private static final UInt256 DEPOSIT_MAX = Amount.aitbc(1_000_000_000).wei();

  /// A call that the Timelock is to make.
  ///
  /// @param target which contract
  /// @param data what it is called with
  public record Action(Address target, Bytes data) {}

  /// How an epoch would end.
  ///
  /// @param failed contracts whose call failed, in the order of the calls
  /// @param authorities candidates for seats, those in jail included
  /// @param stakers candidates by stake
  public record EpochEnd(List<EconomyContract> failed, int authorities, int stakers) {}

  /// What would happen.
  ///
  /// @param actions what the proposal's calls end with
  /// @param epochs how the next epochs end; none if the calls fail, as then nothing changes
  /// @param nextProposal what a proposal after that ends with; empty if the calls fail
  /// @param nextExecution what the Timelock's next execution ends with; empty if the calls fail
  public record Outcome(
      CallResult actions,
      List<EpochEnd> epochs,
      Optional<CallResult> nextProposal,
      Optional<CallResult> nextExecution) {
    /// Whether nothing failed.
    public boolean isHarmless() {
      return succeeded(actions)
          && epochs.stream().allMatch(epoch -> epoch.failed().isEmpty())
          && nextProposal.filter(DryRun::succeeded).isPresent()
          && nextExecution.filter(DryRun::succeeded).isPresent();
    }
  }

  private final ExecutionParameters genesis;
  private final BlockHeader head;
  private final EconomyView view;

  DryRun(ExecutionParameters genesis, BlockHeader head, EconomyView view) {
    this.genesis = genesis;
    this.head = head;
    this.view = view;
  }

  /// A validator that signed everything in an epoch.
  public static ValidatorReport diligent(
      Address account, ValidatorClass validatorClass, VotingPower stake) {
    return new ValidatorReport(
        account,
        validatorClass,
        Role.PROPOSER,
        stake,
        EPOCH_BLOCKS,
        EPOCH_BLOCKS,
        0,
        0,
        0,
        ValidatorReport.REPUTATION_MAX);
  }

  /// Whether proposal `id` exists and consists of these calls.
  public boolean isProposal(UInt256 id, List<Action> actions) {
    UInt256 hash = UInt256.of(Keccak256.hash(with(CallData.ofConstructor(), actions).toBytes()));
    return view.read(EconomyContract.GOVERNOR, CallData.of("proposalOf(uint256)").number(id))
        .word(Proposal.ACTIONS)
        .filter(hash::equals)
        .isPresent();
  }

  /// What the calls would do, were they executed now.
  ///
  /// @param id number of the proposal
  /// @param validators who is settled, as if all had signed everything
  public Outcome of(UInt256 id, List<Action> actions, List<ValidatorReport> validators) {
    ParameterWords words = view.consensus();
    CallResult acted = executeNow(id, actions);
    if (!succeeded(acted)) {
      return new Outcome(acted, List.of(), Optional.empty(), Optional.empty());
    }
    List<EpochEnd> epochs = new ArrayList<>();
    long epoch = head.number() == 0 ? 0 : (head.number() - 1) / EPOCH_BLOCKS;
    for (int i = 0; i < EPOCHS; i++) {
      epochs.add(
          end(
              epoch + i,
              words,
              validators,
              head.timestampSeconds() * 1_000 + (i + 1) * EPOCH_MILLIS));
    }
    Action nothing =
        new Action(
            EconomyContract.PARAMS.address(),
            CallData.of("set(uint256[],uint256[])")
                .numbers(List.of())
                .numbers(List.of())
                .toBytes());
    return new Outcome(
        acted,
        epochs,
        Optional.of(propose(List.of(nothing))),
        Optional.of(executeNow(id.plus(UInt256.ONE), List.of(nothing))));
  }

  private CallResult executeNow(UInt256 id, List<Action> actions) {
    return view.call(
        EconomyContract.GOVERNOR.address(),
        EconomyContract.TIMELOCK,
        with(CallData.of("executeNow(uint256,address[],bytes[])").number(id), actions).toBytes());
  }

  private EpochEnd end(
      long epoch, ParameterWords words, List<ValidatorReport> validators, long timestampMillis) {
    long height = (epoch + 1) * EPOCH_BLOCKS;
    EpochReport report =
        new EpochReport(
            epoch,
            validators,
            Absences.NONE,
            Hash.ZERO,
            words.parameters(),
            words.workShareMillionths());
    BlockContext context = context(height, epoch, timestampMillis, words.parameters(), report);
    SystemCalls calls =
        new SystemCalls(view.machine(), view.block(height, timestampMillis / 1_000), view.state());
    Economy economy = new Economy(genesis);
    economy.startBlock(context, Amount.ZERO, calls);
    EpochSnapshot snapshot = economy.settle(report, context, calls);
    return new EpochEnd(calls.failed(), (int) count(snapshot, true), (int) count(snapshot, false));
  }

  private static long count(EpochSnapshot snapshot, boolean seats) {
    return snapshot.candidates().stream()
        .map(Candidate::validatorClass)
        .filter(each -> seats ? each.isAuthority() : each.isStaker())
        .count();
  }

  private static BlockContext context(
      long height,
      long epoch,
      long timestampMillis,
      ConsensusParameters parameters,
      EpochReport report) {
    Mode mode = parameters.startMode();
    ConsensusExtension extension =
        new ConsensusExtension(
            ModeSetting.settled(mode),
            Fallback.ON,
            Oversight.REQUIRED,
            epoch,
            Address.ZERO,
            Round.ZERO,
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            timestampMillis);
    return new BlockContext(
        new Height(height),
        Hash.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        Optional.empty(),
        extension,
        Optional.of(report));
  }

  /// Proposes as an account that has the deposit.
  private CallResult propose(List<Action> actions) {
    // Params bounds it to 10,000 AITBC; what an upgrade says instead is nobody's money.
    Amount deposit =
        view.parameter(EconomyParameter.PROPOSAL_DEPOSIT)
            .map(word -> new Amount(word.min(DEPOSIT_MAX)))
            .orElse(Amount.ZERO);
    view.state().credit(SystemCalls.CALLER, deposit);
    var request =
        new DynamicFeeTransaction.Unsigned(
            genesis.chainId(),
            0,
            Amount.ZERO,
            Amount.ZERO,
            TransactionRules.TRANSACTION_GAS_MAX,
            Optional.of(EconomyContract.GOVERNOR.address()),
            deposit,
            with(CallData.of("propose(address[],bytes[],string)"), actions)
                .bytes(Bytes.EMPTY)
                .toBytes(),
            List.of());
    TransactionOutcome outcome =
        view.machine().simulate(request, SystemCalls.CALLER, view.now(), view.state());
    return switch (outcome) {
      case TransactionOutcome.Executed executed -> executed.result();
      case TransactionOutcome.Refused refused ->
          throw new IllegalStateException("a call without fees is refused: " + refused);
    };
  }

  private static CallData with(CallData call, List<Action> actions) {
    return call.addresses(actions.stream().map(Action::target).toList())
        .byteStrings(actions.stream().map(Action::data).toList());
  }

  private static boolean succeeded(CallResult result) {
    return result instanceof CallResult.Success;
  }
}
