// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.Reach;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Workers that serve nobody inputs which are longer than one answer on the chain.
class WithheldInputsIT extends WorkNetwork { // Protocol §17.14 rules 2 and 6
  /// 72 KiB: three parts of 32 tiles of 1,024 bytes, the last of 8.
  private static final int ROWS = 18;

  private static final List<Long> PARTS = List.of(0L, 32L, 64L);

  /// How many seats there are for each that pays: all of them, or none.
  private int paysOneIn = 1;

  /// The first part that the worker does not lay open, nor any behind it.
  private int keepsFrom = Integer.MAX_VALUE;

  @Override
  AuditorService auditor(int account, WorkChain seen) throws Exception {
    String name = "auditor" + account;
    AuditorService auditor =
        new AuditorService(
            seen,
            folder.resolve(name),
            new JobFiles(store(name)),
            Reach.ANY,
            new EngineChoice.Referee(),
            tracer(account),
            segmentRuns(),
            paysOneIn);
    closing.add(auditor);
    return auditor;
  }

  /// Some thirty parts are laid open, eight at a time.
  @Override
  int windowBlocks() {
    return 80;
  }

  @Override
  WorkChain workersChain() {
    return new ChainAround(super.workersChain()) {
      @Override
      public boolean send(EconomyCall call) throws IOException {
        return !isKept(call) && super.send(call);
      }
    };
  }

  private boolean isKept(EconomyCall call) {
    if (call.contract() != EconomyContract.DISPUTES) {
      return false;
    }
    long number = ByteBuffer.wrap(call.input().toArray()).getLong(4 + 24);
    WorkDispute dispute = read(WorkRead.dispute(number));
    return dispute.stage() == WorkDispute.Stage.SERVE && dispute.index() >= keepsFrom;
  }

  private <T> T read(ContractRead<T> question) {
    return accounts.getFirst().read(question).orElseThrow();
  }

