// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// Why a plan is none. Closed; each carries its operands. Protocol §17.3.
public sealed interface PlanFault {
  /// The bytes of an entry are no entry.
  ///
  /// @param entry number of the entry
  record Undecodable(int entry) implements PlanFault {}

  /// The operator does not take so many operands or immediates.
  ///
  /// @param operator the operator
  /// @param operands how many operands it was given
  /// @param immediates how many immediates
  record WrongCount(Operator operator, int operands, int immediates) implements PlanFault {}

  /// The operator does not take these types or sides.
  ///
  /// @param operator the operator
  /// @param tensor the first tensor that does not fit
  record WrongTensor(Operator operator, Tensor tensor) implements PlanFault {}

  /// An immediate is out of its range.
  ///
  /// @param operator the operator
  /// @param immediate which, from 0 on
  /// @param value its value
  record WrongImmediate(Operator operator, int immediate, int value) implements PlanFault {}

  /// A tensor ends behind its space.
  ///
  /// @param tensor the tensor
  /// @param tiles tiles of the space
  record OutOfBounds(Tensor tensor, int tiles) implements PlanFault {}

  /// An operand is not made before it is read.
  ///
  /// @param operand the operand
  /// @param output what is made from it
  record ForwardReference(Tensor operand, Tensor output) implements PlanFault {}

  /// An output does not begin where the one before it ends, or the last does not end the trace.
  ///
  /// @param entry number of the entry
  /// @param tile where it begins, or ends
  /// @param expected where it should
  record Misplaced(int entry, int tile, int expected) implements PlanFault {}

  /// Two descriptions of the same tiles differ.
  ///
  /// @param one a tensor
  /// @param other another that shares tiles with it
  record Overlap(Tensor one, Tensor other) implements PlanFault {}

  /// A tile of the constants has another length than an operand says.
  ///
  /// @param tile number of the tile
  /// @param bytes its length
  /// @param expected length by the operand
  record WrongConstant(int tile, int bytes, int expected) implements PlanFault {}

  /// A space has tiles that no tensor describes, or bytes that the header does not count.
  ///
  /// @param space the space
  /// @param described tiles or bytes that are described
  /// @param announced tiles or bytes by the header
  record Undescribed(Space space, long described, long announced) implements PlanFault {}

  /// The output is longer than a leaf of the output tree may hold.
  ///
  /// @param bytes its length
  record OutputTooLong(long bytes) implements PlanFault {}
}
