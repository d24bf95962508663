// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.model.Address;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.ValidatorSigner;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.WriteAheadLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What a running node has on disk, opened: its data folder, and the key under its record if it is
/// a validator.
///
/// @param data the chain and consensus's log
/// @param local the key, if the node is a validator
/// @param account the validator's account, if the key is one of the genesis block's
record NodeFiles(NodeData data, Optional<LocalValidatorSigner> local, Optional<Address> account)
    implements AutoCloseable {

  static NodeFiles open(NodeConfiguration configuration, NodeGenesis genesis)
      throws IOException, ConfigurationException {
    if (configuration.validator().isEmpty()) {
      return new NodeFiles(
          NodeData.open(configuration.data(), genesis.state(), genesis.consensus()),
          Optional.empty(),
          Optional.empty());
    }
    StoppedValidator validator = StoppedValidator.open(configuration, genesis);
    RecordOpening opening = validator.record();
    if (opening instanceof RecordOpening.Ready ready) {
      return new NodeFiles(validator.data(), Optional.of(ready.signer()), validator.account());
    }
    validator.close();
    throw new ConfigurationException(
        configuration.validator().get().signingRecord() + ": " + RecordText.of(opening));
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
    local.ifPresent(LocalValidatorSigner::close);
    data.close();
  }
}
