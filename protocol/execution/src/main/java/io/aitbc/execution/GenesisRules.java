// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.Platform;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The rules that a network which decides by votes begins with, before anybody is named. Protocol
/// §14.3, §19.
///
/// @param execution chain id, gas limits and fees
/// @param consensus the parameters of consensus
/// @param workShareMillionths the part of the proposers' odds that settled work decides, from 0 to
///   {@link EpochSnapshot#MILLIONTHS}
/// @param economy parameters of the economy that are not the standard
/// @param attestation the first policy for evidence of trusted hardware, encoded (Protocol §18.6);
///   it says for good whether this is a production network
public record GenesisRules(
    ExecutionParameters execution,
    ConsensusParameters consensus,
    int workShareMillionths,
    Map<EconomyParameter, UInt256> economy,
    Bytes attestation) {
  /// A genesis holds at most half of the money whose stake can be counted: rewards add to it.
  private static final long SUPPLY_PARTS = 2;

  /// Copies the map, without what is the standard anyway.
  public GenesisRules {
    Map<EconomyParameter, UInt256> changed = new EnumMap<>(EconomyParameter.class);
    economy.forEach((parameter, value) -> {
      if (!value.equals(parameter.standard())) {
        changed.put(parameter, value);
      }
    });
    economy = Collections.unmodifiableMap(changed);
  }

  /// The value of a parameter of the economy.
  public UInt256 of(EconomyParameter parameter) {
    return economy.getOrDefault(parameter, parameter.standard());
  }

  /// These rules with other parameters of consensus.
  public GenesisRules withConsensus(ConsensusParameters parameters) {
    return new GenesisRules(execution, parameters, workShareMillionths, economy, attestation);
  }

  /// These rules with another value of a parameter of the economy.
  public GenesisRules with(EconomyParameter parameter, UInt256 value) {
    Map<EconomyParameter, UInt256> changed = new EnumMap<>(EconomyParameter.class);
    changed.putAll(economy);
    changed.put(parameter, value);
    return new GenesisRules(execution, consensus, workShareMillionths, changed, attestation);
  }

  /// These rules with another first policy for evidence of trusted hardware.
  public GenesisRules trusting(Bytes policy) {
    return new GenesisRules(execution, consensus, workShareMillionths, economy, policy);
  }

  /// These rules where evidence of SGX and TDX under further development roots is judged, and worth
  /// nothing: for networks for trials. Protocol §18.6.
  ///
  /// @param roots SHA-256 of their certificates
  /// @throws IllegalArgumentException if it is a production network, which has none
  public GenesisRules withDevelopmentRoots(SortedSet<Hash> roots) {
    TrustPolicy policy =
        TrustPolicy.decode(attestation)
            .orElseThrow(() -> new IllegalArgumentException("the policy of the genesis is none"));
    SortedSet<Platform> platforms = new TreeSet<>(List.of(Platform.SGX, Platform.TDX));
    return trusting(policy.withDevelopmentRoots(platforms, roots).encoded());
  }

  /// A network with these rules: the accounts, and beside them the contracts that every such
  /// network has, with the bonds and stakes of its first candidates.
  ///
  /// @param timestampMillis when it begins, milliseconds since 1970
  /// @param baseFeePerGas the genesis block's base fee
  /// @param candidates the first validators, in any order
  /// @param accounts who else holds money, in any order
  /// @throws IllegalArgumentException if a contract refuses the parameters or candidates, if {@link
  ///   ConsensusParameters#minTotalStakeFits} does not hold, if there are stakers beside
  ///   authorities whose stake is below `minTotalStake`, so that no set would count it, or if there
  ///   is so much money that a set might have more stake than {@link VotingPower#UNITS_MAX}
  public Genesis genesis(
      long timestampMillis,
      Amount baseFeePerGas,
      List<Candidate> candidates,
      List<Genesis.GenesisAccount> accounts) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(Comparator.comparing(Candidate::account));
    requireStakeThatCounts(sorted);
    Amount supply = supply(sorted, accounts);
    requireLeastStakeOf(supply);
    requireStakeThatFits(supply);
    EpochSnapshot snapshot = new EpochSnapshot(sorted, consensus, workShareMillionths);
    List<Genesis.GenesisAccount> all = new ArrayList<>(accounts);
    all.addAll(new GenesisEconomy(execution, snapshot, economy, supply, attestation).accounts());
    all.addAll(Predeploys.all());
    all.sort(Comparator.comparing(Genesis.GenesisAccount::address));
    return new Genesis(execution, snapshot, timestampMillis, baseFeePerGas, all);
  }

  private void requireLeastStakeOf(Amount supply) {
    if (!consensus.minTotalStakeFits(supply)) {
      throw new IllegalArgumentException(
          "minTotalStake of %d units is more than a twentieth of the supply, %s"
              .formatted(consensus.minTotalStake().units(), supply));
    }
  }

  private static void requireStakeThatFits(Amount supply) {
    Amount most = Amount.wei(VotingPower.WEI_PER_UNIT).times(VotingPower.UNITS_MAX / SUPPLY_PARTS);
    if (supply.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "a supply of %s is more than half of what can be at stake, %s".formatted(supply, most));
    }
  }

  /// What the accounts hold, and bonds and stakes.
  private Amount supply(List<Candidate> candidates, List<Genesis.GenesisAccount> accounts) {
    Amount supply = Amount.ZERO;
    for (Genesis.GenesisAccount each : accounts) {
      supply = supply.plus(each.balance());
    }
    for (Candidate each : candidates) {
      if (each.validatorClass().isAuthority()) {
        supply = supply.plus(new Amount(of(EconomyParameter.AUTHORITY_BOND)));
      }
      if (each.validatorClass().isStaker()) {
        supply = supply.plus(Amount.wei(VotingPower.WEI_PER_UNIT).times(each.stake().units()));
      }
    }
    return supply;
  }

  private void requireStakeThatCounts(List<Candidate> candidates) {
    boolean authorities = candidates.stream().anyMatch(each -> each.validatorClass().isAuthority());
    VotingPower stake =
        candidates.stream()
            .filter(each -> each.validatorClass().isStaker())
            .map(Candidate::stake)
            .reduce(VotingPower.ZERO, VotingPower::plus);
    if (authorities && !stake.isZero() && stake.compareTo(consensus.minTotalStake()) < 0) {
      throw new IllegalArgumentException(
          "stakes of %d units are below minTotalStake, %d: no set would count them"
              .formatted(stake.units(), consensus.minTotalStake().units()));
    }
  }
}
