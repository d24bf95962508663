// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.model.Address;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.Password;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.ValidatorSigner;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a running node has on disk, opened: its data folder, and the key under its record if it is
/// a validator.
///
/// @param data the chain and consensus's log
/// @param local the key, if the node is a validator
/// @param account the validator's account, if the genesis block or the configuration names it
/// @param sender the account that sends what a validator has to send, if there is one
record NodeFiles(
    NodeData data,
    Optional<LocalValidatorSigner> local,
    Optional<Address> account,
    Optional<AccountSigner> sender)
    implements AutoCloseable {

  static NodeFiles open(NodeConfiguration configuration, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    if (configuration.validator().isEmpty()) {
      return new NodeFiles(
          NodeData.open(configuration.data(), genesis.state(), genesis.consensus()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    NodeConfiguration.ValidatorKey files = configuration.validator().get();
    StoppedValidator validator = StoppedValidator.open(configuration, genesis);
    RecordOpening opening = validator.record();
    if (opening instanceof RecordOpening.Ready ready) {
      try {
        return new NodeFiles(
            validator.data(),
            Optional.of(ready.signer()),
            account(validator.account(), files.account()),
            files.sender().isPresent()
                ? Optional.of(sender(files.sender().get()))
                : Optional.empty());
      } catch (ConfigurationException refused) {
        validator.close();
        throw refused;
      }
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
    sender.ifPresent(AccountSigner::close);
    local.ifPresent(LocalValidatorSigner::close);
    data.close();
  }
}