  private ServiceAccount service() {
    return read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address()));
  }

  private static Model model(int rows) throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, rows, 4_096);
    byte[] weights = new byte[4_096];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (i % 5);
    }
    Tensor w = plan.constant(Elements.of(weights), 1, 4_096);
    return plan.inference(
        plan.sumProducts(x, w, 1, List.of(plan.constant(Elements.of(new int[] {1}), 1, 1))));
  }

  private static Bytes input(int seed, int length) {
    byte[] input = new byte[length];
    for (int at = 0; at < length; at++) {
      input[at] = (byte) (at * 7 + seed);
    }
    return Bytes.wrap(input);
  }

  /// Inputs of which one does not fit the model.
  private static List<Bytes> inputs() {
    List<Bytes> inputs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      inputs.add(input(i, ROWS * 4_096));
    }
    inputs.add(input(9, 50_000));
    return inputs;
  }

  /// A claim of a worker that serves nobody, from its order until it has this state.
  private WorkClaim ends(List<Bytes> inputs, Engines engines, WorkClaim.State state)
      throws Exception {
    servesNothing = true;
    Model model = model(ROWS);
    List<AuditorService> auditors = auditors();
    submit(auditors, model, inputs, task -> InferenceJob.request(model, inputs, task));
    WorkerService worker = worker(engines);
    upload(worker);
    return until(state, worker, auditors);
  }

  private static RefereeEngine honest(Model model) {
    return new RefereeEngine(model, Kernel.plain(), Workers.NONE);
  }

  /// First tiles of the parts that were demanded, by their leaves.
  private Map<Long, NavigableSet<Long>> demanded() {
    TreeMap<Long, NavigableSet<Long>> demanded = new TreeMap<>();
    for (WorkEvent.Opened each : told(EconomyContract.DISPUTES, WorkEvent.Opened.class)) {
      if (each.demand()) {
        boolean _ = demanded.computeIfAbsent(each.leaf(), _ -> new TreeSet<>()).add(each.tile());
      }
    }
    return demanded;
  }

  @Test
  void whoAnswersNoDemandOfALongInputIsConvicted() throws Exception {
    paysOneIn = Integer.MAX_VALUE; // Nobody has to pay for that.
    keepsFrom = 0;
    WorkClaim fraud = ends(inputs(), WithheldInputsIT::honest, WorkClaim.State.FRAUD);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertEquals(List.of(), told(EconomyContract.DISPUTES, WorkEvent.Served.class));
    assertConvicted();
  }

  @Test
  void whoDoesNotAnswerTheRestOfAnInputIsConvicted() throws Exception {
    keepsFrom = 32;
    // Its outputs are false, and nobody ever sees why.
    WorkClaim fraud =
        ends(inputs(), model -> AlteredEngine.falsifying(model, 1), WorkClaim.State.FRAUD);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertConvicted();
    assertEquals(List.of(), told(EconomyContract.DISPUTES, WorkEvent.Judged.class));
    assertFalse(told(EconomyContract.DISPUTES, WorkEvent.Served.class).isEmpty());
  }

  @Test
  void aFalseOutputIsProvenFromThePartsOfItsInput() throws Exception {
    WorkClaim fraud =
        ends(inputs(), model -> AlteredEngine.falsifying(model, 1), WorkClaim.State.FRAUD);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertConvicted();
    assertTrue(
        told(EconomyContract.DISPUTES, WorkEvent.Judged.class).stream()
            .anyMatch(each -> each.verdict() == 1),
        "by proof, not by a time that passed");
  }

  @Test // A leaf of which all parts are there is reported like one that is served.
  void anHonestWorkerThatAnswersIsPaidAndLosesNothing() throws Exception {
    List<Bytes> one = List.of(input(1, ROWS * 4_096)); // It is all leaves of all seats.
    WorkClaim settled = ends(one, WithheldInputsIT::honest, WorkClaim.State.SETTLED);
    assertEquals(10, settled.places().size());
    assertEquals(PARTS, List.copyOf(demanded().getOrDefault(0L, new TreeSet<>())));
    assertNothingIsLost();
    assertTrue(
        credit(1).compareTo(Amount.aitbc(48)) > 0, "the reward, and deposits of those who asked");
  }

  @Test // Protocol §17.14 rule 2
  void anInputThatDoesNotFitIsJudgedByItsLeafHoweverLongItIs() throws Exception {
    List<Bytes> one = List.of(input(1, 50_000));
    WorkClaim _ = ends(one, WithheldInputsIT::honest, WorkClaim.State.SETTLED);
    assertEquals(List.of(0L), List.copyOf(demanded().getOrDefault(0L, new TreeSet<>())));
    assertNothingIsLost();
    assertEquals(Amount.aitbc(48), credit(1));
  }

  /// Every seat reports, and the second auditor.
  private void assertNothingIsLost() {
    assertEquals(11, told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).size());
    assertEquals(0, service().convictions());
    assertEquals(Amount.aitbc(3_000), service().bond());
  }

  @Test // Protocol §17.13: unpaid, unslashed.
  void withoutTheDrawNobodyPaysForTheRest() throws Exception {
    paysOneIn = Integer.MAX_VALUE;
    WorkClaim ended =
        ends(inputs(), model -> AlteredEngine.falsifying(model, 1), WorkClaim.State.VOID);
    assertEquals(signers.get(1).address(), ended.worker());
    assertFalse(demanded().isEmpty());
    demanded().values().forEach(each -> assertEquals(List.of(0L), List.copyOf(each)));
    assertTrue(told(EconomyContract.WORK_LEDGER, WorkEvent.NotServed.class).size() > 5);
    assertEquals(Amount.aitbc(3_000), service().bond());
    assertEquals(0, service().convictions());
    assertEquals(Amount.ZERO, credit(1), "what is demanded first brings no deposit");
  }

  @Test // More would cost an auditor more than a conviction brings.
  void fortyPartsAreLaidOpenOrTheFirstAlone() throws Exception {
    assertEquals(PARTS, List.copyOf(LaidOpen.parts(model(ROWS))));
    assertEquals(40, LaidOpen.parts(model(40 * 8)).size());
    assertEquals(List.of(0L), List.copyOf(LaidOpen.parts(model(40 * 8 + 1))));
    assertEquals(List.of(0L), List.copyOf(LaidOpen.parts(model(60 * 8))));
    assertEquals(List.of(0L), List.copyOf(LaidOpen.parts(InferenceJob.model())));
  }

  @Test // Of what is not asked for its auditor does not pay.
  void oneSeatInTenPays() {
    Hash beacon = Keccak256.hash(Bytes.of((byte) 1));
    int drawn = 0;
    TreeSet<Long> which = new TreeSet<>();
    for (int seat = 0; seat < 2_000; seat++) {
      List<Long> leaves = List.of(10L, 11L, 12L, 13L, 14L, 15L, 16L);
      var leaf =
          Demands.drawn(beacon, beacon, new ClaimId(1, 0), seat, leaves, Demands.PAYS_ONE_IN);
      drawn += leaf.isPresent() ? 1 : 0;
      leaf.ifPresent(which::add);
    }
    // Six standard deviations of 13.4 around 200.
    assertTrue(drawn > 120 && drawn < 280, drawn + " of 2,000");
    assertEquals(7, which.size(), "any of its leaves");
  }
}
