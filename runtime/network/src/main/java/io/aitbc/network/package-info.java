// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Peers: identity, encrypted handshake, frames, priorities, transaction gossip, limits and scores.
/// Carries the messages of model and knows nothing of consensus. Protocol §15.
@NullMarked
@CheckReturnValue
package io.aitbc.network;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
