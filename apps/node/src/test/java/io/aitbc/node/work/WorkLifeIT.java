// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BlobServer;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.node.OneValidator;
import io.aitbc.node.OneValidatorChain;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.signer.AccountSigner;
import io.aitbc.storage.Retention;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A job from submission to its end, by a worker and two auditors that see the chain alone and each
/// other over HTTP; the chain's blocks are really executed, in virtual time.
class WorkLifeIT { // Protocol §17.9, §17.12, §17.13, §17.14
  private static final int ITEMS = 60;
  private static final Amount FEE = Amount.aitbc(60);
  private static final ClaimId CLAIM = new ClaimId(1, 0);
  private static final UInt256 CHAIN_ID = UInt256.of(7);

  /// Blocks after which the auditors' chains of secrets hold: they are registered in epoch 0.
  private static final int EPOCH_BLOCKS = 100;

  @TempDir private Path folder;

  private final List<AccountSigner> signers =
      IntStream.range(1, 5)
          .mapToObj(i ->
              AccountSigner.fromSeed(
                  new byte[] {
                    (byte) i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0, 0, 0, 0, 0
                  }))
          .toList();
  private final TreeMap<Address, String> served = new TreeMap<>();
  private final List<AutoCloseable> closing = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private OneValidatorChain chain;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private List<TestWorkChain> accounts;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private JobFiles workersFiles;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private Results results;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private JobAccess access;

  /// Task, model and inputs.
  private List<byte[]> jobFiles = List.of();

