// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes proofs against a claim from the challenger's own trace of the same item. The tree over
/// the other's trace is what the dispute's answers taught ({@link MerkleTree#learn}); left of the
/// first tile that differs it is the own one. Belongs to one thread. Protocol §17.5.
public final class Prover {
  private final Trace own;
  private final MerkleTree other;
  private final MerkleTree inputs;
  private final int inputIndex;

  /// A prover.
  ///
  /// @param own the challenger's trace
  /// @param other the tree over the worker's trace, as far as it is known
  /// @param inputs the job's input tree
  /// @param inputIndex the item's leaf of it
  public Prover(Trace own, MerkleTree other, MerkleTree inputs, int inputIndex) {
    this.own = own;
    this.other = other;
    this.inputs = inputs;
    this.inputIndex = inputIndex;
  }

  /// Proof about the first element of the claimed tile that is not the own one; about its first
  /// element if all are alike.
  ///
  /// @param tile number of the tile in the trace
  /// @param claimed its bytes as the worker gave them
  public byte[] element(int tile, byte[] claimed) {
    int index = own.entryOf(tile);
    Entry entry = own.model().entries().get(index);
    Tensor output = entry.output();
    byte[] right = own.tile(tile);
    int differs = Arrays.mismatch(right, claimed);
    int element = Math.clamp(differs / output.type().bytes(), 0, output.elementsOf(tile) - 1);
    int first = output.firstElementOf(tile) + element;
    return element(index, first / output.columns(), first % output.columns(), claimed);
  }

  /// Proof about one element.
  ///
  /// @param index number of the entry
  /// @param row the element's row in what the entry makes
  /// @param column its column
  /// @param claimed the bytes of its tile as the worker gave them
  public byte[] element(int index, int row, int column, byte[] claimed) {
    Entry entry = own.model().entries().get(index);
    Proof proof = new Proof(ProofKind.ELEMENT, own.model());
    proof.number(index);
    proof.entry(index);
    proof.number(row);
    proof.number(column);
    int tile = entry.output().tileOf(row, column);
    proof.piece(claimed);
    proof.bytes(other.path(tile));
    if (claimed.length == entry.output().bytesOf(tile)) {
      int _ = ElementRule.bits(entry, row, column, new Recorder(proof));
    }
    return proof.encoded();
  }

  /// Proof that an item does not fit the model, in a dispute about what an auditor reported of it:
  /// there the claim's only output counts as empty. Protocol §17.14.
  ///
  /// @param inputBytes length of the item's input
  /// @param inputTiles root over its tiles
  public static byte[] unfit(
      Model model, MerkleTree inputs, int inputIndex, long inputBytes, Hash inputTiles) {
    byte[] empty = new byte[0];
    MerkleTree outputs = MerkleTree.over(List.of(ItemLeaf.output(0, empty)));
    return length(model, inputs, inputIndex, inputBytes, inputTiles, outputs, 0, empty);
  }

  /// Proof about the length of an output, of an item that may not fit the model.
  ///
  /// @param inputBytes length of the item's input
  /// @param inputTiles root over its tiles
  /// @param outputs the claim's output tree
  /// @param outputIndex the item's leaf of it
  /// @param output the item's committed output
  public static byte[] length(
      Model model,
      MerkleTree inputs,
      int inputIndex,
      long inputBytes,
      Hash inputTiles,
      MerkleTree outputs,
      int outputIndex,
      byte[] output) {
    Proof proof = new Proof(ProofKind.LENGTH, model);
    proof.item(inputBytes, inputTiles, inputs.path(inputIndex));
    proof.piece(output);
    proof.bytes(outputs.path(outputIndex));
    proof.entry(model.entries().size() - 1);
    return proof.encoded();
  }

