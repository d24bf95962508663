// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// The command line tool: one command with subcommands, each brought by a {@link
/// io.aitbc.client.CommandProvider}.
@NullMarked
@CheckReturnValue
package io.aitbc.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
