// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A plan's entry: how each element of one tensor is made. It describes its operands in full, so it
/// can be judged alone. Protocol §17.3.
///
/// @param operator what it does
/// @param output what it makes; in {@link Space#TRACE}
/// @param operands what it reads, at most {@link #OPERANDS_MAX}
/// @param immediates the operator's numbers, at most {@link #IMMEDIATES_MAX}
public record Entry(
    Operator operator, Tensor output, List<Tensor> operands, List<Integer> immediates) {
  /// Most operands of an entry.
  public static final int OPERANDS_MAX = 3;

  /// Most immediates: a COPY over six dimensions.
  public static final int IMMEDIATES_MAX = 13;

  /// Most multiply-adds of one element: what keeps its operands below the greatest proof.
  public static final int TERMS_MAX = 4096;

  /// Most terms of an int32 sum of int8 products: 2^16 times 2^14 does not overflow.
  public static final int INTEGER_TERMS_MAX = 65_536;

  /// Greatest length of an encoded entry in bytes.
  public static final int BYTES_MAX = 3 + 13 + 14 * OPERANDS_MAX + 4 * IMMEDIATES_MAX;

  /// An entry with copies of the lists.
  public Entry {
    operands = List.copyOf(operands);
    immediates = List.copyOf(immediates);
  }

  Tensor operand(int index) {
    return operands.get(index);
  }

  int immediate(int index) {
    return immediates.get(index);
  }

  /// The entry's bytes; a leaf of the plan's tree.
  public Bytes encoded() {
    ByteBuffer buffer =
        ByteBuffer.allocate(3 + 13 + 14 * operands.size() + 4 * immediates.size())
            .put((byte) operator.code());
    put(buffer, output);
    buffer.put((byte) operands.size());
    for (Tensor operand : operands) {
      buffer.put((byte) operand.space().code());
      put(buffer, operand);
    }
    buffer.put((byte) immediates.size());
    for (int immediate : immediates) {
      buffer.putInt(immediate);
    }
    return Bytes.wrap(buffer.array());
  }

  private static void put(ByteBuffer buffer, Tensor tensor) {
    buffer.put((byte) tensor.type().code());
    buffer.putInt(tensor.firstTile()).putInt(tensor.rows()).putInt(tensor.columns());
  }

  /// The entry with these bytes; nothing if they are none.
  public static Optional<Entry> decode(byte[] bytes) {
    if (bytes.length < 3 + 13 || bytes.length > BYTES_MAX) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Optional<Operator> operator = Operator.ofCode(buffer.get());
    Optional<Tensor> output = tensor(buffer, Space.TRACE);
    int count = buffer.get();
    if (operator.isEmpty()
        || output.isEmpty()
        || count < 0
        || count > OPERANDS_MAX
        || buffer.remaining() < 14 * count + 1) {
      return Optional.empty();
    }
    List<Tensor> operands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Optional<Space> space = Space.ofCode(buffer.get());
      Optional<Tensor> operand = space.flatMap(s -> tensor(buffer, s));
      if (operand.isEmpty()) {
        return Optional.empty();
      }
      operands.add(operand.get());
    }
    int numbers = buffer.get();
    if (numbers < 0 || numbers > IMMEDIATES_MAX || buffer.remaining() != 4 * numbers) {
      return Optional.empty();
    }
    List<Integer> immediates = new ArrayList<>();
    for (int i = 0; i < numbers; i++) {
      immediates.add(buffer.getInt());
    }
    return Optional.of(new Entry(operator.get(), output.get(), operands, immediates));
  }

  private static Optional<Tensor> tensor(ByteBuffer buffer, Space space) {
    Optional<ElementType> type = ElementType.ofCode(buffer.get());
    int firstTile = buffer.getInt();
    int rows = buffer.getInt();
    int columns = buffer.getInt();
    return type.filter(_ -> Tensor.isWithinBounds(firstTile, rows, columns))
        .map(t -> new Tensor(space, t, firstTile, rows, columns));
  }
}
