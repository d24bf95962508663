// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.node.OneValidator;
import java.util.List;
import java.util.function.UnaryOperator;

/// The genesis of a network of work: of the preset `dev`, with one validator. For tests.
final class WorkGenesis {
  private WorkGenesis() {}

  /// One that begins at a time.
  ///
  /// @param windowBlocks of the window for challenges
  /// @param policy for hardware, from the preset's
  /// @param rich who has 10,000 AITBC each
  static Genesis of(
      long beginMillis, int windowBlocks, UnaryOperator<Bytes> policy, List<Address> rich) {
    GenesisRules dev = GenesisPreset.DEV.rules(WorkNetwork.CHAIN_ID);
    return OneValidator.genesis(
        dev.withConsensus(OneValidator.DERIVED.parameters())
            .with(EconomyParameter.WINDOW_BLOCKS, UInt256.of(windowBlocks))
            .trusting(policy.apply(dev.attestation())),
        beginMillis,
        rich.stream().map(each -> Genesis.GenesisAccount.of(each, Amount.aitbc(10_000))).toList());
  }
}
