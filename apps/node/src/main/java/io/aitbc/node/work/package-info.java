// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
/// The services of AI work: a worker that takes claims, and an auditor that runs drawn leaves
/// again. They see the chain through {@link io.aitbc.node.work.WorkChain} alone. Protocol §17.9 to
/// §17.14.
@NullMarked
@CheckReturnValue
package io.aitbc.node.work;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
