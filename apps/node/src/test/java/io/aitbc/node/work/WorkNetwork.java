// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobAccess;
import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobLimits;
import io.aitbc.blobs.BlobOwner;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.BlobServer;
import io.aitbc.blobs.BlobStore;
import io.aitbc.blobs.DirectoryChunks;
import io.aitbc.blobs.Holders;
import io.aitbc.blobs.Pages;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.UInt256;
import io.aitbc.node.OneValidator;
import io.aitbc.node.OneValidatorChain;
import io.aitbc.referee.Model;
import io.aitbc.signer.AccountSigner;
import io.aitbc.storage.Retention;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A client, a worker, two auditors and three evaluators that see the chain alone and each other
/// over HTTP; the chain's blocks are really executed, in virtual time. For tests.
abstract class WorkNetwork {
  static final Amount FEE = Amount.aitbc(60);
  static final ClaimId CLAIM = new ClaimId(1, 0);
  static final UInt256 CHAIN_ID = UInt256.of(7);
  static final int FIRST_EVALUATOR = 4;
  static final int ITEMS = 60;

  /// Blocks after which the auditors' chains of secrets hold: they are registered in epoch 0.
  private static final int EPOCH_BLOCKS = 100;

  /// Of these, blocks in which nothing happens yet. They are made once for all tests of a class.
  private static final int EMPTY_BLOCKS = 88;

  @TempDir private static Path before;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private static Optional<OneValidatorChain.Ended> begun;

  @TempDir Path folder;

  final List<AccountSigner> signers =
      IntStream.range(1, 8)
          .mapToObj(i ->
              AccountSigner.fromSeed(
                  new byte[] {
                    (byte) i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0, 0, 0, 0, 0
                  }))
          .toList();
  final TreeMap<Address, String> served = new TreeMap<>();
  final List<AutoCloseable> closing = new ArrayList<>();
  private final TreeMap<String, BlobStore> stores = new TreeMap<>();

  /// Requests for blobs whose senders were told to come back.
  final AtomicInteger early = new AtomicInteger();

  /// Whether the worker tells nobody where its outputs are.
  boolean servesNothing;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  OneValidatorChain chain;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  List<TestWorkChain> accounts;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  BlobStore blobs;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  JobFiles workersFiles;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  Results results;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  JobAccess access;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  BlobServer server;

  private Optional<WorkJob.Request> submitted = Optional.empty();

  /// Task, model and inputs.
  private List<byte[]> jobFiles = List.of();

  @BeforeAll
  static void noNetworkIsBegun() {
    begun = Optional.empty();
  }

