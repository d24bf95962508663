// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.Reach;
import io.aitbc.model.Address;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;

/// Opens the store of a worker: what a client shows of itself there is decided here.
@FunctionalInterface
public interface StoreOpening {
  /// How long a request holds: time for the longest part of an upload, and clocks that differ.
  long REQUEST_SECONDS = ServiceRequest.SECONDS_MAX / 2;

  /// A client of a worker's store; whoever asked closes it.
  ///
  /// @param base where the worker says that it serves: a stranger's input
  /// @param worker its account
  /// @throws IOException if it cannot be opened
  BlobClient open(URI base, Address worker) throws IOException;

  /// Shows with each request that an account asks this worker (Protocol §17.8).
  ///
  /// @param account who asks; stays open as long as this is used
  /// @param chainId of the network
  /// @param clock Unix time
  /// @param reach where addresses may lead
  static StoreOpening signed(
      AccountSigner account, UInt256 chainId, InstantSource clock, Reach reach) {
    return (base, worker) ->
        new BlobClient(
            base,
            () ->
                account.authorization(
                    chainId, worker, clock.instant().getEpochSecond() + REQUEST_SECONDS),
            reach);
  }

  /// Shows nothing.
  ///
  /// @param reach where addresses may lead
  static StoreOpening anonymous(Reach reach) {
    return (base, _) -> new BlobClient(base, "", reach);
  }
}
