// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Evidence of trusted hardware without the hardware: byte-exact, under a root that is worth
/// nothing, for networks that are not production networks. Protocol §18.
@NullMarked
@CheckReturnValue
package io.aitbc.devtee;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
