// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import java.util.List;

/// A graph with one input and one output, nodes in order. Protocol §17.7.
///
/// @param nodes its nodes, each after those it reads
/// @param initializers its constants
/// @param input what it is given
/// @param output what it answers
public record OnnxGraph(
    List<OnnxNode> nodes, List<OnnxTensor> initializers, OnnxValue input, OnnxValue output) {
  /// A graph with copies of the lists.
  public OnnxGraph {
    nodes = List.copyOf(nodes);
    initializers = List.copyOf(initializers);
  }
}
