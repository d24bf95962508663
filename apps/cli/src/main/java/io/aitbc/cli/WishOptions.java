// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.GenesisWishes.Name;
import java.util.Map;
import picocli.CommandLine.Option;

/// What a network that is made is to be: options, which win over the variables of the same meaning.
final class WishOptions {
  @Option(
      names = "--consensus",
      paramLabel = "KIND",
      defaultValue = "",
      description =
          "How a new network decides: hybrid, by votes, or poa, without them (default: hybrid)."
              + " Wins over CONSENSUS_MODE.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String consensus;

  @Option(
      names = "--proposer",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description =
          "With poa: the account that alone makes the blocks of a new network. Wins over"
              + " PROPOSER_ID.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String proposer;

  @Option(
      names = "--rotation-interval",
      paramLabel = "BLOCKS",
      defaultValue = "",
      description =
          "Blocks between two sets of validators: a constant, 100. Wins over ROTATION_INTERVAL.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String rotationInterval;

  @Option(
      names = "--max-validators",
      paramLabel = "N",
      defaultValue = "",
      description =
          "Most validators in a set of a new network, whatever the mode (default: the preset's);"
              + " with poa most proposers. Wins over MAX_VALIDATORS.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String maxValidators;

  @Option(
      names = "--min-stake",
      paramLabel = "AITBC",
      defaultValue = "",
      description =
          "What a candidate of a new network has at stake at least, whatever the mode (default: the"
              + " preset's). Wins over MIN_STAKE.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String minStake;

  @Option(
      names = "--reputation-threshold",
      paramLabel = "R",
      defaultValue = "",
      description =
          "The reputation that newcomers begin with, and whoever is below comes last by the"
              + " strategy REPUTATION: a constant, 0.7. Wins over REPUTATION_THRESHOLD.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private String reputationThreshold;

  /// The options, and where there is none, the variables.
  ///
  /// @throws ConfigurationException naming the option or variable that is wrong, and what is
  ///   allowed
  GenesisWishes wishes() throws ConfigurationException {
    return GenesisWishes.ofOptions(
            Map.of(
                Name.CONSENSUS_MODE, consensus,
                Name.PROPOSER_ID, proposer,
                Name.ROTATION_INTERVAL, rotationInterval,
                Name.MAX_VALIDATORS, maxValidators,
                Name.MIN_STAKE, minStake,
                Name.REPUTATION_THRESHOLD, reputationThreshold))
        .or(GenesisWishes.of(System.getenv()));
  }
}
