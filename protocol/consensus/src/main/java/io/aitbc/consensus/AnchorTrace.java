// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.Signers;

/// What is remembered of an anchored block of FAST. Protocol §3.2.
///
/// @param height its height
/// @param blockHash its hash
/// @param credited whose anchors were carried, in the set of its epoch
/// @param shareMillionths share of the stake that anchored it
record AnchorTrace(Height height, Hash blockHash, Signers credited, int shareMillionths) {}
