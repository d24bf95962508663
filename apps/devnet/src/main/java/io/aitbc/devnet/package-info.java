// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// A whole network on one machine: genesis, keys, configuration, processes, their logs and their
/// end.
@NullMarked
@CheckReturnValue
package io.aitbc.devnet;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
