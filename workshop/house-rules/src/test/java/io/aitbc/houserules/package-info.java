// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Tests about the code itself: which room may see which, what the protocol floor may not touch,
/// tidiness, and whether every reference to the specification resolves.
@NullMarked
@CheckReturnValue
package io.aitbc.houserules;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
