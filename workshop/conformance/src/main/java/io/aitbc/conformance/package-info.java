// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Public vectors run against the rooms: a runner, suites that know a format each, and the command
/// `aitbc conformance`.
@NullMarked
@CheckReturnValue
package io.aitbc.conformance;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
