// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import java.nio.ByteBuffer;

/// What a dispute is about, as the contract knows it: everything a proof is held against. Protocol
/// §17.5.
///
/// @param model the model's id
/// @param inputs root of the job's input tree
/// @param inputCount leaves of it
/// @param inputIndex the disputed item's leaf of it; 0 in training, whose one input is the data set
/// @param outputs root of the claim's output tree
/// @param outputCount leaves of it
/// @param outputIndex the disputed leaf of it
/// @param trace root over the trace's tiles, as the worker gave it
/// @param stateBefore root of the state before a training step; ignored for inference
/// @param stateAfter root of the state after it, as the worker gave it; ignored for inference
public record Claim(
    Hash model,
    Hash inputs,
    int inputCount,
    int inputIndex,
    Hash outputs,
    int outputCount,
    int outputIndex,
    Hash trace,
    Hash stateBefore,
    Hash stateAfter) {
  /// Length of the encoding in bytes.
  public static final int BYTES = 6 * Hash.BYTES + 4 * 4;

  /// The fields one behind the other, numbers as four bytes big-endian.
  public byte[] encoded() {
    return ByteBuffer.allocate(BYTES)
        .put(model.toArray())
        .put(inputs.toArray())
        .putInt(inputCount)
        .putInt(inputIndex)
        .put(outputs.toArray())
        .putInt(outputCount)
        .putInt(outputIndex)
        .put(trace.toArray())
        .put(stateBefore.toArray())
        .put(stateAfter.toArray())
        .array();
  }

  /// The claim at the buffer's position, which moves behind it.
  static Claim read(ByteBuffer buffer) {
    return new Claim(
        ModelHeader.readHash(buffer),
        ModelHeader.readHash(buffer),
        buffer.getInt(),
        buffer.getInt(),
        ModelHeader.readHash(buffer),
        buffer.getInt(),
        buffer.getInt(),
        ModelHeader.readHash(buffer),
        ModelHeader.readHash(buffer),
        ModelHeader.readHash(buffer));
  }
}
