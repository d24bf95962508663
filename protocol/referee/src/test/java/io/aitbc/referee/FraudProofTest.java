// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.testkit.Seed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Fraud is proven by one element, and nobody honest is convicted.
class FraudProofTest {
  private static final Verdict FRAUD = new Verdict.Fraud(ProofKind.ELEMENT);

  static Trace trace(Seed seed) throws MalformedModelException {
    return new Inference(EveryOperator.model(seed), Kernel.fastest(), Workers.NONE)
        .trace(EveryOperator.input(seed));
  }

  /// For each entry of a trace, one element is another: the challenger finds it and proves it.
  static void assertEveryEntryIsProvable(Seed seed, Trace trace) {
    for (int i = 0; i < trace.model().entries().size(); i++) {
      Tensor output = trace.model().entries().get(i).output();
      int tile = output.firstTile() + seed.below(output.tiles());
      byte[] content = trace.tile(tile);
      content[seed.below(content.length)] ^= (byte) (1 << seed.below(8));
      Dispute dispute = Dispute.withTile(trace, tile, content);
      Dispute.Walk walk = dispute.walk().orElseThrow();
      assertEquals(tile, walk.tile());
      byte[] proof =
          new Prover(trace, walk.learned(), dispute.inputs, Dispute.ITEM).element(tile, content);
      assertEquals(FRAUD, dispute.judge(proof), trace.model().entries().get(i)::toString);
      assertTrue(proof.length <= Judge.INPUT_BYTES_MAX - Claim.BYTES, () -> "" + proof.length);
      assertInstanceOf(Verdict.Refused.class, Dispute.honest(trace).judge(proof));
    }
  }

  @Test // Protocol §17.5: a false element of every operator.
  void aFalseElementOfAnyOperatorIsProven() {
    Seed.forAll(1, 4, seed -> assertEveryEntryIsProvable(seed, trace(seed)));
  }

  @Test // Protocol §17.5: NaN has one form.
  void aNaNInAnotherFormIsFraud() throws Exception {
    Seed seed = Seed.of(3);
    Trace trace = trace(seed);
    int found = 0;
    for (int i = 0; i < trace.model().entries().size() && found < 3; i++) {
      Tensor output = trace.model().entries().get(i).output();
      if (output.type() != ElementType.FLOAT32) {
        continue;
      }
      for (int e = 0; e < output.elements(); e++) {
        if (Float.isNaN(trace.elements(output).floats()[e])) {
          int row = e / output.columns();
          int column = e % output.columns();
          int tile = output.tileOf(row, column);
          byte[] content = trace.tile(tile);
          content[4 * (column % Tensor.TILE_ELEMENTS)] ^= 1;
          Dispute dispute = Dispute.withTile(trace, tile, content);
          assertEquals(FRAUD, dispute.judge(dispute.prover().element(tile, content)));
          found++;
          break;
        }
      }
    }
    assertEquals(3, found);
  }

