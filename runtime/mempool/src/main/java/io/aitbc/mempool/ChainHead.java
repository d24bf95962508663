// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.state.StateView;

/// What the pool must know of the chain: given to it after every final block.
///
/// @param state the state after the last final block; may be read by several threads
/// @param nextBaseFee base fee per unit of gas of the next block
/// @param blockGasMax gas of the next block
/// @param fork rules of the next block
public record ChainHead(StateView state, Amount nextBaseFee, long blockGasMax, Fork fork) {}
