// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A node: an operator with named operands and one result. Protocol §17.7.
///
/// @param operator ONNX's name of the operator
/// @param inputs names of its operands; an absent one is empty
/// @param output name of its result
/// @param numbers attributes of integers, a single one as a list
/// @param fractions attributes of one float
public record OnnxNode(
    String operator,
    List<String> inputs,
    String output,
    SortedMap<String, List<Long>> numbers,
    SortedMap<String, Float> fractions) {
  /// A node with copies of the collections.
  public OnnxNode {
    inputs = List.copyOf(inputs);
    numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    fractions = Collections.unmodifiableSortedMap(new TreeMap<>(fractions));
  }

  /// A node without attributes.
  public OnnxNode(String operator, List<String> inputs, String output) {
    this(operator, inputs, output, new TreeMap<>(), new TreeMap<>());
  }

  /// The node with one more attribute.
  public OnnxNode with(String name, long... values) {
    SortedMap<String, List<Long>> more = new TreeMap<>(numbers);
    more.put(name, Arrays.stream(values).boxed().toList());
    return new OnnxNode(operator, inputs, output, more, fractions);
  }

  /// The attribute's single number, or `absent`.
  long number(String name, long absent) {
    List<Long> values = numbers.getOrDefault(name, List.of());
    return values.isEmpty() ? absent : values.getFirst();
  }

  /// The attribute's numbers, or none.
  List<Long> numbers(String name) {
    return numbers.getOrDefault(name, List.of());
  }
}
