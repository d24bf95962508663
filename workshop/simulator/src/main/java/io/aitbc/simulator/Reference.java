// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.Fallback;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.Oversight;
import io.aitbc.model.Round;

/// The quorums of Protocol §4, written a second time from its table, so that a mistake in one
/// shows.
final class Reference {
  private Reference() {}

  /// Whether so many authorities and so much stake decide in a round.
  static boolean isQuorum(HeightRules rules, Round round, int authorities, long stake) {
    int n = rules.set().authorities().size();
    long total = rules.set().totalStake().units();
    int f = n == 0 ? 0 : (n - 1) / 3;
    int q = n == 0 ? 0 : n - f;
    boolean falls = rules.fallback() == Fallback.ON && total > 0;
    int fast = falls ? Math.max(q, Math.min(n - 1, (6 * n + 6) / 7)) : q;
    boolean fallbackRound = round.number() >= 3 && round.number() % 2 == 1 && falls;
    boolean enoughStake = stake - (total - stake) > total - stake;
    boolean secure =
        enoughStake
            && (authorities >= (n == 0 ? 0 : f + 1)
                || rules.oversight() == Oversight.WAIVED
                || round.number() >= 3);
    Mode mode = rules.mode();
    if (mode == Mode.FAST) {
      return fallbackRound ? enoughStake && authorities >= n - fast + f + 1 : authorities >= fast;
    }
    return (mode == Mode.SECURE || fallbackRound) ? secure : enoughStake && authorities >= q;
  }
}
