// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.WorkDispute;
import io.aitbc.referee.Inference;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.util.Optional;

/// An item of a claim of inference with its output: what it takes to run it again and to dispute
/// it. Protocol §17.4.
///
/// @param inputs a tree with the input's path to the job's root
/// @param item the input's number in the job
/// @param outputs a tree with the output's path to the claim's root
/// @param leaf the item's number in the claim
record ClaimLeaf(
    Model model,
    MerkleTree inputs,
    int item,
    Bytes input,
    MerkleTree outputs,
    int leaf,
    Bytes output) {
  /// Whether the input has the model's length; else its output is empty and there is no trace.
  boolean fits() {
    return input.length() == model.header().inputBytes();
  }

  /// A proof about the output's length; where a report is disputed, that the input does not fit.
  ///
  /// @param inputTiles root over the input's tiles
  Bytes length(Hash inputTiles, Optional<WorkDispute.Report> report) {
    byte[] proof =
        report.isPresent()
            ? Prover.unfit(model, inputs, item, input.length(), inputTiles)
            : Prover.length(
                model, inputs, item, input.length(), inputTiles, outputs, leaf, output.toArray());
    return Bytes.wrap(proof);
  }

  /// What the referee computes for an item that fits.
  Trace trace() {
    return trace(model, input);
  }

  /// What the referee computes for an input that fits.
  static Trace trace(Model model, Bytes input) {
    return new Inference(model, Kernel.fastest(), Workers.NONE).trace(input.toArray());
  }

  /// An item that was run again.
  ///
  /// @param trace the root of its trace; zeros for an input that does not fit the model
  /// @param right whether the output is what came out
  record Again(Hash trace, boolean right) {
    static Again of(Model model, Bytes input, Bytes output) {
      if (input.length() != model.header().inputBytes()) {
        return new Again(Hash.ZERO, output.isEmpty());
      }
      return TraceRoom.SHARED.with(
          ExecutionMemory.traceBytes(model),
          () -> {
            Trace trace = ClaimLeaf.trace(model, input);
            return new Again(trace.tree().root(), Bytes.wrap(trace.output()).equals(output));
          });
    }
  }
}
