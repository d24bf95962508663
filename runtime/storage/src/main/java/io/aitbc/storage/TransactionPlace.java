// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.model.Height;

/// Where a transaction stands in the chain.
///
/// @param height the block
/// @param index its position in the block, from 0 on
public record TransactionPlace(Height height, int index) {}
