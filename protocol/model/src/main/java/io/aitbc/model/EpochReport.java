// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import java.util.List;

/// What consensus tells the contracts in the last block of an epoch. Protocol §2.5, §14.8.
///
/// @param epoch the epoch that ends
/// @param validators everybody who was to sign or propose, ordered by account
/// @param unavailable who is to be jailed for having missed most of a window, ordered by account;
///   never so many that the chain is left to few
/// @param nextSetHash hash of the next epoch's validator set
/// @param parameters those of the next epoch: they stay in force if the contracts name none
public record EpochReport(
    long epoch,
    List<ValidatorReport> validators,
    List<Address> unavailable,
    Hash nextSetHash,
    ConsensusParameters parameters) {
  /// Copies the lists.
  public EpochReport {
    validators = List.copyOf(validators);
    unavailable = List.copyOf(unavailable);
  }
}
