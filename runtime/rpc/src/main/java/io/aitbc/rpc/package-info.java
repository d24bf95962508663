// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// JSON-RPC 2.0 over HTTP: Ethereum's methods as wallets and tools expect them, and the chain's
/// own. Reads the chain from storage; what is alive comes through {@link io.aitbc.rpc.LiveNode}.
@NullMarked
@CheckReturnValue
package io.aitbc.rpc;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
