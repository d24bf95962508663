// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.signer.AccountSigner;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// A client against the real contracts and a worker's real store, in virtual time.
class JobClientIT { // Protocol §17.9, §17.12, §17.13, §17.15
  private static final ClaimId CLAIM = new ClaimId(1, 0);

  @TempDir private Path folder;

  private final List<AccountSigner> signers =
      IntStream.range(1, 5)
          .mapToObj(i -> {
            byte[] seed = new byte[32];
            seed[0] = (byte) i;
            return AccountSigner.fromSeed(seed);
          })
          .toList();
  private final List<JobProgress> told = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ExecutedChain chain;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private ExecutedChain.View account;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private TestWorker worker;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private JobClient client;

  @BeforeEach
  void network() throws Exception {
    chain = new ExecutedChain(signers.stream().map(AccountSigner::address).toList());
    account = chain.new View(signers.get(0));
    worker = new TestWorker(chain.new View(signers.get(1)), folder.resolve("worker"));
    client = client();
    assertTrue(worker.register(Amount.aitbc(5_000)));
    ExecutedChain.View auditor = chain.new View(signers.get(2));
    assertTrue(
        auditor.post(WorkCall.registerService(ServiceRole.AUDITOR, 1, "", Amount.aitbc(100))));
    assertEquals(model().id(), new ModelClient(account).register(model(), "sums\u001b[2J"));
  }

  private JobClient client() throws Exception {
    return client(0, "client", Reach.ANY);
  }

  private JobClient client(int who, String name, Reach reach) throws Exception {
    return new JobClient(
        who == 0 ? account : chain.new View(signers.get(who)),
        folder.resolve(name),
        StoreOpening.signed(
            signers.get(who), ExecutedChain.CHAIN_ID, InstantSource.system(), reach),
        reach);
  }

  @AfterEach
  void end() throws Exception {
    client.close();
    worker.close();
    signers.forEach(AccountSigner::close);
  }

