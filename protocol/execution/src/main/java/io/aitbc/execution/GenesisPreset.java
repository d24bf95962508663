// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Rules and amounts that a new network may begin with, by name. Protocol §19.4.
public enum GenesisPreset {
  /// Authorities and stakers, all defaults.
  HYBRID(30_000_000_000L, 300_000_000),
  /// Blocks of 2 s with 500 transactions, ten validators.
  CLASSIC(30_000_000_000L, 300_000_000),
  /// For trials on one machine: little money, one mode, short blocks in SECURE too, decisions as
  /// fast as the bounds allow, and times of AI work in which nobody far away could answer.
  DEV(2_000_000, 20_000);

  private static final long DEV_LEAST_STAKE_AITBC = 20_000;
  private static final long DAY_MILLIS = 86_400_000;

  /// As in BALANCED: the hundred blocks that a mode stays at least are over while one looks on.
  private static final int DEV_SECURE_INTERVAL_MILLIS = 500;

  /// From a reveal to settlement: time for auditors on the same machine.
  private static final UInt256 DEV_WORK_TIME = UInt256.of(20);

  /// For a move in a dispute and for an opinion, by programs that are awake.
  private static final UInt256 DEV_MOVE_TIME = UInt256.of(30);

  /// For a step of an evaluation, the second audit and the opening of opinions, likewise.
  private static final UInt256 DEV_SCORE_TIME = UInt256.of(8);

  private final long supplyAitbc;
  private final long stakeAitbc;

  GenesisPreset(long supplyAitbc, long stakeAitbc) {
    this.supplyAitbc = supplyAitbc;
    this.stakeAitbc = stakeAitbc;
  }

  /// The preset of this name, in small letters; empty if there is none.
  public static Optional<GenesisPreset> named(String title) {
    return Stream.of(values()).filter(each -> each.title().equals(title)).findFirst();
  }

  /// The names of all.
  public static List<String> titles() {
    return Stream.of(values()).map(GenesisPreset::title).toList();
  }

  /// Its name, in small letters.
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// All money of a network made with this preset, bonds and stakes included.
  public Amount supply() {
    return Amount.aitbc(supplyAitbc);
  }

  /// What each of the first validators has at stake beside its bond.
  public Amount stake() {
    return Amount.aitbc(stakeAitbc);
  }

  /// The rules. Base fees are burned; a part that a genesis gives to the treasury goes to
  /// FeeSplitter.
  public GenesisRules rules(UInt256 chainId) {
    return new GenesisRules(
        ExecutionParameters.of(chainId).with(treasuryFees()),
        consensus(),
        EpochSnapshot.MILLIONTHS,
        economy(),
        this == DEV ? GenesisEconomy.FOR_TRIALS : GenesisEconomy.FOR_PRODUCTION);
  }

  private static FeeParameters treasuryFees() {
    FeeParameters standard = FeeParameters.DEFAULT;
    return new FeeParameters(
        standard.baseFeeMin(),
        standard.baseFeeMax(),
        standard.inertiaGas(),
        EconomyContract.FEE_SPLITTER.address(),
        standard.treasuryMillionths(),
        standard.makerMillionths());
  }

  private ConsensusParameters consensus() {
    return switch (this) {
      case HYBRID -> ConsensusParameters.DEFAULT;
      case CLASSIC -> ConsensusParameters.CLASSIC;
      case DEV -> {
        ConsensusParameters standard = ConsensusParameters.DEFAULT;
        yield new ConsensusParameters(
            ModePolicy.PINNED,
            Mode.BALANCED,
            standard.forbidden(),
            standard.rotation(),
            standard.proposers(),
            standard.fallback(),
            VotingPower.of(Amount.aitbc(DEV_LEAST_STAKE_AITBC)),
            standard.valueThreshold(),
            standard.emptyBlockIntervalMillis(),
            standard.roundTimerMillisMax(),
            standard.fast(),
            standard.balanced(),
            new ModeParameters(
                DEV_SECURE_INTERVAL_MILLIS,
                standard.secure().validatorsMax(),
                standard.secure().leastStake(),
                standard.secure().transactionsMax(),
                standard.secure().bytesMax()));
      }
    };
  }

  private Map<EconomyParameter, UInt256> economy() {
    Map<EconomyParameter, UInt256> changed = new EnumMap<>(EconomyParameter.class);
    if (this == DEV) {
      changed.put(EconomyParameter.KEY_DELAY, UInt256.ZERO);
      changed.put(EconomyParameter.VOTING_TIME, UInt256.of(DAY_MILLIS));
      changed.put(EconomyParameter.TIMELOCK_DELAY, UInt256.ZERO);
      changed.put(EconomyParameter.SERVICE_UNBONDING, UInt256.of(DAY_MILLIS));
      changed.put(EconomyParameter.REVEAL_SECONDS, DEV_WORK_TIME);
      changed.put(EconomyParameter.REVEAL_BLOCKS, DEV_WORK_TIME);
      changed.put(EconomyParameter.WINDOW_SECONDS, DEV_WORK_TIME);
      changed.put(EconomyParameter.WINDOW_BLOCKS, DEV_WORK_TIME);
      changed.put(EconomyParameter.SCORE_SECONDS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.SCORE_BLOCKS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.SCORE_REVEAL_SECONDS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.SCORE_REVEAL_BLOCKS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.CHECK_SECONDS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.CHECK_BLOCKS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.OPINION_SECONDS, DEV_MOVE_TIME);
      changed.put(EconomyParameter.OPINION_BLOCKS, DEV_MOVE_TIME);
      changed.put(EconomyParameter.OPINION_REVEAL_SECONDS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.OPINION_REVEAL_BLOCKS, DEV_SCORE_TIME);
      changed.put(EconomyParameter.MOVE_SECONDS, DEV_MOVE_TIME);
      changed.put(EconomyParameter.MOVE_BLOCKS, DEV_MOVE_TIME);
    }
    return changed;
  }
}
