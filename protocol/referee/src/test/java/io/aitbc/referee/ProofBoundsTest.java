// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Proofs of the wrong kind, about headers out of bounds, and what may follow in one, byte by byte.
class ProofBoundsTest { // Protocol §17.3 rule 4, §17.5
  private static final Tensor X = new Tensor(Space.INPUT, ElementType.FLOAT32, 0, 1, 8);
  private static final Tensor WEIGHTS = new Tensor(Space.CONSTANT, ElementType.FLOAT32, 0, 1, 8);
  private static final byte[] SUM = adds(0);
  private static final byte[] TILE = new byte[32];
  private static final byte[] NOTHING = new byte[0];

  /// The entry that adds input and constants, with its result at a tile.
  private static byte[] adds(int tile) {
    Tensor result = new Tensor(Space.TRACE, ElementType.FLOAT32, tile, 1, 8);
    return new Entry(Operator.ADD, result, List.of(X, WEIGHTS), List.of()).encoded().toArray();
  }

  private static ModelHeader header(Hash constants) {
    return new ModelHeader(MerkleTree.leaf(SUM), 1, constants, 1, 1, 32, 0, 1);
  }

  /// Verdict on a proof about a claim of one item.
  private static Verdict judge(ModelHeader header, byte[] output, ProofKind kind, byte[] rest) {
    Claim claim =
        new Claim(
            header.id(),
            Hash.ZERO,
            1,
            0,
            ItemLeaf.output(0, output),
            1,
            0,
            MerkleTree.leaf(TILE),
            Hash.ZERO,
            Hash.ZERO);
    byte[] proof =
        ByteBuffer.allocate(1 + ModelHeader.BYTES + rest.length)
            .put((byte) kind.code())
            .put(header.encoded())
            .put(rest)
            .array();
    return Judge.judge(claim, proof);
  }

  private static ByteBuffer piece(ByteBuffer to, byte[] content) {
    return to.putShort((short) content.length).put(content);
  }

