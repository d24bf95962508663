// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What registrants measure of their models, and the jobs that name it.
class CalibrationTest extends JuriedClaim { // Protocol §17.17
  @Test // Protocol §17.11, §17.12, §17.17
  void onlyACalibratedModelIsOfferedAndOnlyWhoServesTheClassTakesIt() {
    assertError(
        "NotCalibrated(bytes32,bytes32,uint256)",
        work.send(CLIENT, WorkCall.submit(request(), FEE)));
    assertError(
        "NotRegistrant(bytes32,address)",
        work.send(STRANGER, WorkCall.calibrate(work.model(), ENGINE, 1)));
    assertError(
        "ToleranceTooHigh(uint256,uint256)",
        work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 10_001)));
    assertError("NoProfile()", work.send(MAKER, WorkCall.calibrate(work.model(), "", 1)));
    assertError(
        "NameTooLong(uint256,uint256)",
        work.send(MAKER, WorkCall.calibrate(work.model(), "x".repeat(129), 1)));
    EconomyWorld.Outcome said = work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 5_000));
    succeed(said);
    assertEquals(
        List.of(new WorkEvent.Calibrated(work.model(), PROFILE, 5_000, WorkWorld.text(ENGINE))),
        said.logs().stream().flatMap(log -> WorkEvent.of(log).stream()).toList());
    assertEquals(5_000, work.read(WorkRead.tolerance(work.model(), PROFILE)));
    long job = work.submit(request(), FEE);
    assertEquals(5_000, work.read(WorkRead.job(job)).tolerance());
    assertTrue(work.read(WorkRead.job(job)).isTolerant());
    work.pass(1);
    assertError("NotServed(address,uint256)", work.accept(work.workers(job).getFirst(), job));
    serve();
    succeed(work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 0)));
    assertEquals(5_000, work.read(WorkRead.job(job)).tolerance(), "what it began with");
    succeed(work.accept(work.workers(job).getFirst(), job));
    assertError(
        "NotCalibrated(bytes32,bytes32,uint256)",
        work.send(CLIENT, WorkCall.submit(request(), FEE)));
    succeed(work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 5_000)));
    work.set(EconomyParameter.TOLERANCE_MAX, 4_999);
    assertError(
        "NotCalibrated(bytes32,bytes32,uint256)",
        work.send(CLIENT, WorkCall.submit(request(), FEE)));
  }

  @Test // Protocol §17.11
  void whatAFormerRegistrantMeasuredIsNoWordOfTheNext() {
    succeed(work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 5_000)));
    succeed(
        work.call(
            MAKER,
            WorkWorld.MODELS,
            Amount.ZERO,
            CallData.of("close(bytes32)").hash(work.model())));
    succeed(work.registerModel(CLIENT, Amount.aitbc(100)));
    assertError(
        "NotCalibrated(bytes32,bytes32,uint256)",
        work.send(CLIENT, WorkCall.submit(request(), FEE)));
    assertError(
        "NotRegistrant(bytes32,address)",
        work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 1)));
    succeed(work.send(CLIENT, WorkCall.calibrate(work.model(), ENGINE, 100)));
    assertEquals(100, work.read(WorkRead.tolerance(work.model(), PROFILE)));
  }
}
