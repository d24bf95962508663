// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Inquiry;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustLevel;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.compute.Attester;
import io.aitbc.compute.AttesterProvider;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.devtee.DevelopmentMachine;
import io.aitbc.execution.AttestationCall;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.WorkAttestation;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/// A job of class ATTESTED with a worker whose hardware is made up, under a development root that
/// the network trusts for trials. Protocol §17.12, §17.13, §18.9.
class AttestedLifeIT extends WorkNetwork {
  private static final String SEED = "5e".repeat(32);
  private static final DevelopmentMachine MACHINE =
      new DevelopmentMachine(Platform.SGX, Hash.fromHex(SEED).toBytes(), "a");
  private static final Hash CODE = Keccak256.hash(Bytes.of((byte) 9));
  private static final long ANCHOR_BLOCKS_MAX = 4;
  private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");

  /// Where RuntimeRegistry keeps its approvals: slot 1 of its layout.
  private static final UInt256 APPROVALS = UInt256.of(1);

  private final TrustPolicy policy =
      new TrustPolicy(
          false,
          new TreeSet<>(List.of(Platform.SGX)),
          new TreeSet<>(),
          new TreeSet<>(List.of(MACHINE.root())),
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
          ANCHOR_BLOCKS_MAX,
          Hash.ZERO);

  /// What the hardware does, in place of a thread of its own.
  private Executor asking = Runnable::run;

  private Optional<EngineRefusal> broken = Optional.empty();
  private int opened;

  @Override
  long beginMillis() {
    return BEGIN.toEpochMilli();
  }

  @Override
  Bytes attestationPolicy(Bytes dev) {
    return policy.encoded();
  }

  @Override
  long workerClasses() {
    return WorkJob.EXACT | WorkJob.ATTESTED;
  }

  private static UInt256 slot(UInt256... words) {
    byte[] bytes = new byte[words.length * UInt256.BYTES];
    for (int i = 0; i < words.length; i++) {
      System.arraycopy(words[i].toArray(), 0, bytes, i * UInt256.BYTES, UInt256.BYTES);
    }
    return UInt256.of(Keccak256.hash(Bytes.wrap(bytes)));
  }

  private static UInt256 next(UInt256 slot) {
    return UInt256.of(slot.toBigInteger().add(BigInteger.ONE));
  }

  /// As if governance had approved the code: platform, least version, length, measurement.
  @Override
  Genesis changed(Genesis made) {
    byte[] approval = new byte[2 * UInt256.BYTES];
    approval[0] = (byte) Platform.SGX.code();
    approval[4] = 1;
    approval[6] = 32;
    MACHINE.measurement(CODE).copyTo(approval, 7);
    UInt256 list = slot(UInt256.of(CODE), APPROVALS);
    UInt256 entry = slot(list);
    UInt256 bytes = slot(entry);
    List<Genesis.GenesisAccount> accountsThen = new ArrayList<>();
    for (Genesis.GenesisAccount each : made.accounts()) {
      if (each.address().equals(EconomyContract.RUNTIME_REGISTRY.address())) {
        TreeMap<UInt256, UInt256> storage = new TreeMap<>(each.storage());
        UInt256 _ = storage.put(list, UInt256.ONE);
        UInt256 _ = storage.put(entry, UInt256.of(2 * 39 + 1));
        UInt256 _ = storage.put(bytes, UInt256.of(approval, 0, UInt256.BYTES));
        UInt256 _ = storage.put(next(bytes), UInt256.of(approval, UInt256.BYTES, UInt256.BYTES));
        accountsThen.add(
            new Genesis.GenesisAccount(
                each.address(), each.balance(), each.nonce(), each.code(), storage));
      } else {
        accountsThen.add(each);
      }
    }
    return new Genesis(
        made.kind(),
        made.execution(),
        made.snapshot(),
        made.timestampMillis(),
        made.baseFeePerGas(),
        accountsThen);
  }

  @Override
  Optional<HardwareEvidence> hardware() {
    return Optional.of(
        new HardwareEvidence(
            this::attester,
            MACHINE.collateral(BEGIN).stream().map(this::subject).toList(),
            asking));
  }

  /// Hardware that may be broken.
  private Attester attester() throws EngineRefusedException {
    opened++;
    Attester whole =
        AttesterProvider.named("development")
            .orElseThrow()
            .open(Map.of("platform", "SGX", "seed", SEED, "machine", "a"));
    return new Attester() {
      @Override
      public List<Evidence> attest(Binding binding) throws EngineRefusedException {
        if (broken.isPresent()) {
          throw new EngineRefusedException(broken.get());
        }
        return whole.attest(binding);
      }

      @Override
      public void close() {
        whole.close();
      }
    };
  }

  private Hash subject(CollateralItem item) {
    Inquiry asked = new Inquiry.OfItem(BEGIN.getEpochSecond() + 1, policy, item);
    return Hash.of(Inquiry.answer(asked.encoded()).orElseThrow().toArray(), Hash.BYTES);
  }

