// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Real work without downloads: digits that are drawn from strokes with noise, a training job that
/// learns to read them, and what comes of it as models. Protocol §17.7.
@NullMarked
@CheckReturnValue
package io.aitbc.referee.glyphs;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
