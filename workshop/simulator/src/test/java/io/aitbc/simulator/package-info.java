// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Tests of the simulator, and the build's seeds.
@NullMarked
package io.aitbc.simulator;

import org.jspecify.annotations.NullMarked;
