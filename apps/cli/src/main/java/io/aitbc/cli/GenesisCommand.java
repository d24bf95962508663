// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.CommandProvider;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import io.aitbc.rpc.OlderPlatform;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
      @Mixin NewNetwork network,
      @Option(
              names = "--money",
              paramLabel = "ADDRESS=AITBC",
              description = "Who holds how much; as often as needed.")
          @Nullable Map<Address, Amount> money,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Parameters(
              arity = "1..*",
              paramLabel = "CARD",
              description = "card.json of each validator or, with poa, of each proposer.")
          List<Path> files)
      throws IOException, ConfigurationException {
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    new LinkedHashMap<>(money == null ? Map.of() : money)
        .forEach((holder, amount) -> accounts.add(Genesis.GenesisAccount.of(holder, amount)));
    show(network.written(network.of(cards(files), accounts), _ -> {}), json);
    return 0;
  }

  private static List<ValidatorCard> cards(List<Path> files)
      throws IOException, ConfigurationException {
    List<ValidatorCard> cards = new ArrayList<>();
    for (Path each : files) {
      cards.add(ValidatorCard.read(each));
    }
    return cards;
  }

  @Command(
      name = "import",
      description = {
        "Makes a genesis file with the accounts of a network of the older platform: the same",
        "addresses, balances (1 AIT is 1 AITBC) and nonces, so that their holders' keys go on.",
        "Its authorities have new keys, for votes, and give their cards (`aitbc keys create",
        "--account 0x…` keeps an address). docs/operator.md says what is not taken over."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "Environment:%n",
      footer = {
        "  CONSENSUS_MODE, PROPOSER_ID, ROTATION_INTERVAL, MAX_VALIDATORS, MIN_STAKE and",
        "  REPUTATION_THRESHOLD are as the options that win over them."
      })
  int importOlder(
      @Mixin NewNetwork network,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Parameters(
              index = "0",
              paramLabel = "FILE",
              description = "Its genesis.json, or what its /rpc/state/snapshot answers.")
          Path file,
      @Parameters(
              index = "1..*",
              arity = "1..*",
              paramLabel = "CARD",
              description = "card.json of each validator or, with poa, of each proposer.")
          List<Path> files)
      throws IOException, ConfigurationException {
    OlderNetwork older = OlderNetwork.read(file);
    List<ValidatorCard> cards = cards(files);
    GenesisFile made =
        network.written(network.of(cards, older.accounts()), it -> older.requireIn(it.genesis()));
    if (json) {
      ObjectNode root = json(made);
      ObjectNode taken =
          root.putObject("takenOver")
              .put("chainId", older.chainId())
              .put("accounts", older.holdings().size())
              .put("computeSeconds", older.seconds())
              .put("wei", older.supply().wei().toString())
              .put("roundedUp", older.rounded())
              .put("leftOut", older.empty());
      ArrayNode authorities = taken.putArray("authorities");
      older
          .authorities()
          .forEach(each ->
              authorities
                  .addObject()
                  .put("name", each.name())
                  .put("weight", each.weight())
                  .put("hasCard", hasCard(each, cards)));
      spec.commandLine().getOut().println(root);
      return 0;
    }
    print(older, made.genesis().supply().minus(older.supply()), cards);
    show(made, false);
    return 0;
  }

  private static boolean hasCard(OlderNetwork.Authority authority, List<ValidatorCard> cards) {
    Optional<Address> address = OlderPlatform.address(authority.name());
    return cards.stream().anyMatch(card -> address.equals(Optional.of(card.account())));
  }

  /// @param beside what the genesis holds beside the money of the older network
  private void print(OlderNetwork older, Amount beside, List<ValidatorCard> cards) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "taken over   %d accounts of %s, %s compute-seconds: %s AITBC"
            .formatted(
                older.holdings().size(),
                older.chainId(),
                older.seconds(),
                AitbcAmount.text(older.supply())));
    out.println(
        "rounded up   %d balances, each by less than a wei: as compute-seconds they are what they were"
            .formatted(older.rounded()));
    if (older.empty() > 0) {
      out.println("left out     %d accounts without balance and nonce".formatted(older.empty()));
    }
    if (!beside.isZero()) {
      out.println(
          "new money    %s AITBC beside it, bonds and stakes of the first validators"
              .formatted(AitbcAmount.text(beside)));
    }
    older
        .authorities()
        .forEach(each ->
            out.println(
                "authority    %s of weight %s: %s"
                    .formatted(
                        each.name(),
                        each.weight(),
                        hasCard(each, cards)
                            ? "has a card; its weight is not taken over"
                            : "no card has its address, it is none here")));
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
    return file.state().hash();
  }

  private static ObjectNode json(GenesisFile file) {
    Hash hash = hashOf(file);
    List<Address> unproven = file.withoutPossession(hash, new BlsScheme());
    ObjectNode root =
        JSON.createObjectNode()
            .put("hash", hash.toHex())
            .put("chainId", file.genesis().execution().chainId().toString())
            .put("consensus", file.genesis().kind().title())
            .put("supplyWei", file.genesis().supply().wei().toString());
    ArrayNode list = root.putArray("validators");
    file.validators()
        .forEach(each ->
            list.addObject()
                .put("account", each.candidate().account().toString())
                .put("class", each.candidate().validatorClass().name())
                .put("stakeUnits", each.candidate().stake().units())
                .put("isProven", !unproven.contains(each.candidate().account())));
    return root;
  }

  private void show(GenesisFile file, boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(file));
      return;
    }
    Hash hash = hashOf(file);
    List<Address> unproven = file.withoutPossession(hash, new BlsScheme());
    out.println("network      " + hash);
    out.println("chain id     " + file.genesis().execution().chainId());
    out.println("consensus    " + file.genesis().kind().title());
    out.println("supply       " + AitbcAmount.text(file.genesis().supply()) + " AITBC");
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
          "each of those not proven runs `aitbc keys prove` with this file; `aitbc genesis prove`"
              + " adds what they send");
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
