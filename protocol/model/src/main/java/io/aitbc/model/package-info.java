// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.

/// What travels between nodes or is stored: records, their one canonical encoding (RLP), and
/// everything that can be judged without a state machine: quorum rules, certificate and evidence
/// checks, static validity of a transaction, the fork schedule.
@NullMarked
@CheckReturnValue
package io.aitbc.model;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
