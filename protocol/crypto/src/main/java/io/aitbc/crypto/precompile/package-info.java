// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// What Ethereum's precompiled contracts compute, as pure functions over byte arrays in the formats
/// of their EIPs. Gas, addresses and forks belong to the EVM. Invalid input is an empty result,
/// never an exception. Protocol §14.6.
@NullMarked
@CheckReturnValue
package io.aitbc.crypto.precompile;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
