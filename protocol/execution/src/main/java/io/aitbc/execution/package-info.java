// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// A proposal in; block, receipts, difference of the state and facts for consensus out. Also the
/// genesis state. Pure: the same on every machine and for any number of threads. Protocol §14.
@NullMarked
@CheckReturnValue
package io.aitbc.execution;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
