// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Height;
import io.aitbc.state.FinalState;

/// The last final block and the state after it.
///
/// @param height the block's height
/// @param hash its hash
/// @param header its header
/// @param state the state after it, which stands still while it is held
/// @param derivedState what consensus derives from the chain up to it, encoded
public record Head(
    Height height, Hash hash, BlockHeader header, FinalState state, Bytes derivedState) {}
