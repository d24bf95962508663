// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import java.util.List;

/// Which mode the policy asks for, given what was measured and the mode in force. Protocol §3.3.
final class ModeRule {
  /// Blocks that are looked at.
  static final int WINDOW_BLOCKS = 100;

  /// Least blocks between two changes.
  static final int DWELL_BLOCKS = 100;

  /// How far a value must go back beyond the threshold that chose a mode before the mode is left:
  /// 0.10 of the whole for shares, a tenth of the threshold for the value moved and for convicted
  /// stake.
  static final int HYSTERESIS_MILLIONTHS = 100_000;

  private static final int FAST_LOAD = 300_000;
  private static final int FAST_AVAILABILITY = 900_000;
  private static final int SECURE_AVAILABILITY = 800_000;
  private static final int SECURE_LOAD = 700_000;
  private static final int SECURE_PARTICIPATION = 800_000;
  private static final int SECURE_CONVICTED_STAKE = 10_000;

  private ModeRule() {}

  /// The mode that the policy asks for, were every mode possible.
  ///
  /// @param current the mode in force, or being entered
  /// @throws IllegalArgumentException for PINNED, which follows no measurement
  static Mode wanted(ConsensusParameters parameters, Mode current, ModeInputs inputs) {
    return switch (parameters.policy()) {
      case PINNED -> throw new IllegalArgumentException("PINNED measures nothing");
      case OPERATIONAL -> operational(parameters, current, inputs);
      case WHITEPAPER -> whitePaper(current, inputs);
    };
  }

  /// The thing to lose and the missing authorities are asked for first: a cheap mode must not win
  /// over a reason for the safe one.
  private static Mode operational(ConsensusParameters parameters, Mode current, ModeInputs inputs) {
    int slack = current == Mode.SECURE ? HYSTERESIS_MILLIONTHS : 0;
    boolean fewAuthorities = inputs.availabilityMillionths() < SECURE_AVAILABILITY + slack;
    boolean muchToLose =
        isOver(inputs.valueMoved(), parameters.valueThreshold(), slack / 10_000)
            || inputs.convictedAuthorities() > 0
            || inputs.convictedStakeMillionths() > SECURE_CONVICTED_STAKE - slack / 100;
    if (fewAuthorities || muchToLose) {
      return Mode.SECURE;
    }
    return isFast(current, inputs) ? Mode.FAST : Mode.BALANCED;
  }

  private static Mode whitePaper(Mode current, ModeInputs inputs) {
    int slack = current == Mode.SECURE ? HYSTERESIS_MILLIONTHS : 0;
    if (isFast(current, inputs)) {
      return Mode.FAST;
    }
    boolean secure =
        inputs.loadMillionths() > SECURE_LOAD - slack
            || inputs.participationMillionths() > SECURE_PARTICIPATION - slack;
    return secure ? Mode.SECURE : Mode.BALANCED;
  }

  private static boolean isFast(Mode current, ModeInputs inputs) {
    int slack = current == Mode.FAST ? HYSTERESIS_MILLIONTHS : 0;
    return inputs.loadMillionths() < FAST_LOAD + slack
        && inputs.availabilityMillionths() > FAST_AVAILABILITY - slack;
  }

  /// Whether `value` is above `threshold`, less `slackPercent` percent of it.
  private static boolean isOver(Amount value, Amount threshold, int slackPercent) {
    var scaled = value.wei().toBigInteger().multiply(java.math.BigInteger.valueOf(100));
    var limit =
        threshold.wei().toBigInteger().multiply(java.math.BigInteger.valueOf(100L - slackPercent));
    return scaled.compareTo(limit) > 0;
  }

  /// The mode to have, given what the policy wants and how much slack each possible mode has. A
  /// mode with less than one validator of slack is neither entered nor kept while another has more.
  ///
  /// @param possible modes that are allowed and that the set carries; with `current`
  static Mode withHeadroom(Mode wanted, Mode current, List<Mode> possible, Headroom headroom) {
    Mode target = possible.contains(wanted) ? wanted : nearest(wanted, current, possible);
    if (headroom.slack(target) >= 1) {
      return target;
    }
    Mode best = target;
    for (Mode mode : List.of(current, Mode.BALANCED, Mode.SECURE, Mode.FAST)) {
      if (possible.contains(mode) && headroom.slack(mode) > headroom.slack(best)) {
        best = mode;
      }
    }
    return best;
  }

  /// What comes nearest to a mode that is not possible: BALANCED, or the mode in force.
  private static Mode nearest(Mode wanted, Mode current, List<Mode> possible) {
    boolean balanced = possible.contains(Mode.BALANCED) && wanted != Mode.BALANCED;
    if (balanced) {
      return Mode.BALANCED;
    }
    return possible.contains(current) || possible.isEmpty() ? current : possible.getFirst();
  }
}
