// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.Model;
import java.util.List;

/// What a client wants to have done. Protocol §17.12.
///
/// @param model that infers; it is registered
/// @param inputs at least one; one that has another length than the model's has the empty output
/// @param feePerItem wei, at least 1
/// @param workSeconds from acceptance to commitment, active time
/// @param workBlocks the same in blocks; late is who has passed both
/// @param valueAtRisk what a wrong result could cost; zero for the fee alone
/// @param readers who may read inputs and outputs: {@link WorkJob#PARTIES} or {@link
///   WorkJob#EVERYBODY}
public record JobOrder(
    Model model,
    List<Bytes> inputs,
    Amount feePerItem,
    long workSeconds,
    long workBlocks,
    Amount valueAtRisk,
    Hash readers) {
  /// An order whose parties alone read its files.
  public JobOrder(
      Model model,
      List<Bytes> inputs,
      Amount feePerItem,
      long workSeconds,
      long workBlocks,
      Amount valueAtRisk) {
    this(model, inputs, feePerItem, workSeconds, workBlocks, valueAtRisk, WorkJob.PARTIES);
  }

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if there is no input, no fee or no time, or the model trains
  public JobOrder {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty() || feePerItem.isZero() || workSeconds < 1 || workBlocks < 1) {
      throw new IllegalArgumentException("an order needs inputs, a fee and time");
    }
    if (model.trains()) {
      throw new IllegalArgumentException("jobs infer, the model trains");
    }
  }

  /// What is put in escrow.
  public Amount fee() {
    return feePerItem.times(inputs.size());
  }
}
