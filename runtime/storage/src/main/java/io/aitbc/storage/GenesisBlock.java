// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Block;
import io.aitbc.state.StateDiff;

/// What a store begins with.
///
/// @param block block 0, whose hash names the network
/// @param diff what it makes of the state that holds nothing
/// @param derivedState what consensus derives from it, encoded
public record GenesisBlock(Block block, StateDiff diff, Bytes derivedState) {}
