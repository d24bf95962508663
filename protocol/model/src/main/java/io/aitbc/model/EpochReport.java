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
///   never so many that the chain is left to few, and at most {@link #UNAVAILABLE_MAX}
/// @param nextSetHash hash of the next epoch's validator set
/// @param parameters those of the next epoch: they stay in force if the contracts name none
public record EpochReport(
    long epoch,
    List<ValidatorReport> validators,
    List<Address> unavailable,
    Hash nextSetHash,
    ConsensusParameters parameters) {
  /// Greatest number of validators that are sent to jail at one boundary. Each costs the contracts
  /// up to 220,000 gas, so that their call stays below 30,000,000 whoever is in the set: a third of
  /// the stake may be hundreds of small stakes. Who is left over is away in the next window too.
  public static final int UNAVAILABLE_MAX = 100;

  /// Copies the lists.
  public EpochReport {
    validators = List.copyOf(validators);
    unavailable = List.copyOf(unavailable);
    if (unavailable.size() > UNAVAILABLE_MAX) {
      throw new IllegalArgumentException("too many to be jailed: " + unavailable.size());
    }
  }
}
