// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Pending transactions: who may wait, in which order they are proposed, and who must go when there
/// is no room.
@NullMarked
@CheckReturnValue
package io.aitbc.mempool;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
