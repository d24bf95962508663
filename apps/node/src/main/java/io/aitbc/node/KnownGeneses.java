// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Workers;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The networks that this process met last. What a genesis is made of is executed to know the
/// storage of its contracts, and hashed to know its name: more than all else that most commands do,
/// and a process meets few networks, again and again.
final class KnownGeneses {
  private static final int KEPT_MAX = 4;

  /// A genesis of more accounts is not kept, for the memory that it takes.
  private static final int ACCOUNTS_MAX = 1_000;

  /// What a genesis is made of.
  private record Description(
      GenesisRules rules,
      long timestampMillis,
      Amount baseFeePerGas,
      List<Candidate> candidates,
      List<Genesis.GenesisAccount> accounts) {}

  private static final SequencedMap<Description, GenesisState> KEPT = new LinkedHashMap<>();

  private KnownGeneses() {}

  /// As {@link GenesisRules#genesis}.
  ///
  /// @throws IllegalArgumentException as there
  static Genesis of(
      GenesisRules rules,
      long timestampMillis,
      Amount baseFeePerGas,
      List<Candidate> candidates,
      List<Genesis.GenesisAccount> accounts) {
    if (accounts.size() > ACCOUNTS_MAX) {
      return rules.genesis(timestampMillis, baseFeePerGas, candidates, accounts);
    }
    Description description =
        new Description(
            rules, timestampMillis, baseFeePerGas, List.copyOf(candidates), List.copyOf(accounts));
    synchronized (KEPT) {
      GenesisState known = KEPT.get(description);
      if (known == null) {
        known =
            GenesisState.of(
                rules.genesis(timestampMillis, baseFeePerGas, candidates, accounts), Workers.NONE);
        GenesisState _ = KEPT.put(description, known);
        if (KEPT.size() > KEPT_MAX) {
          var _ = KEPT.pollFirstEntry();
        }
      }
      return known.genesis();
    }
  }

  /// As {@link GenesisState#of}.
  static GenesisState state(Genesis genesis) {
    synchronized (KEPT) {
      for (GenesisState known : KEPT.values()) {
        if (known.genesis().equals(genesis)) {
          return known;
        }
      }
    }
    return GenesisState.of(genesis, Workers.NONE);
  }
}
