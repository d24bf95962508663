// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.FIRST_AUDITOR;
import static io.aitbc.execution.WorkWorld.FIRST_WORKER;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Trace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Typed calls, questions and events of AI work against the contracts themselves.
class WorkReadTest { // Protocol §17.10, §17.11, §17.12, §17.13, §17.14
  private static final UInt256 CHAIN = UInt256.of(7);

  private final WorkWorld work = new WorkWorld();
  private final List<WorkEvent> events = new ArrayList<>();

  private void send(int who, EconomyCall call) {
    EconomyWorld.Outcome outcome =
        work.world.send(account(who), call.contract().address(), call.money(), call.input());
    WorkWorld.succeed(outcome);
    outcome.logs().forEach(log -> WorkEvent.of(log).ifPresent(events::add));
  }

  private <T extends WorkEvent> T last(Class<T> kind) {
    return events.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  private Hash outputs() {
    return work.outputs(work.traces.get(1).output()).root();
  }

  private WorkJob.Request request() {
    return new WorkJob.Request(
        work.model(),
        work.inputs.root(),
        Keccak256.hash(Bytes.EMPTY),
        WorkWorld.ITEMS,
        20,
        10,
        Amount.aitbc(500),
        Hash.ZERO);
  }

  /// A new job whose first drawn worker accepts it; which of the worker's accounts that is.
  private int accepted(ClaimId claim) {
    assertEquals(WorkJob.Place.OPEN, work.read(WorkRead.assignment(claim)).place());
    assertTrue(work.ask(WorkRead.workers(claim)).isEmpty()); // Before the beacon.
    assertTrue(work.ask(WorkRead.claim(claim)).isEmpty());
    work.pass(1);
    List<Address> drawn = work.read(WorkRead.workers(claim));
    assertEquals(3, drawn.size());
    assertEquals(0, work.read(WorkRead.turn(claim)));
    int worker = WorkWorld.indexOf(drawn.getFirst());
    send(worker, WorkCall.accept(claim));
    return worker;
  }

  @Test // Protocol §17.10 to §17.13: what a client, a worker and auditors send and read.
  void aClaimsLifeIsSentAndReadWithTypes() {
    assertEquals(0, work.read(WorkRead.jobCount()));
    assertTrue(work.ask(WorkRead.job(1)).isEmpty());
    send(CLIENT, WorkCall.submit(request(), FEE));
    WorkEvent.Submitted submitted = last(WorkEvent.Submitted.class);
    assertEquals(new WorkEvent.Submitted(1, account(CLIENT), FEE, request()), submitted);
    ClaimId claim = new ClaimId(1, 0);
    WorkJob job = work.read(WorkRead.job(1));
    assertEquals(Amount.aitbc(10), job.feePerItem());
    assertEquals(request().task(), job.task());
    assertEquals(Amount.aitbc(500), job.valueAtRisk());
    assertEquals(1, job.claims());
    assertEquals(new WorkJob.ClaimSize(WorkWorld.ITEMS, FEE), work.read(WorkRead.size(claim)));

    int worker = accepted(claim);
    ServiceAccount service = work.read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(Amount.aitbc(2_500), service.free());
    assertEquals(1, service.duties());
    assertEquals(
        new WorkEvent.Accepted(claim, account(worker), Amount.aitbc(500)),
        last(WorkEvent.Accepted.class));
    Hash commitment = WorkCall.commitment(CHAIN, claim, account(worker), outputs(), WorkWorld.SALT);
    send(worker, WorkCall.commit(claim, commitment));
    WorkClaim committed = work.read(WorkRead.claim(claim));
    assertEquals(WorkClaim.State.COMMITTED, committed.state());
    assertEquals(commitment, committed.commitment());
    assertEquals(committed.committedAt() + 6, committed.auditAt());
    work.set(EconomyParameter.AUDIT_DELAY, 1); // Holds for later commitments.
    work.pass(1);
    send(worker, WorkCall.reveal(claim, outputs(), WorkWorld.SALT));
    assertEquals(new WorkEvent.Revealed(claim, outputs()), last(WorkEvent.Revealed.class));
    work.pass(5);
    send(STRANGER, WorkCall.drawSeats(claim));
    WorkClaim drawn = work.read(WorkRead.claim(claim));
    WorkEvent.SeatsDrawn seats = last(WorkEvent.SeatsDrawn.class);
    assertEquals(10, seats.places().size());
    assertEquals(seats.places(), drawn.places());
    assertEquals(Optional.of(seats.beacon()), drawn.auditBeacon());
    assertEquals(
        UInt256.of(seats.beacon()),
        work.world.read(
            EconomyContract.BEACON_HISTORY,
            CallData.of("beacon(uint256)").number(committed.auditAt())));
    auditsAndSettles(claim, worker, seats);
  }

  private void auditsAndSettles(ClaimId claim, int worker, WorkEvent.SeatsDrawn seats) {
    Address auditor = work.read(WorkRead.accountAt(ServiceRole.AUDITOR, seats.places().get(9)));
    int who = WorkWorld.indexOf(auditor);
    long epoch = work.world.epoch();
    Hash secret = WorkWorld.link(who, (int) epoch);
    List<Long> leaves = WorkCall.leaves(secret, seats.beacon(), claim, 9, 7, WorkWorld.ITEMS);
    assertEquals(leaves, contractLeaves(claim, 9, secret));
    List<Hash> report = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      long leaf = leaves.get(i);
      report.add(WorkCall.report(CHAIN, auditor, claim, 9, i, leaf, traceRoot(leaf)));
    }
    send(who, WorkCall.report(claim, 9, report));
    assertEquals(new WorkEvent.Reported(claim, 9, report), last(WorkEvent.Reported.class));
    assertEquals(
        List.of(new ServiceAccount.SecretChain(1, 0, WorkWorld.link(who, 0))),
        work.read(WorkRead.secretChains(auditor)));
    assertTrue(work.ask(WorkRead.secret(auditor, epoch)).isEmpty());
    work.pass(301);
    send(STRANGER, WorkCall.showSecret(auditor, 0, epoch, secret));
    assertEquals(Optional.of(secret), work.ask(WorkRead.secret(auditor, epoch)));
    assertEquals(
        new WorkEvent.SecretShown(auditor, epoch, secret), last(WorkEvent.SecretShown.class));
    send(STRANGER, WorkCall.closeReports(claim));
    assertEquals(new WorkEvent.ReportsClosed(claim, 1 << 9), last(WorkEvent.ReportsClosed.class));
    WorkAudit audit = work.read(WorkRead.audit(claim));
    assertTrue(audit.hasReported(9) && audit.counts(9) && !audit.isDisputed(9));
    assertEquals(work.world.height, audit.closedAt());
    assertEquals(audit.closedAt() + 60, audit.untilHeight());
    work.pass(61);
    assertEquals(10, work.read(WorkRead.given(claim)).numbers().size());
    send(STRANGER, WorkCall.settle(claim));
    assertEquals(WorkClaim.State.SETTLED, work.read(WorkRead.claim(claim)).state());
    assertEquals(WorkJob.Place.OVER, work.read(WorkRead.assignment(claim)).place());
    assertEquals(Amount.aitbc(24), work.read(WorkRead.credit(account(worker))));
    send(worker, WorkCall.withdrawCredit());
    assertEquals(Amount.ZERO, work.read(WorkRead.credit(account(worker))));
  }

