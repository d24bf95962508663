// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// How fast the primitives are: JMH benchmarks with a target each, and the command `aitbc bench`.
@NullMarked
@CheckReturnValue
package io.aitbc.bench;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
