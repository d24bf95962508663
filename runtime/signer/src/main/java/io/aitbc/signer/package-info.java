// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// The only holder of private keys, validators' and accounts'. Keystores, the signing record that
/// is on disk before a signature leaves, and typed doors to what a key may sign. Protocol §8.3,
/// §12.5.
@NullMarked
@CheckReturnValue
package io.aitbc.signer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