  private Hash traceRoot(long leaf) {
    return work.traces.get((int) leaf).tree().root();
  }

  /// As the contract draws them.
  private List<Long> contractLeaves(ClaimId claim, int seat, Hash secret) {
    CallData data =
        claim
            .on(CallData.of("leavesOf(uint256,uint256,uint256,bytes32,uint256)"))
            .number(seat)
            .hash(secret)
            .number(7);
    return work.read(
        ContractRead.of(
            EconomyContract.WORK_LEDGER,
            data,
            words -> words.listAt(0).map(all -> all.stream().map(UInt256::low).toList())));
  }

  @Test // Protocol §17.14
  void aDisputeIsSentAndReadWithTypes() {
    send(CLIENT, WorkCall.submit(request(), FEE));
    ClaimId claim = new ClaimId(1, 0);
    int worker = accepted(claim);
    send(
        worker,
        WorkCall.commit(
            claim, WorkCall.commitment(CHAIN, claim, account(worker), outputs(), WorkWorld.SALT)));
    work.pass(1);
    send(worker, WorkCall.reveal(claim, outputs(), WorkWorld.SALT));
    Amount deposit = work.read(WorkRead.deposit(claim));
    send(STRANGER, DisputeCall.challenge(claim, 1, deposit));
    assertEquals(new WorkEvent.Opened(1, claim, 1, false, 0), last(WorkEvent.Opened.class));
    assertEquals(1, work.read(WorkRead.disputeCount()));
    WorkDispute dispute = work.read(WorkRead.dispute(1));
    assertEquals(claim, dispute.claim());
    assertEquals(WorkDispute.Stage.TRACE_ROOT, dispute.stage());
    assertEquals(account(STRANGER), dispute.challenger());
    assertEquals(deposit, dispute.deposit());
    Trace own = work.traces.get(1);
    List<Hash> answer = own.tree().below(own.tree().height(), 0);
    send(worker, DisputeCall.answerRoot(1, own.tree().root(), answer));
    assertEquals(new WorkEvent.Answered(1, answer), last(WorkEvent.Answered.class));
    send(STRANGER, DisputeCall.descend(1, 3, answer.get(3), path(MerkleTree.over(answer).path(3))));
    assertEquals(new WorkEvent.Descended(1, 1, 3), last(WorkEvent.Descended.class));
    dispute = work.read(WorkRead.dispute(1));
    assertEquals(WorkDispute.Stage.NODES, dispute.stage());
    assertEquals(3, dispute.index());
    List<Hash> below = own.tree().below(1, 3);
    send(worker, DisputeCall.answerNodes(1, below));
    send(STRANGER, DisputeCall.descend(1, 0, below.get(0), List.of(below.get(1))));
    send(worker, DisputeCall.openTile(1, Bytes.wrap(own.tile(6))));
    assertEquals(
        new WorkEvent.TileOpened(1, Bytes.wrap(own.tile(6))), last(WorkEvent.TileOpened.class));
    assertEquals(WorkDispute.Stage.PROVE, work.read(WorkRead.dispute(1)).stage());
    assertEquals(1, work.read(WorkRead.claim(claim)).disputes());
  }

