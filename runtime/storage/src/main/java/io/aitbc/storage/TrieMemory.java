// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.state.Trie;

/// Decides how much of the tries stays in memory. Belongs to the thread that appends.
///
/// What the nodes take is measured part by part, some parts after every writing of the tables of
/// state, and estimated in between: nodes that were written since count in full, though many
/// replace others. If it is too much, parts are looked through in turn, and what was not used since
/// the last turn is forgotten.
final class TrieMemory {
  /// Parts that are measured at least after a writing, so that what is read between writings counts
  /// soon.
  private static final int PARTS_PER_WRITING = 8;

  /// In one turn everything may have been used; after two, what was not used in between is gone.
  private static final int TURNS_MAX = 2;

  private final long bytesMax;
  private final long[] measured = new long[Trie.PARTS];

  /// The sum of all that was written when the part was measured.
  private final long[] writtenThen = new long[Trie.PARTS];

  private long written;
  private int next;

  /// @param bytesMax memory that the nodes of the tries may take, about
  TrieMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Nodes of `tries` that take `bytes` were written.
  void wrote(Trie tries, long bytes) {
    written += bytes;
    long estimated = estimated();
    for (int i = 0; i < TURNS_MAX * Trie.PARTS; i++) {
      boolean isTooMuch = estimated > bytesMax;
      if (i >= PARTS_PER_WRITING && !isTooMuch) {
        break;
      }
      long before = estimated(next);
      measured[next] = tries.shed(next, isTooMuch);
      writtenThen[next] = written;
      estimated += measured[next] - before;
      next = (next + 1) % Trie.PARTS;
    }
  }

  /// What the nodes in memory take, about, in bytes.
  long estimated() {
    long sum = 0;
    for (int part = 0; part < Trie.PARTS; part++) {
      sum += estimated(part);
    }
    return sum;
  }

  private long estimated(int part) {
    return measured[part] + (written - writtenThen[part]) / Trie.PARTS;
  }
}
