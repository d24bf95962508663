// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Quorums;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The mode of a height from that of the height before. Protocol §3.3, §3.4.
///
/// @param height the height whose mode is asked for
/// @param plan the plan of its epoch
/// @param before the mode of the height before
/// @param changedAt the first height of the mode that was entered last
/// @param decidedByFallback whether the block before carries a certificate of a fallback round with
///   a rule of its own
/// @param measuredBlocks how many blocks the measurements are over
/// @param inputs the measurements; made only when the policy is asked
/// @param headroom the slack of each mode
record ModeStep(
    Height height,
    EpochPlan plan,
    ModeSetting before,
    Height changedAt,
    boolean decidedByFallback,
    int measuredBlocks,
    Supplier<ModeInputs> inputs,
    Headroom headroom) {
  /// No change starts in so many blocks at the end of an epoch, so that none reaches beyond it.
  static final int QUIET_BLOCKS = ModeSetting.STEPS;

  /// What follows.
  ///
  /// @param setting the mode of the height
  /// @param changedAt the first height of the mode that was entered last
  /// @param oversight whether a SECURE certificate of the height needs authorities
  record Outcome(ModeSetting setting, Height changedAt, Oversight oversight) {}

  /// The outcome.
  ///
  /// @param presentAuthorities how many of the plan's authorities showed themselves lately
  Outcome outcome(int presentAuthorities) {
    Quorums quorums = Quorums.of(plan.set(), plan.parameters().fallback());
    Oversight oversight =
        presentAuthorities < quorums.oversightQuorum() ? Oversight.WAIVED : Oversight.REQUIRED;
    ModeSetting setting = setting(quorums);
    boolean entered =
        !setting.isTransition() && (before.isTransition() || setting.to() != before.to());
    return new Outcome(setting, entered ? height : changedAt, oversight);
  }

  /// The mode among those that the set carries: `mode`, or the one that still works.
  static Mode working(ValidatorSet set, Mode mode) {
    if (set.stakers().isEmpty()) {
      return Mode.FAST;
    }
    return set.authorities().isEmpty() ? Mode.SECURE : mode;
  }

  private ConsensusParameters parameters() {
    return plan.parameters();
  }

  private ModeSetting setting(Quorums quorums) {
    if (!quorums.carries(before.quorumMode()) || !quorums.carries(before.to())) {
      return ModeSetting.settled(working(plan.set(), before.to()));
    }
    boolean pinned = parameters().policy() == ModePolicy.PINNED;
    boolean mayJump =
        !pinned && !parameters().forbidden().contains(Mode.SECURE) && quorums.carries(Mode.SECURE);
    if (decidedByFallback && mayJump) {
      return ModeSetting.settled(Mode.SECURE);
    }
    if (before.isTransition()) {
      return before.step() < ModeSetting.STEPS
          ? new ModeSetting(before.from(), before.to(), before.step() + 1)
          : ModeSetting.settled(before.to());
    }
    boolean mayChange =
        quorums.carries(Mode.BALANCED)
            && Epochs.position(height) < Epochs.LENGTH_BLOCKS - QUIET_BLOCKS;
    Mode target = mayChange ? target(quorums) : before.to();
    return target == before.to()
        ? ModeSetting.settled(target)
        : new ModeSetting(before.to(), target, 1);
  }

  private Mode target(Quorums quorums) {
    if (parameters().policy() == ModePolicy.PINNED) {
      return parameters().startMode();
    }
    Mode current = before.to();
    List<Mode> possible =
        Stream.of(Mode.values())
            .filter(mode -> !parameters().forbidden().contains(mode) && quorums.carries(mode))
            .toList();
    boolean due =
        measuredBlocks >= ModeRule.WINDOW_BLOCKS
            && height.number() - changedAt.number() >= ModeRule.DWELL_BLOCKS;
    Mode wanted =
        due || !possible.contains(current)
            ? ModeRule.wanted(parameters(), current, inputs.get())
            : current;
    return ModeRule.withHeadroom(wanted, current, possible, headroom);
  }
}
