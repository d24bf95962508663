// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Checkpoint;
import io.aitbc.model.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/// How one node runs: folders, keys, addresses. What all nodes share stands in the genesis file.
///
/// @param data the node's own folder
/// @param genesis the genesis file
/// @param validator the key it votes with; without one it follows the chain
/// @param network how it meets peers
/// @param rpc where it serves JSON-RPC
/// @param metrics where it serves metrics and health; empty for nowhere
/// @param checkpoints blocks that the chain must contain, where blocks become final
/// @param onSplit what it does when the network splits, where there are no votes
public record NodeConfiguration(
    Path data,
    Path genesis,
    Optional<ValidatorKey> validator,
    NetworkAddress network,
    InetSocketAddress rpc,
    Optional<InetSocketAddress> metrics,
    List<Checkpoint> checkpoints,
    OnSplit onSplit) {
  /// Copies the list.
  public NodeConfiguration {
    checkpoints = List.copyOf(checkpoints);
  }

  /// What a node of a network without votes does when a longer chain leaves its own too deep to
  /// follow. Protocol §10.4.
  public enum OnSplit {
    /// Neither makes nor follows blocks until its operator decides.
    STOP,
    /// Keeps its own chain: every such branch is refused.
    KEEP
  }

  /// A validator's key and what belongs to it.
  ///
  /// @param keystore the EIP-2335 file with the secret key
  /// @param passwordFile the file with its password; one line
  /// @param signingRecord the file with the record of what was signed
  /// @param account the validator's account, where the key is not in the genesis file
  /// @param sender the account that sends what a validator has to send; without one nothing is sent
  public record ValidatorKey(
      Path keystore,
      Path passwordFile,
      Path signingRecord,
      Optional<Address> account,
      Optional<AccountFile> sender) {}

  /// An account's key.
  ///
  /// @param keystore the web3 keystore with the secret key
  /// @param passwordFile the file with its password; one line
  public record AccountFile(Path keystore, Path passwordFile) {}

  /// How a node meets peers.
  ///
  /// @param folder where the file `identity.pem` with its P-256 key is; made at the first start
  /// @param listen where it listens
  /// @param peers whom it dials
  public record NetworkAddress(Path folder, InetSocketAddress listen, List<StaticPeer> peers) {}

  /// A peer to dial.
  ///
  /// @param id SHA-256 of its public key, 64 hexadecimal digits: it must prove to hold that key
  /// @param address where it listens
  public record StaticPeer(String id, InetSocketAddress address) {}

  /// Most bytes of a file: the addresses of about 500 peers.
  private static final int FILE_BYTES_MAX = 64 * 1024;

  /// Deepest nesting: a list in a table, and room for what a comment says.
  private static final int DEPTH_MAX = 16;

  /// Most dots, each of which may nest a table in another: those in the addresses of 500 peers.
  private static final int DOTS_MAX = 2_048;

  private static final List<String> KEYS =
      List.of(
          "data",
          "genesis",
          "validator.keystore",
          "validator.password_file",
          "validator.signing_record",
          "validator.account",
          "validator.account_keystore",
          "validator.account_password_file",
          "network.folder",
          "network.listen",
          "network.peers",
          "rpc.listen",
          "metrics.listen",
          "trust.checkpoints",
          "poa.on_split");

  private static final Pattern PEER = Pattern.compile("(?:0x)?([0-9a-f]{64})@(.+)");

  /// Reads a TOML file. Paths in it are relative to its folder.
  ///
  /// @throws ConfigurationException naming the file, the line and what is allowed there
  /// @throws IOException if the file cannot be read
  public static NodeConfiguration read(Path file) throws IOException, ConfigurationException {
    if (!Files.exists(file)) {
      throw new ConfigurationException(
          file + " does not exist; `aitbc devnet` writes configurations that can be copied");
    }
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new ConfigurationException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
    }
    return parse(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }

  /// The configuration in `text`, which stands or would stand in `file`.
  static NodeConfiguration parse(Path file, String text) throws ConfigurationException {
    requireShallow(file, text);
    TomlParseResult toml = Toml.parse(text);
    for (TomlParseError error : toml.errors()) {
      throw new ConfigurationException(
          file + ", line " + error.position().line() + ": " + error.getMessage());
    }
    Reader reader = new Reader(file, toml);
    reader.refuseUnknownKeys();
    return new NodeConfiguration(
        reader.path("data"),
        reader.path("genesis"),
        reader.validator(),
        new NetworkAddress(
            reader.path("network.folder"), reader.address("network.listen"), reader.peers()),
        reader.address("rpc.listen"),
        reader.has("metrics.listen")
            ? Optional.of(reader.address("metrics.listen"))
            : Optional.empty(),
        reader.checkpoints(),
        reader.onSplit());
  }

  /// The parser recurses, and its stack is no bound that can be told to anybody.
  private static void requireShallow(Path file, String text) throws ConfigurationException {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        default -> {}
      }
      if (depth > DEPTH_MAX) {
        throw new ConfigurationException(file + " nests deeper than " + DEPTH_MAX);
      }
    }
    if (text.chars().filter(each -> each == '.').count() > DOTS_MAX) {
      throw new ConfigurationException(file + " has more than " + DOTS_MAX + " dots");
    }
  }

  /// The text of a file that {@link #read} reads back as this configuration.
  public String toToml() {
    StringBuilder text = new StringBuilder();
    line(text, "data", data);
    line(text, "genesis", genesis);
    validator.ifPresent(key -> {
      text.append("\n[validator]\n");
      line(text, "keystore", key.keystore());
      line(text, "password_file", key.passwordFile());
      line(text, "signing_record", key.signingRecord());
      key.account().ifPresent(account -> line(text, "account", account));
      key.sender()
          .ifPresent(sender -> {
            line(text, "account_keystore", sender.keystore());
            line(text, "account_password_file", sender.passwordFile());
          });
    });
    text.append("\n[network]\n");
    line(text, "folder", network.folder());
    line(text, "listen", host(network.listen()));
    text.append("peers = [\n");
    for (StaticPeer peer : network.peers()) {
      text.append("  \"")
          .append(peer.id())
          .append('@')
          .append(host(peer.address()))
          .append("\",\n");
    }
    text.append("]\n\n[rpc]\n");
    line(text, "listen", host(rpc));
    metrics.ifPresent(address -> {
      text.append("\n[metrics]\n");
      line(text, "listen", host(address));
    });
    if (!checkpoints.isEmpty()) {
      text.append("\n[trust]\ncheckpoints = [\n");
      checkpoints.forEach(each -> text.append("  \"").append(each).append("\",\n"));
      text.append("]\n");
    }
    if (onSplit != OnSplit.STOP) {
      text.append("\n[poa]\n");
      line(text, "on_split", onSplit.name().toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String key, Object value) {
    text.append(key)
        .append(" = \"")
        .append(value.toString().replace("\\", "\\\\").replace("\"", "\\\""))
        .append("\"\n");
  }

  private static String host(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// The values of one file.
  private record Reader(Path file, TomlParseResult toml) {
    void refuseUnknownKeys() throws ConfigurationException {
      for (String key : toml.dottedKeySet()) {
        if (!KEYS.contains(key)) {
          throw refusal(key, "is no key; allowed are " + String.join(", ", KEYS));
        }
      }
    }

    boolean has(String key) {
      return toml.contains(key);
    }

    Path path(String key) throws ConfigurationException {
      return file.toAbsolutePath().resolveSibling(text(key)).normalize();
    }

    Optional<ValidatorKey> validator() throws ConfigurationException {
      if (!has("validator")) {
        return Optional.empty();
      }
      return Optional.of(
          new ValidatorKey(
              path("validator.keystore"),
              path("validator.password_file"),
              path("validator.signing_record"),
              account("validator.account"),
              has("validator.account_keystore") || has("validator.account_password_file")
                  ? Optional.of(
                      new AccountFile(
                          path("validator.account_keystore"),
                          path("validator.account_password_file")))
                  : Optional.empty()));
    }

    private Optional<Address> account(String key) throws ConfigurationException {
      if (!has(key)) {
        return Optional.empty();
      }
      try {
        return Optional.of(Address.fromHex(text(key)));
      } catch (IllegalArgumentException wrong) {
        throw refusal(key, "must be an address: " + wrong.getMessage());
      }
    }

    OnSplit onSplit() throws ConfigurationException {
      if (!has("poa.on_split")) {
        return OnSplit.STOP;
      }
      return switch (text("poa.on_split")) {
        case "stop" -> OnSplit.STOP;
        case "keep" -> OnSplit.KEEP;
        default -> throw refusal("poa.on_split", "must be \"stop\" or \"keep\"");
      };
    }

    List<Checkpoint> checkpoints() throws ConfigurationException {
      List<Checkpoint> checkpoints = new ArrayList<>();
      for (Object element : list("trust.checkpoints", "\"HEIGHT:HASH\"")) {
        checkpoints.add(
            Checkpoint.parse(String.valueOf(element))
                .orElseThrow(() ->
                    refusal(
                        "trust.checkpoints",
                        "holds \"" + element + "\", which is no \"HEIGHT:HASH\"")));
      }
      return List.copyOf(checkpoints);
    }

    List<StaticPeer> peers() throws ConfigurationException {
      List<StaticPeer> peers = new ArrayList<>();
      for (Object element : list("network.peers", "\"ID@HOST:PORT\"")) {
        Matcher peer = PEER.matcher(String.valueOf(element));
        if (!peer.matches()) {
          throw refusal("network.peers", "holds \"" + element + "\", which is no \"ID@HOST:PORT\"");
        }
        peers.add(new StaticPeer(peer.group(1), address("network.peers", peer.group(2))));
      }
      return List.copyOf(peers);
    }

    private List<Object> list(String key, String form) throws ConfigurationException {
      if (!has(key)) {
        return List.of();
      }
      if (!(toml.get(key) instanceof TomlArray array)) {
        throw refusal(key, "is a list of " + form);
      }
      return array.toList();
    }

    InetSocketAddress address(String key) throws ConfigurationException {
      return address(key, text(key));
    }

    private InetSocketAddress address(String key, String text) throws ConfigurationException {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (colon > 0 && port >= 0 && port <= 65535) {
          String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
          return new InetSocketAddress(host, port);
        }
      } catch (NumberFormatException notANumber) {
        throw refusal(key, "is \"" + text + "\"; allowed is HOST:PORT with a port of 0 to 65535");
      }
      throw refusal(key, "is \"" + text + "\"; allowed is HOST:PORT with a port of 0 to 65535");
    }

    private String text(String key) throws ConfigurationException {
      if (!has(key)) {
        throw new ConfigurationException(file + ": " + key + " is missing");
      }
      if (!(toml.get(key) instanceof String text) || text.isBlank()) {
        throw refusal(key, "must be a text that is not empty");
      }
      return text;
    }

    private ConfigurationException refusal(String key, String problem) {
      var position = toml.inputPositionOf(key);
      String line = position == null ? "" : ", line " + position.line();
      return new ConfigurationException(file + line + ": " + key + " " + problem);
    }
  }
}
