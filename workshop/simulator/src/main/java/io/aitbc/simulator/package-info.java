// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Many real nodes in one thread under virtual time and hostile conditions: the effect loop of a
/// node around the real consensus, with network, disk, clock and execution played. A seed is a run,
/// and the same seed is the same run on every machine. The command `aitbc simulate`.
@NullMarked
@CheckReturnValue
package io.aitbc.simulator;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
