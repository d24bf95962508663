// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.Optional;

/// Who may do what, judged by what a request shows of itself. May block.
public interface BlobAccess {
  /// On whose account the request uploads and leases; nothing if it may not.
  ///
  /// @param authorization the request's Authorization header; empty if it has none
  Optional<BlobOwner> owner(String authorization);

  /// Whether the request may read a blob: a job's blobs go to its parties only.
  ///
  /// @param id the blob
  /// @param authorization the request's Authorization header; empty if it has none
  boolean mayRead(BlobId id, String authorization);

  /// Whether a request that may not read a blob may come to soon: it is told to come back, be there
  /// such a blob or not.
  ///
  /// @param id the blob
  /// @param authorization the request's Authorization header; empty if it has none
  default boolean isEarly(BlobId id, String authorization) {
    return false;
  }
}
