// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.signer.BlsValidatorKey;
import java.util.List;
import java.util.OptionalLong;

/// A network of one validator, which decides alone.
public final class OneValidator {
  static final Hash GENESIS = NodeValues.hash(0);
  public static final Address ACCOUNT =
      Address.fromHex("0x0000000000000000000000000000000000000001");
  public static final BlsValidatorKey KEY = BlsValidatorKey.fromSeed(new byte[32]);
  public static final DerivedState DERIVED =
      DerivedState.genesis(
          new ConsensusGenesis(
              GENESIS,
              1_699_999_999_000L,
              new EpochSnapshot(
                  List.of(candidate(Amount.aitbc(20_000))),
                  GenesisFile.parameters(
                      ModePolicy.PINNED,
                      Mode.BALANCED,
                      Fallback.ON,
                      VotingPower.of(Amount.aitbc(10_000)),
                      2_000),
                  0)));

  private OneValidator() {}

  private static Candidate candidate(Amount stake) {
    return new Candidate(
        ACCOUNT,
        KEY.publicKey(),
        ValidatorClass.BOTH,
        VotingPower.of(stake),
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }

  /// A genesis in which the validator has 1,000,000 AITBC at stake, and a base fee of 1 gwei.
  public static Genesis genesis(
      GenesisRules rules, long beginMillis, List<Genesis.GenesisAccount> accounts) {
    return rules.genesis(
        beginMillis,
        Amount.wei(1_000_000_000),
        List.of(candidate(Amount.aitbc(1_000_000))),
        accounts);
  }
}
