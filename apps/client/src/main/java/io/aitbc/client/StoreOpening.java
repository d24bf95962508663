// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.Reach;
import io.aitbc.model.Address;
import java.io.IOException;
import java.net.URI;

/// Opens the store of a worker: what a client shows of itself there is decided here.
@FunctionalInterface
public interface StoreOpening {
  /// A client of a worker's store; whoever asked closes it.
  ///
  /// @param base where the worker says that it serves: a stranger's input
  /// @param worker its account
  /// @throws IOException if it cannot be opened
  BlobClient open(URI base, Address worker) throws IOException;

  /// Shows nothing.
  ///
  /// @param reach where addresses may lead
  static StoreOpening anonymous(Reach reach) {
    return (base, _) -> new BlobClient(base, "", reach);
  }
}
