// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.model.Mode;

/// What a run of AI work is made of.
///
/// @param mode that is pinned in the genesis
/// @param validators nodes, each an authority that also stakes
/// @param workers services
/// @param auditors likewise
/// @param evaluators likewise
/// @param perProcess how many services of a role share a process
/// @param clients threads of this process that order
/// @param inFlight jobs without a result, of all clients
/// @param items of a claim that infers
/// @param idleSeconds without jobs that are measured
/// @param warmSeconds of load before
/// @param seconds of load that are measured
record AiOptions(
    Mode mode,
    int validators,
    int workers,
    int auditors,
    int evaluators,
    int perProcess,
    int clients,
    int inFlight,
    int items,
    int idleSeconds,
    int warmSeconds,
    int seconds) {}
