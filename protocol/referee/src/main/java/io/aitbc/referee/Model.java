// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A plan with its constants, whole and checked: whoever executes it can prove every element, and
/// nobody can be convicted by its faults. Immutable. Protocol §17.3.
public final class Model {
  /// Greatest length of an inference's output in bytes: it is laid open in one piece.
  public static final int OUTPUT_BYTES_MAX = 32 * 1024;

  private final ModelHeader header;
  private final List<Entry> entries;
  private final List<Tensor> constantTensors;
  private final List<Elements> constants;
  private final List<Tensor> inputs;
  private final List<Tensor> states;
  private final MerkleTree planTree;
  private final MerkleTree constantTree;

  private Model(
      ModelHeader header,
      List<Entry> entries,
      List<Elements> constants,
      MerkleTree planTree,
      MerkleTree constantTree)
      throws MalformedModelException {
    this.header = header;
    this.entries = List.copyOf(entries);
    this.constants = List.copyOf(constants);
    this.planTree = planTree;
    this.constantTree = constantTree;
    refuse(header.isWithinBounds() ? Optional.empty() : Optional.of(new PlanFault.Undecodable(-1)));
    int next = 0;
    for (int i = 0; i < entries.size(); i++) {
      refuse(EntryCheck.fault(header, entries.get(i), i));
      int firstTile = entries.get(i).output().firstTile();
      if (firstTile != next) {
        throw new MalformedModelException(new PlanFault.Misplaced(i, firstTile, next));
      }
      next = entries.get(i).output().endTile();
    }
    SpaceLayout trace = new SpaceLayout();
    refuse(trace.addAll(entries.stream().map(Entry::output).toList()));
    refuse(trace.addAll(SpaceLayout.operands(entries, Space.TRACE)));
    this.constantTensors = layout(Space.CONSTANT, List.of());
    this.inputs = layout(Space.INPUT, List.of());
    this.states = layout(Space.STATE, stateTensors());
    long bytes = inputs.stream().mapToLong(Tensor::bytes).sum();
    if (bytes != header.inputBytes()) {
      throw new MalformedModelException(
          new PlanFault.Undescribed(Space.INPUT, bytes, header.inputBytes()));
    }
    if (!trains() && output().bytes() > OUTPUT_BYTES_MAX) {
      throw new MalformedModelException(new PlanFault.OutputTooLong(output().bytes()));
    }
  }

  private static void refuse(Optional<PlanFault> fault) throws MalformedModelException {
    if (fault.isPresent()) {
      throw new MalformedModelException(fault.get());
    }
  }

  private List<Tensor> layout(Space space, List<Tensor> known) throws MalformedModelException {
    SpaceLayout layout = new SpaceLayout();
    refuse(layout.addAll(known));
    refuse(layout.addAll(SpaceLayout.operands(entries, space)));
    refuse(layout.gap(space, header.tiles(space)));
    return layout.tensors(space);
  }

  /// The state's tensors: what the trace ends with, moved to the front.
  private List<Tensor> stateTensors() {
    int first = header.traceTiles() - header.stateTiles();
    return entries.stream()
        .map(Entry::output)
        .filter(output -> output.firstTile() >= first)
        .map(output -> movedToState(output, first))
        .toList();
  }

  static Tensor movedToState(Tensor output, int first) {
    return new Tensor(
        Space.STATE, output.type(), output.firstTile() - first, output.rows(), output.columns());
  }

  /// A model from its parts.
  ///
  /// @param entries the plan
  /// @param constants the tensors of the constants in the order of their tiles
  /// @param inputTiles tiles of the input
  /// @param inputBytes length of the input in bytes
  /// @param stateTiles tiles of the state, which are also the last of the trace; 0 for inference
  /// @throws MalformedModelException if they are no model
  static Model of(
      List<Entry> entries,
      List<Tensor> constantTensors,
      List<Elements> constants,
      int inputTiles,
      long inputBytes,
      int stateTiles)
      throws MalformedModelException {
    MerkleTree planTree =
        MerkleTree.over(
            entries.stream().map(entry -> MerkleTree.leaf(entry.encoded().toArray())).toList());
    MerkleTree constantTree = Tiles.tree(constantTensors, constants);
    ModelHeader header =
        new ModelHeader(
            planTree.root(),
            entries.size(),
            constantTree.root(),
            constantTree.width(0),
            inputTiles,
            inputBytes,
            stateTiles,
            entries.getLast().output().endTile());
    return new Model(header, entries, constants, planTree, constantTree);
  }

