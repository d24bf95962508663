// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Address;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Height;
import io.aitbc.model.Round;
import io.aitbc.node.GenesisFile;
import java.util.List;

/// Who proposes the next block of a network made here, told from its genesis and its last block: so
/// that it can be killed. True while set, stakes and mode are those of genesis. Protocol §7.2.
public final class NextProposer {
  private final DerivedState start;
  private final List<Address> accounts;

  private NextProposer(DerivedState start, List<Address> accounts) {
    this.start = start;
    this.accounts = accounts;
  }

  /// Of the network with this genesis file.
  ///
  /// @throws IllegalArgumentException if it decides without votes
  public static NextProposer of(GenesisFile file) {
    Genesis genesis = file.genesis();
    Hash hash = file.state().hash();
    return new NextProposer(
        DerivedState.genesis(
            new ConsensusGenesis(hash, genesis.timestampMillis(), genesis.snapshot())),
        file.validators().stream().map(each -> each.candidate().account()).toList());
  }

  /// Whose turn it is first after a block.
  ///
  /// @param height of that block
  /// @param beacon of that block, its `mixHash`
  public Address after(Height height, Hash beacon) {
    return start.currentPlan().proposer(beacon, height.next(), Round.ZERO, start.mode()).account();
  }

  /// Which node speaks for a validator, counted from 0; -1 if none does.
  public int nodeOf(Address account) {
    return accounts.indexOf(account);
  }

  /// How long the next block may take when its proposer is gone, but for the time of messages and
  /// of execution, in milliseconds: the block interval, a round's timer, and a quarter of one, in
  /// which the next proposer waits for the others. Protocol §5.8.
  public long failoverMillisMax() {
    ConsensusParameters parameters = start.parameters();
    long timer = parameters.roundTimerMillisMax();
    return start.mode().blockIntervalMillis(parameters) + timer + timer / 4;
  }
}