  private static final List<Bytes> INPUTS =
      List.of(Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4));

  private static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 1, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4}), 1, 4);
    Tensor bias = plan.constant(Elements.of(new int[1]), 1, 1);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  private void bringCollateral() throws Exception {
    for (CollateralItem item : MACHINE.collateral(BEGIN)) {
      assertTrue(accounts.getFirst().send(AttestationCall.submit(item.encoded())));
      chain.grow();
    }
  }

  private static WorkJob.Request request(Model model, Hash task, Hash code) {
    return new WorkJob.Request(
        model.id(),
        ItemFile.inputTree(model, INPUTS).root(),
        task,
        1,
        60,
        60,
        Amount.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        0,
        code);
  }

  private WorkerService worker() throws Exception {
    return worker(each -> new RefereeEngine(each, Kernel.plain(), Workers.NONE));
  }

  /// A worker that has the files of a job of class ATTESTED.
  private WorkerService ordered(List<AuditorService> auditors) throws Exception {
    Model model = model();
    submit(auditors, model, INPUTS, task -> request(model, task, CODE));
    WorkerService worker = worker();
    upload(worker);
    return worker;
  }

  @Test // Protocol §17.13
  void theWorkersHardwareVouchesForItsClaim() throws Exception {
    bringCollateral();
    List<AuditorService> auditors = auditors();
    WorkerService worker = ordered(auditors);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    WorkAttestation attested = accounts.getFirst().read(WorkRead.attestation(CLAIM)).orElseThrow();
    assertEquals(TrustLevel.DEVELOPMENT.code(), attested.level());
    WorkClaim settled = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(10, settled.places().size(), "a development root is worth nothing");
    assertEquals(
        Optional.of(Amount.aitbc(48)),
        accounts.getFirst().read(WorkRead.credit(signers.get(1).address())));
    assertEquals(1, opened);
  }

  @Test // Protocol §17.13: it is asked again while there is time to reveal.
  void hardwareThatFailsAfterTheCommitmentIsOpenedAndAskedAgain() throws Exception {
    bringCollateral();
    List<AuditorService> auditors = auditors();
    WorkerService worker = ordered(auditors);
    WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, auditors);
    broken = Optional.of(new EngineRefusal.Failed("its device is busy"));
    round(worker, auditors);
    round(worker, auditors);
    broken = Optional.empty();
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    assertEquals(2, opened);
    assertEquals(
        List.of(),
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.Late.class::isInstance)
            .toList());
  }

  @Test // Protocol §18.2: an anchor may be too old by the time that the hardware answers.
  void evidenceThatComesTooLateIsMadeAnew() throws Exception {
    bringCollateral();
    List<AuditorService> auditors = auditors();
    ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    boolean[] slow = new boolean[1];
    asking =
        each -> {
          if (slow[0]) {
            waiting.add(each);
          } else {
            each.run();
          }
        };
    WorkerService worker = ordered(auditors);
    WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, auditors);
    slow[0] = true;
    for (int block = 0; block < ANCHOR_BLOCKS_MAX; block++) {
      round(worker, auditors);
    }
    assertEquals(1, waiting.size(), "it is asked once");
    waiting.remove().run();
    slow[0] = false;
    WorkClaim revealed = until(WorkClaim.State.REVEALED, worker, auditors);
    assertTrue(accounts.getFirst().read(WorkRead.attestation(CLAIM)).isPresent());
    assertEquals(signers.get(1).address(), revealed.worker());
  }

  @Test // Protocol §17.12: who cannot vouch leaves it to others, and its other work goes on.
  void aWorkerWhoseHardwareHangsOrIsNotTrustedDoesExactWorkAlone() throws Exception {
    List<AuditorService> auditors = auditors();
    Model model = model();
    Hash[] known = new Hash[1];
    submit(
        auditors,
        model,
        INPUTS,
        task -> {
          known[0] = task;
          return request(model, task, Hash.ZERO);
        });
    // Its turns pass while the hardware does not answer.
    asking = _ -> {};
    assertTrue(accounts.getFirst().send(WorkCall.submit(request(model, known[0], CODE), FEE)));
    chain.grow();
    WorkerService worker = worker();
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(WorkJob.Place.OPEN, placeOf(2));
    assertEquals(List.of(), declined());
    worker.close();
    // It answers; nobody brought the collateral that it is judged against.
    asking = Runnable::run;
    assertTrue(accounts.getFirst().send(WorkCall.drawAgain(new ClaimId(2, 0))));
    chain.grow();
    chain.grow();
    WorkerService again = worker();
    round(again, auditors);
    round(again, auditors);
    assertEquals(WorkJob.Place.OPEN, placeOf(2));
    assertFalse(declined().isEmpty());
    HardwareEvidence evidence = hardware().orElseThrow();
    assertEquals(
        new HardwareEvidence.Answer.Refused(
            new EvidenceRefusal.CollateralMissing(subject(MACHINE.collateral(BEGIN).getFirst()))),
        evidence.ready(accounts.get(1), CODE));
  }

  @Test // Protocol §18.7
  void evidenceOfCodeThatIsNotApprovedIsNotSent() throws Exception {
    bringCollateral();
    HardwareEvidence evidence = hardware().orElseThrow();
    assertEquals(
        new HardwareEvidence.Answer.Refused(new EvidenceRefusal.NotRight(Reason.CODE_NOT_APPROVED)),
        evidence.ready(accounts.get(1), Hash.ZERO));
    broken = Optional.of(new EngineRefusal.Failed("its device is busy"));
    assertEquals(
        new HardwareEvidence.Answer.Refused(new EvidenceRefusal.Hardware(broken.get())),
        evidence.ready(accounts.get(1), CODE));
  }

  private WorkJob.Place placeOf(long job) {
    return accounts.getFirst().read(WorkRead.assignment(new ClaimId(job, 0))).orElseThrow().place();
  }

  private List<WorkEvent> declined() {
    return events(EconomyContract.JOB_MARKET).stream()
        .filter(WorkEvent.Declined.class::isInstance)
        .toList();
  }
}