  /// Four numbers into two sums.
  private static Model model() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, 1, 4);
    Tensor w = plan.constant(Elements.of(new byte[] {1, 2, 3, 4, -1, -2, 5, 2}), 2, 4);
    Tensor bias = plan.constant(Elements.of(new int[2]), 1, 2);
    return plan.inference(plan.sumProducts(x, w, 1, List.of(bias)));
  }

  private static JobOrder order(int items) throws Exception {
    List<Bytes> inputs =
        IntStream.range(0, items)
            .mapToObj(i -> Bytes.of((byte) i, (byte) (i >> 8), (byte) 3, (byte) 4))
            .toList();
    return new JobOrder(model(), inputs, Amount.wei(1_000_000_000_000_000L), 60, 60, Amount.ZERO);
  }

  private static List<Bytes> expected(JobOrder order) throws Exception {
    List<Bytes> outputs = new ArrayList<>();
    try (RefereeEngine engine = new RefereeEngine(order.model(), Kernel.plain(), Workers.NONE)) {
      for (int from = 0; from < order.inputs().size(); from += ClaimId.ITEMS_MAX) {
        int to = Math.min(order.inputs().size(), from + ClaimId.ITEMS_MAX);
        outputs.addAll(engine.run(order.inputs().subList(from, to), Duration.ofMinutes(1)));
      }
    }
    return outputs;
  }

  @Test
  void allClaimsOfAJobAreAskedAboutInOneGo() throws Exception {
    long job = client.submit(order(ClaimId.ITEMS_MAX + 1));
    List<String> asked = new ArrayList<>();
    JobChain counting =
        (JobChain)
            Proxy.newProxyInstance(
                JobChain.class.getClassLoader(),
                new Class<?>[] {JobChain.class},
                (_, method, arguments) -> {
                  asked.add(method.getName());
                  return method.invoke(account, arguments);
                });
    assertEquals(2, AskedJob.status(counting, job).orElseThrow().claims().size());
    assertEquals(List.of("height", "readEach", "readEach", "readEach"), asked, "and their turns");
  }

  private void workerWorks() {
    chain.eachBlock(worker::step);
  }

  private static boolean says(JobExplanation explanation, String what) {
    return explanation.decisions().stream().anyMatch(each -> each.what().contains(what))
        || explanation.awaited().stream().anyMatch(each -> each.what().contains(what));
  }

  private void assertSays(String... all) throws Exception {
    JobExplanation explanation = client.explain(1);
    for (String what : all) {
      assertTrue(says(explanation, what), () -> what + " is not in " + explanation);
    }
  }

  private long count(Predicate<JobProgress> which) {
    return told.stream().filter(which).count();
  }

  @Test
  void aJobIsBoughtFromTheOrderToTheResult() throws Exception {
    workerWorks();
    JobOrder order = order(5);
    assertEquals(1, client.submit(order));
    assertSays("submitted: 5 items in 1 claims, 0.005 AITBC in escrow");
    assertSays("the beacon of block");
    JobStatus end = client.follow(1, told::add);
    assertEquals("SETTLED", end.claims().getFirst().state());
    assertEquals(1, count(JobProgress.Uploaded.class::isInstance));
    assertEquals(
        List.of("OPEN", "ACCEPTED", "COMMITTED", "REVEALED", "SETTLED"),
        told.stream()
            .filter(JobProgress.Changed.class::isInstance)
            .map(each -> ((JobProgress.Changed) each).state())
            .toList());
    assertEquals(
        Map.of(0L, new ClaimOutputs.Right(expected(order))), client.result(1), "as the referee");
    byte[] file = Files.readAllBytes(client.outputsFile(CLAIM));
    assertEquals(expected(order), ItemFile.decode(file, 5).orElseThrow());
    assertSays("accepted", "committed", "revealed", "seats of auditors are drawn", "settled");
    assertEquals(List.of(), client.explain(1).awaited());
    assertEquals(
        "sums?[2J", new ModelClient(account).all().getFirst().name(), "nothing a terminal obeys");
  }

  @Test
  void whatIsAwaitedIsSaidWithItsDeadlines() throws Exception {
    worker.last = WorkClaim.State.REVEALED;
    long _ = client.submit(order(1));
    JobStatus _ = client.step(1, told::add);
    chain.grow();
    JobExplanation turn = client.explain(1);
    assertTrue(says(turn, "turn 1 of 3 of draw 1 of 3"), turn.toString());
    long since = client.status(1).orElseThrow().claims().getFirst().assignment().turnHeight();
    assertEquals(since + 4, turn.awaited().getFirst().until().orElseThrow().height());
    workerWorks();
    for (String state : List.of("ACCEPTED", "COMMITTED", "REVEALED")) {
      JobStatus status = client.step(1, told::add);
      for (int block = 0; block < 20 && !state(status).equals(state); block++) {
        chain.grow();
        status = client.step(1, told::add);
      }
      assertEquals(state, state(status));
      WorkClaim work = account.read(WorkRead.claim(CLAIM)).orElseThrow();
      assertEquals(
          List.of(work.untilHeight()),
          client.explain(1).awaited().stream()
              .flatMap(each -> each.until().stream())
              .map(JobExplanation.Deadline::height)
              .distinct()
              .toList());
    }
    assertSays("challenges by anybody", "from block");
  }

  @Test // Protocol §17.15
  void whatEvaluatorsSayAndWhatItCostsTheWorkerIsSaid() throws Exception {
    ExecutedChain.View evaluator = chain.new View(signers.get(3));
    assertTrue(
        evaluator.post(WorkCall.registerService(ServiceRole.EVALUATOR, 1, "", Amount.aitbc(100))));
    workerWorks();
    long _ = client.submit(order(2));
    for (int block = 0; !state(client.step(1, told::add)).equals("REVEALED"); block++) {
      assertTrue(block < 20, "it is revealed");
      chain.grow();
    }
    chain.grow(); // Its beacon draws.
    assertSays("scores of evaluators: 0 of 7 seats sealed theirs");
    WorkEvaluation evaluation = account.read(WorkRead.evaluation(CLAIM)).orElseThrow();
    assertTrue(
        client.explain(1).awaited().stream()
            .flatMap(each -> each.until().stream())
            .anyMatch(until -> until.height() == evaluation.commitHeight()));
    WorkCall.Score score = new WorkCall.Score(600_000, 0);
    Hash salt = order(1).model().id();
    Hash seal =
        WorkCall.scoreCommitment(ExecutedChain.CHAIN_ID, CLAIM, evaluator.account(), score, salt);
    assertTrue(evaluator.post(WorkCall.commitScore(CLAIM, seal)));
    chain.grow();
    assertSays("sealed its score", "evaluators open their scores: 0 of 7 sealed seats did");
    assertTrue(evaluator.post(WorkCall.revealScore(CLAIM, score, salt)));
    JobStatus end = client.follow(1, told::add);
    assertEquals("SETTLED", end.claims().getFirst().state());
    assertSays("utility 600000, novelty 0", "quality is 800000 millionths, by 7 opened scores");
    assertEquals(
        "the window is over and no dispute was open; quality withheld 0.000064 AITBC of 0.0016"
            + " AITBC",
        client.explain(1).decisions().getLast().why());
  }

  private static String state(JobStatus status) {
    return status.claims().getFirst().state();
  }

  @Test // Protocol §17.12: every 4,096 items are a claim.
  void moreItemsThanOfOneClaimComeBackInTheirOrder() throws Exception {
    workerWorks();
    JobOrder order = order(ClaimId.ITEMS_MAX + 3);
    long _ = client.submit(order);
    JobStatus end = client.follow(1, told::add);
    assertEquals(2, end.claims().size());
    List<Bytes> all = new ArrayList<>();
    for (ClaimOutputs each : client.result(1).values()) {
      all.addAll(assertInstanceOf(ClaimOutputs.Right.class, each).items());
    }
    assertEquals(expected(order), all);
    assertEquals(1, count(JobProgress.Uploaded.class::isInstance), "one upload for both claims");
  }

  @Test // Protocol §17.12 rule 4
  void whatNobodyTakesIsDrawnAgainAndGivenUp() throws Exception {
    JobOrder order = order(1_000);
    long _ = client.submit(order);
    JobStatus end = client.follow(1, told::add);
    assertEquals("CANCELLED", state(end));
    assertEquals(
        List.of("draw again", "draw again", "give up"),
        told.stream()
            .filter(JobProgress.Sent.class::isInstance)
            .map(each -> ((JobProgress.Sent) each).what())
            .toList());
    assertSays("draw 2 of 3", "draw 3 of 3", "ended before anybody accepted it; 0.99 AITBC");
    assertEquals(Amount.wei(990_000_000_000_000_000L), client.withdraw());
    assertEquals(Amount.ZERO, client.withdraw());
    assertInstanceOf(ClaimOutputs.NoneYet.class, client.result(1).get(0L));
  }

  @Test // Protocol §17.12 rule 4
  void whatNobodyAcceptedIsTakenBack() throws Exception {
    long _ = client.submit(order(1_000));
    assertEquals(1, client.cancel(1));
    assertEquals(0, client.cancel(1));
    assertSays("ended before anybody accepted it; 1 AITBC came back");
    assertEquals(Amount.aitbc(1), client.withdraw());
    long _ = client.submit(order(1));
    try (JobClient other = client(2, "other", Reach.ANY)) {
      assertThrows(CallRefusedException.class, () -> other.cancel(2));
    }
  }

  @Test // Protocol §17.13
  void aLateWorkerIsReportedAndPaysTheClient() throws Exception {
    worker.last = WorkClaim.State.ACCEPTED;
    workerWorks();
    long _ = client.submit(order(1_000));
    for (int block = 0; block < 100 && count(JobProgress.Sent.class::isInstance) == 0; block++) {
      JobStatus _ = client.step(1, told::add);
      chain.grow();
    }
    assertEquals(1, count(new JobProgress.Sent(CLAIM, "report as late")::equals), told.toString());
    assertSays("was late; its bond paid 0.1 AITBC");
    assertEquals(Amount.wei(100_000_000_000_000_000L), client.withdraw());
  }

  @Test
  void aClientThatStartsAgainGivesTheFilesToTheWorkers() throws Exception {
    workerWorks();
    long _ = client.submit(order(5));
    client.close();
    client = client();
    JobStatus end = client.follow(1, told::add);
    assertEquals("SETTLED", state(end));
    assertInstanceOf(ClaimOutputs.Right.class, client.result(1).get(0L));
    try (JobClient elsewhere = client(0, "empty", Reach.ANY)) {
      long _ = client.submit(order(5));
      chain.grow();
      assertThrows(Exception.class, () -> elsewhere.follow(2, told::add));
    }
  }

  @Test
  void outputsThatWereNotCommittedToAreRefused() throws Exception {
    worker.liar = true;
    workerWorks();
    long _ = client.submit(order(5));
    JobStatus _ = client.follow(1, told::add);
    var wrong = assertInstanceOf(ClaimOutputs.Wrong.class, client.result(1).get(0L));
    assertTrue(wrong.reason().contains("their root is"), wrong.reason());
    assertEquals(signers.get(1).address(), wrong.worker());
    assertTrue(Files.notExists(client.outputsFile(CLAIM)));
  }

  @Test
  void malformedAnswersOfAWorkerAreBoundedAndNamed() throws Exception {
    worker.last = WorkClaim.State.REVEALED;
    workerWorks();
    long _ = client.submit(order(5));
    for (int block = 0; block < 20; block++) {
      JobStatus _ = client.step(1, _ -> {});
      chain.grow();
    }
    try (JobClient fresh = client(0, "fresh", Reach.ANY)) {
      HttpServer hostile =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      List<String> asked = new ArrayList<>();
      String[] body = {""};
      int[] status = {200};
      hostile.createContext(
          "/",
          exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            byte[] bytes = body[0].getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(status[0], bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
      hostile.start();
      String address = "http://127.0.0.1:" + hostile.getAddress().getPort();
      redescribe(address);
      try {
        status[0] = 302;
        assertReason(fresh, ClaimOutputs.NotServed.class, "answers with status 302");
        assertEquals(List.of("/claims/1/0/outputs"), asked, "no redirect is followed");
        status[0] = 200;
        body[0] = "hello";
        assertReason(fresh, ClaimOutputs.NotServed.class, "no id of a blob");
        body[0] = "x".repeat(100_000);
        assertReason(fresh, ClaimOutputs.NotServed.class, "failed");
        body[0] = new BlobId(Hash.fromHex("11".repeat(32)), ItemFile.BYTES_MAX + 1).toString();
        assertReason(fresh, ClaimOutputs.Wrong.class, "a file of 268435457 bytes");
        // The hashes of the blob's chunks are this text too.
        body[0] = new BlobId(Hash.fromHex("11".repeat(32)), 2 << 20).toString();
        assertReason(fresh, ClaimOutputs.NotServed.class, "HashesLost");
        // And so is a single chunk, though a part was asked for.
        body[0] = new BlobId(Hash.fromHex("11".repeat(32)), 40).toString();
        assertReason(fresh, ClaimOutputs.NotServed.class, "status=200");
      } finally {
        hostile.stop(0);
      }
      redescribe("http://[");
      assertReason(fresh, ClaimOutputs.NotServed.class, "no URL");
      redescribe("file:///etc/passwd");
      assertReason(fresh, ClaimOutputs.NotServed.class, "AddressNotAllowed");
    }
    try (JobClient careful = client(0, "c", Reach.PUBLIC)) {
      redescribe(worker.address());
      assertReason(careful, ClaimOutputs.NotServed.class, "AddressNotAllowed");
    }
  }

  private void redescribe(String address) {
    assertTrue(worker.describe(address));
    chain.grow();
  }

  private static void assertReason(
      JobClient client, Class<? extends ClaimOutputs> kind, String reason) throws Exception {
    ClaimOutputs outputs = client.result(1).get(0L);
    assertInstanceOf(kind, outputs);
    assertTrue(outputs.toString().contains(reason), () -> reason + " is not in " + outputs);
  }

  @Test // Protocol §17.8 rule 4
  void aStoreTakesNothingFromWhoDoesNotSign() throws Exception {
    workerWorks();
    long _ = client.submit(order(5));
    chain.grow();
    try (JobClient anonymous =
        new JobClient(
            account, folder.resolve("client"), StoreOpening.anonymous(Reach.ANY), Reach.ANY)) {
      JobStatus _ = anonymous.step(1, told::add);
    }
    var refused = (JobProgress.NotUploaded) told.getLast();
    assertTrue(refused.reason().contains("status=40"), refused.reason());
  }

  @Test
  void aWorkerThatHasNotSeenItsDrawIsAskedAgain() throws Exception {
    workerWorks();
    long _ = client.submit(order(5));
    worker.knowsFrom = chain.height() + 3;
    JobStatus end = client.follow(1, told::add);
    assertEquals("SETTLED", state(end));
    assertEquals(2, count(JobProgress.NotUploaded.class::isInstance), told.toString());
    assertEquals(0, count(JobProgress.Sent.class::isInstance), "in the first draw");
  }

  @Test // Protocol §17.12 rule 4
  void aWorkerThatNeverEndsAnUploadHoldsUpNothingElse() throws Exception {
    AtomicInteger patches = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    HttpServer endless =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endless.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    endless.createContext(
        "/uploads",
        exchange -> {
          if (exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().add("Location", "/uploads/" + "0a".repeat(16));
            exchange.sendResponseHeaders(201, -1);
          } else {
            int _ = patches.incrementAndGet();
            try {
              end.await();
            } catch (InterruptedException stopped) {
              Thread.currentThread().interrupt();
            }
          }
          exchange.close();
        });
    endless.start();
    try {
      String address = "http://127.0.0.1:" + endless.getAddress().getPort();
      ExecutedChain.View hostile = chain.new View(signers.get(3));
      assertTrue(
          hostile.post(
              WorkCall.registerService(ServiceRole.WORKER, 1, address, Amount.aitbc(3_000))));
      workerWorks();
      JobOrder order = order(5);
      assertTimeoutPreemptively(
          Duration.ofSeconds(100),
          () -> {
            for (long job = 1; job < 4 || patches.get() == 0; job++) {
              assertEquals(job, client.submit(order));
              assertEquals("SETTLED", state(client.follow(job, told::add)));
            }
          });
      assertEquals(0, count(JobProgress.NotUploaded.class::isInstance), told.toString());
      client.close(); // Does not wait for it either.
    } finally {
      end.countDown();
      endless.stop(0);
    }
  }

  @Test
  void theExampleOfTheDocumentsBuysOutputs() throws Exception {
    workerWorks();
    JobOrder order = order(5);
    assertEquals(
        expected(order),
        BuyingWork.buy(client, order.model().encoded(), order.inputs(), order.feePerItem()));
  }

  @Test
  void aJobThatIsNotThereIsSaid() throws Exception {
    assertTrue(client.status(1).isEmpty());
    assertThrows(Exception.class, () -> client.explain(1));
    assertThrows(Exception.class, () -> client.result(1));
    assertThrows(
        CallRefusedException.class, () -> new ModelClient(account).register(model(), "again"));
    new ModelClient(account).close(model().id());
    assertThrows(CallRefusedException.class, () -> client.submit(order(1)));
  }

  @Test // Protocol §17.6, §17.9 rule 4
  void aTrainingIsBoughtFromTheOrderToTheTrainedState() throws Exception {
    workerWorks();
    JobOrder order = TrainingOrders.order();
    assertEquals(order.model().id(), new ModelClient(account).register(order.model(), "rows"));
    assertEquals(Amount.wei(3_000_000_000_000_000L), order.fee());
    long job = client.submit(order);
    assertThrows(Exception.class, () -> client.trained(job + 1), "there is none");
    assertInstanceOf(ClaimOutputs.NoneYet.class, client.trained(job));
    assertEquals("SETTLED", state(client.follow(job, told::add)));
    ClaimOutputs.Right trained = new ClaimOutputs.Right(List.of(TrainingOrders.trained()));
    assertEquals(trained, client.trained(job), "as the referee");
    assertEquals(1, count(new JobProgress.FetchedState(new ClaimId(job, 0), trained)::equals));
    assertSays("submitted: training, 3 segments of 4 steps, 0.003 AITBC in escrow");
    worker.close();
    assertEquals(trained, client.trained(job), "it is kept");
  }

  @Test // Protocol §17.9 rule 4
  void aStateOfAnotherRootThanTheLastOutputIsRefused() throws Exception {
    worker.falseState = true;
    workerWorks();
    JobOrder order = TrainingOrders.order();
    Hash _ = new ModelClient(account).register(order.model(), "rows");
    long job = client.submit(order);
    JobStatus _ = client.follow(job, told::add);
    var wrong = assertInstanceOf(ClaimOutputs.Wrong.class, client.trained(job));
    assertTrue(wrong.reason().contains("not the last output"), wrong.reason());
    assertInstanceOf(ClaimOutputs.Right.class, client.result(job).get(0L));
  }

  @Test // Protocol §17.9 rule 3
  void anOrderThatDoesNotFitItsModelIsRefused() throws Exception {
    JobOrder right = TrainingOrders.order();
    JobOrder.Training training = right.training().orElseThrow();
    assertRefused(() -> TrainingOrders.order(List.of(Bytes.of((byte) 1)), training));
    assertRefused(() ->
        TrainingOrders.order(right.inputs(), new JobOrder.Training(Bytes.of((byte) 1), 1, 1)));
    assertRefused(() -> new JobOrder.Training(training.firstState(), 4_097, 1));
    assertRefused(() -> new JobOrder.Training(training.firstState(), 1, 257));
    assertRefused(
        () -> new JobOrder(right.model(), right.inputs(), right.feePerItem(), 60, 60, Amount.ZERO));
    JobOrder infers = order(1);
    assertRefused(() ->
        new JobOrder(
            infers.model(),
            infers.inputs(),
            infers.feePerItem(),
            60,
            60,
            Amount.ZERO,
            infers.readers(),
            right.training()));
  }

  private static void assertRefused(Executable order) {
    IllegalArgumentException _ = assertThrows(IllegalArgumentException.class, order);
  }
}
