// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import java.util.List;

/// The graph's input or output. Protocol §17.7.
///
/// @param name its name
/// @param type ONNX's number of its type
/// @param sizes its dimensions
public record OnnxValue(String name, int type, List<Integer> sizes) {
  /// A value with a copy of the sizes.
  public OnnxValue {
    sizes = List.copyOf(sizes);
  }
}
