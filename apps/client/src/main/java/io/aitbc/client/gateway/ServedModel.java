// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import io.aitbc.referee.Model;
import io.aitbc.referee.Tensor;

/// A model that a gateway serves.
///
/// @param name in requests: letters, digits, `-`, `_` and `.`
/// @param model that infers and is registered
/// @param feePerItem wei that the gateway pays for each item, at least 1
/// @param verification the class of its jobs
public record ServedModel(String name, Model model, Amount feePerItem, Verification verification) {
  private static final String NAME = "[0-9A-Za-z_.-]{1,128}";

  /// Checks name and fee.
  ///
  /// @throws IllegalArgumentException if the name is none, there is no fee, or the model trains
  public ServedModel {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException("not a name of a model: " + name);
    }
    if (feePerItem.isZero() || model.trains()) {
      throw new IllegalArgumentException("a gateway serves models that infer, for a fee");
    }
  }

  /// A model whose jobs are of class EXACT.
  ///
  /// @throws IllegalArgumentException as the other
  public ServedModel(String name, Model model, Amount feePerItem) {
    this(name, model, feePerItem, new Verification.Exact());
  }

  /// Its version: the id, which covers weights and plan.
  public Hash version() {
    return model.id();
  }

  /// The name of an input.
  String inputName(int number) {
    return model.inputs().size() == 1 ? "input" : "input_" + number;
  }

  /// The name of the output.
  String outputName() {
    return "output";
  }

  /// Bytes of an item.
  int itemBytes() {
    return Math.toIntExact(model.header().inputBytes());
  }

  /// Bytes of an output.
  int outputBytes() {
    return Math.toIntExact(model.output().bytes());
  }

  /// The type of a tensor's elements as the Open Inference Protocol names it.
  static String datatype(Tensor tensor) {
    return switch (tensor.type()) {
      case INT8 -> "INT8";
      case INT32 -> "INT32";
      case FLOAT32 -> "FP32";
    };
  }
}
