// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.consensus.Epochs;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Height;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// When the reports of a revealed claim may be closed and it may be settled, as far as clocks and
/// what is known of it tell: before, the contracts refuse that for sure, and no node is asked.
/// Protocol §17.13.
///
/// @param audit how its reports stand
record ClaimEnd(ClaimId claim, WorkJob job, WorkClaim state, WorkAudit audit) {
  /// Blocks and seconds of the chain's time for which a worker may fail to do what may be done.
  private static final Patience.Clocks WORKERS_OWN = new Patience.Clocks(20, 10);

  /// Whether all seats have reported, or their time is over, and secrets may have been shown.
  boolean mayClose(Patience.Clocks now) {
    boolean all = IntStream.range(0, state.places().size()).allMatch(audit::hasReported);
    return state.auditBeacon().isPresent()
        && audit.closedAt() == 0
        && audit.reported() != 0
        && (all || isWindowOver(now))
        && now.height() > Epochs.last(auditEpoch()).number();
  }

  /// Whether window and second audit are over, and no dispute is open.
  boolean maySettle(Patience.Clocks now) {
    if (state.auditBeacon().isEmpty() || state.disputes() != 0 || !isWindowOver(now)) {
      return false;
    }
    if (audit.closedAt() != 0) {
      return isOver(now, audit.untilHeight(), audit.untilSeconds());
    }
    // Settling closes the reports. Where one counts, a second auditor has its time from then on.
    return audit.reported() == 0
        || (job.isTolerant() && mayClose(now))
        || now.height() > Epochs.last(auditEpoch() + 1).number();
  }

  /// What others do in the place of a worker that had its time for it.
  ///
  /// @param more blocks that it is given, so that not all do it at once
  List<Outbox.Choice> inItsPlace(Patience.Clocks now, int more) {
    Patience.Clocks then =
        new Patience.Clocks(
            now.height() - WORKERS_OWN.height() - more, now.seconds() - WORKERS_OWN.seconds());
    List<Outbox.Choice> choices = new ArrayList<>();
    if (maySettle(then)) {
      boolean _ = choices.add(settlement());
    }
    if (mayClose(then)) {
      boolean _ = choices.add(closing());
    }
    return choices;
  }

  Outbox.Choice closing() {
    return new Outbox.Choice("close reports of " + claim, WorkCall.closeReports(claim));
  }

  Outbox.Choice settlement() {
    return new Outbox.Choice("settle " + claim, WorkCall.settle(claim));
  }

  private boolean isWindowOver(Patience.Clocks now) {
    return isOver(now, state.untilHeight(), state.untilSeconds());
  }

  private static boolean isOver(Patience.Clocks now, long untilHeight, long untilSeconds) {
    return now.height() > untilHeight && now.seconds() > untilSeconds;
  }

  /// In which the beacon drew the seats: their secrets are shown when it is over.
  private long auditEpoch() {
    return Epochs.of(new Height(state.auditAt()));
  }
}