  private static List<Hash> path(byte[] path) {
    return IntStream.range(0, path.length / Hash.BYTES)
        .mapToObj(i -> Hash.of(path, i * Hash.BYTES))
        .toList();
  }

  @Test // Protocol §17.10, §17.11
  void servicesAndModelsAreSentAndReadWithTypes() {
    send(
        STRANGER,
        WorkCall.registerService(ServiceRole.EVALUATOR, 3, "https://there", Amount.aitbc(150)));
    assertEquals(
        new WorkEvent.Described(2, account(STRANGER), 3, WorkWorld.text("https://there")),
        last(WorkEvent.Described.class));
    send(STRANGER, WorkCall.unbond(ServiceRole.EVALUATOR, Amount.aitbc(20)));
    send(STRANGER, WorkCall.addBond(ServiceRole.EVALUATOR, Amount.aitbc(1)));
    ServiceAccount service = work.read(WorkRead.service(ServiceRole.EVALUATOR, account(STRANGER)));
    assertEquals(Amount.aitbc(131), service.bond());
    assertEquals(Amount.aitbc(20), service.leaving());
    assertEquals(3, service.classes());
    assertTrue(work.ask(WorkRead.service(ServiceRole.WORKER, account(STRANGER))).isEmpty());
    assertEquals(account(FIRST_WORKER), work.read(WorkRead.accountAt(ServiceRole.WORKER, 1)));
    assertTrue(work.ask(WorkRead.accountAt(ServiceRole.WORKER, 9)).isEmpty());
    Hash end = WorkWorld.link(FIRST_AUDITOR, 0);
    send(FIRST_AUDITOR, WorkCall.registerSecretChain(end));
    assertEquals(
        new WorkEvent.ChainRegistered(account(FIRST_AUDITOR), work.world.epoch() + 1, end),
        last(WorkEvent.ChainRegistered.class));
    RegisteredModel model = work.read(WorkRead.model(work.model()));
    assertEquals(account(MAKER), model.registrant());
    assertEquals(RegisteredModel.State.OPEN, model.state());
    assertEquals(Amount.aitbc(100), model.deposit());
    assertEquals(300, model.traceTiles());
    send(MAKER, WorkCall.closeModel(work.model()));
    assertEquals(new WorkEvent.ModelClosed(work.model()), last(WorkEvent.ModelClosed.class));
    assertEquals(RegisteredModel.State.CLOSED, work.read(WorkRead.model(work.model())).state());
    assertTrue(work.ask(WorkRead.model(Hash.ZERO)).isEmpty());
    Bytes header = Bytes.wrap(new byte[92]);
    send(
        MAKER,
        WorkCall.registerModel(header, WorkCall.Boundary.NONE, "nothing", Amount.aitbc(100)));
    assertEquals(
        new WorkEvent.ModelRegistered(
            last(WorkEvent.ModelRegistered.class).model(),
            account(MAKER),
            header,
            WorkWorld.text("nothing")),
        last(WorkEvent.ModelRegistered.class));
  }

