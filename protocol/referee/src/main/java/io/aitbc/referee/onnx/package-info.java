// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// A subset of ONNX, read and written with nothing but the protobuf wire format, and its lowering
/// to plans. Protocol §17.7.
@NullMarked
@CheckReturnValue
package io.aitbc.referee.onnx;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
