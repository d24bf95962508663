// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// How validators agree: the round machine, the vote tally, modes, validator sets, the order of
/// proposers, evidence, the signing rule. Inputs in, effects out; no clock, disk, socket, thread or
/// key. Protocol §2 to §10.
@NullMarked
@CheckReturnValue
package io.aitbc.consensus;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
