// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Hashes, secp256k1 and BLS12-381 keys and signatures, verifiable random functions. Every signing
/// purpose is a named domain; no method signs bytes whose purpose it does not know.
@NullMarked
@CheckReturnValue
package io.aitbc.crypto;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
