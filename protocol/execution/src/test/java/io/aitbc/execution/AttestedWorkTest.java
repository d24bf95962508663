// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.FIRST_WORKER;
import static io.aitbc.execution.WorkWorld.ITEMS;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.devtee.DevelopmentMachine;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Jobs of class ATTESTED, with evidence of machines that are made up, under a root that the policy
/// pins. Protocol §17.12, §17.13.
class AttestedWorkTest {
  private static final Address TIMELOCK = EconomyContract.TIMELOCK.address();
  private static final Address COLLATERAL = EconomyContract.COLLATERAL_REGISTRY.address();
  private static final Address RUNTIMES = EconomyContract.RUNTIME_REGISTRY.address();
  private static final Hash CODE = Keccak256.hash(Bytes.of((byte) 9));
  private static final int ATTESTED = 1 << 2;
  private static final DevelopmentMachine MACHINE =
      new DevelopmentMachine(Platform.SGX, Hash.fromHex("5e".repeat(32)).toBytes(), "a");

  private final WorkWorld work = new WorkWorld();
  private final List<Hash> subjects = new ArrayList<>();

  AttestedWorkTest() {
    work.world.timeMillis = Instant.parse("2026-11-29T00:00:00Z").toEpochMilli();
    work.world.nextBlock();
    governed(COLLATERAL, CallData.of("setPolicy(bytes)").bytes(policy(MACHINE.root()).encoded()));
    for (CollateralItem item : MACHINE.collateral(Instant.parse("2026-11-01T00:00:00Z"))) {
      EconomyWorld.Outcome taken =
          work.world.send(
              account(STRANGER),
              COLLATERAL,
              Amount.ZERO,
              CallData.of("submit(bytes)").bytes(item.encoded()));
      succeed(taken);
      subjects.add(taken.word(0).toHash());
    }
    for (int worker = 0; worker < 3; worker++) {
      succeed(
          work.send(
              FIRST_WORKER + worker,
              WorkCall.describeService(ServiceRole.WORKER, 1 | ATTESTED, "https://here")));
    }
  }

  private static TrustPolicy policy(Hash root) {
    return new TrustPolicy(
        true,
        new TreeSet<>(List.of(Platform.SGX)),
        new TreeSet<>(List.of(root)),
        new TreeSet<>(),
        new TreeSet<>(List.of(TcbStatus.UP_TO_DATE)),
        0,
        new TreeMap<>(),
        0,
        true,
        List.of(),
        List.of(),
        List.of(),
        new TreeSet<>(),
        new TreeSet<>(),
        256,
        Hash.ZERO);
  }

  private void governed(Address contract, CallData call) {
    succeed(work.world.send(TIMELOCK, contract, Amount.ZERO, call));
  }

  private void approve() {
    governed(
        RUNTIMES,
        CallData.of("approve(bytes32,uint8,uint32,bytes)")
            .hash(CODE)
            .number(Platform.SGX.code())
            .number(1)
            .bytes(MACHINE.measurement(CODE)));
  }

  private WorkJob.Request request() {
    return new WorkJob.Request(
        work.model(),
        work.inputs.root(),
        Hash.ZERO,
        ITEMS,
        20,
        10,
        Amount.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        0,
        CODE);
  }

  private Hash outputs() {
    return work.outputs(work.traces.get(1).output()).root();
  }

  private static ClaimId claim(long job) {
    return new ClaimId(job, 0);
  }

  /// What the machine says of a claim's outputs.
  private WorkCall.Evidence evidence(long job, int worker, Hash outputs) {
    long anchor = work.world.height - 1;
    Binding binding =
        new Binding(
            EconomyWorld.blockHash(0),
            WorkCall.boundTask(Hash.ZERO, claim(job)),
            EconomyWorld.blockHash(anchor),
            anchor,
            CODE,
            work.inputs.root(),
            outputs,
            WorkCall.boundWorker(account(worker)));
    TeeClaim said = new TeeClaim(MACHINE.evidence(CODE, binding.userData(Hash.ZERO)), List.of());
    return new WorkCall.Evidence(Platform.SGX.code(), 0, anchor, said.encoded(), subjects);
  }

  private EconomyWorld.Outcome reveal(long job, int worker, WorkCall.Evidence evidence) {
    return work.send(
        worker, WorkCall.revealAttested(claim(job), outputs(), WorkWorld.SALT, evidence));
  }

  /// A job whose worker committed in an earlier block.
  private int committed(long job) {
    int worker = work.accepted(job);
    succeed(work.commit(worker, job, outputs()));
    work.pass(1);
    return worker;
  }

  private List<UInt256> seats(long job) {
    EconomyWorld.Outcome claimed =
        work.call(0, WorkWorld.LEDGER, Amount.ZERO, WorkWorld.at("claimAt", job));
    WorkClaim state =
        WorkClaim.of(new ReturnWords(new ReturnData(claimed.result().output()))).orElseThrow();
    return state.places().stream().map(UInt256::of).toList();
  }

  private WorkAttestation attestation(long job) {
    EconomyWorld.Outcome asked =
        work.call(0, WorkWorld.LEDGER, Amount.ZERO, WorkWorld.at("attestationOf", job));
    return WorkAttestation.of(new ReturnWords(new ReturnData(asked.result().output())))
        .orElseThrow();
  }

