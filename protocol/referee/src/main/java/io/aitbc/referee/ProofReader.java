// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads a proof, and holds everything that it lays open against the root where it must stand.
/// Operands' tiles are read when an element's rule first asks for them, in that order, so that a
/// proof has one form. Protocol §17.5.
final class ProofReader implements OperandReader {
  /// Ends the reading of a proof that is none.
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient ProofRefusal refusal;

    RefusedException(ProofRefusal refusal) {
      super(refusal.toString(), null, false, false);
      this.refusal = refusal;
    }

    ProofRefusal refusal() {
      return refusal;
    }
  }

  /// A tile laid open.
  private record OpenTile(Space space, int tile, int offset) {}

  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final Claim claim;
  private final ModelHeader header;
  private final ProofKind kind;
  private final List<OpenTile> open = new ArrayList<>();
  private Hash inputTiles = Hash.ZERO;
  private boolean itemIsOpen;

  /// Reads kind and header.
  ProofReader(Claim claim, byte[] proof) {
    this.bytes = proof;
    this.buffer = ByteBuffer.wrap(proof);
    this.claim = claim;
    need(1 + ModelHeader.BYTES);
    int code = buffer.get();
    this.kind =
        ProofKind.ofCode(code)
            .orElseThrow(() -> new RefusedException(new ProofRefusal.UnknownKind(code)));
    this.header = ModelHeader.read(buffer);
    expect("model", claim.model(), header.id());
  }

  ProofKind kind() {
    return kind;
  }

  ModelHeader header() {
    return header;
  }

  private void need(long count) {
    if (count > buffer.remaining()) {
      throw new RefusedException(new ProofRefusal.Truncated(buffer.position(), count));
    }
  }

  private static void expect(String what, Hash expected, Hash actual) {
    if (!expected.equals(actual)) {
      throw new RefusedException(new ProofRefusal.WrongRoot(what, expected, actual));
    }
  }

  void finish() {
    if (buffer.hasRemaining()) {
      throw new RefusedException(new ProofRefusal.TrailingBytes(buffer.remaining()));
    }
  }

  /// A number below `bound`.
  int number(String what, long bound) {
    need(4);
    int value = buffer.getInt();
    if (value < 0 || value >= bound) {
      throw new RefusedException(new ProofRefusal.OutOfRange(what, value, bound));
    }
    return value;
  }

  Hash hash() {
    need(Hash.BYTES);
    return ModelHeader.readHash(buffer);
  }

  /// A length of two bytes and as many bytes; their offset. {@link #length} is the length.
  private int piece() {
    need(2);
    int length = buffer.getShort() & 0xffff;
    need(length);
    int offset = buffer.position();
    buffer.position(offset + length);
    return offset;
  }

  private int length(int offset) {
    return ByteBuffer.wrap(bytes).getShort(offset - 2) & 0xffff;
  }

  /// Reads a path and holds the leaf against the root.
  void path(String what, Hash root, Hash leaf, int index, int count) {
    if (index >= count) {
      throw new RefusedException(new ProofRefusal.OutOfRange(what, index, count));
    }
    int length = MerkleTree.pathLength(index, count) * Hash.BYTES;
    need(length);
    Hash actual = MerkleTree.fold(leaf, index, count, bytes, buffer.position());
    buffer.position(buffer.position() + length);
    expect(what, root, actual);
  }

  /// A plan's entry by its number; the entry has no fault.
  ///
  /// @throws MalformedModelException if it has
  Entry entry(int index) throws MalformedModelException {
    int offset = piece();
    byte[] encoding = new byte[length(offset)];
    System.arraycopy(bytes, offset, encoding, 0, encoding.length);
    path("plan", header.planRoot(), MerkleTree.leaf(encoding), index, header.entries());
    Entry entry =
        Entry.decode(encoding)
            .orElseThrow(() -> new MalformedModelException(new PlanFault.Undecodable(index)));
    var fault = EntryCheck.fault(header, entry, index);
    if (fault.isPresent()) {
      throw new MalformedModelException(fault.get());
    }
    return entry;
  }

  /// The length of the item's input.
  long item() {
    need(8);
    long length = buffer.getLong();
    inputTiles = hash();
    Hash leaf = ItemLeaf.input(claim.inputIndex(), length, inputTiles);
    path("inputs", claim.inputs(), leaf, claim.inputIndex(), claim.inputCount());
    itemIsOpen = true;
    return length;
  }

  /// The item's committed output.
  byte[] output() {
    int offset = piece();
    byte[] output = new byte[length(offset)];
    System.arraycopy(bytes, offset, output, 0, output.length);
    Hash leaf = ItemLeaf.output(claim.outputIndex(), output);
    path("outputs", claim.outputs(), leaf, claim.outputIndex(), claim.outputCount());
    return output;
  }

  /// A tile under the root of its space; of any length.
  byte[] tile(Space space, int tile) {
    int offset = openTile(space, tile);
    byte[] content = new byte[length(offset)];
    System.arraycopy(bytes, offset, content, 0, content.length);
    return content;
  }

  private int openTile(Space space, int tile) {
    if (space == Space.INPUT && !itemIsOpen) {
      long length = item();
      if (length != header.inputBytes()) {
        throw new RefusedException(new ProofRefusal.UnfitItem(length, header.inputBytes()));
      }
    }
    int offset = piece();
    Hash leaf = MerkleTree.leaf(bytes, offset, length(offset));
    path(space.name(), root(space), leaf, tile, header.tiles(space));
    return offset;
  }

  private Hash root(Space space) {
    return switch (space) {
      case CONSTANT -> header.constantsRoot();
      case INPUT -> inputTiles;
      case STATE -> claim.stateBefore();
      case TRACE -> claim.trace();
    };
  }

  @Override
  public int[] bits(Tensor tensor, int row, int column, int count) {
    int[] bits = new int[count];
    int done = 0;
    while (done < count) {
      int at = column + done;
      int tile = tensor.tileOf(row, at);
      int first = at % Tensor.TILE_ELEMENTS;
      int part = Math.min(count - done, tensor.elementsOf(tile) - first);
      int offset = operand(tensor, tile);
      for (int i = 0; i < part; i++) {
        bits[done + i] = Elements.rawBits(tensor.type(), bytes, offset, first + i);
      }
      done += part;
    }
    return bits;
  }

  private int operand(Tensor tensor, int tile) {
    for (OpenTile known : open) {
      if (known.tile == tile && known.space == tensor.space()) {
        return known.offset;
      }
    }
    int offset = openTile(tensor.space(), tile);
    if (length(offset) != tensor.bytesOf(tile)) {
      throw new RefusedException(new ProofRefusal.WrongTile(tensor, tile, length(offset)));
    }
    open.add(new OpenTile(tensor.space(), tile, offset));
    return offset;
  }
}
