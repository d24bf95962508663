// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.ValidatorSet;

/// What a light client trusts: one final header and the validators of its epoch. Protocol §10.3.
///
/// @param height its height
/// @param blockHash its hash
/// @param timestampMillis its time, in milliseconds since 1970
/// @param epoch its epoch
/// @param set the validators of its epoch
/// @param nextSetHash hash of the validators of the next epoch
public record TrustedHead(
    Height height,
    Hash blockHash,
    long timestampMillis,
    long epoch,
    ValidatorSet set,
    Hash nextSetHash) {
  /// What genesis says: who has its file trusts its first validators.
  public static TrustedHead genesis(ConsensusGenesis genesis) {
    DerivedState begun = DerivedState.genesis(genesis);
    return new TrustedHead(
        Height.GENESIS,
        genesis.genesisHash(),
        genesis.timestampMillis(),
        begun.currentPlan().epoch(),
        begun.set(),
        begun.nextPlan().set().hash());
  }
}