  private static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  @Test
  void aHeaderOutOfBoundsIsMalformedAndNothingFollowsIt() {
    int tiles = Tensor.TILES_MAX + 1;
    List<ModelHeader> outside =
        List.of(
            new ModelHeader(Hash.ZERO, 0, Hash.ZERO, 0, 1, 32, 0, 1),
            new ModelHeader(Hash.ZERO, -1, Hash.ZERO, 0, 1, 32, 0, 1),
            new ModelHeader(Hash.ZERO, ModelHeader.ENTRIES_MAX + 1, Hash.ZERO, 0, 1, 32, 0, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, -1, 1, 32, 0, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, tiles, 1, 32, 0, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, -1, 32, 0, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, tiles, 32, 0, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, 1, -1, 0, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, 1, 32, -1, 1),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, 1, 32, 0, 0),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, 1, 32, 0, tiles),
            new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, 1, 32, 2, 1));
    for (ModelHeader header : outside) {
      for (ProofKind kind : ProofKind.values()) {
        assertEquals(
            new Verdict.MalformedModel(new PlanFault.Undecodable(-1)),
            judge(header, NOTHING, kind, NOTHING),
            header + " " + kind);
        assertEquals(
            new Verdict.Refused(new ProofRefusal.TrailingBytes(1)),
            judge(header, NOTHING, kind, new byte[1]));
      }
    }
    ModelHeader largest =
        new ModelHeader(
            Hash.ZERO,
            ModelHeader.ENTRIES_MAX,
            Hash.ZERO,
            Tensor.TILES_MAX,
            Tensor.TILES_MAX,
            Long.MAX_VALUE,
            Tensor.TILES_MAX,
            Tensor.TILES_MAX);
    assertInstanceOf(
        Verdict.Refused.class, judge(largest, NOTHING, ProofKind.ELEMENT, NOTHING), "no proof");
  }

  @Test
  void aProofIsOfTheKindOfItsModel() {
    ModelHeader trains = new ModelHeader(Hash.ZERO, 1, Hash.ZERO, 0, 1, 32, 1, 2);
    for (ProofKind kind : List.of(ProofKind.LENGTH, ProofKind.OUTPUT)) {
      assertEquals(
          new Verdict.Refused(new ProofRefusal.WrongModelKind(kind)),
          judge(trains, NOTHING, kind, new byte[200]));
    }
    assertEquals(
        new Verdict.Refused(new ProofRefusal.WrongModelKind(ProofKind.STATE)),
        judge(header(Hash.ZERO), NOTHING, ProofKind.STATE, new byte[200]));
  }

  /// An OUTPUT proof about tile 0 of the last entry.
  private static Verdict output(byte[] output) {
    ByteBuffer rest = ByteBuffer.allocate(1_024);
    piece(piece(rest, output), SUM).putInt(0);
    return judge(
        header(MerkleTree.leaf(TILE)), output, ProofKind.OUTPUT, written(piece(rest, TILE)));
  }

  @Test // Of another length, or rightly empty: a proof of the length decides.
  void anOutputOfAnotherLengthIsNotComparedWithTheTrace() {
    assertEquals(new Verdict.Right(), output(new byte[32]));
    byte[] other = new byte[32];
    other[31] = 1;
    assertEquals(new Verdict.Fraud(ProofKind.OUTPUT), output(other));
    for (int length : new int[] {0, 28, 31, 33}) {
      assertEquals(
          new Verdict.Refused(new ProofRefusal.OutOfRange("output", length, 32)),
          output(new byte[length]));
    }
  }

  /// A PLAN proof about a tile of an operand.
  private static Verdict constant(int operand, int tile, byte[] constants, byte[] follows) {
    ByteBuffer rest = ByteBuffer.allocate(1_024).putInt(0);
    piece(rest, SUM).putInt(2).putInt(operand).putInt(tile).put(follows);
    return judge(header(MerkleTree.leaf(constants)), NOTHING, ProofKind.PLAN, written(rest));
  }

  private static byte[] laidOpen(byte[] tile) {
    return written(piece(ByteBuffer.allocate(1_024), tile));
  }

  @Test
  void aConstantOfAnotherLengthIsMalformedAndNothingFollowsAnOperandThatIsNone() {
    byte[] shorter = new byte[28];
    assertEquals(new Verdict.Right(), constant(1, 0, TILE, laidOpen(TILE)));
    assertEquals(
        new Verdict.MalformedModel(new PlanFault.WrongConstant(0, 28, 32)),
        constant(1, 0, shorter, laidOpen(shorter)));
    assertEquals(new Verdict.Right(), constant(0, 0, TILE, NOTHING));
    assertEquals(
        new Verdict.Refused(new ProofRefusal.TrailingBytes(34)),
        constant(0, 0, TILE, laidOpen(TILE)));
    assertEquals(
        new Verdict.Refused(new ProofRefusal.OutOfRange("operand", 2, 2)),
        constant(2, 0, TILE, NOTHING));
    assertEquals(
        new Verdict.Refused(new ProofRefusal.OutOfRange("tile", 1, 1)),
        constant(1, 1, TILE, NOTHING));
    assertInstanceOf(Verdict.Refused.class, constant(1, 0, TILE, laidOpen(shorter)), "not there");
  }

  @Test // Protocol §17.3 rule 2: results fill the trace without gaps.
  void aGapBetweenTwoResultsIsMalformed() {
    byte[] far = adds(2);
    MerkleTree plan = MerkleTree.over(List.of(MerkleTree.leaf(SUM), MerkleTree.leaf(far)));
    ModelHeader gap = new ModelHeader(plan.root(), 2, MerkleTree.leaf(TILE), 1, 1, 32, 0, 3);
    ByteBuffer rest = ByteBuffer.allocate(1_024).putInt(0);
    piece(rest, SUM).put(plan.path(0)).putInt(1).putInt(1);
    piece(rest, far).put(plan.path(1));
    assertEquals(
        new Verdict.MalformedModel(new PlanFault.Misplaced(1, 2, 1)),
        judge(gap, NOTHING, ProofKind.PLAN, written(rest)));
  }
}
