// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// A node: its configuration, its life, and the loop that carries out what consensus asks for.
/// Joins the rooms; decides nothing by itself.
@NullMarked
@CheckReturnValue
package io.aitbc.node;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
