// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Java client of a node: JSON-RPC over HTTP, accounts that send transactions. Reaches a node by
/// its public RPC alone and keys through the signer alone.
@NullMarked
@CheckReturnValue
package io.aitbc.client;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
