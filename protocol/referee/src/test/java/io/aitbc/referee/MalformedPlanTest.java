// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.testkit.DecoderTorture;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A plan that cannot be carried out convicts nobody.
class MalformedPlanTest { // Protocol §17.3
  private static final Tensor X = new Tensor(Space.INPUT, ElementType.FLOAT32, 0, 1, 8);
  private static final Tensor FIRST = new Tensor(Space.TRACE, ElementType.FLOAT32, 0, 1, 8);
  private static final Tensor SECOND = new Tensor(Space.TRACE, ElementType.FLOAT32, 1, 1, 8);

  private static byte[] unary(Tensor output, Tensor operand) {
    return new Entry(Operator.RELU, output, List.of(operand), List.of()).encoded().toArray();
  }

  /// The verdict on a PLAN proof about entry 0 of a plan of these two.
  private static Verdict verdict(byte[] first, byte[] second, int against) {
    MerkleTree plan = MerkleTree.over(List.of(MerkleTree.leaf(first), MerkleTree.leaf(second)));
    ModelHeader header = new ModelHeader(plan.root(), 2, Hash.ZERO, 0, 1, 32, 0, 2);
    Claim claim =
        new Claim(header.id(), Hash.ZERO, 1, 0, Hash.ZERO, 1, 0, Hash.ZERO, Hash.ZERO, Hash.ZERO);
    ByteBuffer proof = ByteBuffer.allocate(1024).put((byte) 5).put(header.encoded());
    proof.putInt(0).putShort((short) first.length).put(first).put(plan.path(0)).putInt(against);
    if (against == 1) {
      proof.putInt(1).putShort((short) second.length).put(second).put(plan.path(1));
    }
    byte[] bytes = new byte[proof.position()];
    proof.flip().get(bytes);
    return Judge.judge(claim, bytes);
  }

  @Test // Protocol §17.5.
  void anEntryIsJudgedAlone() {
    byte[] good = unary(FIRST, X);
    assertEquals(new Verdict.Right(), verdict(good, unary(SECOND, FIRST), 0));
    assertEquals(
        new Verdict.MalformedModel(new PlanFault.ForwardReference(SECOND, FIRST)),
        verdict(unary(FIRST, SECOND), good, 0));
    assertEquals(
        new Verdict.MalformedModel(new PlanFault.Undecodable(0)), verdict(new byte[20], good, 0));
    Tensor beyond = new Tensor(Space.INPUT, ElementType.FLOAT32, 1, 1, 8);
    assertEquals(
        new Verdict.MalformedModel(new PlanFault.OutOfBounds(beyond, 1)),
        verdict(unary(FIRST, beyond), good, 0));
    Tensor wider = new Tensor(Space.INPUT, ElementType.FLOAT32, 0, 1, 9);
    assertInstanceOf(Verdict.MalformedModel.class, verdict(unary(FIRST, wider), good, 0));
  }

  @Test // Protocol §17.5.
  void twoEntriesAreHeldAgainstEachOther() {
    byte[] good = unary(FIRST, X);
    assertEquals(new Verdict.Right(), verdict(good, unary(SECOND, FIRST), 1));
    Tensor otherwise = new Tensor(Space.TRACE, ElementType.FLOAT32, 0, 1, 9);
    Tensor nine = new Tensor(Space.TRACE, ElementType.FLOAT32, 1, 1, 9);
    assertEquals(
        new Verdict.MalformedModel(new PlanFault.Overlap(FIRST, otherwise)),
        verdict(good, unary(nine, otherwise), 1));
  }

  @Test // Protocol §17.3: STATE is laid out as what the trace ends with.
  void noEntryLiesAcrossTheBeginningOfTheState() {
    Tensor state = new Tensor(Space.STATE, ElementType.FLOAT32, 0, 1, 8);
    Tensor across = new Tensor(Space.TRACE, ElementType.FLOAT32, 1, 2, 8);
    List<Entry> plan =
        List.of(
            new Entry(Operator.RELU, FIRST, List.of(X), List.of()),
            new Entry(Operator.ADD, across, List.of(FIRST, state), List.of()));
    MalformedModelException refused =
        assertThrows(
            MalformedModelException.class, () -> Model.of(plan, List.of(), List.of(), 1, 32, 1));
    assertEquals(new PlanFault.OutOfBounds(across, 2), refused.fault());
  }

  @Test // Protocol §17.2.
  void requantizationRoundsHalfUpAlsoBelowZeroAndSaturates() {
    assertEquals(1, Arithmetic.requantized(1, 1, -128, 127));
    assertEquals(0, Arithmetic.requantized(-1, 1, -128, 127));
    assertEquals(-1, Arithmetic.requantized(-3, 1, -128, 127));
    assertEquals(-2, Arithmetic.requantized(-4, 1, -128, 127));
    assertEquals(127, Arithmetic.requantized(Integer.MAX_VALUE, 3, -128, 127));
    assertEquals(-128, Arithmetic.requantized(Integer.MIN_VALUE, -31, -128, 127));
    assertEquals(12, Arithmetic.requantized(3, -2, -128, 127));
    assertEquals(0, Arithmetic.requantized(-500, 2, 0, 127));
  }

  @Test // Protocol §17.2.
  void specialFloatsAreKept() {
    assertEquals(0, Float.floatToRawIntBits(Arithmetic.relu(-0f)));
    assertEquals(0, Float.floatToRawIntBits(Arithmetic.relu(Float.NaN)));
    assertEquals(Float.MIN_VALUE, Arithmetic.relu(Float.MIN_VALUE));
    assertEquals(1f, Arithmetic.maximum(Float.NaN, 1f));
    assertEquals(
        Elements.NAN_BITS, Elements.of(new float[] {Float.intBitsToFloat(0xffc12345)}).bits(0));
    assertEquals(0, Arithmetic.toInt8(Float.NaN));
    assertEquals(127, Arithmetic.toInt8(Float.POSITIVE_INFINITY));
    assertEquals(-128, Arithmetic.toInt8(-1e30f));
    assertEquals(0, Arithmetic.toInt8(-0.5f));
    assertEquals(1, Arithmetic.toInt8(0.5f));
  }

  @Test // Protocol §17.3.
  void filesOfStrangersAreReadOrRefusedWithinBounds() throws MalformedModelException {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.FLOAT32, 2, 8);
    Tensor row = plan.constant(Elements.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}), 1, 8);
    Model model = plan.inference(plan.unary(Operator.RELU, plan.binary(Operator.ADD, x, row)));
    new DecoderTorture(Model::decode, e -> e instanceof MalformedModelException)
        .run(17_003, 2_000, List.of(model.encoded()));
    new DecoderTorture(Entry::decode, _ -> false)
        .run(17_004, 2_000, List.of(model.entries().getFirst().encoded().toArray()));
  }
}
