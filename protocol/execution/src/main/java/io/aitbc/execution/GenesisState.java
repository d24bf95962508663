// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Fork;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import java.util.List;
import java.util.Optional;

/// Block 0 and the state after it. Protocol §14.3.
///
/// @param genesis what it is made of
/// @param block the genesis block; its hash names the network
/// @param diff what it makes of the state that holds nothing
public record GenesisState(Genesis genesis, Block block, StateDiff diff) {
  /// The genesis block and state that `genesis` describes.
  public static GenesisState of(Genesis genesis, Workers workers) {
    MemoryState nothing = new MemoryState();
    Overlay overlay = new Overlay(nothing);
    for (Genesis.GenesisAccount account : genesis.accounts()) {
      Address address = account.address();
      overlay.setBalance(address, account.balance());
      overlay.setNonce(address, account.nonce());
      overlay.setCode(address, account.code());
      account.storage().forEach((key, value) -> overlay.setStorage(address, key, value));
    }
    StateDiff diff = StateTrie.diff(nothing, overlay, workers);
    return new GenesisState(genesis, new Block(header(genesis, diff.rootAfter()), List.of()), diff);
  }

  private static BlockHeader header(Genesis genesis, Hash stateRoot) {
    long seconds = genesis.timestampMillis() / 1_000; // rounded down
    Fork fork = genesis.execution().forks().at(seconds);
    return new BlockHeader(
        Hash.ZERO,
        Address.ZERO,
        stateRoot,
        BlockHeader.EMPTY_TRIE_ROOT,
        BlockHeader.EMPTY_TRIE_ROOT,
        Bloom.EMPTY,
        0,
        genesis.gasLimit(),
        0,
        seconds,
        genesis.parametersHash().toBytes(),
        Hash.ZERO,
        genesis.baseFeePerGas(),
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        Hash.ZERO,
        fork.isAtLeast(Fork.PRAGUE) ? Optional.of(BlockHeader.NO_REQUESTS_HASH) : Optional.empty());
  }

  /// The genesis hash: the name of the network, which every signature of validators names.
  public Hash hash() {
    return block.hash();
  }

  /// The state after the genesis block, in memory.
  public MemoryState inMemory() {
    MemoryState state = new MemoryState();
    state.apply(diff);
    return state;
  }
}
