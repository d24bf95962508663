// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what was found damaged, and tells the operator of each once.
final class Damage {
  private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);

  /// Damages that are told of one by one: readers could have every damaged chunk told again and
  /// again.
  private static final int TOLD_MAX = 1_000;

  private final Set<String> told = new HashSet<>();
  private long found;
  private long repaired;

  /// A chunk, or with -1 the list of hashes, is not what it should be.
  void found(BlobId id, int chunk, boolean repairable) {
    if (count(id, chunk, repairable)) {
      LOG.atWarn()
          .addKeyValue("blob", id)
          .addKeyValue("chunk", chunk)
          .addKeyValue("repaired", repairable)
          .log("part of a blob is damaged on this node's disk");
    }
  }

  /// Whether it is to be told.
  private synchronized boolean count(BlobId id, int chunk, boolean repairable) {
    found++;
    repaired += repairable ? 1 : 0;
    return told.size() < TOLD_MAX && told.add(id + " " + chunk + " " + repairable);
  }

  synchronized long found() {
    return found;
  }

  synchronized long repaired() {
    return repaired;
  }
}
