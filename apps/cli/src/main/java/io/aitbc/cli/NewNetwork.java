// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.GenesisWishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a person says of a network that is made, and its making.
final class NewNetwork {
  @Option(names = "--out", required = true, paramLabel = "FILE", description = "A new file.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path out;

  @Option(
      names = "--chain-id",
      required = true,
      paramLabel = "N",
      description = "Of transactions: a number that no other network has.")
  private long chainId;

  @Option(
      names = "--preset",
      paramLabel = "P",
      description = "Rules: hybrid, classic or dev (default: hybrid). Not for poa.")
  private @Nullable String preset;

  @Option(
      names = "--class",
      description =
          "What each validator is: ${COMPLETION-CANDIDATES} (default: BOTH). Not for poa.")
  private @Nullable ValidatorClass validatorClass;

  @Option(
      names = "--stake",
      paramLabel = "AITBC",
      description = "What each has at stake beside its bond (default: the preset's). Not for poa.")
  private @Nullable Amount stake;

  @Option(
      names = "--development-root",
      paramLabel = "HASH",
      description =
          "Judge evidence of SGX and TDX under a development root, which is worth nothing; not"
              + " for production (hybrid, classic), nor for poa.")
  private @Nullable List<Hash> developmentRoots;

  @Option(
      names = "--base-fee",
      defaultValue = "1000000000",
      paramLabel = "WEI",
      description = "Of the first block, per gas (default: ${DEFAULT-VALUE}).")
  private long baseFeeWei;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WishOptions wishOptions;

  /// Looks at what a node reads.
  @FunctionalInterface
  interface Check {
    /// Looks at it.
    ///
    /// @throws ConfigurationException if it is not what was meant
    void look(GenesisFile read) throws ConfigurationException;
  }

  /// The network of these first validators, or proposers, and accounts, which begins now.
  ///
  /// @throws ConfigurationException if no network can be so
  GenesisFile of(List<ValidatorCard> cards, List<Genesis.GenesisAccount> accounts)
      throws ConfigurationException {
    GenesisWishes wishes = wishOptions.wishes();
    NetworkKind kind = wishes.fittingKind();
    Beginning beginning =
        new Beginning(
            UInt256.of(chainId),
            Instant.now().toEpochMilli(),
            Amount.wei(baseFeeWei),
            List.copyOf(accounts));
    try {
      return switch (kind) {
        case NetworkKind.Hybrid _ -> {
          GenesisPreset chosen = preset(preset == null ? "hybrid" : preset);
          ValidatorClass each = validatorClass == null ? ValidatorClass.BOTH : validatorClass;
          VotingPower power =
              each.isStaker()
                  ? VotingPower.of(stake == null ? chosen.stake() : stake)
                  : VotingPower.ZERO;
          wishes.requireFit(kind, cards.size(), power);
          GenesisRules rules = GenesisCommand.rules(chosen, beginning.chainId(), developmentRoots);
          yield beginning.byVotes(wishes.applied(rules), each, power, cards);
        }
        case NetworkKind.Poa poa -> {
          if (preset != null
              || validatorClass != null
              || stake != null
              || developmentRoots != null) {
            throw new ConfigurationException(
                "--preset, --class, --stake and --development-root are for networks that"
                    + " decide by votes, not for poa");
          }
          List<ValidatorCard> makers = makers(cards, wishes.proposer());
          wishes.requireFit(kind, makers.size(), VotingPower.ZERO);
          yield beginning.withoutVotes(poa, makers);
        }
      };
    } catch (IllegalArgumentException | ArithmeticException impossible) {
      throw new ConfigurationException(String.valueOf(impossible.getMessage()));
    }
  }

  /// Writes the file and reads it back, because what a node reads must be what was meant. One that
  /// is not is taken away again.
  GenesisFile written(GenesisFile file, Check check) throws IOException, ConfigurationException {
    Path _ = Files.writeString(out, file.toJson(), StandardOpenOption.CREATE_NEW);
    try {
      GenesisFile read = GenesisFile.read(out);
      check.look(read);
      return read;
    } catch (ConfigurationException refused) {
      Files.delete(out);
      throw refused;
    }
  }

  /// What every new network has.
  ///
  /// @param accounts who holds money
  private record Beginning(
      UInt256 chainId,
      long timestampMillis,
      Amount baseFeePerGas,
      List<Genesis.GenesisAccount> accounts) {
    GenesisFile byVotes(
        GenesisRules rules,
        ValidatorClass validatorClass,
        VotingPower stake,
        List<ValidatorCard> cards) {
      List<GenesisFile.GenesisValidator> validators =
          cards.stream()
              .map(card ->
                  card.unproven(
                      new Candidate(
                          card.account(),
                          card.key(),
                          validatorClass,
                          stake,
                          Candidate.Standing.ACTIVE,
                          0,
                          OptionalLong.empty())))
              .toList();
      Genesis genesis =
          rules.genesis(timestampMillis, baseFeePerGas, candidates(validators), accounts);
      return new GenesisFile(genesis, rules.economy(), rules.attestation(), validators);
    }

    GenesisFile withoutVotes(NetworkKind.Poa kind, List<ValidatorCard> cards) {
      List<GenesisFile.GenesisValidator> proposers =
          cards.stream()
              .map(card -> card.unproven(GenesisFile.proposer(card.account(), card.key())))
              .toList();
      Genesis genesis =
          GenesisFile.withoutVotes(
              chainId, timestampMillis, baseFeePerGas, kind, candidates(proposers), accounts);
      return new GenesisFile(genesis, Map.of(), Bytes.EMPTY, proposers);
    }

    private static List<Candidate> candidates(List<GenesisFile.GenesisValidator> validators) {
      return validators.stream().map(GenesisFile.GenesisValidator::candidate).toList();
    }
  }

  private static GenesisPreset preset(String title) throws ConfigurationException {
    return GenesisPreset.named(title)
        .orElseThrow(() ->
            new ConfigurationException(
                "no preset " + title + ", there are " + GenesisPreset.titles()));
  }

  /// The cards of those who make blocks without votes: all, or the one that is named.
  private static List<ValidatorCard> makers(List<ValidatorCard> cards, Optional<Address> proposer)
      throws ConfigurationException {
    List<ValidatorCard> makers =
        cards.stream()
            .filter(card -> card.account().equals(proposer.orElse(card.account())))
            .toList();
    if (makers.isEmpty()) {
      throw new ConfigurationException(
          "none of the cards is of the one proposer, " + proposer.orElseThrow());
    }
    return makers;
  }
}
