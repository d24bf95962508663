// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.crypto.Bytes;
import java.time.Duration;
import java.util.List;

/// Runs one model. Every engine keeps the same bounds, so that whoever calls need not know which it
/// is. Used by one thread at a time; calls block.
public interface Engine extends AutoCloseable {
  /// Items of one call: those of the greatest claim.
  int ITEMS_MAX = 4_096;

  /// Bytes of all inputs of one call.
  long INPUT_BYTES_MAX = 1L << 28;

  /// Bytes of one output.
  int OUTPUT_BYTES_MAX = 1 << 20;

  /// Bytes of all outputs of one call.
  long OUTPUTS_BYTES_MAX = 1L << 28;

  /// The name by which a configuration chooses it.
  String name();

  /// The outputs of items, in order; of an item that does not fit the model the empty one.
  ///
  /// @param items the inputs
  /// @param timeMax how long it may take
  /// @throws EngineRefusedException if they are too many or too long, the engine fails, gives what
  ///   is no output, or is late
  List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException;

  /// Ends what belongs to the engine.
  @Override
  void close();
}
