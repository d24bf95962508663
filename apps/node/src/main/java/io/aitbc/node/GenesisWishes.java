// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.execution.Genesis;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.NetworkKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What somebody wants a network to be: read when its genesis is made. A chain that is there and
/// says otherwise wins. Protocol §10.4.
///
/// @param kind how it decides about blocks, with slots of the usual length
/// @param proposer the one account that proposes
public record GenesisWishes(Optional<NetworkKind> kind, Optional<Address> proposer) {
  /// The variable with the kind.
  public static final String CONSENSUS_MODE = "CONSENSUS_MODE";

  /// The variable with the account of the one proposer.
  public static final String PROPOSER_ID = "PROPOSER_ID";

  /// No wishes.
  public static final GenesisWishes NONE = new GenesisWishes(Optional.empty(), Optional.empty());

  /// Reads the variables {@link #CONSENSUS_MODE} and {@link #PROPOSER_ID}; one that is empty is not
  /// there.
  ///
  /// @throws ConfigurationException naming the variable and what is allowed
  public static GenesisWishes of(Map<String, String> environment) throws ConfigurationException {
    return of(
        CONSENSUS_MODE,
        environment.getOrDefault(CONSENSUS_MODE, ""),
        PROPOSER_ID,
        environment.getOrDefault(PROPOSER_ID, ""));
  }

  /// Reads values that stand under other names; an empty one is not there.
  ///
  /// @throws ConfigurationException naming the name and what is allowed
  public static GenesisWishes of(String kindName, String kind, String proposerName, String proposer)
      throws ConfigurationException {
    Optional<NetworkKind> wanted =
        switch (kind) {
          case "" -> Optional.empty();
          case "hybrid" -> Optional.of(new NetworkKind.Hybrid());
          case "poa" -> Optional.of(new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT));
          default ->
              throw new ConfigurationException(
                  "%s is \"%s\"; allowed are hybrid, poa".formatted(kindName, kind));
        };
    if (proposer.isEmpty()) {
      return new GenesisWishes(wanted, Optional.empty());
    }
    try {
      return new GenesisWishes(wanted, Optional.of(Address.fromHex(proposer)));
    } catch (IllegalArgumentException malformed) {
      throw new ConfigurationException(
          "%s is \"%s\"; allowed is the address of an account, 0x and 40 hexadecimal digits"
              .formatted(proposerName, proposer));
    }
  }

  /// These wishes, and where there is none, those of `others`.
  public GenesisWishes or(GenesisWishes others) {
    return new GenesisWishes(kind.or(others::kind), proposer.or(others::proposer));
  }

  /// What a network that is there does not fulfil, a line each.
  public List<String> unfulfilledBy(Genesis genesis) {
    List<String> lines = new ArrayList<>();
    kind.filter(wanted -> !wanted.title().equals(genesis.kind().title()))
        .ifPresent(wanted ->
            lines.add(
                "%s=%s counts for a new network only; this one is %s"
                    .formatted(CONSENSUS_MODE, wanted.title(), genesis.kind().title())));
    List<Address> makers =
        genesis.snapshot().candidates().stream().map(Candidate::account).toList();
    boolean poa = genesis.kind() instanceof NetworkKind.Poa;
    proposer
        .filter(wanted -> !poa || !makers.equals(List.of(wanted)))
        .ifPresent(wanted ->
            lines.add(
                "%s=%s counts for a new network only; this one has %d %s, and %s is %s"
                    .formatted(
                        PROPOSER_ID,
                        wanted,
                        makers.size(),
                        poa ? "proposers" : "validators",
                        wanted,
                        makers.contains(wanted) ? "one of them" : "none of them")));
    return lines;
  }
}
