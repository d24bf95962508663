// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Amount;
import io.aitbc.model.Anchor;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Measures the window of the last blocks for the policy of modes. Protocol §3.2.
final class ModeMeasure {
  private ModeMeasure() {}

  /// The measurements after a block.
  ///
  /// @param window the last blocks, ascending, with that block at the end
  /// @param anchors the anchored blocks of the window
  /// @param height that block's height
  /// @param plans the plan of a height of the window
  static ModeInputs inputs(
      List<BlockTrace> window,
      List<AnchorTrace> anchors,
      Height height,
      Function<Height, EpochPlan> plans) {
    int authorities = 0;
    int signed = 0;
    long stakeMillionths = 0;
    int stakeBlocks = 0;
    int convictedAuthorities = 0;
    long convictedStake = 0;
    Amount moved = Amount.ZERO;
    for (BlockTrace trace : window) {
      convictedAuthorities += trace.convictedAuthorities();
      ValidatorSet set = plans.apply(trace.height()).set();
      convictedStake += convictedMillionths(set, trace);
      moved = moved.plus(trace.valueMoved());
      if (height.number() - trace.height().number() >= CarriedCommits.BLOCKS_MAX) {
        authorities += set.authorities().size();
        signed += trace.credited().authorities().count();
        if (trace.setting().quorumMode() != Mode.FAST) {
          stakeMillionths += trace.stakeMillionths();
          stakeBlocks++;
        }
      }
    }
    for (AnchorTrace anchor : anchors) {
      if (height.number() - anchor.height().number() >= CarriedAnchors.BLOCKS_MAX) {
        stakeMillionths += (long) Anchor.INTERVAL_BLOCKS * anchor.shareMillionths();
        stakeBlocks += Anchor.INTERVAL_BLOCKS;
      }
    }
    return new ModeInputs(
        median(window),
        authorities == 0 ? 0 : Shares.millionths(signed, authorities),
        stakeBlocks == 0 ? 0 : (int) (stakeMillionths / stakeBlocks),
        new Amount(moved.wei().dividedBy(UInt256.of(window.size()))),
        convictedAuthorities,
        (int) Math.min(Shares.WHOLE_MILLIONTHS, convictedStake));
  }

  private static long convictedMillionths(ValidatorSet set, BlockTrace trace) {
    long total = set.totalStake().units();
    return total == 0 || trace.convictedStake().isZero()
        ? 0
        : Shares.scale(trace.convictedStake().units(), Shares.WHOLE_MILLIONTHS, total);
  }

  /// The greater of the two middle values where their count is even.
  private static int median(List<BlockTrace> window) {
    int[] loads = window.stream().mapToInt(BlockTrace::loadMillionths).toArray();
    Arrays.sort(loads);
    return loads[loads.length / 2];
  }
}