  @Test // Protocol §17.13: half of the seats, and half of the weight.
  void evidenceIsJudgedAtTheRevealAndFewerAuditorsAreDrawn() {
    assertError("CodeNotApproved(bytes32)", work.send(CLIENT, WorkCall.submit(request(), FEE)));
    approve();
    long job = work.submit(request(), FEE);
    int worker = committed(job);
    work.pass(6);
    assertError("WrongState(uint256,uint256,uint8)", work.ledger(STRANGER, "drawSeats", job));
    assertError("EvidenceMissing(uint256,uint256)", work.reveal(worker, job, outputs()));
    WorkCall.Evidence ofOther = evidence(job, worker, work.inputs.root());
    EconomyWorld.Outcome refused = reveal(job, worker, ofOther);
    assertError("EvidenceRefused(uint256)", refused);
    assertEquals(
        Reason.BINDING_MISMATCH.code(),
        new ReturnWords(new ReturnData(refused.result().output().slice(4, 32))).number(0));
    EconomyWorld.Outcome revealed = reveal(job, worker, evidence(job, worker, outputs()));
    succeed(revealed);
    System.out.printf("[notice] reveal with SGX evidence: %d gas%n", revealed.gasUsed());
    assertEquals(1, attestation(job).level());
    assertTrue(attestation(job).fewerSeats());
    // Whom they are was not known while giving the claim up was cheap.
    work.pass(5);
    assertError("NotYet(uint256,uint256)", work.ledger(STRANGER, "drawSeats", job));
    work.pass(1);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    assertEquals(5, seats(job).size());
    assertError("StillTrusted(uint256,uint256)", work.ledger(STRANGER, "drawRest", job));
    work.pass(301);
    succeed(work.ledger(STRANGER, "settle", job));
    work.balance();
    assertEquals(Amount.aitbc(24), work.credit(worker));
  }

  @Test // Protocol §17.13: the seats' bonds are the commitment's, and the delay is the reveal's.
  void noBondAfterTheCommitmentAndNoDelayAfterTheRevealChangesTheSeats() {
    approve();
    long job = work.submit(request(), FEE);
    int worker = committed(job);
    work.register(STRANGER, WorkWorld.AUDITOR, Amount.aitbc(100_000));
    work.set(EconomyParameter.AUDIT_DELAY, 8);
    succeed(reveal(job, worker, evidence(job, worker, outputs())));
    work.set(EconomyParameter.AUDIT_DELAY, 1);
    work.pass(7);
    assertError("NotYet(uint256,uint256)", work.ledger(STRANGER, "drawSeats", job));
    work.pass(1);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    long places = 5; // Of those who were there.
    assertTrue(seats(job).stream().allMatch(each -> each.toLongExact() <= places));
  }

  @Test // Protocol §17.12
  void onlyAJobThatAsksForEvidenceTakesItAndOnlyAWorkerOfItsClassTakesTheJob() {
    approve();
    long exact = work.submit(FEE, 0);
    int worker = committed(exact);
    assertError(
        "EvidenceNotAsked(uint256,uint256)",
        reveal(exact, worker, evidence(exact, worker, outputs())));
    long job = work.submit(request(), FEE);
    work.pass(1);
    int drawn = work.workers(job).getFirst();
    succeed(work.send(drawn, WorkCall.describeService(ServiceRole.WORKER, 1, "https://here")));
    assertError("NotServed(address,uint256)", work.accept(drawn, job));
  }

  @Test // Protocol §17.13: keys of machines get lost.
  void theRestOfTheSeatsIsDrawnWhenTheMachineIsStruckOffBeforeSettlement() {
    approve();
    long job = work.submit(request(), FEE);
    int worker = committed(job);
    succeed(reveal(job, worker, evidence(job, worker, outputs())));
    work.pass(6);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    List<UInt256> five = seats(job);
    work.pass(301);
    governed(
        RUNTIMES,
        CallData.of("setDenied(bytes32,bool)").hash(attestation(job).hardware()).number(1));
    assertError("NoLongerTrusted(uint256,uint256)", work.ledger(STRANGER, "settle", job));
    succeed(work.ledger(STRANGER, "drawRest", job));
    List<UInt256> ten = seats(job);
    assertEquals(10, ten.size());
    assertEquals(five, ten.subList(0, 5));
    assertFalse(attestation(job).fewerSeats());
    assertError("WindowOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
    work.pass(301);
    succeed(work.ledger(STRANGER, "settle", job));
    work.balance();
  }

  @Test // Protocol §17.13: evidence may come to be refused by no fault of the worker's.
  void whoCannotShowEvidenceInTimePaysAsForALateCommitment() {
    approve();
    long job = work.submit(request(), FEE);
    int worker = committed(job);
    governed(RUNTIMES, CallData.of("strikeOff(bytes32,uint256)").hash(CODE).number(0));
    assertError("EvidenceRefused(uint256)", reveal(job, worker, evidence(job, worker, outputs())));
    work.pass(121);
    succeed(work.ledger(STRANGER, "late", job));
    work.balance();
    assertEquals(Amount.aitbc(3), work.credit(CLIENT)); // A tenth of the fee.
  }

  @Test // Protocol §17.13: one machine vouches for so many claims of an epoch.
  void aMachineThatVouchesForTooManyClaimsIsAuditedLikeAnyOther() {
    approve();
    work.set(EconomyParameter.MACHINE_CLAIMS, 1);
    List<Boolean> fewer = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      long job = work.submit(request(), FEE);
      int worker = committed(job);
      succeed(reveal(job, worker, evidence(job, worker, outputs())));
      fewer.add(attestation(job).fewerSeats());
    }
    assertEquals(List.of(true, false), fewer);
  }
}