  @BeforeEach
  void network() throws Exception {
    if (begun.isEmpty()) {
      OneValidatorChain first = new OneValidatorChain(genesis(), before, Retention.DEFAULT);
      for (int height = 1; height <= EMPTY_BLOCKS; height++) {
        first.grow();
      }
      begun = Optional.of(first.end(before));
    }
    chain =
        OneValidatorChain.goingOn(
            begun.get(), Files.createDirectories(folder.resolve("node")), Retention.DEFAULT);
    Genesis genesis = chain.genesis.genesis();
    accounts =
        signers.stream()
            .map(each -> new TestWorkChain(chain, genesis.execution(), each, served))
            .toList();
    blobs = store("worker");
    workersFiles = new JobFiles(blobs);
    results = new Results(folder.resolve("worker/results"));
    access = new JobAccess(CHAIN_ID, signers.get(1).address(), results, InstantSource.system());
    server =
        BlobServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            blobs,
            blobAccess(),
            pages());
    closing.add(server);
    served.put(signers.get(1).address(), "http://127.0.0.1:" + server.port());
  }

  private Genesis genesis() {
    return changed(
        WorkGenesis.of(
            beginMillis(),
            windowBlocks(),
            this::attestationPolicy,
            signers.stream().map(AccountSigner::address).toList()));
  }

  /// The worker's, which counts those whom it tells to come back.
  private BlobAccess blobAccess() {
    return new BlobAccess() {
      @Override
      public Optional<BlobOwner> owner(String authorization) {
        return access.owner(authorization);
      }

      @Override
      public boolean mayRead(BlobId id, String authorization) {
        return access.mayRead(id, authorization);
      }

      @Override
      public boolean isEarly(BlobId id, String authorization) {
        boolean is = access.isEarly(id, authorization);
        int _ = is ? early.incrementAndGet() : 0;
        return is;
      }
    };
  }

  private Pages pages() {
    return new Pages() {
      @Override
      public Optional<byte[]> page(String path, String authorization) {
        return WorkNetwork.this.page(path, authorization);
      }

      @Override
      public boolean isEarly(String path, String authorization) {
        return access.isEarly(path, authorization);
      }
    };
  }

  /// What the worker serves at a path.
  Optional<byte[]> page(String path, String authorization) {
    return servesNothing ? Optional.empty() : access.page(path, authorization);
  }

  /// Whether an auditor has the job's file of inputs.
  boolean hasInputs(int auditor) {
    BlobStore store = Objects.requireNonNull(stores.get("auditor" + auditor));
    return store.has(BlobHasher.id(jobFiles.getLast()));
  }

  /// Whether an evaluator's store has a file.
  boolean hasFile(int evaluator, BlobId id) {
    return Objects.requireNonNull(stores.get("evaluator" + evaluator)).has(id);
  }

  /// Whether an auditor keeps the job's file of inputs.
  boolean keepsInputs(int auditor) {
    BlobStore store = Objects.requireNonNull(stores.get("auditor" + auditor));
    return store.isLeasedBy(BlobHasher.id(jobFiles.getLast()), BlobOwner.HOLDER);
  }

  /// When the chain begins: the same for all tests of a class, as all of the genesis.
  long beginMillis() {
    return OneValidator.DERIVED.parentTimestampMillis();
  }

  /// Which hardware the chain trusts, encoded.
  Bytes attestationPolicy(Bytes dev) {
    return dev;
  }

  /// The genesis that the chain has.
  Genesis changed(Genesis made) {
    return made;
  }

  /// Classes of verification that the worker registers.
  long workerClasses() {
    return WorkJob.EXACT;
  }

  /// What vouches for the worker's claims.
  Optional<HardwareEvidence> hardware() {
    return Optional.empty();
  }

  /// Of the window for challenges: as in networks for trials, unless a test needs longer.
  int windowBlocks() {
    return 20;
  }

  /// The time by which leases of stores end.
  InstantSource storeClock() {
    return InstantSource.system();
  }

  /// How much somebody's store takes.
  BlobLimits limits(String name) {
    return BlobLimits.DEFAULT;
  }

  BlobStore store(String name) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name).resolve("blobs"));
    return BlobStore.open(
        own, new DirectoryChunks(own.resolve("chunks")), limits(name), Holders.NONE, storeClock());
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
    chain.close();
    signers.forEach(AccountSigner::close);
  }

  /// The chain as an account's service sees it.
  WorkChain chainOf(int account) {
    return accounts.get(account);
  }

  /// The chain as the worker sees it.
  WorkChain workersChain() {
    return chainOf(1);
  }

  /// Where an auditor runs items again.
  Tracer tracer(int account) {
    return Tracer.SHARED;
  }

  WorkerService worker(Engines engines) throws Exception {
    return worker(engines, new EngineRuns(Runnable::run)); // In virtual time.
  }

  WorkerService worker(Engines engines, EngineRuns runs) throws Exception {
    WorkerService worker =
        new WorkerService(
            workersChain(),
            folder.resolve("worker"),
            workersFiles,
            results,
            access,
            engines,
            hardware(),
            runs,
            new SegmentRuns(Runnable::run, Runnable::run));
    closing.add(worker);
    return worker;
  }

  List<AuditorService> auditors() throws Exception {
    List<AuditorService> auditors = new ArrayList<>();
    for (int i = 2; i < 4; i++) {
      auditors.add(auditor(i, chainOf(i)));
    }
    return auditors;
  }

  /// Where an auditor runs segments again.
  SegmentRuns segmentRuns() {
    return new SegmentRuns(Runnable::run, Runnable::run);
  }

  /// An auditor, or the same one that has started again.
  AuditorService auditor(int account, WorkChain seen) throws Exception {
    String name = "auditor" + account;
    BlobStore store = stores.get(name);
    if (store == null) {
      store = store(name);
      stores.put(name, store);
    }
    AuditorService auditor =
        new AuditorService(
            seen,
            folder.resolve(name),
            new JobFiles(store),
            Reach.ANY,
            new EngineChoice.Referee(),
            tracer(account),
            segmentRuns(),
            Demands.PAYS_ONE_IN);
    closing.add(auditor);
    return auditor;
  }

  /// The evaluators, which register.
  List<EvaluatorService> evaluators() throws Exception {
    List<EvaluatorService> evaluators = new ArrayList<>();
    for (int i = FIRST_EVALUATOR; i < signers.size(); i++) {
      assertTrue(registerEvaluator(i));
      evaluators.add(evaluator(i));
    }
    return evaluators;
  }

  boolean registerEvaluator(int account) {
    return accounts
        .get(account)
        .send(WorkCall.registerService(ServiceRole.EVALUATOR, 1, "", Amount.aitbc(100)));
  }

  /// The evaluator of an account, as when it starts anew.
  EvaluatorService evaluator(int account) throws Exception {
    String name = "evaluator" + account;
    BlobStore store = store(name);
    BlobStore _ = stores.put(name, store);
    EvaluatorService evaluator =
        new EvaluatorService(
            chainOf(account),
            folder.resolve(name),
            new JobFiles(store),
            Reach.ANY,
            new SegmentRuns(Runnable::run, Runnable::run));
    closing.add(evaluator);
    return evaluator;
  }

  /// Registers worker, auditors and the model, waits for the next epoch if there is an auditor to
  /// have secrets then, submits.
  ///
  /// @param items of the file of inputs
  /// @param request with a task hash
  void submit(List<? extends ClaimChecker> checkers, Model model, List<Bytes> items, Asked request)
      throws Exception {
    register(model);
    String address = served.firstEntry().getValue();
    assertTrue(
        accounts
            .get(1)
            .send(
                WorkCall.registerService(
                    ServiceRole.WORKER, workerClasses(), address, Amount.aitbc(3_000))));
    for (int i = 2; i < 4; i++) {
      assertTrue(
          accounts
              .get(i)
              .send(
                  WorkCall.registerService(
                      ServiceRole.AUDITOR, WorkJob.EXACT, "", Amount.aitbc(100))));
    }
    int blocks =
        checkers.stream().anyMatch(AuditorService.class::isInstance)
            ? EPOCH_BLOCKS - EMPTY_BLOCKS
            : 1;
    for (int block = 1; block <= blocks; block++) {
      chain.grow();
      for (ClaimChecker checker : checkers) {
        boolean _ = checker.step();
      }
    }
    submitFiles(model, items, request);
  }

  private void register(Model model) {
    assertTrue(
        accounts
            .get(0)
            .send(
                WorkCall.registerModel(
                    Bytes.wrap(model.header().encoded()),
                    WorkCall.Boundary.NONE,
                    "model",
                    new Amount(EconomyParameter.MODEL_DEPOSIT.standard()))));
  }

  /// What a client asks for, once it knows the task's hash.
  @FunctionalInterface
  interface Asked {
    WorkJob.Request of(Hash task) throws Exception;
  }

  /// Submits a job of another model, once it is registered.
  void submitBeside(Model model, List<Bytes> items, Asked request) throws Exception {
    register(model);
    chain.grow();
    submitFiles(model, items, request);
  }

  private void submitFiles(Model model, List<Bytes> items, Asked request) throws Exception {
    TaskFile task =
        new TaskFile(BlobHasher.id(model.encoded()), BlobHasher.id(ItemFile.encoded(items)));
    jobFiles = List.of(task.encoded(), model.encoded(), ItemFile.encoded(items));
    submitted = Optional.of(request.of(task.hash()));
    submitAgain();
  }

  /// Submits what was submitted last.
  void submitAgain() throws Exception {
    assertTrue(accounts.get(0).send(WorkCall.submit(submitted.orElseThrow(), FEE)));
    chain.grow();
    chain.grow(); // Its beacon draws.
  }

  /// A job of inference; one of its items does not fit.
  void submitInference(List<? extends ClaimChecker> checkers) throws Exception {
    Model model = InferenceJob.model();
    List<Bytes> items = InferenceJob.items(ITEMS);
    submit(checkers, model, items, task -> InferenceJob.request(model, items, task));
  }

  /// The text that a worker serves at a path.
  static Optional<String> text(Results results, String path) {
    return results
        .served(path, _ -> false)
        .map(page -> new String(page, StandardCharsets.US_ASCII).strip());
  }

  /// What an account sends to the worker's store.
  BlobClient store(AccountSigner account) {
    return new BlobClient(
        URI.create(served.firstEntry().getValue()), () -> authorization(account), Reach.ANY);
  }

  /// With which an account asks the worker's store now.
  String authorization(AccountSigner account) {
    return account.authorization(
        CHAIN_ID,
        signers.get(1).address(),
        Instant.now().getEpochSecond() + ServiceRequest.SECONDS_MAX / 2);
  }

  /// The client as the worker's store knows it.
  BlobOwner clientsAccount() {
    return new BlobOwner(signers.getFirst().address().toString());
  }

  /// Puts content into a store.
  void upload(BlobClient to, byte[] content) throws Exception {
    Path file = Files.write(folder.resolve("upload"), content);
    to.upload(BlobHasher.id(content), file, Duration.ofHours(1));
  }

  /// The client puts the job's files into the drawn worker's store.
  void upload(WorkerService worker) throws Exception {
    try (BlobClient client = store(signers.getFirst())) {
      assertThrows(
          BlobRefusedException.class,
          () -> upload(client, jobFiles.getFirst()),
          "before the worker knows the job");
    }
    give(worker);
    try (BlobClient stranger = store(signers.get(2))) {
      assertThrows(BlobRefusedException.class, () -> upload(stranger, new byte[] {1}), "of no job");
    }
  }

  /// The same, where the worker knows the client of another job.
  void give(WorkerService worker) throws Exception {
    try (BlobClient client = store(signers.getFirst())) {
      boolean _ = worker.step();
      for (byte[] file : jobFiles) {
        upload(client, file);
      }
    }
  }

  /// Blocks until the claim is in a state.
  WorkClaim until(
      WorkClaim.State state, WorkerService worker, List<? extends ClaimChecker> checkers)
      throws Exception {
    for (int block = 0; block < 4 * EPOCH_BLOCKS; block++) {
      round(worker, checkers);
      Optional<WorkClaim> claim = accounts.getFirst().read(WorkRead.claim(CLAIM));
      if (claim.filter(each -> each.state() == state).isPresent()) {
        return claim.get();
      }
    }
    throw new AssertionError(
        "not " + state + ": " + accounts.getFirst().read(WorkRead.claim(CLAIM)));
  }

  /// Rounds until something is so, at most so many.
  void rounds(
      int roundsMax,
      BooleanSupplier until,
      WorkerService worker,
      List<? extends ClaimChecker> checkers)
      throws Exception {
    for (int i = 0; i < roundsMax && !until.getAsBoolean(); i++) {
      round(worker, checkers);
    }
  }

  /// Everybody does what the chain waits for, and a block is made of it.
  void round(WorkerService worker, List<? extends ClaimChecker> checkers) throws Exception {
    boolean _ = worker.step();
    for (ClaimChecker checker : checkers) {
      boolean _ = checker.step();
    }
    chain.grow();
  }

  List<WorkEvent> events(EconomyContract contract) {
    return accounts.getFirst().events(contract, 1);
  }

  /// What a contract told of one kind, in order.
  <T extends WorkEvent> List<T> told(EconomyContract contract, Class<T> kind) {
    return events(contract).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  Amount credit(int account) {
    return accounts
        .getFirst()
        .read(WorkRead.credit(signers.get(account).address()))
        .orElse(Amount.ZERO);
  }

  /// The worker's.
  Amount bond() {
    return accounts
        .getFirst()
        .read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address()))
        .orElseThrow()
        .bond();
  }

  /// The worker is convicted: the client has its fee back, and ten times the reward of 48 AITBC is
  /// taken of the bond.
  void assertConvicted() {
    assertEquals(FEE, credit(0));
    assertEquals(Amount.aitbc(3_000 - 480), bond());
  }
}
