// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.referee.Model;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Models that some service of this process has in memory, by their files: reading and checking a
/// large one takes longer than looking at a few of a job's leaves, and a file's id tells all of its
/// content. Nothing stays for it. Safe for use by several threads.
final class DecodedModels {
  private static final Map<BlobId, WeakReference<Model>> KNOWN = new ConcurrentHashMap<>();

  private DecodedModels() {}

  /// The model in a file, if a service has it.
  static Optional<Model> of(BlobId file) {
    return Optional.ofNullable(KNOWN.get(file)).map(WeakReference::get);
  }

  /// A service has the model in a file.
  static void put(BlobId file, Model model) {
    boolean _ = KNOWN.values().removeIf(each -> each.get() == null);
    WeakReference<Model> _ = KNOWN.put(file, new WeakReference<>(model));
  }
}
