// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import java.util.List;

/// What consensus tells the contracts in the last block of an epoch. Protocol §2.5, §14.8.
///
/// @param epoch the epoch that ends
/// @param validators everybody who was to sign or propose, ordered by account
/// @param absences who was away, and who of those is to be jailed for it
/// @param nextSetHash hash of the next epoch's validator set
/// @param parameters those of the next epoch: they stay in force if the contracts name none
/// @param workShareMillionths the next epoch's too, and it stays with them
public record EpochReport(
    long epoch,
    List<ValidatorReport> validators,
    Absences absences,
    Hash nextSetHash,
    ConsensusParameters parameters,
    int workShareMillionths) {
  /// Greatest number of validators that are sent to jail at one boundary. Each costs the contracts
  /// up to 220,000 gas, so that their call stays below 30,000,000 whoever is in the set: a third of
  /// the stake may be hundreds of small stakes. Who is left over is away in the next window too.
  public static final int UNAVAILABLE_MAX = 100;

  /// Copies the list.
  public EpochReport {
    validators = List.copyOf(validators);
  }
}
