// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Checkpoint;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.storage.Retention;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How one node runs: folders, keys, addresses. What all nodes share stands in the genesis file.
///
/// @param data the node's own folder
/// @param genesis the genesis file
/// @param validator the validator it is; without one it follows the chain
/// @param network how it meets peers
/// @param rpc how it serves JSON-RPC
/// @param metrics where it serves metrics and health; empty for nowhere
/// @param checkpoints blocks that the chain must contain, where blocks become final
/// @param onSplit what it does when the network splits, where there are no votes
/// @param sync how it comes to a chain
/// @param storage what it keeps, and how
/// @param pool the bounds of its pool of transactions
/// @param services of AI work that run beside it
public record NodeConfiguration(
    Path data,
    Path genesis,
    Optional<Validator> validator,
    NetworkAddress network,
    RpcConfiguration rpc,
    Optional<InetSocketAddress> metrics,
    List<Checkpoint> checkpoints,
    OnSplit onSplit,
    Sync sync,
    Storage storage,
    MempoolLimits pool,
    ServicesConfiguration services) {
  /// Copies the list.
  public NodeConfiguration {
    checkpoints = List.copyOf(checkpoints);
  }

  /// A node that begins with the genesis block.
  public NodeConfiguration(
      Path data,
      Path genesis,
      Optional<Validator> validator,
      NetworkAddress network,
      RpcConfiguration rpc,
      Optional<InetSocketAddress> metrics,
      List<Checkpoint> checkpoints,
      OnSplit onSplit) {
    this(
        data,
        genesis,
        validator,
        network,
        rpc,
        metrics,
        checkpoints,
        onSplit,
        Sync.DEFAULT,
        Storage.DEFAULT,
        MempoolLimits.DEFAULT,
        ServicesConfiguration.NONE);
  }

  /// The same with further checkpoints.
  public NodeConfiguration with(List<Checkpoint> further) {
    List<Checkpoint> all = new ArrayList<>(checkpoints);
    all.addAll(further);
    return new NodeConfiguration(
        data, genesis, validator, network, rpc, metrics, all, onSplit, sync, storage, pool,
        services);
  }

  /// The same with what flags and environment say beside the file.
  ///
  /// @param retentionFlag the text of `--retention`; empty for none
  /// @param rpcFlags the texts of the flags of JSON-RPC
  /// @throws ConfigurationException naming flag or variable and what is allowed
  public NodeConfiguration or(
      String retentionFlag,
      Map<RpcConfiguration.Words, String> rpcFlags,
      Map<String, String> environment)
      throws ConfigurationException {
    return with(storage.or(retentionFlag, environment)).with(rpc.or(rpcFlags, environment));
  }

  /// The same with JSON-RPC served in another way.
  public NodeConfiguration with(RpcConfiguration other) {
    return new NodeConfiguration(
        data,
        genesis,
        validator,
        network,
        other,
        metrics,
        checkpoints,
        onSplit,
        sync,
        storage,
        pool,
        services);
  }

  /// The same with another storage.
  public NodeConfiguration with(Storage other) {
    return new NodeConfiguration(
        data,
        genesis,
        validator,
        network,
        rpc,
        metrics,
        checkpoints,
        onSplit,
        sync,
        other,
        pool,
        services);
  }

  /// What a node keeps on its disk.
  ///
  /// @param retention how much of the past
  /// @param keyFile the file with the key with which chain and log are encrypted; empty for in
  ///   plain
  public record Storage(Retention retention, Optional<Path> keyFile) {
    /// That of a validator.
    public static final Storage DEFAULT = new Storage(Retention.DEFAULT, Optional.empty());

    /// The variable with the retention, which wins over the file.
    public static final String RETENTION = "RETENTION";

    /// This, or what flag and environment say: the flag wins over the variable.
    ///
    /// @param flag the text of `--retention`; empty for none
    /// @throws ConfigurationException naming flag or variable and what is allowed
    Storage or(String flag, Map<String, String> environment) throws ConfigurationException {
      String variable = environment.getOrDefault(RETENTION, "");
      if (flag.isEmpty() && variable.isEmpty()) {
        return this;
      }
      String name = flag.isEmpty() ? RETENTION : "--retention";
      String text = flag.isEmpty() ? variable : flag;
      return new Storage(
          Retention.parse(text)
              .orElseThrow(() ->
                  new ConfigurationException(
                      "%s is \"%s\"; allowed are %s".formatted(name, text, RETENTION_ALLOWED))),
          keyFile);
    }
  }

  private static final String RETENTION_ALLOWED =
      Retention.FORM
          + ", with at most "
          + Retention.Pruned.STATES_MAX
          + " states and at least as many bodies, and one";

  /// Where a node that has no chain yet begins.
  public enum Begin {
    /// With the genesis block: it executes every block.
    GENESIS,
    /// With the state before the highest checkpoint, which it fetches from peers.
    SNAPSHOT
  }

  /// How a node comes to a chain, and what it does for others who do. Protocol §13.5.
  ///
  /// @param begin where it begins
  /// @param snapshotBlocks how many blocks after a snapshot it makes the next, at heights that are
  ///   multiples of it; 0 for none
  public record Sync(Begin begin, int snapshotBlocks) {
    /// A snapshot every 17 minutes in FAST, every 83 in BALANCED.
    public static final Sync DEFAULT = new Sync(Begin.GENESIS, 10_000);

    /// Above, snapshots would be older than a week of idle blocks.
    public static final int SNAPSHOT_BLOCKS_MAX = 300_000;

    /// @throws IllegalArgumentException if the number is out of range
    public Sync {
      if (snapshotBlocks < 0 || snapshotBlocks > SNAPSHOT_BLOCKS_MAX) {
        throw new IllegalArgumentException("a snapshot every " + snapshotBlocks + " blocks");
      }
    }
  }

  /// What a node of a network without votes does when a longer chain leaves its own too deep to
  /// follow. Protocol §10.4.
  public enum OnSplit {
    /// Neither makes nor follows blocks until its operator decides.
    STOP,
    /// Keeps its own chain: every such branch is refused.
    KEEP
  }

  /// The validator that a node is.
  ///
  /// @param key where the key is that it votes with
  /// @param account the validator's account, where the key is not in the genesis file
  /// @param sender the account that sends what a validator has to send; without one nothing is sent
  public record Validator(KeyHolder key, Optional<Address> account, Optional<AccountFile> sender) {
    /// A validator of the genesis file, which sends nothing.
    public static Validator with(KeyHolder key) {
      return new Validator(key, Optional.empty(), Optional.empty());
    }
  }

  /// Where a validator's key is.
  public sealed interface KeyHolder {}

  /// A validator's key in the node's own process, and what belongs to it.
  ///
  /// @param keystore the EIP-2335 file with the secret key
  /// @param passwordFile the file with its password; one line
  /// @param signingRecord the file with the record of what was signed
  public record ValidatorKey(Path keystore, Path passwordFile, Path signingRecord)
      implements KeyHolder {}

  /// A validator's key in another process, `aitbc signer`. Protocol §8.3.3.
  ///
  /// @param address where the signer listens
  /// @param id SHA-256 of its public key, 64 hexadecimal digits: it must prove to hold that key
  /// @param folder where the file `identity.pem` is with which the node proves who it is there
  public record RemoteKey(InetSocketAddress address, String id, Path folder) implements KeyHolder {}

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

  private static final List<String> OWN_KEYS =
      List.of(
          "data",
          "genesis",
          "validator.keystore",
          "validator.password_file",
          "validator.signing_record",
          "validator.account",
          "validator.account_keystore",
          "validator.account_password_file",
          "signer.remote",
          "signer.id",
          "signer.folder",
          "network.folder",
          "network.listen",
          "network.peers",
          "metrics.listen",
          "trust.checkpoints",
          "sync.begin",
          "sync.snapshot_blocks",
          "storage.retention",
          "storage.key_file",
          "pool.least_fee_per_gas",
          "poa.on_split");

  static final List<String> KEYS =
      Stream.of(OWN_KEYS, RpcConfiguration.keys(), ServicesConfiguration.KEYS)
          .flatMap(List::stream)
          .toList();

  private static final Pattern WEI = Pattern.compile("[0-9]{1,30}");
  private static final Pattern PEER = Pattern.compile("(?:0x)?([0-9a-f]{64})@(.+)");

  /// Reads a TOML file. Paths in it are relative to its folder.
  ///
  /// @throws ConfigurationException naming the file, the line and what is allowed there
  /// @throws IOException if the file cannot be read
  public static NodeConfiguration read(Path file) throws IOException, ConfigurationException {
    return new Reader(TomlFile.read(file, KEYS)).configuration();
  }

  /// The configuration in `text`, which stands or would stand in `file`.
  static NodeConfiguration parse(Path file, String text) throws ConfigurationException {
    return new Reader(TomlFile.parse(file, text, KEYS)).configuration();
  }

  /// The text of a file that {@link #read} reads back as this configuration.
  public String toToml() {
    StringBuilder text = new StringBuilder();
    line(text, "data", data);
    line(text, "genesis", genesis);
    validator.ifPresent(each -> {
      text.append("\n[validator]\n");
      if (each.key() instanceof ValidatorKey key) {
        line(text, "keystore", key.keystore());
        line(text, "password_file", key.passwordFile());
        line(text, "signing_record", key.signingRecord());
      }
      each.account().ifPresent(account -> line(text, "account", account));
      each.sender()
          .ifPresent(sender -> {
            line(text, "account_keystore", sender.keystore());
            line(text, "account_password_file", sender.passwordFile());
          });
      if (each.key() instanceof RemoteKey key) {
        text.append("\n[signer]\n");
        line(text, "remote", host(key.address()));
        line(text, "id", key.id());
        line(text, "folder", key.folder());
      }
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
    rpc.writeTo(text);
    metrics.ifPresent(address -> {
      text.append("\n[metrics]\n");
      line(text, "listen", host(address));
    });
    if (!checkpoints.isEmpty()) {
      text.append("\n[trust]\ncheckpoints = [\n");
      checkpoints.forEach(each -> text.append("  \"").append(each).append("\",\n"));
      text.append("]\n");
    }
    if (!sync.equals(Sync.DEFAULT)) {
      text.append("\n[sync]\n");
      line(text, "begin", sync.begin().name().toLowerCase(Locale.ROOT));
      text.append("snapshot_blocks = ").append(sync.snapshotBlocks()).append('\n');
    }
    if (!storage.equals(Storage.DEFAULT)) {
      text.append("\n[storage]\n");
      line(text, "retention", Retention.text(storage.retention()));
      storage.keyFile().ifPresent(file -> line(text, "key_file", file));
    }
    if (!pool.equals(MempoolLimits.DEFAULT)) {
      text.append("\n[pool]\n");
      line(text, "least_fee_per_gas", pool.leastFeePerGas().wei());
    }
    if (onSplit != OnSplit.STOP) {
      text.append("\n[poa]\n");
      line(text, "on_split", onSplit.name().toLowerCase(Locale.ROOT));
    }
    return text.append(services.toToml()).toString();
  }

  static void line(StringBuilder text, String key, Object value) {
    text.append(key)
        .append(" = \"")
        .append(value.toString().replace("\\", "\\\\").replace("\"", "\\\""))
        .append("\"\n");
  }

  static String host(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// The values of one file.
  private record Reader(TomlFile toml) {
    NodeConfiguration configuration() throws ConfigurationException {
      return new NodeConfiguration(
          toml.path("data"),
          toml.path("genesis"),
          validator(),
          new NetworkAddress(
              toml.path("network.folder"), toml.listening("network.listen"), peers()),
          RpcConfiguration.read(toml),
          toml.has("metrics.listen")
              ? Optional.of(toml.listening("metrics.listen"))
              : Optional.empty(),
          checkpoints(),
          onSplit(),
          sync(),
          storage(),
          pool(),
          ServicesConfiguration.read(toml));
    }

    MempoolLimits pool() throws ConfigurationException {
      String key = "pool.least_fee_per_gas";
      if (!toml.has(key)) {
        return MempoolLimits.DEFAULT;
      }
      String wei = toml.text(key);
      if (!WEI.matcher(wei).matches()) {
        throw toml.refusal(key, "must be a number of wei, at most 30 digits: \"" + wei + "\"");
      }
      return MempoolLimits.DEFAULT.asking(new Amount(UInt256.parse(wei)));
    }

    Storage storage() throws ConfigurationException {
      return new Storage(
          toml.has("storage.retention") ? retention() : Retention.DEFAULT,
          toml.has("storage.key_file")
              ? Optional.of(toml.path("storage.key_file"))
              : Optional.empty());
    }

    private Retention retention() throws ConfigurationException {
      String text = toml.text("storage.retention");
      return Retention.parse(text)
          .orElseThrow(() ->
              toml.refusal(
                  "storage.retention", "is \"" + text + "\"; allowed are " + RETENTION_ALLOWED));
    }

    Sync sync() throws ConfigurationException {
      Begin begin =
          !toml.has("sync.begin")
              ? Begin.GENESIS
              : switch (toml.text("sync.begin")) {
                case "genesis" -> Begin.GENESIS;
                case "snapshot" -> Begin.SNAPSHOT;
                default -> throw toml.refusal("sync.begin", "must be \"genesis\" or \"snapshot\"");
              };
      return new Sync(
          begin,
          toml.number(
              "sync.snapshot_blocks", Sync.DEFAULT.snapshotBlocks(), Sync.SNAPSHOT_BLOCKS_MAX));
    }

    Optional<Validator> validator() throws ConfigurationException {
      if (!toml.has("signer") && !toml.has("validator")) {
        return Optional.empty();
      }
      return Optional.of(
          new Validator(
              toml.has("signer") ? remoteKey() : toml.validatorKey(),
              account("validator.account"),
              toml.has("validator.account_keystore") || toml.has("validator.account_password_file")
                  ? Optional.of(
                      new AccountFile(
                          toml.path("validator.account_keystore"),
                          toml.path("validator.account_password_file")))
                  : Optional.empty()));
    }

    private RemoteKey remoteKey() throws ConfigurationException {
      for (String key : TomlFile.VALIDATOR_KEYS) {
        if (toml.has(key)) {
          throw toml.refusal(key, "is there beside [signer]: a key is in one place");
        }
      }
      return new RemoteKey(
          toml.address("signer.remote"), toml.peerId("signer.id"), toml.path("signer.folder"));
    }

    private Optional<Address> account(String key) throws ConfigurationException {
      if (!toml.has(key)) {
        return Optional.empty();
      }
      try {
        return Optional.of(Address.fromHex(toml.text(key)));
      } catch (IllegalArgumentException wrong) {
        throw toml.refusal(key, "must be an address: " + wrong.getMessage());
      }
    }

    OnSplit onSplit() throws ConfigurationException {
      if (!toml.has("poa.on_split")) {
        return OnSplit.STOP;
      }
      return switch (toml.text("poa.on_split")) {
        case "stop" -> OnSplit.STOP;
        case "keep" -> OnSplit.KEEP;
        default -> throw toml.refusal("poa.on_split", "must be \"stop\" or \"keep\"");
      };
    }

    List<Checkpoint> checkpoints() throws ConfigurationException {
      List<Checkpoint> checkpoints = new ArrayList<>();
      for (Object element : toml.list("trust.checkpoints", "\"HEIGHT:HASH\"")) {
        checkpoints.add(
            Checkpoint.parse(String.valueOf(element))
                .orElseThrow(() ->
                    toml.refusal(
                        "trust.checkpoints",
                        "holds \"" + element + "\", which is no \"HEIGHT:HASH\"")));
      }
      return List.copyOf(checkpoints);
    }

    List<StaticPeer> peers() throws ConfigurationException {
      List<StaticPeer> peers = new ArrayList<>();
      for (Object element : toml.list("network.peers", "\"ID@HOST:PORT\"")) {
        Matcher peer = PEER.matcher(String.valueOf(element));
        if (!peer.matches()) {
          throw toml.refusal(
              "network.peers", "holds \"" + element + "\", which is no \"ID@HOST:PORT\"");
        }
        peers.add(new StaticPeer(peer.group(1), toml.address("network.peers", peer.group(2))));
      }
      return List.copyOf(peers);
    }
  }
}
