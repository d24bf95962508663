// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.FIRST_AUDITOR;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A claim of inference with its seats, their reports and what becomes of them, with the real
/// contracts and referee. For tests.
abstract class AuditedClaim { // Protocol §17.13, §17.14
  static final UInt256 CHAIN = UInt256.of(7);
  static final int SEATS = 10;
  static final int LEAVES = 7;
  static final Amount BOND = Amount.aitbc(100);

  /// A twentieth of the fee for ten seats and the second auditor.
  static final Amount PART = divided(FEE, 220);

  static final Amount STAKE = divided(FEE, 20, 11, 10);

  final WorkWorld work = new WorkWorld();
  final TrainingWorld training = new TrainingWorld(work, 2);
  final TreeMap<Integer, List<Hash>> reports = new TreeMap<>();
  MerkleTree inputs = work.inputs;

  @SuppressWarnings("NullAway.Init") // Set by begin.
  ClaimId claim;

  @SuppressWarnings("NullAway.Init") // Set by begin.
  List<Integer> seats;

  int worker;
  long epoch;

  AuditedClaim() {
    begin(work.traces.get(1).output());
  }

  /// A claim with this output of item 1, and its seats.
  final void begin(byte[] ofItemOne) {
    begin(work.submit(work.model(), inputs.root(), FEE, 0), work.outputs(ofItemOne).root());
  }

  /// The claim of a job with these outputs, and its seats.
  final void begin(long job, Hash outputs) {
    claim = new ClaimId(job, 0);
    worker = work.revealed(job, outputs);
    work.pass(5);
    succeed(work.send(STRANGER, WorkCall.drawSeats(claim)));
    seats = state().places().stream().map(this::index).toList();
    epoch = (state().auditAt() - 1) / 100;
  }

  static Amount divided(Amount amount, int by) {
    return new Amount(amount.wei().dividedBy(UInt256.of(by)));
  }

  /// As the contract rounds: the share, then the parts, then as many of them.
  static Amount divided(Amount fee, int share, int parts, int times) {
    return divided(divided(fee, share), parts).times(times);
  }

  <T> T read(ContractRead<T> question) {
    return training.read(question);
  }

  WorkClaim state() {
    return read(WorkRead.claim(claim));
  }

  int index(long place) {
    return FIRST_AUDITOR
        + IntStream.range(0, 5)
            .filter(i ->
                account(FIRST_AUDITOR + i)
                    .equals(read(WorkRead.accountAt(ServiceRole.AUDITOR, place))))
            .findFirst()
            .orElseThrow();
  }

  ServiceAccount auditor(int who) {
    return read(WorkRead.service(ServiceRole.AUDITOR, account(who)));
  }

  long leaf(int seat, int number) {
    Hash secret = WorkWorld.link(seats.get(seat), (int) epoch);
    return WorkCall.leaves(
            secret, state().auditBeacon().orElseThrow(), claim, seat, LEAVES, WorkWorld.ITEMS)
        .get(number);
  }

  Hash root(long leaf) {
    return !inputs.equals(work.inputs) && leaf == 1
        ? Hash.ZERO
        : work.traces.get((int) leaf).tree().root();
  }

  Hash hash(int who, int seat, int number, long leaf, Hash root) {
    return WorkCall.report(CHAIN, account(who), claim, seat, number, leaf, root);
  }

  List<Hash> truth(int seat) {
    List<Hash> hashes = new ArrayList<>();
    for (int number = 0; number < LEAVES; number++) {
      long leaf = leaf(seat, number);
      boolean _ = hashes.add(hash(seats.get(seat), seat, number, leaf, root(leaf)));
    }
    return hashes;
  }

  EconomyWorld.Outcome report(int who, int seat, List<Hash> hashes) {
    List<Hash> _ = reports.put(seat, hashes);
    return work.send(who, WorkCall.report(claim, seat, hashes));
  }

  /// All report, one of them something else, and show their secrets in the next epoch.
  void reportAndClose(int seat, List<Hash> hashes) {
    for (int i = 0; i < SEATS; i++) {
      succeed(report(seats.get(i), i, i == seat ? hashes : truth(i)));
    }
    close();
  }

  void close() {
    while (work.world.epoch() == epoch) {
      work.pass(1);
    }
    for (int who : seats.stream().distinct().toList()) {
      succeed(
          work.send(
              STRANGER,
              WorkCall.showSecret(account(who), 0, epoch, WorkWorld.link(who, (int) epoch))));
    }
    succeed(work.send(STRANGER, WorkCall.closeReports(claim)));
    work.pass(1);
  }

  WorkAudit.Given given() {
    return read(WorkRead.given(claim));
  }

  int second() {
    return FIRST_AUDITOR
        + IntStream.range(0, 5)
            .filter(i -> account(FIRST_AUDITOR + i).equals(given().second()))
            .findFirst()
            .orElseThrow();
  }

  boolean isGiven(int seat) {
    return given().numbers().get(seat) < LEAVES;
  }

  /// What the second auditor finds, with something else about one seat.
  List<Hash> found(int seat, Hash other) {
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < SEATS; i++) {
      Hash hash = Hash.ZERO;
      if (isGiven(i)) {
        long leaf = leaf(i, given().numbers().get(i).intValue());
        hash = hash(second(), WorkAudit.SECOND, i, leaf, root(leaf));
      }
      boolean _ = hashes.add(i == seat ? other : hash);
    }
    return hashes;
  }

  int givenSeat() {
    return IntStream.range(0, SEATS).filter(this::isGiven).findFirst().orElseThrow();
  }

  Amount deposit() {
    return DisputeCall.reportDeposit(read(WorkRead.deposit(claim)), STAKE);
  }

  EconomyWorld.Outcome challenge(int who, int seat, long number) {
    return work.send(
        who,
        DisputeCall.challengeReport(
            claim, seat, number, Objects.requireNonNull(reports.get(seat)), deposit()));
  }

  void assertUnharmed(int who) {
    assertEquals(BOND, auditor(who).bond());
    assertEquals(Amount.ZERO, auditor(who).reserved());
    assertEquals(0, auditor(who).duties());
  }

  void settle() {
    work.pass(301);
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
  }

  /// A seat, and which of its leaves is item 1, the first of several.
  record Place(int seat, int number) {}

  List<Place> placesOfItemOne() {
    return IntStream.range(0, SEATS)
        .boxed()
        .flatMap(seat ->
            IntStream.range(0, LEAVES)
                .filter(number -> leaf(seat, number) == 1)
                .limit(1)
                .mapToObj(number -> new Place(seat, number)))
        .toList();
  }
}
