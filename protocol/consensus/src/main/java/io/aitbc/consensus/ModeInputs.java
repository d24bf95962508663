// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Amount;

/// What the policy of modes looks at: measured over the last {@link ModeRule#WINDOW_BLOCKS} blocks,
/// all from the chain. Protocol §3.2.
///
/// @param loadMillionths median of gas used / gas limit
/// @param availabilityMillionths share of the authorities' weight that signed
/// @param participationMillionths share of the stake that signed, or anchored in FAST
/// @param valueMoved mean of the value moved in a block
/// @param convictedAuthorities authorities convicted by evidence
/// @param convictedStakeMillionths share of the stake convicted by evidence
public record ModeInputs(
    int loadMillionths,
    int availabilityMillionths,
    int participationMillionths,
    Amount valueMoved,
    int convictedAuthorities,
    int convictedStakeMillionths) {}
