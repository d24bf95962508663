// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
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
/// @param input empty if it does not fit the model and was laid open on the chain alone
/// @param inputBytes length of the input
/// @param inputTiles root over the input's tiles
/// @param outputs a tree with the output's path to the claim's root
/// @param leaf the item's number in the claim
record ClaimLeaf(
    Model model,
    MerkleTree inputs,
    int item,
    Bytes input,
    long inputBytes,
    Hash inputTiles,
    MerkleTree outputs,
    int leaf,
    Bytes output) {
  /// An item whose input is here.
  ClaimLeaf(
      Model model,
      MerkleTree inputs,
      int item,
      Bytes input,
      MerkleTree outputs,
      int leaf,
      Bytes output) {
    this(
        model,
        inputs,
        item,
        input,
        input.length(),
        ItemFile.tileTree(model, input).root(),
        outputs,
        leaf,
        output);
  }

  /// Whether the input has the model's length; else its output is empty and there is no trace.
  boolean fits() {
    return inputBytes == model.header().inputBytes();
  }

  /// A proof about the output's length; where a report is disputed, that the input does not fit.
  Bytes length(Optional<WorkDispute.Report> report) {
    byte[] proof =
        report.isPresent()
            ? Prover.unfit(model, inputs, item, inputBytes, inputTiles)
            : Prover.length(
                model, inputs, item, inputBytes, inputTiles, outputs, leaf, output.toArray());
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
    static Again of(ClaimLeaf leaf) {
      if (!leaf.fits()) {
        return new Again(Hash.ZERO, leaf.output.isEmpty());
      }
      return TraceRoom.SHARED.with(
          ExecutionMemory.traceBytes(leaf.model),
          () -> {
            Trace trace = leaf.trace();
            return new Again(trace.tree().root(), Bytes.wrap(trace.output()).equals(leaf.output));
          });
    }
  }
}
