// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import java.util.List;

/// Why a file is no graph of the subset, or cannot be lowered. Closed; each carries its operands.
/// Protocol §17.7.
public sealed interface OnnxRefusal {
  /// The bytes are no protobuf message of ONNX.
  ///
  /// @param offset where, in bytes
  record Malformed(int offset) implements OnnxRefusal {}

  /// More of something than is read.
  ///
  /// @param what what there is too much of
  /// @param count how much
  /// @param max how much is read
  record TooMany(String what, long count, long max) implements OnnxRefusal {}

  /// The subset does not have this operator, or not with these attributes or operands.
  ///
  /// @param operator its name
  /// @param what what is not supported about it
  record Unsupported(String operator, String what) implements OnnxRefusal {}

  /// A value has no type or shape of the subset.
  ///
  /// @param name its name
  /// @param type ONNX's number of its type
  /// @param sizes its dimensions
  record UnsupportedValue(String name, int type, List<Integer> sizes) implements OnnxRefusal {}

  /// A name that no input, initializer or node before gives.
  ///
  /// @param name the name
  record Unknown(String name) implements OnnxRefusal {}
}
