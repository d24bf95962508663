// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// The gateway: serves models to programs that speak the Open Inference Protocol or OpenAI's API,
/// and has strangers run them as jobs that its own account pays.
@NullMarked
@CheckReturnValue
package io.aitbc.client.gateway;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