  @BeforeEach
  void network() throws Exception {
    GenesisRules dev = GenesisPreset.DEV.rules(CHAIN_ID);
    GenesisRules rules =
        new GenesisRules(
            dev.execution(),
            OneValidator.DERIVED.parameters(),
            dev.workShareMillionths(),
            dev.economy());
    Genesis genesis =
        rules.genesis(
            OneValidator.DERIVED.parentTimestampMillis(),
            Amount.wei(1_000_000_000),
            List.of(
                new Candidate(
                    OneValidator.ACCOUNT,
                    OneValidator.KEY.publicKey(),
                    ValidatorClass.BOTH,
                    VotingPower.of(Amount.aitbc(1_000_000)),
                    Candidate.Standing.ACTIVE,
                    0,
                    OptionalLong.empty())),
            signers.stream()
                .map(each -> Genesis.GenesisAccount.of(each.address(), Amount.aitbc(10_000)))
                .toList());
    chain =
        new OneValidatorChain(
            genesis, Files.createDirectories(folder.resolve("node")), Retention.DEFAULT);
    accounts =
        signers.stream()
            .map(each -> new TestWorkChain(chain, genesis.execution(), each, served))
            .toList();
    BlobStore store = store("worker");
    workersFiles = new JobFiles(store);
    results = new Results(folder.resolve("worker/results"));
    access = new JobAccess(CHAIN_ID, signers.get(1).address(), results, InstantSource.system());
    BlobServer server =
        BlobServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            store,
            access,
            results::served);
    closing.add(server);
    served.put(signers.get(1).address(), "http://127.0.0.1:" + server.port());
  }

  private BlobStore store(String name) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name).resolve("blobs"));
    return BlobStore.open(
        own,
        new DirectoryChunks(own.resolve("chunks")),
        BlobLimits.DEFAULT,
        Holders.NONE,
        InstantSource.system());
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
    chain.close();
    signers.forEach(AccountSigner::close);
  }

  /// 300 rows of four numbers into two sums each.
  private static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 300, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  private WorkerService worker(Engines engines) throws Exception {
    return new WorkerService(
        accounts.get(1), folder.resolve("worker"), workersFiles, results, access, engines);
  }

  private List<AuditorService> auditors() throws Exception {
    List<AuditorService> auditors = new ArrayList<>();
    for (int i = 2; i < 4; i++) {
      JobFiles files = new JobFiles(store("auditor" + i));
      AuditorService auditor =
          new AuditorService(accounts.get(i), folder.resolve("auditor" + i), files, Reach.ANY);
      auditors.add(auditor);
      closing.add(auditor);
    }
    return auditors;
  }

  /// Registers everybody and the model, waits for the next epoch, submits.
  private void submit(List<AuditorService> auditors) throws Exception {
    Model model = model();
    List<Bytes> inputs = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      byte[] input = new byte[i == 7 ? 3 : 1_200]; // One does not fit.
      for (int at = 0; at < input.length; at++) {
        input[at] = (byte) (at * 7 + i);
      }
      inputs.add(Bytes.wrap(input));
    }
    TestWorkChain client = accounts.get(0);
    assertTrue(
        client.send(
            WorkCall.registerModel(
                Bytes.wrap(model.header().encoded()),
                WorkCall.Boundary.NONE,
                "sums",
                new Amount(EconomyParameter.MODEL_DEPOSIT.standard()))));
    String address = served.firstEntry().getValue();
    assertTrue(
        accounts
            .get(1)
            .send(WorkCall.registerService(ServiceRole.WORKER, 1, address, Amount.aitbc(3_000))));
    for (int i = 2; i < 4; i++) {
      assertTrue(
          accounts
              .get(i)
              .send(WorkCall.registerService(ServiceRole.AUDITOR, 1, "", Amount.aitbc(100))));
    }
    for (int height = 1; height <= EPOCH_BLOCKS; height++) {
      chain.grow();
      for (AuditorService auditor : auditors) {
        boolean _ = auditor.step();
      }
    }
    TaskFile task =
        new TaskFile(BlobHasher.id(model.encoded()), BlobHasher.id(ItemFile.encoded(inputs)));
    jobFiles = List.of(task.encoded(), model.encoded(), ItemFile.encoded(inputs));
    assertTrue(
        client.send(
            WorkCall.submit(
                new WorkJob.Request(
                    model.id(),
                    ItemFile.inputTree(model, inputs).root(),
                    task.hash(),
                    ITEMS,
                    60,
                    60,
                    Amount.ZERO,
                    Hash.ZERO),
                FEE)));
    chain.grow();
    chain.grow(); // Its beacon draws.
  }

  /// What an account sends to the worker's store.
  private BlobClient store(AccountSigner account) {
    return new BlobClient(
        URI.create(served.firstEntry().getValue()),
        () ->
            account.authorization(
                CHAIN_ID,
                signers.get(1).address(),
                Instant.now().getEpochSecond() + ServiceRequest.SECONDS_MAX / 2),
        Reach.ANY);
  }

  private void upload(BlobClient to, byte[] content) throws Exception {
    Path file = Files.write(folder.resolve("upload"), content);
    to.upload(BlobHasher.id(content), file, Duration.ofHours(1));
  }

  /// The client puts the job's files into the drawn worker's store.
  private void upload(WorkerService worker) throws Exception {
    try (BlobClient client = store(signers.getFirst())) {
      assertThrows(
          BlobRefusedException.class,
          () -> upload(client, jobFiles.getFirst()),
          "before the worker knows the job");
      boolean _ = worker.step();
      for (byte[] file : jobFiles) {
        upload(client, file);
      }
    }
    try (BlobClient stranger = store(signers.get(2))) {
      assertThrows(BlobRefusedException.class, () -> upload(stranger, new byte[] {1}), "of no job");
    }
  }

  /// Blocks until the claim is in a state.
  private WorkClaim until(
      WorkClaim.State state, WorkerService worker, List<AuditorService> auditors) throws Exception {
    for (int block = 0; block < 2 * EPOCH_BLOCKS; block++) {
      boolean _ = worker.step();
      for (AuditorService auditor : auditors) {
        boolean _ = auditor.step();
      }
      chain.grow();
      Optional<WorkClaim> claim = accounts.getFirst().read(WorkRead.claim(CLAIM));
      if (claim.filter(each -> each.state() == state).isPresent()) {
        return claim.get();
      }
    }
    throw new AssertionError(
        "not " + state + ": " + accounts.getFirst().read(WorkRead.claim(CLAIM)));
  }

  private List<WorkEvent> events(EconomyContract contract) {
    return accounts.getFirst().events(contract, 1);
  }

  @Test
  void aJobIsTakenCommittedRevealedAuditedAndSettled() throws Exception {
    List<AuditorService> auditors = auditors();
    submit(auditors);
    Engines engines = model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);
    WorkerService first = worker(engines);
    upload(first);
    // The worker starts again once it has committed: it reveals all the same.
    WorkClaim _ = until(WorkClaim.State.COMMITTED, first, auditors);
    WorkerService again =
        worker(_ -> {
          throw new AssertionError("the outputs are on the disk");
        });
    WorkClaim settled = until(WorkClaim.State.SETTLED, again, auditors);
    assertEquals(signers.get(1).address(), settled.worker());
    assertEquals(
        10,
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.Reported.class::isInstance)
            .count(),
        "every seat reports");
    assertEquals(0, accounts.getFirst().read(WorkRead.disputeCount()).orElseThrow());
    assertEquals(
        Optional.of(Amount.aitbc(48)),
        accounts.getFirst().read(WorkRead.credit(signers.get(1).address())));
    Amount paid = Amount.ZERO;
    for (int i = 2; i < 4; i++) {
      paid =
          paid.plus(
              accounts.getFirst().read(WorkRead.credit(signers.get(i).address())).orElseThrow());
    }
    assertEquals(Amount.aitbc(3), paid, "for all ten seats, whose secrets were shown");
    assertTrue(again.step());
    onlyTheClientReadsTheOutputs();
  }

  /// Also when the worker has started again since.
  private void onlyTheClientReadsTheOutputs() throws Exception {
    Results after = new Results(folder.resolve("worker/results"));
    BlobId outputs = BlobId.parse(after.served(Results.page(CLAIM)).orElseThrow()).orElseThrow();
    try (BlobClient client = store(signers.getFirst());
        BlobClient auditor = store(signers.get(2));
        BlobClient nobody =
            new BlobClient(URI.create(served.firstEntry().getValue()), "", Reach.ANY)) {
      assertTrue(client.has(outputs));
      assertFalse(auditor.has(outputs), "the claim is over");
      assertFalse(nobody.has(outputs));
    }
    assertTrue(after.isReader(outputs, signers.getFirst().address()));
    assertFalse(after.isReader(outputs, signers.get(2).address()));
    after.sweep(_ -> false);
    assertEquals(Optional.empty(), after.served(Results.page(CLAIM)), "its blob is gone");
  }

  @Test // A sixth of the items is false.
  void aWorkerThatFalsifiesIsConvicted() throws Exception {
    List<AuditorService> auditors = auditors();
    submit(auditors);
    WorkerService worker = worker(Falsifying::new);
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, auditors);
    assertEquals(signers.get(1).address(), fraud.worker());
    WorkEvent.Fraud proven =
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.Fraud.class::isInstance)
            .map(WorkEvent.Fraud.class::cast)
            .findFirst()
            .orElseThrow();
    assertTrue(
        signers.subList(2, 4).stream().anyMatch(it -> it.address().equals(proven.challenger())));
    assertEquals(
        Optional.of(FEE),
        accounts.getFirst().read(WorkRead.credit(signers.getFirst().address())),
        "the client has its fee back");
    // Ten times the reward of 48.
    assertEquals(
        Optional.of(Amount.aitbc(3_000 - 480)),
        accounts
            .getFirst()
            .read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address()))
            .map(service -> service.bond()));
  }

  /// Falsifies a sixth of the items.
  private static final class Falsifying implements Engine {
    private final RefereeEngine engine;

    Falsifying(Model model) {
      engine = new RefereeEngine(model, Kernel.plain(), Workers.NONE);
    }

    @Override
    public String name() {
      return "falsifying";
    }

    @Override
    public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
      List<Bytes> outputs = new ArrayList<>(engine.run(items, timeMax));
      for (int i = 0; i < outputs.size(); i += 6) {
        byte[] output = outputs.get(i).toArray();
        output[i] ^= 1;
        outputs.set(i, Bytes.wrap(output));
      }
      return outputs;
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
