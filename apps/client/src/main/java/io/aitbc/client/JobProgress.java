// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.ClaimId;
import io.aitbc.model.Address;

/// What a client that follows a job tells while it does.
public sealed interface JobProgress {
  /// The files are on their way to a worker that was drawn: told every few seconds.
  ///
  /// @param worker its account
  /// @param sent bytes that went out
  /// @param bytes of all of them
  record Uploading(Address worker, long sent, long bytes) implements JobProgress {}

  /// A worker that was drawn has the files.
  ///
  /// @param worker its account
  record Uploaded(Address worker) implements JobProgress {}

  /// A worker that was drawn could not be given the files.
  ///
  /// @param worker its account
  /// @param reason what went wrong
  record NotUploaded(Address worker, String reason) implements JobProgress {}

  /// A claim has another state.
  ///
  /// @param claim whose
  /// @param state as {@link JobStatus.Claim#state} says it
  record Changed(ClaimId claim, String state) implements JobProgress {}

  /// The client sent something.
  ///
  /// @param claim what it is about
  /// @param what it asks for
  record Sent(ClaimId claim, String what) implements JobProgress {}

  /// Outputs were fetched, or could not be.
  ///
  /// @param claim whose
  /// @param outputs what became of it
  record Fetched(ClaimId claim, ClaimOutputs outputs) implements JobProgress {}

  /// The trained state was fetched, or could not be.
  ///
  /// @param claim whose
  /// @param state what became of it; one item if it is right
  record FetchedState(ClaimId claim, ClaimOutputs state) implements JobProgress {}
}
