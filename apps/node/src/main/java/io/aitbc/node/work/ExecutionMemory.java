// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.referee.Model;

/// What one execution of a model takes of the process's memory: a plan of a few KiB may have a
/// trace of many GiB, and who runs it has other claims to answer for. Protocol §17.4.
final class ExecutionMemory {
  /// Of the memory that the process may take, for traces, and as much each for constants and for
  /// what is laid out of them for the kernel.
  private static final int PART = 4;

  /// An element, whatever its type.
  private static final long ELEMENT_BYTES = 4;

  /// What an entry of a plan takes beside its elements: itself when a model is decoded, what stands
  /// for its product when it is laid out, its arrays when it is carried out.
  private static final long ENTRY_BYTES = 320;

  /// A tile's nodes in the tree over the trace: its leaf, and as many above all leaves together.
  private static final long TILE_BYTES = 2 * 64;

  private ExecutionMemory() {}

  /// Whether there is enough for one item, or one step of training, with its trace.
  static boolean suffices(Model model) {
    return suffices(model, 1);
  }

  /// Whether there is enough for several at once.
  static boolean suffices(Model model, int items) {
    return traceBytes(model) <= traceBytesMax() / Math.max(1, items)
        && Math.max(modelBytes(model), laidOutBytes(model)) <= traceBytesMax();
  }

  /// What the trace of an item, or of a step of training, takes.
  static long traceBytes(Model model) {
    return model.traceElements() * ELEMENT_BYTES
        + model.header().traceTiles() * TILE_BYTES
        + entryBytes(model);
  }

  /// What a decoded model takes.
  static long modelBytes(Model model) {
    return model.constantBytes() + entryBytes(model);
  }

  /// What is laid out of a model for the kernel takes, beside the model.
  static long laidOutBytes(Model model) {
    return model.laidOutBytes() + entryBytes(model);
  }

  private static long entryBytes(Model model) {
    return model.entries().size() * ENTRY_BYTES;
  }

  /// What traces may take.
  static long traceBytesMax() {
    return Runtime.getRuntime().maxMemory() / PART;
  }
}
