// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Networks without votes (CONSENSUS_MODE=poa): the proposer of a slot signs its block, the longest
/// chain counts, and nothing is ever final. Inputs in, effects out. Protocol §10.4.
@NullMarked
@CheckReturnValue
package io.aitbc.consensus.poa;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
