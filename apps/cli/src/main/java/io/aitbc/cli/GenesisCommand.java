// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.CommandProvider;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.GenesisState;
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
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc genesis`: makes the file that all nodes of a new network share. docs/operator.md, "A
/// network of several machines".
@Command(
    name = "genesis",
    description = "Makes and shows the file that all nodes of a network share.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done",
      "1:a proof does not hold or a file cannot be used; nothing was changed",
      "2:wrong usage, or rules that no network can have"
    })
final class GenesisCommand implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "create",
      description = {
        "Makes a genesis file of the cards of all first validators. Its validators then prove that",
        "they hold their keys (`aitbc keys prove`); edit rules before that, they change the hash."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "Environment:%n",
      footer = {
        "  CONSENSUS_MODE, PROPOSER_ID, ROTATION_INTERVAL, MAX_VALIDATORS, MIN_STAKE and",
        "  REPUTATION_THRESHOLD are as the options that win over them."
      })
  int create(
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "A new file.")
          Path out,
      @Option(
              names = "--chain-id",
              required = true,
              paramLabel = "N",
              description = "Of transactions: a number that no other network has.")
          long chainId,
      @Option(
              names = "--preset",
              paramLabel = "P",
              description = "Rules: hybrid, classic or dev (default: hybrid). Not for poa.")
          @Nullable String preset,
      @Option(
              names = "--class",
              description =
                  "What each validator is: ${COMPLETION-CANDIDATES} (default: BOTH). Not for poa.")
          @Nullable ValidatorClass validatorClass,
      @Option(
              names = "--stake",
              paramLabel = "AITBC",
              description =
                  "What each has at stake beside its bond (default: the preset's). Not for poa.")
          @Nullable Amount stake,
      @Option(
              names = "--money",
              paramLabel = "ADDRESS=AITBC",
              description = "Who holds how much; as often as needed.")
          @Nullable Map<Address, Amount> money,
      @Option(
              names = "--development-root",
              paramLabel = "HASH",
              description =
                  "Judge evidence of SGX and TDX under a development root, which is worth nothing; not"
                      + " for production (hybrid, classic), nor for poa.")
          @Nullable List<Hash> developmentRoots,
      @Option(
              names = "--base-fee",
              defaultValue = "1000000000",
              paramLabel = "WEI",
              description = "Of the first block, per gas (default: ${DEFAULT-VALUE}).")
          long baseFeeWei,
      @Mixin WishOptions wishOptions,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Parameters(
              arity = "1..*",
              paramLabel = "CARD",
              description = "card.json of each validator or, with poa, of each proposer.")
          List<Path> files)
      throws IOException, ConfigurationException {
    GenesisWishes wishes = wishOptions.wishes();
    NetworkKind kind = wishes.fittingKind();
    List<ValidatorCard> cards = new ArrayList<>();
    for (Path each : files) {
      cards.add(ValidatorCard.read(each));
    }
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    new LinkedHashMap<>(money == null ? Map.of() : money)
        .forEach((holder, amount) -> accounts.add(Genesis.GenesisAccount.of(holder, amount)));
    Beginning beginning =
        new Beginning(
            UInt256.of(chainId),
            Instant.now().toEpochMilli(),
            Amount.wei(baseFeeWei),
            List.copyOf(accounts));
    GenesisFile file;
    try {
      file =
          switch (kind) {
            case NetworkKind.Hybrid _ -> {
              GenesisPreset chosen = preset(preset == null ? "hybrid" : preset);
              ValidatorClass each = validatorClass == null ? ValidatorClass.BOTH : validatorClass;
              VotingPower power =
                  each.isStaker()
                      ? VotingPower.of(stake == null ? chosen.stake() : stake)
                      : VotingPower.ZERO;
              wishes.requireFit(kind, cards.size(), power);
              GenesisRules rules = rules(chosen, beginning.chainId(), developmentRoots);
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
    Path _ = Files.writeString(out, file.toJson(), StandardOpenOption.CREATE_NEW);
    // Read back, because what a node reads must be what was meant.
    show(GenesisFile.read(out), json);
    return 0;
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

  /// The rules of a preset, with development roots if some are named.
  ///
  /// @throws ConfigurationException if the preset is one of production networks
  static GenesisRules rules(GenesisPreset preset, UInt256 chainId, @Nullable List<Hash> roots)
      throws ConfigurationException {
    GenesisRules rules = preset.rules(chainId);
    if (roots == null || roots.isEmpty()) {
      return rules;
    }
    try {
      return rules.withDevelopmentRoots(new TreeSet<>(roots));
    } catch (IllegalArgumentException production) {
      throw new ConfigurationException(
          "--development-root is for networks for trials: %s, and %s is the preset of one"
              .formatted(production.getMessage(), preset.title()));
    }
  }

  @Command(
      name = "prove",
      description = "Adds proofs of possession to a genesis file; each is checked.",
      mixinStandardHelpOptions = true)
  int prove(
      @Parameters(index = "0", paramLabel = "FILE", description = "The genesis file.") Path file,
      @Parameters(
              index = "1..*",
              arity = "1..*",
              paramLabel = "PROOF",
              description = "proof.json of validators.")
          List<Path> proofs,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, ConfigurationException {
    GenesisFile genesis = GenesisFile.read(file);
    Hash hash = hashOf(genesis);
    for (Path each : proofs) {
      PossessionProof proof = PossessionProof.read(each);
      genesis = genesis.proven(proof.account(), proof.proof());
      if (genesis.validators().stream()
              .noneMatch(v -> v.candidate().account().equals(proof.account()))
          || genesis.withoutPossession(hash, new BlsScheme()).contains(proof.account())) {
        spec.commandLine()
            .getErr()
            .println(
                "aitbc genesis prove: %s does not hold for %s in network %s; was it made with this file?"
                    .formatted(each, proof.account(), hash));
        return 1;
      }
    }
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Path _ = Files.writeString(beside, genesis.toJson());
    Path _ =
        Files.move(
            beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    show(genesis, json);
    return 0;
  }

  @Command(
      name = "show",
      description = "Prints the network's hash and its validators.",
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "FILE", description = "The genesis file.") Path file,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, ConfigurationException {
    show(GenesisFile.read(file), json);
    return 0;
  }

  private static Hash hashOf(GenesisFile file) {
    return GenesisState.of(file.genesis(), Workers.NONE).hash();
  }

  private void show(GenesisFile file, boolean json) {
    Hash hash = hashOf(file);
    List<Address> unproven = file.withoutPossession(hash, new BlsScheme());
    Amount supply =
        file.genesis().accounts().stream()
            .map(Genesis.GenesisAccount::balance)
            .reduce(Amount.ZERO, Amount::plus);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode root =
          JSON.createObjectNode()
              .put("hash", hash.toHex())
              .put("chainId", file.genesis().execution().chainId().toString())
              .put("consensus", file.genesis().kind().title())
              .put("supplyWei", supply.wei().toString());
      ArrayNode list = root.putArray("validators");
      file.validators()
          .forEach(each ->
              list.addObject()
                  .put("account", each.candidate().account().toString())
                  .put("class", each.candidate().validatorClass().name())
                  .put("stakeUnits", each.candidate().stake().units())
                  .put("isProven", !unproven.contains(each.candidate().account())));
      out.println(root);
      return;
    }
    out.println("network      " + hash);
    out.println("chain id     " + file.genesis().execution().chainId());
    out.println("consensus    " + file.genesis().kind().title());
    out.println("supply       " + AitbcAmount.text(supply) + " AITBC");
    boolean votes = file.genesis().kind() instanceof NetworkKind.Hybrid;
    file.validators()
        .forEach(each ->
            out.println(
                "%-12s %s%s%s"
                    .formatted(
                        votes ? "validator" : "proposer",
                        each.candidate().account(),
                        votes ? " " + each.candidate().validatorClass() : "",
                        unproven.contains(each.candidate().account()) ? ", not proven" : "")));
    if (!unproven.isEmpty()) {
      out.println(
          "each of those not proven runs `aitbc keys prove` with this file; `aitbc genesis prove` adds what they send");
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new GenesisCommand();
    }
  }
}
