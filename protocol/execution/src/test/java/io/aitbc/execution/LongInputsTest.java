// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Demands of inputs that are longer than one answer, and of one that does not fit its model and is
/// longer than any.
class LongInputsTest { // Protocol §17.14
  private static final int ROWS = 70;

  /// A tile of 1,024 bytes and one of a single one in each row.
  private static final int COLUMNS = 1_025;

  /// Whole rows until 32 KiB are there, or but for the last tile of a row.
  private static final List<Integer> PARTS = List.of(0, 63, 127);

  /// The length of an input that nobody could put on a chain.
  private static final long GIANT_BYTES = 100_000_000;

  private static final Hash GIANT = MerkleTree.leaf(new byte[] {1});

  private final WorkWorld work = new WorkWorld();
  private final Trace trace = run();
  private final List<Bytes> tiles = tiles();
  private final MerkleTree inputs =
      MerkleTree.over(
          List.of(
              ItemLeaf.input(0, (long) ROWS * COLUMNS, trace.inputTree().root()),
              ItemLeaf.input(1, GIANT_BYTES, GIANT),
              ItemLeaf.input(2, 32_768, MerkleTree.leaf(new byte[32_768]))));
  private final DisputeCall.InputLeaf fitting =
      new DisputeCall.InputLeaf(
          ROWS * COLUMNS, trace.inputTree().root(), TrainingWorld.path(inputs, 0));