  @Test // Protocol §17.10 to §17.16: no signature is one that no contract has.
  void everyEventThatIsReadIsOneOfTheContracts() throws IOException {
    TreeSet<Hash> written = new TreeSet<>();
    for (String contract :
        List.of(
            "ServiceRegistry",
            "ModelRegistry",
            "JobMarket",
            "WorkLedger",
            "EvaluatorCommittee",
            "Disputes",
            "Juries")) {
      for (String signature : eventsOf(contract)) {
        written.add(Keccak256.hash(Bytes.wrap(signature.getBytes(StandardCharsets.US_ASCII))));
      }
    }
    assertTrue(WorkEvent.topics().size() > 25);
    assertTrue(written.containsAll(WorkEvent.topics()));
    assertEquals(7, WorkEvent.contracts().size());
    Hash topic = WorkEvent.topics().getFirst();
    // From elsewhere, or cut off: no event.
    assertTrue(WorkEvent.of(new Log(account(1), List.of(topic), Bytes.EMPTY)).isEmpty());
    for (Hash each : WorkEvent.topics()) {
      for (Address contract : WorkEvent.contracts()) {
        for (int topics = 1; topics <= 4; topics++) {
          List<Hash> all = new ArrayList<>(List.of(each));
          while (all.size() < topics) {
            all.add(Hash.of(UInt256.MAX.toArray()));
          }
          var _ = WorkEvent.of(new Log(contract, all, Bytes.EMPTY));
          var _ = WorkEvent.of(new Log(contract, all, Bytes.wrap(new byte[] {1, 2, 3})));
          byte[] far = new byte[512];
          Arrays.fill(far, (byte) 0xff);
          var _ = WorkEvent.of(new Log(contract, all, Bytes.wrap(far)));
        }
      }
    }
  }

  private static List<String> eventsOf(String contract) throws IOException {
    Pattern event = Pattern.compile("\"inputs\":(.*),\"name\":\"(\\w+)\",\"type\":\"event\"");
    Pattern type = Pattern.compile("\"type\":\"([\\w\\[\\]]+)\"");
    List<String> signatures = new ArrayList<>();
    try (InputStream in =
        WorkReadTest.class.getResourceAsStream("/io/aitbc/contracts/" + contract + ".abi")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        Matcher matcher = event.matcher(line);
        if (matcher.find()) {
          List<String> types = new ArrayList<>();
          Matcher each = type.matcher(matcher.group(1));
          while (each.find()) {
            types.add(each.group(1));
          }
          String list = String.join(",", types);
          // The one tuple stands behind its parts.
          int tuple = list.indexOf(",tuple");
          if (tuple > 0) {
            String before = "uint256,address,bytes32,uint256,";
            list = before + "(" + list.substring(before.length(), tuple) + ")";
          }
          signatures.add(matcher.group(2) + "(" + list + ")");
        }
      }
    }
    return signatures;
  }
}
