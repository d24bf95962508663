// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

/// What weighs in a validator's odds to propose besides its stake; fixed for an epoch when its set
/// is drawn. Protocol §7.2, §9.
///
/// @param reputation from 0 to {@link io.aitbc.model.ValidatorReport#REPUTATION_MAX}
/// @param workWeight settled work as the contracts scaled it
record Merit(int reputation, long workWeight) {}
