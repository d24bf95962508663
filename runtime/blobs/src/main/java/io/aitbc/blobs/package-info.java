// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// Inputs, outputs, models and training data, found by the hash of their content: kept in a folder
/// or an S3-compatible store, carried over HTTP, checked chunk by chunk wherever they are read.
/// Protocol §17.8.
@NullMarked
@CheckReturnValue
package io.aitbc.blobs;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
