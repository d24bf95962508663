// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.DiskCipher;
import io.aitbc.storage.DiskException;
import io.aitbc.storage.FolderDisk;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.KeyValues;
import io.aitbc.storage.LogOpening;
import io.aitbc.storage.Retention;
import io.aitbc.storage.SnapshotImport;
import io.aitbc.storage.StoreOpening;
import io.aitbc.storage.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// A node's data folder, opened: the chain and consensus's log. Every reason why one of them cannot
/// be used is told with what to do next.
///
/// @param store the chain
/// @param log consensus's write-ahead log
/// @param records what the log held
/// @param cipher what encrypts both, if they are
record NodeData(
    ChainStore store, WriteAheadLog log, List<LogRecord> records, Optional<DiskCipher> cipher)
    implements AutoCloseable {
  /// Memory for the parts of the state used last: half of what a node on a shared machine has.
  private static final long STATE_CACHE_BYTES = 64L << 20;

  static NodeData open(NodeConfiguration configuration, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    return open(
        configuration.data(), configuration.storage(), genesis.state(), genesis.consensus());
  }

  static NodeData open(
      Path folder,
      NodeConfiguration.Storage storage,
      GenesisState genesis,
      ConsensusGenesis consensusGenesis)
      throws IOException, ConfigurationException {
    try {
      NodeDisk disk = NodeDisk.open(folder, storage.keyFile());
      try {
        ChainStore store = openStore(folder, disk, storage.retention(), genesis, consensusGenesis);
        LogOpening.Opened log = openLog(folder.resolve("log"), disk.cipher(), genesis);
        return new NodeData(store, log.log(), log.records(), disk.cipher());
      } catch (ConfigurationException | RuntimeException refused) {
        disk.close();
        throw refused;
      }
    } catch (DiskException failed) {
      throw unusable(folder, failed);
    }
  }

  /// Whether `folder` holds a chain.
  static boolean hasChain(Path folder, NodeConfiguration.Storage storage)
      throws IOException, ConfigurationException {
    try {
      NodeDisk disk = NodeDisk.open(folder, storage.keyFile());
      try {
        return ChainStore.isIn(disk.tables());
      } finally {
        disk.close();
      }
    } catch (DiskException failed) {
      throw unusable(folder, failed);
    }
  }

  /// The folder of a chain that is being fetched.
  ///
  /// @param disk where it goes
  /// @param rows writes there
  /// @param retention what the chain is to keep
  record Import(NodeDisk disk, SnapshotImport rows, Retention retention) implements AutoCloseable {
    void finish(Hash genesisHash, SnapshotImport.Start start) {
      rows.finish(genesisHash, start, retention);
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  /// Begins to fill `folder`, which holds no chain, or goes on where an earlier start was stopped.
  static Import beginImport(Path folder, NodeConfiguration.Storage storage, Checkpoint checkpoint)
      throws IOException, ConfigurationException {
    NodeDisk disk = NodeDisk.open(folder, storage.keyFile());
    Height height = new Height(checkpoint.height().number() - 1);
    return new Import(
        disk,
        SnapshotImport.begin(disk.tables(), height, checkpoint.blockHash()),
        storage.retention());
  }

  /// What consensus derives from the chain, in a network with votes.
  DerivedState derived() {
    try {
      return DerivedState.decode(store.head().derivedState());
    } catch (MalformedException damaged) {
      throw new IllegalStateException("the stored state of consensus is damaged", damaged);
    }
  }

  private static IOException unusable(Path folder, DiskException failed) {
    return new IOException(
        folder + " cannot be opened: " + NodeEnd.ofDisk(failed).orElseThrow(), failed);
  }

  @Override
  public void close() {
    log.close();
    store.close();
    cipher.ifPresent(DiskCipher::close);
  }

  private static ChainStore openStore(
      Path folder,
      NodeDisk disk,
      Retention retention,
      GenesisState genesis,
      ConsensusGenesis consensusGenesis)
      throws ConfigurationException {
    KeyValues tables = disk.tables();
    return switch (ChainStore.open(tables, genesis.hash(), retention, STATE_CACHE_BYTES)) {
      case StoreOpening.Opened(ChainStore store) -> store;
      case StoreOpening.Empty _ -> {
        SnapshotImport.clear(tables); // A snapshot may have been begun here.
        yield ChainStore.begin(
            tables,
            new GenesisBlock(
                genesis.block(), genesis.diff(), derivedState(genesis, consensusGenesis)),
            retention,
            STATE_CACHE_BYTES);
      }
      case StoreOpening.OtherNetwork(var found, var expected) ->
          throw new ConfigurationException(
              "%s holds the chain of genesis %s, the genesis file gives %s: name another data folder"
                  .formatted(folder, found, expected));
      case StoreOpening.OtherVersion(long found, long expected) ->
          throw new ConfigurationException(
              "%s has layout %d, this version reads %d: move it away and let the node sync again"
                  .formatted(folder, found, expected));
    };
  }

  /// Without votes nothing is derived.
  private static Bytes derivedState(GenesisState genesis, ConsensusGenesis consensusGenesis) {
    return switch (genesis.genesis().kind()) {
      case NetworkKind.Hybrid _ -> DerivedState.genesis(consensusGenesis).encoded();
      case NetworkKind.Poa _ -> Bytes.EMPTY;
    };
  }

  private static LogOpening.Opened openLog(
      Path folder, Optional<DiskCipher> cipher, GenesisState genesis)
      throws ConfigurationException {
    return switch (WriteAheadLog.open(
        FolderDisk.open(folder), genesis.hash(), new SecureRandom(), cipher)) {
      case LogOpening.Opened opened -> opened;
      case LogOpening.Corrupt(String file, long offset) ->
          throw new ConfigurationException(
              "%s is damaged in %s at byte %d; what this node promised is not known any more: see \"The record is lost\" in docs/operator.md"
                  .formatted(folder, file, offset));
      case LogOpening.OtherNetwork(var found, var expected) ->
          throw new ConfigurationException(
              "%s is the log of genesis %s, the genesis file gives %s: name another data folder"
                  .formatted(folder, found, expected));
    };
  }
}
