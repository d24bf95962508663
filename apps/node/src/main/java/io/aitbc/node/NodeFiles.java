// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.HostMark;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.Password;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SlotFile;
import io.aitbc.signer.ValidatorKeystore;
import io.aitbc.signer.ValidatorSigner;
import io.aitbc.signer.Witnessed;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.FolderDisk;
import io.aitbc.storage.GenesisBlock;
import io.aitbc.storage.LogOpening;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import io.aitbc.storage.StoreOpening;
import io.aitbc.storage.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// What a node has on disk, opened: the chain, consensus's log, the key and its record. Every
/// reason why one of them cannot be used is told with what to do next.
///
/// @param store the chain
/// @param log consensus's write-ahead log
/// @param records what the log held
/// @param local the key, if the node is a validator
/// @param account the validator's account, if the key is one of the genesis block's
record NodeFiles(
    ChainStore store,
    WriteAheadLog log,
    List<LogRecord> records,
    Optional<LocalValidatorSigner> local,
    Optional<Address> account)
    implements AutoCloseable {
  /// Memory for the parts of the state used last: half of what a node on a shared machine has.
  private static final long STATE_CACHE_BYTES = 64L << 20;

  static NodeFiles open(
      NodeConfiguration configuration, GenesisState genesis, ConsensusGenesis consensusGenesis)
      throws IOException, ConfigurationException {
    Path _ = Files.createDirectories(configuration.data());
    ChainStore store = openStore(configuration.data().resolve("chain"), genesis, consensusGenesis);
    LogOpening.Opened log = openLog(configuration.data().resolve("log"), genesis);
    Optional<LocalValidatorSigner> signer =
        configuration.validator().isPresent()
            ? Optional.of(openSigner(configuration.validator().get(), genesis))
            : Optional.empty();
    Optional<Address> account =
        signer.flatMap(each -> accountOf(each.publicKey(), consensusGenesis));
    return new NodeFiles(store, log.log(), log.records(), signer, account);
  }

  /// The key behind its rule.
  Optional<ValidatorSigner> signer() {
    return local.map(each -> each);
  }

  /// What the key has signed.
  Optional<SigningRecord> signed() {
    return local.map(LocalValidatorSigner::record);
  }

  @Override
  public void close() {
    local.ifPresent(LocalValidatorSigner::close);
    log.close();
    store.close();
  }

  private static ChainStore openStore(
      Path folder, GenesisState genesis, ConsensusGenesis consensusGenesis)
      throws ConfigurationException {
    RocksKeyValues tables = RocksKeyValues.open(folder, RocksSettings.SMALL);
    return switch (ChainStore.open(tables, genesis.hash(), Retention.DEFAULT, STATE_CACHE_BYTES)) {
      case StoreOpening.Opened(ChainStore store) -> store;
      case StoreOpening.Empty _ ->
          ChainStore.begin(
              tables,
              new GenesisBlock(
                  genesis.block(),
                  genesis.diff(),
                  DerivedState.genesis(consensusGenesis).encoded()),
              Retention.DEFAULT,
              STATE_CACHE_BYTES);
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

  private static LogOpening.Opened openLog(Path folder, GenesisState genesis)
      throws ConfigurationException {
    return switch (WriteAheadLog.open(
        FolderDisk.open(folder), genesis.hash(), new SecureRandom())) {
      case LogOpening.Opened opened -> opened;
      case LogOpening.Corrupt(String file, long offset) ->
          throw new ConfigurationException(
              "%s is damaged in %s at byte %d; what this node promised is not known any more: see \"A lost record\" in docs/operator.md"
                  .formatted(folder, file, offset));
      case LogOpening.OtherNetwork(var found, var expected) ->
          throw new ConfigurationException(
              "%s is the log of genesis %s, the genesis file gives %s: name another data folder"
                  .formatted(folder, found, expected));
    };
  }

  private static LocalValidatorSigner openSigner(
      NodeConfiguration.ValidatorKey files, GenesisState genesis) throws ConfigurationException {
    try (Password password = Password.read(files.passwordFile())) {
      BlsValidatorKey key = ValidatorKeystore.open(files.keystore(), password);
      RecordOpening opening =
          LocalValidatorSigner.open(
              key,
              genesis.hash(),
              HostMark.of(files.signingRecord()),
              SlotFile.open(files.signingRecord()),
              Witnessed.NOTHING);
      if (opening instanceof RecordOpening.Ready ready) {
        return ready.signer();
      }
      throw new ConfigurationException(
          files.signingRecord()
              + ": "
              + opening
              + "; the key signs nothing before an operator says how to go on: see \"The signing record\" in docs/operator.md");
    } catch (KeyFileException refused) {
      throw new ConfigurationException(String.valueOf(refused.getMessage()));
    }
  }

  private static Optional<Address> accountOf(BlsPublicKey key, ConsensusGenesis genesis) {
    return genesis.snapshot().candidates().stream()
        .filter(candidate -> candidate.key().equals(key))
        .map(Candidate::account)
        .findFirst();
  }
}
