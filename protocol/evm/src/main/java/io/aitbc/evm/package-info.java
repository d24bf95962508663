// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// The Ethereum virtual machine: instructions, gas, memory, calls, Ethereum's precompiles, tracing.
/// Osaka's rules without blob transactions; earlier forks are data. Protocol §14.6.
@NullMarked
@CheckReturnValue
package io.aitbc.evm;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
