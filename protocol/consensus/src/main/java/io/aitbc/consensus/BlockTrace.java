// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Signers;
import io.aitbc.model.VotingPower;
import java.util.Optional;

/// What is remembered of a block of the window. Protocol §3.2.
///
/// @param height its height
/// @param blockHash its hash
/// @param setting its mode
/// @param oversight whether SECURE needed authorities at its height
/// @param maker who made its content
/// @param loadMillionths gas used / gas limit
/// @param valueMoved what balances lost
/// @param convictedAuthorities authorities convicted in it
/// @param convictedStake stake convicted in it
/// @param ballot of the certificate that the next block carries for it; absent until then
/// @param credited who is known to have signed it, in the set of its epoch
/// @param stakeMillionths share of the stake credited; 0 until the time to be credited ends
record BlockTrace(
    Height height,
    Hash blockHash,
    ModeSetting setting,
    Oversight oversight,
    Address maker,
    int loadMillionths,
    Amount valueMoved,
    int convictedAuthorities,
    VotingPower convictedStake,
    Optional<Ballot.Commit> ballot,
    Signers credited,
    int stakeMillionths) {
  BlockTrace certified(Ballot.Commit carried, Signers signers) {
    return with(Optional.of(carried), signers, stakeMillionths);
  }

  BlockTrace credit(Signers signers) {
    return with(ballot, signers, stakeMillionths);
  }

  BlockTrace closed(int share) {
    return with(ballot, credited, share);
  }

  private BlockTrace with(Optional<Ballot.Commit> newBallot, Signers newCredited, int newShare) {
    return new BlockTrace(
        height,
        blockHash,
        setting,
        oversight,
        maker,
        loadMillionths,
        valueMoved,
        convictedAuthorities,
        convictedStake,
        newBallot,
        newCredited,
        newShare);
  }
}
