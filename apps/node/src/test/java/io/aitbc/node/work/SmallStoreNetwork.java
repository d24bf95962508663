// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobLimits;

/// A network whose worker's store takes few blobs. For tests.
abstract class SmallStoreNetwork extends WorkNetwork {
  /// Blobs that the worker's store takes, all of them short.
  abstract int workersBlobs();

  @Override
  BlobLimits limits(String name) {
    long bytes = workersBlobs() * BlobLimits.BLOB_BYTES_MIN;
    return name.equals("worker")
        ? new BlobLimits(bytes, bytes, BlobLimits.DEFAULT.leaseMax())
        : BlobLimits.DEFAULT;
  }
}
