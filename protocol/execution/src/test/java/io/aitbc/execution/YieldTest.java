// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The table of yearly yields against the rewards that code and genesis have. Computed from the
/// parameters: no chain runs here.
class YieldTest { // Protocol §16.8
  /// Two seconds of active time in a year of 365.25 days.
  private static final long YEAR_REWARDS = 15_778_800;

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

  private static Path specification() {
    Path folder = Path.of("").toAbsolutePath();
    for (int up = 0; up < 3 && !Files.exists(folder.resolve("docs/protocol.md")); up++) {
      folder = folder.resolve("..");
    }
    return folder.resolve("docs/protocol.md");
  }
}