  /// Proof that the committed output is not what the worker's trace ends with.
  ///
  /// @param outputs the claim's output tree
  /// @param outputIndex the item's leaf of it
  /// @param output the item's committed output
  /// @param tile number of the output's tile that differs, from 0 on
  /// @param claimed its bytes in the worker's trace
  public byte[] output(
      MerkleTree outputs, int outputIndex, byte[] output, int tile, byte[] claimed) {
    Proof proof = new Proof(ProofKind.OUTPUT, own.model());
    proof.piece(output);
    proof.bytes(outputs.path(outputIndex));
    proof.entry(own.model().entries().size() - 1);
    proof.number(tile);
    proof.piece(claimed);
    proof.bytes(other.path(own.model().output().firstTile() + tile));
    return proof.encoded();
  }

  /// Proof that the state after a training step is not what the worker's trace ends with.
  ///
  /// @param after the tree over the state after the step, as the worker gave it
  /// @param tile number of the state's tile that differs
  public byte[] state(MerkleTree after, int tile) {
    ModelHeader header = own.model().header();
    Proof proof = new Proof(ProofKind.STATE, own.model());
    proof.number(tile);
    proof.hash(after.node(0, tile));
    proof.bytes(after.path(tile));
    int inTrace = header.traceTiles() - header.stateTiles() + tile;
    proof.hash(other.node(0, inTrace));
    proof.bytes(other.path(inTrace));
    return proof.encoded();
  }

  /// Collects a proof's bytes.
  private static final class Proof {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Model model;

    Proof(ProofKind kind, Model model) {
      this.model = model;
      bytes.write(kind.code());
      bytes(model.header().encoded());
    }

    void bytes(byte[] part) {
      bytes.writeBytes(part);
    }

    void number(int value) {
      bytes(ByteBuffer.allocate(4).putInt(value).array());
    }

    void hash(Hash hash) {
      bytes(hash.toArray());
    }

    void piece(byte[] part) {
      bytes(ByteBuffer.allocate(2).putShort((short) part.length).array());
      bytes(part);
    }

    void entry(int index) {
      piece(model.entries().get(index).encoded().toArray());
      bytes(model.planTree().path(index));
    }

    void item(long length, Hash tiles, byte[] path) {
      bytes(ByteBuffer.allocate(8).putLong(length).array());
      hash(tiles);
      bytes(path);
    }

    byte[] encoded() {
      return bytes.toByteArray();
    }
  }

  /// Reads operands from the own memory and writes each tile into the proof when it is first read:
  /// the order in which the judge will ask.
  private final class Recorder implements OperandReader {
    private final Proof proof;
    private final List<Tensor> opened = new ArrayList<>();
    private boolean itemIsOpen;

    Recorder(Proof proof) {
      this.proof = proof;
    }

    @Override
    public int[] bits(Tensor tensor, int row, int column, int count) {
      for (int at = column / Tensor.TILE_ELEMENTS * Tensor.TILE_ELEMENTS;
          at < column + count;
          at += Tensor.TILE_ELEMENTS) {
        open(tensor, tensor.tileOf(row, at));
      }
      Elements elements = own.elements(tensor);
      int[] bits = new int[count];
      for (int i = 0; i < count; i++) {
        bits[i] = elements.bits(row * tensor.columns() + column + i);
      }
      return bits;
    }

    private void open(Tensor tensor, int tile) {
      Tensor mark = new Tensor(tensor.space(), ElementType.INT8, tile, 1, 1);
      if (opened.contains(mark)) {
        return;
      }
      opened.add(mark);
      if (tensor.space() == Space.INPUT && !itemIsOpen) {
        proof.item(
            own.model().header().inputBytes(), own.inputTree().root(), inputs.path(inputIndex));
        itemIsOpen = true;
      }
      proof.piece(
          tensor.space() == Space.INPUT
              ? own.inputTile(tile)
              : Tiles.content(tensor, own.elements(tensor), tile));
      proof.bytes(
          switch (tensor.space()) {
            case CONSTANT -> own.model().constantTree().path(tile);
            case INPUT -> own.inputTree().path(tile);
            case STATE -> own.stateTree().path(tile);
            case TRACE -> other.path(tile);
          });
    }
  }
}
