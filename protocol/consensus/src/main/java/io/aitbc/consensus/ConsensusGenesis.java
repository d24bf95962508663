// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.EpochSnapshot;

/// What consensus takes from genesis. Protocol §2.1.
///
/// @param genesisHash hash of the genesis block
/// @param timestampMillis its time, in milliseconds since 1970
/// @param snapshot its candidates, who need no readiness vote, and its parameters
public record ConsensusGenesis(Hash genesisHash, long timestampMillis, EpochSnapshot snapshot) {}
