// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;
import java.util.function.UnaryOperator;

/// What genesis sets and governance may change. A change that stands in the state at the end of
/// epoch e - 1 is in force from the first block of epoch e + 1 on, like the sets drawn from it.
/// Protocol §19.
///
/// @param policy how the mode follows from the chain
/// @param startMode the mode of the first block, and the one that the policy PINNED keeps
/// @param forbidden modes that the policy may not choose, in the order of {@link Mode}; never all
/// @param rotation who is drawn into the validator sets
/// @param proposers with which odds validators propose
/// @param fallback whether fallback rounds have rules of their own
/// @param minTotalStake least stake of a staker set beside authorities
/// @param valueThreshold value moved in one block from which the policy OPERATIONAL asks for SECURE
/// @param emptyBlockIntervalMillis time from one block to the next with nothing to order, from 1 to
///   {@link ModeParameters#INTERVAL_MILLIS_MAX}
/// @param roundTimerMillisMax cap of the round timer, from 1 to {@link
///   ModeParameters#INTERVAL_MILLIS_MAX}
/// @param fast what FAST means besides its quorum
/// @param balanced what BALANCED means besides its quorum
/// @param secure what SECURE means besides its quorum
public record ConsensusParameters(
    ModePolicy policy,
    Mode startMode,
    List<Mode> forbidden,
    RotationStrategy rotation,
    ProposerStrategy proposers,
    Fallback fallback,
    VotingPower minTotalStake,
    Amount valueThreshold,
    int emptyBlockIntervalMillis,
    int roundTimerMillisMax,
    ModeParameters fast,
    ModeParameters balanced,
    ModeParameters secure)
    implements Encodable {
  /// `minTotalStake` is at most one part in this many of all money: more would leave the staker set
  /// empty, and the chain with the authorities alone, however much of the money is at stake.
  public static final int MIN_TOTAL_STAKE_SUPPLY_PARTS = 20;

  /// The defaults. 45,000, 18,500 and 9,200 transactions a second; 300 million AITBC as least
  /// stake, one hundredth of the preset `hybrid`'s supply.
  public static final ConsensusParameters DEFAULT =
      new ConsensusParameters(
          ModePolicy.OPERATIONAL,
          Mode.BALANCED,
          List.of(),
          RotationStrategy.HYBRID,
          ProposerStrategy.VRF_HYBRID,
          Fallback.ON,
          VotingPower.of(Amount.aitbc(300_000_000)),
          Amount.aitbc(10_000_000),
          2_000,
          3_000,
          new ModeParameters(100, 21, VotingPower.of(Amount.aitbc(10_000)), 4_500, 1 << 20),
          new ModeParameters(500, 100, VotingPower.of(Amount.aitbc(10_000)), 9_250, 2 << 20),
          new ModeParameters(2_000, 1_000, VotingPower.of(Amount.aitbc(1_000)), 18_400, 4 << 20));

  /// The preset `classic`: blocks of 2 s, 500 transactions and 1 MB, 10 validators.
  public static final ConsensusParameters CLASSIC = classic();

  /// @throws IllegalArgumentException if a value is out of range
  public ConsensusParameters {
    forbidden = List.copyOf(forbidden);
    String fault =
        fault(policy, startMode, forbidden, emptyBlockIntervalMillis, roundTimerMillisMax);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
  }

  private static ConsensusParameters classic() {
    VotingPower least = VotingPower.of(Amount.aitbc(1_000));
    ModeParameters mode = new ModeParameters(2_000, 10, least, 500, 1_000_000);
    return new ConsensusParameters(
        ModePolicy.OPERATIONAL,
        Mode.BALANCED,
        List.of(),
        RotationStrategy.HYBRID,
        ProposerStrategy.HYBRID,
        Fallback.ON,
        DEFAULT.minTotalStake,
        DEFAULT.valueThreshold,
        2_000,
        3_000,
        mode,
        mode,
        mode);
  }

  /// These, but for the policy: `mode` is pinned.
  public ConsensusParameters pinnedTo(Mode mode) {
    return with(ModePolicy.PINNED, mode);
  }

  /// These, but for the policy and the mode of the first block.
  public ConsensusParameters with(ModePolicy otherPolicy, Mode otherStart) {
    return with(otherPolicy, otherStart, roundTimerMillisMax, fast, balanced, secure);
  }

  /// These, but for the cap of the round timer.
  public ConsensusParameters withRoundTimerMax(int otherMillis) {
    return with(policy, startMode, otherMillis, fast, balanced, secure);
  }

  /// These, but for what each mode means besides its quorum, which is as `other` has it.
  public ConsensusParameters withModesOf(ConsensusParameters other) {
    return with(policy, startMode, roundTimerMillisMax, other.fast, other.balanced, other.secure);
  }

  /// These, but for what each mode means besides its quorum, which `change` makes of what it is.
  public ConsensusParameters withModes(UnaryOperator<ModeParameters> change) {
    return with(
        policy,
        startMode,
        roundTimerMillisMax,
        change.apply(fast),
        change.apply(balanced),
        change.apply(secure));
  }

  private ConsensusParameters with(
      ModePolicy otherPolicy,
      Mode otherStart,
      int otherTimerMillisMax,
      ModeParameters otherFast,
      ModeParameters otherBalanced,
      ModeParameters otherSecure) {
    return new ConsensusParameters(
        otherPolicy,
        otherStart,
        forbidden,
        rotation,
        proposers,
        fallback,
        minTotalStake,
        valueThreshold,
        emptyBlockIntervalMillis,
        otherTimerMillisMax,
        otherFast,
        otherBalanced,
        otherSecure);
  }

  private static String fault(
      ModePolicy policy, Mode startMode, List<Mode> forbidden, int emptyInterval, int timerMax) {
    for (int i = 1; i < forbidden.size(); i++) {
      if (forbidden.get(i - 1).code() >= forbidden.get(i).code()) {
        return "forbidden modes out of order";
      }
    }
    if (forbidden.size() == Mode.values().length) {
      return "every mode is forbidden";
    }
    if (policy == ModePolicy.PINNED && forbidden.contains(startMode)) {
      return "the pinned mode is forbidden";
    }
    boolean times = within(emptyInterval) && within(timerMax);
    return times ? "" : "interval " + emptyInterval + ", timer " + timerMax;
  }

  private static boolean within(int millis) {
    return millis >= 1 && millis <= ModeParameters.INTERVAL_MILLIS_MAX;
  }

  /// Whether `minTotalStake` is at most a twentieth of all money.
  public boolean minTotalStakeFits(Amount supply) {
    Amount least = Amount.wei(VotingPower.WEI_PER_UNIT).times(minTotalStake.units());
    return least.times(MIN_TOTAL_STAKE_SUPPLY_PARTS).compareTo(supply) <= 0;
  }

  /// What `mode` means besides its quorum.
  public ModeParameters of(Mode mode) {
    return switch (mode) {
      case FAST -> fast;
      case BALANCED -> balanced;
      case SECURE -> secure;
    };
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(policy.code()).number(startMode.code());
    writer.list(forbidden, (w, mode) -> w.number(mode.code()));
    writer.number(rotation.code()).number(proposers.code()).number(fallback.code());
    writer.number(minTotalStake.units()).amount(valueThreshold);
    writer.number(emptyBlockIntervalMillis).number(roundTimerMillisMax);
    fast.writeTo(writer);
    balanced.writeTo(writer);
    secure.writeTo(writer);
    writer.end();
  }

  /// The parameters at the reader's position.
  public static ConsensusParameters readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    ModePolicy policy = ModePolicy.readFrom(fields);
    Mode startMode = Mode.readFrom(fields);
    List<Mode> forbidden = fields.list(Mode.values().length, Mode::readFrom);
    RotationStrategy rotation = RotationStrategy.readFrom(fields);
    ProposerStrategy proposers = ProposerStrategy.readFrom(fields);
    Fallback fallback = Fallback.readFrom(fields);
    VotingPower minTotalStake = VotingPower.readFrom(fields);
    Amount valueThreshold = fields.amount();
    int emptyInterval = fields.number(ModeParameters.INTERVAL_MILLIS_MAX);
    int timerMax = fields.number(ModeParameters.INTERVAL_MILLIS_MAX);
    ModeParameters fast = ModeParameters.readFrom(fields);
    ModeParameters balanced = ModeParameters.readFrom(fields);
    ModeParameters secure = ModeParameters.readFrom(fields);
    fields.finish();
    String fault = fault(policy, startMode, forbidden, emptyInterval, timerMax);
    if (!fault.isEmpty()) {
      throw fields.refuse("parameters", fault);
    }
    return new ConsensusParameters(
        policy,
        startMode,
        forbidden,
        rotation,
        proposers,
        fallback,
        minTotalStake,
        valueThreshold,
        emptyInterval,
        timerMax,
        fast,
        balanced,
        secure);
  }
}