  /// Reads a model from its file: header, entries with a length of one byte each, constants.
  ///
  /// @throws MalformedModelException if the bytes are no model, or not the one of the header
  public static Model decode(byte[] file) throws MalformedModelException {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    if (buffer.remaining() < ModelHeader.BYTES) {
      throw new MalformedModelException(new PlanFault.Undecodable(-1));
    }
    ModelHeader header = ModelHeader.read(buffer);
    if (!header.isWithinBounds()) {
      throw new MalformedModelException(new PlanFault.Undecodable(-1));
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < header.entries(); i++) {
      Optional<Entry> entry = readEntry(buffer);
      if (entry.isEmpty()) {
        throw new MalformedModelException(new PlanFault.Undecodable(i));
      }
      entries.add(entry.get());
    }
    SpaceLayout layout = new SpaceLayout();
    refuse(layout.addAll(SpaceLayout.operands(entries, Space.CONSTANT)));
    long bytes = layout.tensors(Space.CONSTANT).stream().mapToLong(Tensor::bytes).sum();
    if (bytes != buffer.remaining()) {
      throw new MalformedModelException(
          new PlanFault.Undescribed(Space.CONSTANT, bytes, buffer.remaining()));
    }
    List<Elements> constants = new ArrayList<>();
    int offset = buffer.position();
    for (Tensor tensor : layout.tensors(Space.CONSTANT)) {
      constants.add(Elements.read(tensor.type(), file, offset, tensor.elements()));
      offset += (int) tensor.bytes();
    }
    Model model =
        of(
            entries,
            layout.tensors(Space.CONSTANT),
            constants,
            header.inputTiles(),
            header.inputBytes(),
            header.stateTiles());
    if (!model.header.equals(header)) {
      throw new MalformedModelException(new PlanFault.Undecodable(-1));
    }
    return model;
  }

  private static Optional<Entry> readEntry(ByteBuffer buffer) {
    int length = buffer.hasRemaining() ? buffer.get() & 0xff : 0;
    if (length > buffer.remaining()) {
      return Optional.empty();
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return Entry.decode(bytes);
  }

  /// The model's file: what {@link #decode} reads.
  public byte[] encoded() {
    List<Bytes> plan = entries.stream().map(Entry::encoded).toList();
    int length = ModelHeader.BYTES;
    for (Bytes entry : plan) {
      length += 1 + entry.length();
    }
    for (Tensor tensor : constantTensors) {
      length = Math.addExact(length, Math.toIntExact(tensor.bytes()));
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).put(header.encoded());
    for (Bytes entry : plan) {
      buffer.put((byte) entry.length()).put(entry.toArray());
    }
    for (Elements elements : constants) {
      buffer.put(elements.encoded());
    }
    return buffer.array();
  }

  /// The model's id.
  public Hash id() {
    return header.id();
  }

  /// Roots and sizes.
  public ModelHeader header() {
    return header;
  }

  /// The plan.
  public List<Entry> entries() {
    return entries;
  }

  /// Whether the plan is a step of training.
  public boolean trains() {
    return header.stateTiles() > 0;
  }

  /// What the last entry makes: an inference's output.
  public Tensor output() {
    return entries.getLast().output();
  }

  /// The tensors of the input in order; an item's input is their elements, one after another.
  public List<Tensor> inputs() {
    return inputs;
  }

  /// The tensors of the state in order.
  public List<Tensor> states() {
    return states;
  }

  /// Elements of the whole trace: what an execution needs memory for.
  public long traceElements() {
    return entries.stream().mapToLong(entry -> entry.output().elements()).sum();
  }

  /// Bytes of all constants, which executions share.
  public long constantBytes() {
    return constantTensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /// Bytes that an {@link Inference} keeps of constants as they are laid out for the kernel: the
  /// right factor of each product for itself, so a small file may have much of it.
  public long laidOutBytes() {
    return entries.stream().filter(Model::isByConstant).mapToLong(Model::laidOutBytes).sum();
  }

  /// Whether an entry is a product whose right factor is laid out once.
  private static boolean isByConstant(Entry entry) {
    return entry.operator() == Operator.SUM_PRODUCTS
        && entry.immediate(0) == 1
        && entry.operand(1).space() == Space.CONSTANT;
  }

  private static long laidOutBytes(Entry entry) {
    return Panels.count(entry.output().columns(), entry.immediate(2))
        * (entry.operand(1).type() == ElementType.INT8 ? 1 : Float.BYTES);
  }

  /// Multiply-adds of one execution.
  public long multiplyAdds() {
    return entries.stream()
        .filter(entry -> entry.operator() == Operator.SUM_PRODUCTS)
        .mapToLong(entry -> (long) entry.output().elements() * entry.immediate(2))
        .sum();
  }

  List<Tensor> constantTensors() {
    return constantTensors;
  }

  List<Elements> constants() {
    return constants;
  }

  MerkleTree planTree() {
    return planTree;
  }

  MerkleTree constantTree() {
    return constantTree;
  }
}