  @Test // Protocol §17.1, §17.4: what an entry makes has one NaN, an input is what its client sent.
  void falseElementsAreProvenWhateverFormTheNaNsOfAnInputHave() {
    Seed.forAll(
        1,
        2,
        seed -> {
          byte[] input = EveryOperator.input(seed);
          for (int bits : new int[] {0xffc00000, 0x7fc00001, 0x7f800001}) {
            int element = seed.below(EveryOperator.ROWS * EveryOperator.COLUMNS);
            ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN).putInt(4 * element, bits);
          }
          Trace trace =
              new Inference(EveryOperator.model(seed), Kernel.fastest(), Workers.NONE).trace(input);
          int row = 4 * EveryOperator.COLUMNS;
          for (int tile = 0; tile < EveryOperator.ROWS; tile++) {
            Hash sent = MerkleTree.leaf(Arrays.copyOfRange(input, tile * row, (tile + 1) * row));
            assertEquals(sent, trace.inputTree().node(0, tile));
          }
          assertEveryEntryIsProvable(seed, trace);
        });
  }

  @Test // Protocol §17.5: a tile that is no tile of the tensor.
  void aTileOfAnotherLengthIsFraud() throws Exception {
    Trace trace = trace(Seed.of(4));
    for (int length : new int[] {0, 1, 5000}) {
      Dispute dispute = Dispute.withTile(trace, 17, new byte[length]);
      assertEquals(FRAUD, dispute.judge(dispute.prover().element(17, new byte[length])));
    }
  }

  @Test // Protocol §17.5.
  void aTrueElementIsRight() throws Exception {
    Seed seed = Seed.of(5);
    Trace trace = trace(seed);
    Dispute dispute = Dispute.honest(trace);
    for (int i = 0; i < trace.model().entries().size(); i++) {
      Tensor output = trace.model().entries().get(i).output();
      int row = seed.below(output.rows());
      int column = seed.below(output.columns());
      byte[] proof =
          dispute.prover().element(i, row, column, trace.tile(output.tileOf(row, column)));
      assertEquals(new Verdict.Right(), dispute.judge(proof));
    }
  }

  @Test // Protocol §17.5: a true trace beside a false output.
  void anOutputThatIsNotTheTracesIsFraud() throws Exception {
    Trace trace = trace(Seed.of(6));
    byte[] output = trace.output();
    output[100] ^= 4;
    Dispute dispute = Dispute.withOutput(trace, output);
    assertTrue(dispute.walk().isEmpty());
    Tensor last = trace.model().output();
    int tile = last.tileOf(100 / 4 / last.columns(), 0) - last.firstTile();
    byte[] claimed = trace.tile(last.firstTile() + tile);
    assertEquals(
        new Verdict.Fraud(ProofKind.OUTPUT),
        dispute.judge(
            dispute.prover().output(dispute.outputs, Dispute.ITEM, output, tile, claimed)));
    Dispute honest = Dispute.honest(trace);
    assertEquals(
        new Verdict.Right(),
        honest.judge(
            honest.prover().output(honest.outputs, Dispute.ITEM, honest.output, tile, claimed)));
  }

  private static Verdict lengthVerdict(Trace trace, long inputBytes, byte[] output) {
    Hash tiles = trace.inputTree().root();
    List<Hash> leaves = new ArrayList<>(List.of(MerkleTree.leaf(new byte[9])));
    leaves.add(ItemLeaf.input(1, inputBytes, tiles));
    MerkleTree inputs = MerkleTree.over(leaves);
    leaves.set(1, ItemLeaf.output(1, output));
    MerkleTree outputs = MerkleTree.over(leaves);
    Claim claim =
        new Claim(
            trace.model().id(),
            inputs.root(),
            2,
            1,
            outputs.root(),
            2,
            1,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO);
    return Judge.judge(
        claim, Prover.length(trace.model(), inputs, 1, inputBytes, tiles, outputs, 1, output));
  }

  @Test // Protocol §17.5: an item that does not fit has the empty output, every other a whole one.
  void anOutputOfTheWrongLengthIsFraud() throws Exception {
    Trace trace = trace(Seed.of(7));
    long fitting = trace.model().header().inputBytes();
    Verdict fraud = new Verdict.Fraud(ProofKind.LENGTH);
    assertEquals(fraud, lengthVerdict(trace, fitting, new byte[0]));
    assertEquals(fraud, lengthVerdict(trace, fitting, new byte[7]));
    assertEquals(new Verdict.Right(), lengthVerdict(trace, fitting, trace.output()));
    assertEquals(fraud, lengthVerdict(trace, fitting + 1, trace.output()));
    assertEquals(new Verdict.RightlyEmpty(), lengthVerdict(trace, fitting + 1, new byte[0]));
  }

  @Test // Protocol §17.5: honest executions are never convicted.
  void noMutationOfAProofConvictsAnHonestWorker() {
    Seed.forAll(
        1,
        2,
        seed -> {
          Trace trace = trace(seed);
          Dispute honest = Dispute.honest(trace);
          List<byte[]> proofs = new ArrayList<>();
          for (int i = 0; i < trace.model().entries().size(); i++) {
            Tensor output = trace.model().entries().get(i).output();
            proofs.add(honest.prover().element(i, 0, 0, trace.tile(output.firstTile())));
            byte[] forged = trace.tile(output.firstTile());
            forged[0] ^= 1;
            proofs.add(honest.prover().element(i, 0, 0, forged));
          }
          proofs.add(
              honest
                  .prover()
                  .output(
                      honest.outputs,
                      Dispute.ITEM,
                      honest.output,
                      0,
                      trace.tile(trace.model().output().firstTile())));
          for (int round = 0; round < 3000; round++) {
            byte[] proof = mutated(seed, seed.pick(proofs));
            Verdict verdict = honest.judge(proof);
            assertFalse(
                verdict instanceof Verdict.Fraud || verdict instanceof Verdict.MalformedModel,
                verdict::toString);
          }
        });
  }

  static byte[] mutated(Seed seed, byte[] proof) {
    byte[] mutated = proof.clone();
    switch (seed.below(4)) {
      case 0 -> mutated[seed.below(mutated.length)] ^= (byte) (1 << seed.below(8));
      case 1 -> {
        // Numbers of entry, row and column stand where the kinds' fields begin.
        int at = Math.min(mutated.length - 1, 1 + ModelHeader.BYTES + seed.below(120));
        mutated[at] = (byte) seed.below(4);
      }
      case 2 -> mutated = Arrays.copyOf(mutated, seed.below(mutated.length + 40));
      default -> mutated[0] = (byte) seed.below(7);
    }
    return mutated;
  }

  @Test // Protocol §17.5: bytes from outside are refused with a reason.
  void whatIsNoProofIsRefused() throws Exception {
    Seed.forAll(
        1,
        200,
        seed -> assertInstanceOf(Verdict.Refused.class, Judge.judge(seed.bytes(seed.below(900)))));
    Dispute honest = Dispute.honest(trace(Seed.of(8)));
    byte[] tooLong = new byte[Judge.INPUT_BYTES_MAX];
    assertEquals(
        new Verdict.Refused(new ProofRefusal.TooLong(tooLong.length)), honest.judge(tooLong));
  }
}
