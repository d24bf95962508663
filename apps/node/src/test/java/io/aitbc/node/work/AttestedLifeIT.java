// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Inquiry;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustLevel;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.compute.AttesterProvider;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.devtee.DevelopmentMachine;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.WorkAttestation;
import io.aitbc.execution.WorkClaim;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A job of class ATTESTED with a worker whose hardware is made up, under a development root that
/// the network trusts for trials. Protocol §17.12, §17.13, §18.9.
class AttestedLifeIT extends WorkNetwork {
  private static final String SEED = "5e".repeat(32);
  private static final DevelopmentMachine MACHINE =
      new DevelopmentMachine(Platform.SGX, Hash.fromHex(SEED).toBytes(), "a");
  private static final Hash CODE = Keccak256.hash(Bytes.of((byte) 9));
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
          256,
          Hash.ZERO);

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
    try {
      return Optional.of(
          new HardwareEvidence(
              AttesterProvider.named("development")
                  .orElseThrow()
                  .open(Map.of("platform", "SGX", "seed", SEED, "machine", "a")),
              MACHINE.collateral(BEGIN).stream().map(this::subject).toList()));
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  private Hash subject(CollateralItem item) {
    Inquiry asked = new Inquiry.OfItem(BEGIN.getEpochSecond() + 1, policy, item);
    return Hash.of(Inquiry.answer(asked.encoded()).orElseThrow().toArray(), Hash.BYTES);
  }

  private static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 1, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4}), 1, 4);
    Tensor bias = plan.constant(Elements.of(new int[1]), 1, 1);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  @Test
  void theWorkersHardwareVouchesForItsClaim() throws Exception {
    for (CollateralItem item : MACHINE.collateral(BEGIN)) {
      assertTrue(
          accounts
              .getFirst()
              .send(
                  new EconomyCall(
                      EconomyContract.COLLATERAL_REGISTRY,
                      Amount.ZERO,
                      CallData.of("submit(bytes)").bytes(item.encoded()).toBytes())));
      chain.grow();
    }
    Model model = model();
    List<Bytes> inputs = List.of(Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4));
    List<AuditorService> auditors = auditors();
    submit(
        auditors,
        model,
        inputs,
        task ->
            new WorkJob.Request(
                model.id(),
                ItemFile.inputTree(model, inputs).root(),
                task,
                1,
                60,
                60,
                Amount.ZERO,
                Hash.ZERO,
                Hash.ZERO,
                0,
                CODE));
    WorkerService worker = worker(each -> new RefereeEngine(each, Kernel.plain(), Workers.NONE));
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    WorkAttestation attested = accounts.getFirst().read(WorkRead.attestation(CLAIM)).orElseThrow();
    assertEquals(TrustLevel.DEVELOPMENT.code(), attested.level());
    WorkClaim settled = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(10, settled.places().size(), "a development root is worth nothing");
    assertEquals(
        Optional.of(Amount.aitbc(48)),
        accounts.getFirst().read(WorkRead.credit(signers.get(1).address())));
  }
}
