// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Accounts and contract storage over a key-value view: journaled overlays, the Merkle Patricia
/// root updated block by block, proofs and their check, diffs that roll the state forward and back.
/// Protocol §13.
@NullMarked
@CheckReturnValue
package io.aitbc.state;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