  /// Rows of bytes into a sum each.
  private static Trace run() {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, ROWS, COLUMNS);
    byte[] weights = new byte[COLUMNS];
    Arrays.fill(weights, (byte) 3);
    Tensor w = plan.constant(Elements.of(weights), 1, COLUMNS);
    Tensor y = plan.sumProducts(x, w, 1, List.of(plan.constant(Elements.of(new int[1]), 1, 1)));
    try {
      return new Inference(plan.inference(y), Kernel.plain(), Workers.NONE).trace(input());
    } catch (MalformedModelException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] input() {
    byte[] input = new byte[ROWS * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) (i * 7 + i / COLUMNS);
    }
    return input;
  }

  private static List<Bytes> tiles() {
    List<Bytes> tiles = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      tiles.add(Bytes.of(input(), row * COLUMNS, 1_024));
      tiles.add(Bytes.of(input(), row * COLUMNS + 1_024, 1));
    }
    return tiles;
  }

  private DisputeCall.Served part(int first) {
    return DisputeCall.Served.part(tiles, trace.inputTree(), first);
  }

  /// Tiles that are no part.
  private DisputeCall.Served tiles(int first, int count) {
    return new DisputeCall.Served(
        tiles.subList(first, first + count), trace.inputTree().beside(first, count));
  }

  private static MerkleTree outputs(byte[] first) {
    return MerkleTree.over(
        List.of(
            ItemLeaf.output(0, first),
            ItemLeaf.output(1, new byte[0]),
            ItemLeaf.output(2, new byte[0])));
  }

  private MerkleTree outputs() {
    return outputs(trace.output());
  }

  private static DisputeCall.Served output(MerkleTree outputs, int item, byte[] output) {
    return new DisputeCall.Served(List.of(Bytes.wrap(output)), TrainingWorld.path(outputs, item));
  }

  private ClaimId revealed(MerkleTree outputs) {
    return revealed(trace.model().header().encoded(), trace.model().id(), inputs, outputs);
  }

  private ClaimId revealed(byte[] header, Hash model, MerkleTree of, MerkleTree outputs) {
    succeed(
        work.send(
            MAKER,
            WorkCall.registerModel(
                Bytes.wrap(header), WorkCall.Boundary.NONE, "long", Amount.aitbc(100))));
    long job = work.submit(model, of.root(), FEE, 0);
    int _ = work.revealed(job, outputs.root());
    return new ClaimId(job, 0);
  }

  private int workerOf(ClaimId claim) {
    return WorkWorld.indexOf(work.read(WorkRead.claim(claim)).worker());
  }

  private WorkClaim.State stateOf(ClaimId claim) {
    return work.read(WorkRead.claim(claim)).state();
  }

  /// Demands each part of item 0 with a deposit and has it answered.
  private List<WorkEvent.Served> laidOpen(ClaimId claim, DisputeCall.Served output) {
    List<WorkEvent.Served> served = new ArrayList<>();
    for (int first : PARTS) {
      Amount deposit = work.read(WorkRead.deposit(claim));
      succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 0, first, deposit)));
      long dispute = work.read(WorkRead.disputeCount());
      EconomyWorld.Outcome answer =
          work.send(workerOf(claim), DisputeCall.serve(dispute, fitting, part(first), output));
      succeed(answer);
      answer.logs().stream()
          .flatMap(log -> WorkEvent.of(log).stream())
          .filter(WorkEvent.Served.class::isInstance)
          .forEach(event -> served.add((WorkEvent.Served) event));
    }
    return served;
  }

  @Test // Protocol §17.14 rule 2
  void everyPartOfALongInputIsServed() {
    MerkleTree outputs = outputs();
    ClaimId claim = revealed(outputs);
    assertEquals(PARTS, DisputeCall.parts(tiles.stream().map(Bytes::length).toList()));
    Amount deposit = work.read(WorkRead.deposit(claim));
    assertError(
        "NoTile(uint256,uint256)",
        work.send(STRANGER, DisputeCall.demandPart(claim, 0, tiles.size(), deposit)));
    List<WorkEvent.Served> served = laidOpen(claim, output(outputs, 0, trace.output()));
    assertEquals(PARTS, served.stream().map(each -> (int) each.tile()).toList());
    assertEquals(tiles, served.stream().flatMap(each -> each.tiles().stream()).toList());
    for (WorkEvent.Served each : served) {
      assertEquals(
          fitting, new DisputeCall.InputLeaf(each.length(), each.root(), each.inputPath()));
      assertEquals(Bytes.wrap(trace.output()), each.output());
      assertEquals(TrainingWorld.path(outputs, 0), each.outputPath());
    }
    work.balance();
    assertEquals(deposit.times(3), work.read(WorkRead.credit(account(workerOf(claim)))));
  }

  @Test // Protocol §17.14 rule 2: neither less nor more, nor anything else.
  void whatIsNotThePartThatWasDemandedIsNoAnswer() {
    MerkleTree outputs = outputs();
    ClaimId claim = revealed(outputs);
    int worker = workerOf(claim);
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 0, 63, deposit)));
    DisputeCall.Served right = output(outputs, 0, trace.output());
    DisputeCall.Served part = part(63);
    for (int tiles : new int[] {0, 1, 63}) {
      assertError(
          "TooLittleData(uint256,uint256)",
          work.send(
              worker,
              DisputeCall.serve(
                  1, fitting, tiles == 0 ? DisputeCall.Served.NOTHING : tiles(63, tiles), right)));
    }
    assertError(
        "TooMuchData(uint256,uint256)",
        work.send(worker, DisputeCall.serve(1, fitting, tiles(63, 65), right)));
    List<Bytes> turned = new ArrayList<>(part.parts());
    Collections.swap(turned, 0, 2);
    List<Hash> longer = new ArrayList<>(part.path());
    longer.add(Hash.ZERO);
    List<Hash> shorter = part.path().subList(0, part.path().size() - 1);
    for (EconomyCall wrong :
        List.of(
            DisputeCall.serve(1, fitting, tiles(62, 63), right),
            DisputeCall.serve(1, fitting, new DisputeCall.Served(turned, part.path()), right),
            DisputeCall.serve(1, fitting, new DisputeCall.Served(part.parts(), longer), right),
            DisputeCall.serve(1, fitting, new DisputeCall.Served(part.parts(), shorter), right),
            DisputeCall.serve(1, fitting, part, output(outputs, 0, new byte[0])),
            DisputeCall.serve(1, fitting, part, output(outputs, 1, new byte[0])),
            DisputeCall.serve(
                1, new DisputeCall.InputLeaf(7, fitting.tiles(), fitting.path()), part, right),
            DisputeCall.serve(
                1,
                new DisputeCall.InputLeaf(GIANT_BYTES, GIANT, TrainingWorld.path(inputs, 1)),
                DisputeCall.Served.NOTHING,
                right))) {
      assertError("NotUnderRoot()", work.send(worker, wrong));
    }
    succeed(work.send(worker, DisputeCall.serve(1, fitting, part, right)));
    work.balance();
  }

  @Test // Whatever the rows of its tensors are: a worker that could not answer would be convicted.
  void everyPartOfAnInputOfAnyTilesIsServed() {
    SplittableRandom dice = new SplittableRandom(17);
    for (int count : new int[] {1, 2, 3, 9, 600, 1_201}) {
      List<Bytes> any = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        // Long ones follow many short ones, of which 512 come to 32 KiB or not.
        boolean longest = dice.nextInt(count > 1_000 ? 100 : 4) == 0;
        byte[] tile = new byte[longest ? 4_096 : 1 + dice.nextInt(60)];
        dice.nextBytes(tile);
        any.add(Bytes.wrap(tile));
      }
      long _ = servedInParts(any, new byte[0]);
    }
  }

  @Test // The deposit is twice what the answer costs. Protocol §17.14 rule 1
  void theDearestPartCostsNoMoreThanADepositReckonsWith() {
    int tiles = DisputeCall.PART_TILES_MAX;
    byte[] longest = new byte[4_096];
    byte[] shorter = new byte[(DisputeCall.DATA_BYTES_MAX - 1) / (tiles - 1)];
    byte[] output = new byte[DisputeCall.DATA_BYTES_MAX];
    for (byte[] each : List.of(longest, shorter, output)) {
      Arrays.fill(each, (byte) 1);
    }
    List<Bytes> any = new ArrayList<>(Collections.nCopies(tiles - 1, Bytes.wrap(shorter)));
    any.add(Bytes.wrap(longest));
    any.addAll(Collections.nCopies(tiles, Bytes.wrap(shorter)));
    long gas = servedInParts(any, output);
    System.out.printf("[notice] the dearest answer to a demand: %d gas%n", gas);
    assertTrue(gas <= EconomyParameter.ANSWER_GAS.standard().low(), gas + " gas");
  }

  /// @return the gas of the dearest answer
  private long servedInParts(List<Bytes> any, byte[] result) {
    long length = any.stream().mapToLong(Bytes::length).sum();
    MerkleTree tree =
        MerkleTree.over(any.stream().map(tile -> MerkleTree.leaf(tile.toArray())).toList());
    MerkleTree items =
        MerkleTree.over(
            IntStream.range(0, WorkWorld.ITEMS)
                .mapToObj(item -> ItemLeaf.input(item, length, tree.root()))
                .toList());
    byte[] header =
        ByteBuffer.allocate(92)
            .put(GIANT.toArray())
            .putInt(1)
            .put(GIANT.toArray())
            .putInt(0)
            .putInt(any.size())
            .putLong(length)
            .putInt(0)
            .putInt(1)
            .array();
    MerkleTree outputs =
        MerkleTree.over(Collections.nCopies(WorkWorld.ITEMS, ItemLeaf.output(1, result)));
    Hash model = Sha256.hash(ByteBuffer.allocate(93).put((byte) 2).put(header).array());
    ClaimId claim = revealed(header, model, items, outputs);
    List<Integer> firsts = DisputeCall.parts(any.stream().map(Bytes::length).toList());
    long dearest = 0;
    for (int first : firsts) {
      Amount deposit = work.read(WorkRead.deposit(claim));
      succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 1, first, deposit)));
      DisputeCall.Served part = DisputeCall.Served.part(any, tree, first);
      assertTrue(part.parts().stream().mapToInt(Bytes::length).sum() < 32_768 + 4_096);
      EconomyWorld.Outcome served =
          work.send(
              workerOf(claim),
              DisputeCall.serve(
                  work.read(WorkRead.disputeCount()),
                  new DisputeCall.InputLeaf(length, tree.root(), TrainingWorld.path(items, 1)),
                  part,
                  output(outputs, 1, result)));
      succeed(served);
      dearest = Math.max(dearest, served.gasUsed());
    }
    work.balance();
    return dearest;
  }

  @Test // Protocol §17.14 rule 4
  void whoDoesNotAnswerAPartIsConvicted() {
    MerkleTree outputs = outputs();
    ClaimId claim = revealed(outputs);
    int worker = workerOf(claim);
    Amount bond = work.read(WorkRead.service(ServiceRole.WORKER, account(worker))).bond();
    Amount deposit = work.read(WorkRead.deposit(claim));
    for (int first : PARTS) {
      succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 0, first, deposit)));
    }
    DisputeCall.Served right = output(outputs, 0, trace.output());
    for (int answered : new int[] {0, 2}) {
      succeed(
          work.send(
              worker, DisputeCall.serve(answered + 1, fitting, part(PARTS.get(answered)), right)));
    }
    assertError("NotLate(uint256)", work.send(STRANGER, DisputeCall.timeOut(2)));
    work.pass(1_801);
    succeed(work.send(STRANGER, DisputeCall.timeOut(2)));
    assertEquals(WorkClaim.State.FRAUD, stateOf(claim));
    ServiceAccount convicted = work.read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(1, convicted.convictions());
    assertEquals(bond.minus(Amount.aitbc(240)), convicted.bond());
    // Its deposit, and the challenger's part of what the worker lost.
    assertEquals(deposit.plus(Amount.aitbc(12)), work.read(WorkRead.credit(account(STRANGER))));
    work.balance();
  }

  @Test // Protocol §17.14 rule 6: nobody needs more than the logs and the model.
  void aFalseOutputOfALongInputIsProvenFromWhatWasLaidOpenAlone() {
    byte[] wrong = trace.output();
    wrong[1] ^= 1;
    MerkleTree outputs = outputs(wrong);
    ClaimId claim = revealed(outputs);
    List<WorkEvent.Served> served = laidOpen(claim, output(outputs, 0, wrong));
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    served.forEach(part -> part.tiles().forEach(tile -> input.writeBytes(tile.toArray())));
    Trace own =
        new Inference(trace.model(), Kernel.plain(), Workers.NONE).trace(input.toByteArray());
    WorkEvent.Served any = served.getFirst();
    byte[] claimed = any.output().toArray();
    assertFalse(Arrays.equals(own.output(), claimed));
    succeed(
        work.send(STRANGER, DisputeCall.challenge(claim, 0, work.read(WorkRead.deposit(claim)))));
    long dispute = work.read(WorkRead.disputeCount());
    MerkleTree answer = trace.tree();
    succeed(
        work.send(
            workerOf(claim),
            DisputeCall.answerRoot(dispute, answer.root(), answer.below(answer.height(), 0))));
    MerkleTree known =
        MerkleTree.ofPath(
            ItemLeaf.input(0, any.length(), own.inputTree().root()), 0, 3, any.inputPath());
    MerkleTree said = MerkleTree.ofPath(ItemLeaf.output(0, claimed), 0, 3, any.outputPath());
    byte[] proof =
        new Prover(own, own.tree(), known, 0)
            .output(said, 0, claimed, 0, own.tile(trace.model().output().firstTile()));
    succeed(work.send(STRANGER, DisputeCall.prove(dispute, Bytes.wrap(proof))));
    assertEquals(WorkClaim.State.FRAUD, stateOf(claim));
    work.balance();
  }

  @Test
  void anInputThatDoesNotFitIsAnsweredWithoutItWhateverItsLength() {
    MerkleTree outputs = outputs();
    ClaimId claim = revealed(outputs);
    int worker = workerOf(claim);
    Amount deposit = work.read(WorkRead.deposit(claim));
    for (int item = 1; item <= 2; item++) {
      succeed(work.send(STRANGER, DisputeCall.demand(claim, item, deposit)));
    }
    DisputeCall.InputLeaf giant =
        new DisputeCall.InputLeaf(GIANT_BYTES, GIANT, TrainingWorld.path(inputs, 1));
    assertError(
        "WrongCount(uint256,uint256)",
        work.send(
            worker,
            DisputeCall.serve(
                1,
                giant,
                new DisputeCall.Served(List.of(Bytes.EMPTY), List.of()),
                output(outputs, 1, new byte[0]))));
    DisputeCall.Served nothing = DisputeCall.Served.NOTHING;
    succeed(
        work.send(worker, DisputeCall.serve(1, giant, nothing, output(outputs, 1, new byte[0]))));
    succeed(
        work.send(
            worker,
            DisputeCall.serve(
                2,
                new DisputeCall.InputLeaf(
                    32_768, MerkleTree.leaf(new byte[32_768]), TrainingWorld.path(inputs, 2)),
                nothing,
                output(outputs, 2, new byte[0]))));
    work.balance();
    assertEquals(deposit.times(2), work.read(WorkRead.credit(account(worker))));
  }

  @Test // Protocol §17.12: nobody else may read, or everybody.
  void aJobIsOfItsPartiesAloneOrOfEverybody() {
    long everybodys = work.submit(work.request(WorkJob.EVERYBODY), FEE);
    assertEquals(true, work.read(WorkRead.job(everybodys)).isPublic());
    assertEquals(false, work.read(WorkRead.job(work.submit(FEE, 0))).isPublic());
    assertError(
        "WrongReaders(bytes32)",
        work.send(
            WorkWorld.CLIENT, WorkCall.submit(work.request(MerkleTree.leaf(new byte[0])), FEE)));
  }
}
