// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.FIRST_WORKER;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.WorkObjection.Said;
import io.aitbc.execution.WorkObjection.Stage;
import io.aitbc.execution.WorkObjection.Verdict;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Claims of class TOLERANCE, objections and their opinions, with the real contracts. For tests.
abstract class JuriedClaim { // Protocol §17.17
  static final UInt256 CHAIN = UInt256.of(7);
  static final String ENGINE = "onnxruntime 1.29.0, fp32";
  static final Hash PROFILE = JuryCall.profile(ENGINE);
  static final int FIRST_EVALUATOR = 33;
  static final int EVALUATORS = 7;
  static final int EVALUATOR = 2;
  static final int SEATS = 21;

  /// Blocks from what causes a draw to its beacon.
  static final int DRAW_BLOCKS = 6;

  static final Amount REWARD = Amount.aitbc(24);
  static final Amount SLASH = REWARD.times(10);
  static final Amount BOND = Amount.aitbc(3_000);

  final WorkWorld work = new WorkWorld();

  void registerEvaluators() {
    for (int i = 0; i < EVALUATORS; i++) {
      work.register(FIRST_EVALUATOR + i, EVALUATOR, Amount.aitbc(100));
    }
  }

  void calibrate() {
    succeed(work.send(MAKER, WorkCall.calibrate(work.model(), ENGINE, 5_000)));
    serve();
  }

  /// All workers serve the class.
  void serve() {
    for (int i = 0; i < 3; i++) {
      succeed(
          work.send(
              FIRST_WORKER + i,
              WorkCall.describeService(
                  ServiceRole.WORKER, WorkJob.EXACT | WorkJob.TOLERANCE, "https://here")));
    }
  }

  WorkJob.Request request() {
    return work.request(Hash.ZERO).under(PROFILE);
  }

  <T> T read(ContractRead<T> question) {
    return work.read(question);
  }

  /// A revealed claim with its seats drawn, in a network with evaluators.
  ClaimId revealed() {
    registerEvaluators();
    calibrate();
    return another();
  }

  ClaimId another() {
    long job = work.submit(request(), FEE);
    int _ = work.revealed(job, work.outputs(work.traces.get(1).output()).root());
    work.pass(5);
    ClaimId claim = new ClaimId(job, 0);
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    return claim;
  }

  Amount deposit(ClaimId claim) {
    return read(WorkRead.objectionDeposit(claim));
  }

  long object(int who, ClaimId claim, long leaf) {
    EconomyWorld.Outcome outcome = work.send(who, JuryCall.object(claim, leaf, deposit(claim)));
    succeed(outcome);
    work.pass(DRAW_BLOCKS);
    return outcome.word(0).toLongExact();
  }

  WorkObjection state(long objection) {
    return read(WorkRead.objection(objection));
  }

  List<Integer> members(long objection) {
    return read(WorkRead.members(objection)).stream().map(WorkWorld::indexOf).toList();
  }

  static Hash salt(int who) {
    return Keccak256.hash(Bytes.of((byte) who, (byte) 3));
  }

  EconomyWorld.Outcome seal(int who, long objection, Said said) {
    return work.send(
        who,
        JuryCall.commit(
            objection, JuryCall.commitment(CHAIN, objection, account(who), said, salt(who))));
  }

  EconomyWorld.Outcome open(int who, long objection, Said said) {
    return work.send(who, JuryCall.reveal(objection, said, salt(who)));
  }

  /// All seal, all open, and it goes on.
  void opine(long objection, Map<Integer, Said> opinions) {
    opinions.forEach((who, said) -> succeed(seal(who, objection, said)));
    if (state(objection).committed() < state(objection).seats()) {
      work.pass(1_801);
    }
    opinions.forEach((who, said) -> succeed(open(who, objection, said)));
    if (state(objection).revealed() < state(objection).seats()) {
      work.pass(301);
    }
    succeed(work.send(MAKER, JuryCall.decide(objection)));
    work.pass(DRAW_BLOCKS);
    work.balance();
  }

  Map<Integer, Said> all(long objection, Said said) {
    Map<Integer, Said> opinions = new TreeMap<>();
    members(objection).forEach(who -> opinions.put(who, said));
    return opinions;
  }

  Amount burning() {
    return new Amount(work.world.read(EconomyContract.SLASHING, CallData.of("burning()")));
  }

  int worker(ClaimId claim) {
    return WorkWorld.indexOf(read(WorkRead.claim(claim)).worker());
  }

  Amount bond(int worker) {
    return read(WorkRead.service(ServiceRole.WORKER, account(worker))).bond();
  }

  void assertOver(long objection, Verdict verdict) {
    assertEquals(Stage.OVER, state(objection).stage());
    assertEquals(Optional.of(verdict), state(objection).verdict());
    assertEquals(Amount.ZERO, work.world.balance(EconomyContract.JURIES.address()));
    assertTrue(work.ask(WorkRead.members(objection)).isEmpty());
  }

  static Amount half(Amount amount) {
    return new Amount(amount.wei().dividedBy(UInt256.of(2)));
  }
}
