// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimEndTest { // Protocol §17.13
  private static final Hash SOME = Hash.of(UInt256.of(1).toArray());
  private static final int SEATS = 10;
  private static final long ALL = (1 << SEATS) - 1;

  /// Drawn by the beacon of the last block but one of epoch 1, whose window ends in epoch 2.
  private static final long AUDIT_AT = 199;

  private static final long UNTIL_HEIGHT = 220;
  private static final long UNTIL_SECONDS = 5_000;

  private static WorkJob job(Hash profile) {
    return new WorkJob(
        Address.ZERO,
        Amount.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        1,
        60,
        60,
        1,
        Amount.ZERO,
        0,
        Hash.ZERO,
        Hash.ZERO,
        WorkJob.PARTIES,
        profile,
        0);
  }

  private static ClaimEnd end(Hash profile, Optional<Hash> beacon, long disputes, WorkAudit audit) {
    WorkClaim claim =
        new WorkClaim(
            WorkClaim.State.REVEALED,
            Address.ZERO,
            0,
            disputes,
            Amount.ZERO,
            UNTIL_HEIGHT,
            UNTIL_SECONDS,
            190,
            AUDIT_AT,
            Amount.ZERO,
            SOME,
            SOME,
            beacon,
            Collections.nCopies(SEATS, 1L));
    return new ClaimEnd(new ClaimId(1, 0), job(profile), claim, audit);
  }

  private static ClaimEnd end(WorkAudit audit) {
    return end(Hash.ZERO, Optional.of(SOME), 0, audit);
  }

  private static WorkAudit reported(long seats) {
    return new WorkAudit(seats, 0, 0, 0, 0, 0, 0);
  }

  private static Patience.Clocks at(long height, long seconds) {
    return new Patience.Clocks(height, seconds);
  }

  @Test // The last block of epoch 1 is 200.
  void reportsOfAllSeatsAreClosedOnceTheirSecretsMayBeShown() {
    assertFalse(end(reported(ALL)).mayClose(at(200, 0)));
    assertTrue(end(reported(ALL)).mayClose(at(201, 0)));
    WorkAudit closed = new WorkAudit(ALL, 0, ALL, 201, 230, 5_100, 0);
    assertFalse(end(closed).mayClose(at(201, 0)));
    assertFalse(end(Hash.ZERO, Optional.empty(), 0, reported(ALL)).mayClose(at(201, 0)));
  }

  @Test
  void reportsOfSomeSeatsAreClosedOnceBothClocksOfTheWindowHaveRunOut() {
    WorkAudit some = reported(ALL - 1);
    assertFalse(end(some).mayClose(at(UNTIL_HEIGHT + 1, UNTIL_SECONDS)));
    assertFalse(end(some).mayClose(at(UNTIL_HEIGHT, UNTIL_SECONDS + 1)));
    assertTrue(end(some).mayClose(at(UNTIL_HEIGHT + 1, UNTIL_SECONDS + 1)));
    assertFalse(end(reported(0)).mayClose(at(UNTIL_HEIGHT + 1, UNTIL_SECONDS + 1)));
  }

  @Test
  void aClaimIsSettledOnceBothClocksOfTheSecondAuditHaveRunOut() {
    WorkAudit closed = new WorkAudit(ALL, 0, ALL, 201, 230, 5_100, 0);
    assertFalse(end(closed).maySettle(at(231, 5_100)));
    assertFalse(end(closed).maySettle(at(230, 5_101)));
    assertTrue(end(closed).maySettle(at(231, 5_101)));
    assertFalse(end(Hash.ZERO, Optional.of(SOME), 1, closed).maySettle(at(231, 5_101)), "disputed");
    WorkAudit early = new WorkAudit(ALL, 0, ALL, 201, 210, 4_000, 0);
    assertFalse(end(early).maySettle(at(UNTIL_HEIGHT, UNTIL_SECONDS + 1)), "its window is open");
  }

  @Test
  void aClaimWithoutAReportThatCountsIsSettledWithoutASecondAudit() {
    Patience.Clocks over = at(UNTIL_HEIGHT + 1, UNTIL_SECONDS + 1);
    assertTrue(end(reported(0)).maySettle(over));
    assertFalse(end(Hash.ZERO, Optional.empty(), 0, reported(0)).maySettle(over), "not drawn");
    assertFalse(end(reported(ALL)).maySettle(over), "they are to be closed first");
    assertFalse(end(reported(ALL)).maySettle(at(300, UNTIL_SECONDS + 1)));
    assertTrue(end(reported(ALL)).maySettle(at(301, UNTIL_SECONDS + 1)), "no secret was shown");
    assertTrue(end(SOME, Optional.of(SOME), 0, reported(ALL)).maySettle(over), "nobody compares");
  }

  @Test
  void othersLeaveTheWorkerItsTime() {
    WorkAudit closed = new WorkAudit(ALL, 0, ALL, 201, 230, 5_100, 0);
    assertEquals(List.of(), end(closed).inItsPlace(at(251 + 3, 5_110), 3));
    assertEquals(List.of(), end(closed).inItsPlace(at(250 + 3, 5_111), 3));
    assertEquals(List.of(end(closed).settlement()), end(closed).inItsPlace(at(251 + 3, 5_111), 3));
    ClaimEnd open = end(reported(ALL));
    assertEquals(List.of(), open.inItsPlace(at(220, 10_000), 0));
    assertEquals(List.of(open.closing()), open.inItsPlace(at(221, 10_000), 0));
  }
}
