// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The genesis of a network as a node needs it: the file, the state and block it gives, and what
/// consensus begins with.
///
/// @param file what was read
/// @param state the genesis block and its state
/// @param consensus what consensus begins with
record NodeGenesis(GenesisFile file, GenesisState state, ConsensusGenesis consensus) {
  /// Reads a genesis file.
  ///
  /// @throws ConfigurationException naming the field that is wrong
  /// @throws IOException if the file cannot be read
  static NodeGenesis read(Path file) throws IOException, ConfigurationException {
    GenesisFile read = GenesisFile.read(file);
    GenesisState state = read.state();
    return new NodeGenesis(
        read,
        state,
        new ConsensusGenesis(
            state.hash(), read.genesis().timestampMillis(), read.genesis().snapshot()));
  }

  /// Reads the genesis file of a network that may start.
  ///
  /// @throws ConfigurationException also if a validator did not prove that it holds its key
  /// @throws IOException if the file cannot be read
  static NodeGenesis proven(Path file) throws IOException, ConfigurationException {
    NodeGenesis genesis = read(file);
    List<Address> unproven = genesis.file.withoutPossession(genesis.hash(), new BlsScheme());
    if (!unproven.isEmpty()) {
      throw new ConfigurationException(
          file
              + ": no proof of possession of the key of "
              + unproven
              + "; `aitbc genesis prove` adds them");
    }
    return genesis;
  }

  /// Hash of the genesis block: the network's name.
  Hash hash() {
    return state.hash();
  }
}
