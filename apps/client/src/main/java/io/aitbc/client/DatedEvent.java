// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.WorkEvent;

/// What a contract of AI work wrote, and when.
///
/// @param height of its block
/// @param timestampSeconds of the block, since 1970
/// @param event what it wrote
public record DatedEvent(long height, long timestampSeconds, WorkEvent event) {}
