// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The table of yearly yields against the rewards that code and genesis have, computed from the
/// parameters; and what a node tells of its own chain, against what that chain mints.
class YieldTest { // Protocol §16.8
  /// Two seconds of active time in a year of 365.25 days.
  private static final long YEAR_REWARDS = 15_778_800;

  private static final UInt256 UNIT = UInt256.of(VotingPower.WEI_PER_UNIT);

  private static final long SUPPLY_MILLIONTHS = 1_000_000;

  @Test // Protocol §16.8
  void theTableOfYieldsFollowsFromTheParameters() throws IOException {
    Map<String, String[]> rows = new TreeMap<>();
    for (String line : Files.readAllLines(specification())) {
      String[] cells = line.split("\\|", 0);
      if (cells.length == 6 && cells[2].contains("% of rewards")) {
        rows.put(cells[1].strip(), cells);
      }
    }
    for (Mode mode : Mode.values()) {
      String[] row = rows.get(mode.name());
      assertTrue(row != null, "no row of " + mode);
      assertEquals(percent(mode, 7), row[3].strip(), mode.name());
      assertEquals(percent(mode, 21), row[4].strip(), mode.name());
      assertEquals(percent(mode, 63), row[5].strip(), mode.name());
      String share = (1_000 - mode.authorityRewardPerMille()) / 10 + " % of rewards";
      assertEquals(share, row[2].strip(), mode.name());
    }
  }

  /// What stakers earn in a year on this part of the supply, in per cent with one decimal, rounded
  /// down.
  private static String percent(Mode mode, int stakedPercent) {
    Amount year = new Amount(EconomyParameter.BASE_REWARD.standard()).times(YEAR_REWARDS);
    Amount stakers = year.times(1_000 - mode.authorityRewardPerMille());
    Amount staked = GenesisPreset.HYBRID.supply().times(1_000).times(stakedPercent);
    UInt256 perMille =
        stakers.times(SUPPLY_MILLIONTHS / 10).wei().dividedBy(staked.wei()); // rounded down
    long value = perMille.toLongExact();
    return value / 10 + "." + value % 10 + " %";
  }

  @Test // Protocol §16.8
  void whatANodeTellsIsWhatAYearOfTheChainMintsForStakers() {
    EconomyWorld world = new EconomyWorld(4, 6, 1);
    VotingPower stake = world.setOf(world.epoch()).totalStake();
    assertEquals(Amount.aitbc(159_000).wei().dividedBy(UNIT), UInt256.of(stake.units()));
    world.reported =
        report ->
            new ValidatorReport(
                report.account(),
                report.validatorClass(),
                report.role(),
                report.stake(),
                100,
                100,
                report.validatorClass().isAuthority() ? 100 : 0,
                100 * report.stake().units(),
                0,
                900);
    world.endEpoch(List.of());
    Amount before = stakersHave(world);
    // A day, less what passes at the epoch's end.
    world.passTime(86_400_000 - 2 * EconomyWorld.BLOCK_MILLIS);
    world.endEpoch(List.of());
    Amount day = stakersHave(world).minus(before);
    long yearly = told(world, Mode.BALANCED, stake).orElseThrow().millionths();
    // 365.25 days, in millionths of the stake.
    UInt256 minted = day.wei().times(UInt256.of(365_250_000));
    long found = minted.dividedBy(Amount.aitbc(159_000).wei()).toLongExact();
    assertTrue(Math.abs(yearly - found) <= 1, yearly + " told, " + found + " minted");
    long fast = told(world, Mode.FAST, stake).orElseThrow().millionths();
    assertTrue(Math.abs(yearly - 2 * fast) <= 2, yearly + " in BALANCED, " + fast + " in FAST");
    assertEquals(Optional.empty(), told(world, Mode.BALANCED, VotingPower.ZERO));
    // A millionth of an AITBC at stake.
    assertEquals(
        Optional.of(new StakerYield(StakerYield.MILLIONTHS_MAX)),
        told(world, Mode.SECURE, new VotingPower(1)));
  }

  /// What the stakers' part of rewards brought.
  private static Amount stakersHave(EconomyWorld world) {
    return world.balance(EconomyContract.REWARDS.address());
  }

  private static Optional<StakerYield> told(EconomyWorld world, Mode mode, VotingPower stake) {
    return StakerYield.of(
        new EconomyView(EconomyWorld.EXECUTION, world.machine, world.head(), world.state),
        mode,
        stake);
  }

  private static Path specification() {
    Path folder = Path.of("").toAbsolutePath();
    for (int up = 0; up < 3 && !Files.exists(folder.resolve("docs/protocol.md")); up++) {
      folder = folder.resolve("..");
    }
    return folder.resolve("docs/protocol.md");
  }
}
