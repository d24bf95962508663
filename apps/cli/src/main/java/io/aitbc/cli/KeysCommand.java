// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.client.CommandProvider;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.model.Address;
import io.aitbc.network.NodeIdentity;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import io.aitbc.signer.ValidatorKeystore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `aitbc keys`: what a validator needs before its network exists.
@Command(
    name = "keys",
    description = "Makes a validator's keys, and proves that it holds them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:done", "1:refused, or a file cannot be used", "2:wrong usage"})
final class KeysCommand implements Runnable {
  private static final String KEYSTORE = "validator.json";
  private static final String ACCOUNT = "account.json";
  private static final String CARD = "card.json";
  private static final String PROOF = "proof.json";
  private static final String JSON_HELP = "Print JSON.";
  private static final ObjectMapper JSON = new ObjectMapper();

  /// How hard the passwords of the keystores are to guess that it makes.
  private final KeystoreCost cost;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  KeysCommand(KeystoreCost cost) {
    this.cost = cost;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "create",
      description = {
        "Makes validator.json (the key it votes with), identity.pem (the node's own key) and",
        "card.json, which is public: give it to whoever makes the genesis file. Without --account",
        "also account.json, the wallet that earns and owns the stake."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Option(names = "--folder", required = true, paramLabel = "DIR", description = "Where to.")
          Path folder,
      @Option(
              names = "--account",
              paramLabel = "ADDRESS",
              description = "The account that the validator belongs to, if it exists.")
          @Nullable Address account,
      @Mixin PasswordOption password,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws IOException, KeyFileException, ConfigurationException {
    SecureRandom random = new SecureRandom();
    Path _ =
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (Password chosen = password.chosen();
        BlsValidatorKey key = BlsValidatorKey.generate(random)) {
      ValidatorKeystore.create(folder.resolve(KEYSTORE), key, chosen, cost, random);
      Address owner = account == null ? newAccount(folder, chosen, random) : account;
      ValidatorCard card =
          new ValidatorCard(
              owner,
              key.publicKey(),
              NodeIdentity.loadOrCreate(folder, random).id().hash().toHex());
      String text = card.toJson();
      Path written = Files.writeString(folder.resolve(CARD), text, StandardOpenOption.CREATE_NEW);
      PrintWriter out = spec.commandLine().getOut();
      out.print(text);
      if (json) {
        out.flush();
        return 0;
      }
      out.println(
          "written to "
              + folder
              + "; back up validator.json, identity.pem"
              + (account == null ? ", account.json" : "")
              + " and the password, and give "
              + written
              + " to whoever makes the genesis file");
    }
    return 0;
  }

  private Address newAccount(Path folder, Password password, SecureRandom random)
      throws KeyFileException {
    try (AccountSigner account = AccountSigner.generate(random)) {
      AccountKeystore.create(folder.resolve(ACCOUNT), account, password, cost, random);
      return account.address();
    }
  }

  @Command(
      name = "identity",
      description = {
        "Makes identity.pem, if it is not there, and prints how others know its holder: what a"
            + " node",
        "and its signer write into each other's configuration."
      },
      mixinStandardHelpOptions = true)
  int identity(
      @Option(names = "--folder", required = true, paramLabel = "DIR", description = "Where.")
          Path folder,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws IOException {
    String node = NodeIdentity.loadOrCreate(folder, new SecureRandom()).id().hash().toHex();
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JSON.createObjectNode().put("node", node) : node);
    return 0;
  }

  @Command(
      name = "prove",
      description = {
        "Writes proof.json: that this validator holds its key, for this network and account alone.",
        "Give it to whoever makes the genesis file. It is public."
      },
      mixinStandardHelpOptions = true)
  int prove(
      @Option(
              names = "--folder",
              required = true,
              paramLabel = "DIR",
              description = "That of `keys create`.")
          Path folder,
      @Option(
              names = "--genesis",
              required = true,
              paramLabel = "FILE",
              description = "The genesis file, without the proofs.")
          Path genesis,
      @Mixin PasswordOption password,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws IOException, KeyFileException, ConfigurationException {
    GenesisFile file = GenesisFile.read(genesis);
    Hash hash = file.state().hash();
    try (Password existing = password.existing();
        BlsValidatorKey key = ValidatorKeystore.open(folder.resolve(KEYSTORE), existing)) {
      Address account =
          file.validators().stream()
              .map(each -> each.candidate())
              .filter(each -> each.key().equals(key.publicKey()))
              .findFirst()
              .orElseThrow(() ->
                  new ConfigurationException(
                      genesis + " has no validator with the key of " + folder.resolve(KEYSTORE)))
              .account();
      BlsSignature proof =
          key.sign(ProofOfPossession.message(hash, account.bytes(), key.publicKey()));
      Path written =
          Files.writeString(folder.resolve(PROOF), new PossessionProof(account, proof).toJson());
      spec.commandLine()
          .getOut()
          .println(
              json
                  ? JSON.createObjectNode()
                      .put("account", account.toString())
                      .put("network", hash.toHex())
                      .put("proof", written.toString())
                  : "account " + account + " holds its key in network " + hash + ": " + written);
    }
    return 0;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new KeysCommand(KeystoreCost.STRONG);
    }
  }
}
