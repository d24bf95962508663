// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.Trie;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import io.aitbc.storage.StoreOpening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The state of a chain in RocksDB, many times larger than all memory that is given for it, and
/// read past the system's: what a transaction touches for the first time comes from the disk. Made
/// when it is first asked for, in a folder of its own that closing removes.
final class ColdState implements AutoCloseable {
  /// The contract that has the slots. It delegates to the address in the second word of its input,
  /// with the first word, and halts if that fails.
  static final Address SLOTS = EvmScene.CONTRACT;

  /// Number of the first account with money.
  static final long ACCOUNTS = 0x1_0000_0000L;

  /// Number of the first contract with code of its own.
  static final long CONTRACTS = 0x3_0000_0000L;

  /// Bytes of their codes: the most there may be (EIP-170).
  static final int CODE_BYTES = 24_576;

  /// Accounts for each contract: what one transaction can pay for must not touch one twice.
  private static final int ACCOUNTS_PER_CONTRACT = 128;

  /// Memory of the store for the parts of the state used last, and of the database for its blocks.
  private static final long CACHE_BYTES = 8L << 20;

  private static final RocksSettings SETTINGS =
      new RocksSettings(CACHE_BYTES, 64L << 20, 512, RocksSettings.Reads.DIRECT);

  private static final Bytes DELEGATING =
      Assembly.of(
          """
          0 CALLDATALOAD 0 MSTORE
          0 0 32 0 32 CALLDATALOAD GAS DELEGATECALL ISZERO 0 JUMPI STOP
          """);

  private static final long SEED = 5;

  private final int entries;
  private @Nullable Path folder;
  private @Nullable ChainStore store;

  /// @param entries accounts, and slots of one contract
  ColdState(int entries) {
    this.entries = entries;
  }

  /// Accounts, and as many slots.
  int entries() {
    return entries;
  }

  /// Contracts, each with other code.
  int contracts() {
    return Math.max(1, entries / ACCOUNTS_PER_CONTRACT);
  }

  /// The state, none of whose tries' nodes is in memory.
  ///
  /// @param programs what the contract with the slots may delegate to
  FinalState state(Map<Address, Bytes> programs) {
    ChainStore opened = store;
    if (opened == null) {
      opened = make(programs);
      store = opened;
    }
    FinalState state = opened.head().state();
    for (int turn = 0; turn < 2; turn++) { // What was used goes in the second turn.
      for (int part = 0; part < Trie.PARTS; part++) {
        var _ = state.trie().shed(part, true);
      }
    }
    return state;
  }

  private ChainStore make(Map<Address, Bytes> programs) {
    try {
      Path made = Files.createTempDirectory("aitbc-cold");
      folder = made;
      Hash genesis = fill(made, programs);
      // Opened anew, so that no memory knows what was written.
      return switch (ChainStore.open(
          RocksKeyValues.open(made, SETTINGS), genesis, Retention.DEFAULT, CACHE_BYTES)) {
        case StoreOpening.Opened(ChainStore opened) -> opened;
        case StoreOpening other -> throw new IllegalStateException("not opened: " + other);
      };
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Hash fill(Path made, Map<Address, Bytes> programs) {
    ExecutionParameters parameters = ExecutionParameters.of(UInt256.of(7_000));
    GenesisState genesis =
        GenesisState.of(
            new Genesis(
                parameters,
                TransferBlocks.snapshot(),
                1_000_000,
                parameters.fees().baseFeeMin(),
                accounts(programs)),
            Workers.NONE);
    ChainStore.begin(
            RocksKeyValues.open(made, SETTINGS),
            new GenesisBlock(genesis.block(), genesis.diff(), Bytes.of((byte) 0)),
            Retention.DEFAULT,
            CACHE_BYTES)
        .close();
    return genesis.hash();
  }

  private List<Genesis.GenesisAccount> accounts(Map<Address, Bytes> programs) {
    SplittableRandom random = new SplittableRandom(SEED);
    SortedMap<UInt256, UInt256> slots = new TreeMap<>();
    List<Genesis.GenesisAccount> all = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      var _ = slots.put(UInt256.of(i), UInt256.of(1 + random.nextLong(Long.MAX_VALUE)));
      all.add(Genesis.GenesisAccount.of(EvmScene.address(ACCOUNTS + i), Amount.wei(1 + i)));
    }
    for (int i = 0; i < contracts(); i++) {
      byte[] code = new byte[CODE_BYTES];
      random.nextBytes(code);
      code[0] = 0; // STOP
      all.add(contract(EvmScene.address(CONTRACTS + i), Bytes.wrap(code), new TreeMap<>()));
    }
    programs.forEach((address, code) -> all.add(contract(address, code, new TreeMap<>())));
    all.add(contract(SLOTS, DELEGATING, slots));
    all.add(Genesis.GenesisAccount.of(EvmScene.CALLER, Amount.aitbc(1_000)));
    all.sort(Comparator.comparing(Genesis.GenesisAccount::address));
    return all;
  }

  private static Genesis.GenesisAccount contract(
      Address address, Bytes code, SortedMap<UInt256, UInt256> slots) {
    return new Genesis.GenesisAccount(address, Amount.aitbc(1), 1, code, slots);
  }

  @Override
  public void close() throws IOException {
    ChainStore opened = store;
    if (opened != null) {
      opened.close();
      store = null;
    }
    Path made = folder;
    if (made != null) {
      BlockRun.remove(made);
      folder = null;
    }
  }
}
