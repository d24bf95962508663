// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// What runs models, behind one interface: the referee, other programs, servers of inference; and
/// what makes evidence of trusted hardware, behind another.
@NullMarked
@CheckReturnValue
package io.aitbc.compute;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
