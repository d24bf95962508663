// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// What tests of every room share: seeded randomness, generator combinators, golden files. Knows no
/// room.
@NullMarked
@CheckReturnValue
package io.aitbc.testkit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
