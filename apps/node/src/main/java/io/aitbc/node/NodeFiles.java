// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.network.IdentityFileException;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.PeerId;
import io.aitbc.network.PinnedTls;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.RecordOpening;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// What a running node has on disk, opened, and the key if it is a validator.
///
/// @param data the chain and consensus's log
/// @param signer the key behind its rule, if the node is a validator
/// @param account the validator's account, if the genesis block or the configuration names it
/// @param sender the account that sends what a validator has to send, if there is one
record NodeFiles(
    NodeData data,
    Optional<NodeSigner> signer,
    Optional<Address> account,
    Optional<AccountSigner> sender)
    implements AutoCloseable {

  static NodeFiles open(NodeConfiguration configuration, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    if (configuration.validator().isEmpty()) {
      return new NodeFiles(
          NodeData.open(configuration, genesis),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    NodeConfiguration.Validator validator = configuration.validator().get();
    NodeFiles files =
        switch (validator.key()) {
          case NodeConfiguration.ValidatorKey key -> withKey(key, configuration, genesis);
          case NodeConfiguration.RemoteKey key -> withSigner(key, configuration, genesis);
        };
    try {
      return new NodeFiles(
          files.data(),
          files.signer(),
          account(files.account(), validator.account()),
          validator.sender().isPresent()
              ? Optional.of(sender(validator.sender().get()))
              : Optional.empty());
    } catch (ConfigurationException refused) {
      files.close();
      throw refused;
    }
  }

  private static NodeFiles withKey(
      NodeConfiguration.ValidatorKey files, NodeConfiguration configuration, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    StoppedValidator validator = StoppedValidator.open(files, genesis, Optional.of(configuration));
    RecordOpening opening = validator.record();
    if (opening instanceof RecordOpening.Ready ready) {
      return of(validator.data(), new LocalSigner(ready.signer()), genesis);
    }
    validator.close();
    throw new ConfigurationException(files.signingRecord() + ": " + RecordText.of(opening));
  }

  private static Optional<Address> account(Optional<Address> ofGenesis, Optional<Address> named)
      throws ConfigurationException {
    if (ofGenesis.isPresent() && named.isPresent() && !named.equals(ofGenesis)) {
      throw new ConfigurationException(
          "validator.account is %s, but the genesis file gives the key to %s"
              .formatted(named.get(), ofGenesis.get()));
    }
    return ofGenesis.or(() -> named);
  }

  private static AccountSigner sender(NodeConfiguration.AccountFile account)
      throws ConfigurationException {
    Path file = account.passwordFile();
    try (Password password = Password.read(file)) {
      file = account.keystore();
      return AccountKeystore.open(file, password);
    } catch (KeyFileException refused) {
      throw new ConfigurationException(file + ": " + KeyFileText.of(refused.refusal()));
    }
  }

  /// The identity in `folder`, which is made there if there is none.
  ///
  /// @throws ConfigurationException if the file there is none that may be used
  /// @throws IOException if it cannot be read or written
  static NodeIdentity identity(Path folder) throws IOException, ConfigurationException {
    try {
      return NodeIdentity.loadOrCreate(folder, new SecureRandom());
    } catch (IdentityFileException refused) {
      throw new ConfigurationException(String.valueOf(refused.getMessage()));
    }
  }

  /// Compares the signer's record with this node's log and chain, as it would its own.
  private static NodeFiles withSigner(
      NodeConfiguration.RemoteKey key, NodeConfiguration configuration, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    NodeIdentity identity = identity(key.folder());
    RemoteSigner signer =
        RemoteSigner.meet(
            new PinnedTls(identity, PeerId.fromHex(key.id())), key.address(), genesis.hash());
    try {
      NodeData data = NodeData.open(configuration, genesis);
      Optional<RecordLoss> loss =
          StoppedValidator.witnessed(genesis, data, signer.publicKey())
              .above(signer.record())
              .or(() -> StoppedValidator.withoutLock(data, signer.record()));
      if (loss.isPresent()) {
        data.close();
        throw new ConfigurationException(
            signer.place() + ": " + RecordText.of(new RecordOpening.Lost(loss.get())));
      }
      return of(data, signer, genesis);
    } catch (IOException | ConfigurationException | RuntimeException failed) {
      signer.close();
      throw failed;
    }
  }

  private static NodeFiles of(NodeData data, NodeSigner signer, NodeGenesis genesis) {
    return new NodeFiles(
        data,
        Optional.of(signer.isMoved() ? new WaitingSigner(signer, System::nanoTime) : signer),
        genesis.consensus().snapshot().candidates().stream()
            .filter(candidate -> candidate.key().equals(signer.publicKey()))
            .map(Candidate::account)
            .findFirst(),
        Optional.empty());
  }

  /// The chain.
  ChainStore store() {
    return data.store();
  }

  /// Consensus's write-ahead log.
  WriteAheadLog log() {
    return data.log();
  }

  /// What the log held.
  List<LogRecord> records() {
    return data.records();
  }

  /// What consensus derives from the chain.
  DerivedState derived() {
    return data.derived();
  }

  /// What the key has signed.
  Optional<SigningRecord> signed() {
    return signer.map(NodeSigner::record);
  }

  @Override
  public void close() {
    sender.ifPresent(AccountSigner::close);
    signer.ifPresent(NodeSigner::close);
    data.close();
  }
}
