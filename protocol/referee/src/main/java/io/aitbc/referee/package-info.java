// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Bit-exact tensors: the judge of AI work. A model is a plan of small steps over int8 and fp32
/// values; every step makes one element from operands that can be laid open, so one element is
/// enough to prove that a result is false. The only room of the protocol floor with floating point.
/// Protocol §17.
@NullMarked
@CheckReturnValue
package io.aitbc.referee;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
