// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GenesisRulesTest { // Protocol §14.3, §19.4
  private static final UInt256 CHAIN = UInt256.of(7);
  private static final Amount BASE_FEE = Amount.wei(1_000_000_000);

  @Test // Protocol §19.4
  void everyPresetMakesANetworkWithContractsStakesAndBonds() {
    for (GenesisPreset preset : GenesisPreset.values()) {
      List<Candidate> candidates =
          List.of(candidate(1, preset.stake()), candidate(2, preset.stake()));
      Amount placed = preset.stake().plus(Amount.aitbc(10_000)).times(2);
      Amount left = preset.supply().minus(placed);
      Genesis genesis =
          preset
              .rules(CHAIN)
              .genesis(
                  0, BASE_FEE, candidates, List.of(Genesis.GenesisAccount.of(account(9), left)));
      assertEquals(preset.supply(), genesis.supply(), preset.title());
      Map<String, Amount> balances = new TreeMap<>();
      genesis.accounts().forEach(each -> balances.put(each.address().toString(), each.balance()));
      for (EconomyContract contract : EconomyContract.values()) {
        assertTrue(balances.containsKey(contract.address().toString()), contract.name());
      }
      assertEquals(
          preset.stake().times(2),
          balances.get(EconomyContract.STAKE_MANAGER.address().toString()));
      assertEquals(
          Amount.aitbc(20_000),
          balances.get(EconomyContract.AUTHORITY_REGISTRY.address().toString()));
      assertTrue(preset.rules(CHAIN).consensus().minTotalStakeFits(preset.supply()));
      // A network of one counts its stake, too.
      VotingPower least = preset.rules(CHAIN).consensus().minTotalStake();
      assertTrue(VotingPower.of(preset.stake()).compareTo(least) >= 0, preset.title());
    }
  }

  @Test // Protocol §19.4
  void moreMoneyThanStakeCanCountIsRefused() {
    Amount most = Amount.wei(VotingPower.WEI_PER_UNIT).times(VotingPower.UNITS_MAX / 2);
    GenesisRules rules = GenesisPreset.HYBRID.rules(CHAIN);
    assertEquals(most, holding(rules, most).supply());
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class, () -> holding(rules, most.plus(Amount.wei(1))))
                .getMessage());
    assertTrue(message.contains("more than half of what can be at stake"), message);
  }

  private static Genesis holding(GenesisRules rules, Amount money) {
    return rules.genesis(
        0, BASE_FEE, List.of(), List.of(Genesis.GenesisAccount.of(account(9), money)));
  }

  @Test // Protocol §19.4
  void presetsHaveTheValuesOfTheSpecification() {
    assertEquals(Amount.aitbc(30_000_000_000L), GenesisPreset.HYBRID.supply());
    assertEquals(Amount.aitbc(2_000_000), GenesisPreset.DEV.supply());
    ModeParameters classic =
        new ModeParameters(2_000, 10, VotingPower.of(Amount.aitbc(1_000)), 500, 1_000_000);
    GenesisRules rules = GenesisPreset.CLASSIC.rules(CHAIN);
    assertEquals(classic, rules.consensus().fast());
    assertEquals(classic, rules.consensus().balanced());
    assertEquals(classic, rules.consensus().secure());
    assertEquals(ProposerStrategy.HYBRID, rules.consensus().proposers());
    ConsensusParameters dev = GenesisPreset.DEV.rules(CHAIN).consensus();
    assertEquals(500, dev.secure().blockIntervalMillis());
    assertEquals(
        GenesisPreset.HYBRID.rules(CHAIN).consensus().secure(),
        dev.withModesOf(ConsensusParameters.DEFAULT).secure());
    assertEquals(
        List.of(
            EconomyParameter.KEY_DELAY,
            EconomyParameter.VOTING_TIME,
            EconomyParameter.TIMELOCK_DELAY,
            EconomyParameter.SERVICE_UNBONDING,
            EconomyParameter.REVEAL_SECONDS,
            EconomyParameter.REVEAL_BLOCKS,
            EconomyParameter.WINDOW_SECONDS,
            EconomyParameter.WINDOW_BLOCKS,
            EconomyParameter.MOVE_SECONDS,
            EconomyParameter.MOVE_BLOCKS,
            EconomyParameter.SCORE_SECONDS,
            EconomyParameter.SCORE_BLOCKS,
            EconomyParameter.SCORE_REVEAL_SECONDS,
            EconomyParameter.SCORE_REVEAL_BLOCKS,
            EconomyParameter.CHECK_SECONDS,
            EconomyParameter.CHECK_BLOCKS,
            EconomyParameter.OPINION_SECONDS,
            EconomyParameter.OPINION_BLOCKS,
            EconomyParameter.OPINION_REVEAL_SECONDS,
            EconomyParameter.OPINION_REVEAL_BLOCKS),
        List.copyOf(GenesisPreset.DEV.rules(CHAIN).economy().keySet()));
    assertEquals(EconomyContract.FEE_SPLITTER.address(), rules.execution().fees().treasury());
    assertTrue(GenesisPreset.named("Hybrid").isEmpty());
  }

  @Test // Protocol §19.1
  void stakesThatNoSetWouldCountAreRefused() {
    GenesisRules rules = GenesisPreset.HYBRID.rules(CHAIN);
    List<Genesis.GenesisAccount> rich =
        List.of(Genesis.GenesisAccount.of(account(9), GenesisPreset.HYBRID.supply()));
    Amount least = Amount.aitbc(300_000_000);
    Genesis enough = rules.genesis(0, BASE_FEE, List.of(candidate(1, least)), rich);
    assertEquals(1, enough.snapshot().candidates().size());
    List<Candidate> few = List.of(candidate(1, least.minus(Amount.ONE_AITBC)));
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class, () -> rules.genesis(0, BASE_FEE, few, rich))
                .getMessage());
    assertTrue(message.contains("below minTotalStake"), message);
  }

  private static Candidate candidate(int number, Amount stake) {
    byte[] key = new byte[BlsPublicKey.BYTES];
    key[0] = (byte) number;
    return new Candidate(
        account(number),
        new BlsPublicKey(Bytes.of(key)),
        ValidatorClass.BOTH,
        VotingPower.of(stake),
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }
}
