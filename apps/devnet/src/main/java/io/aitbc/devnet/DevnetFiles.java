// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.GenesisState;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.network.NodeIdentity;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.RpcConfiguration;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.HostMark;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.Password;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningStart;
import io.aitbc.signer.SlotFile;
import io.aitbc.signer.ValidatorKeystore;
import io.aitbc.signer.Witnessed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// The files of a network on one machine: genesis, and a folder per node with its keys and its
/// configuration.
public final class DevnetFiles {
  /// Chain id of networks made here.
  public static final long CHAIN_ID = 26_473;

  private static final int NETWORK_PORT = 30_301;
  private static final int RPC_PORT = 8_545;
  private static final int METRICS_PORT = 9_545;

  private static final byte[] DEVELOPMENT_SEED =
      "aitbc development account".getBytes(StandardCharsets.US_ASCII);

  /// The keystore of a validator's account.
  private static final String ACCOUNT_FILE = "account.json";

  /// What a validator's account has for fees of what its node sends.
  private static final Amount VALIDATOR_MONEY = Amount.aitbc(100);

  private final Path folder;
  private final int portShift;
  private final Optional<Bytes> attestation;
  private final GenesisWishes wishes;

  /// The files in `folder`.
  public DevnetFiles(Path folder) {
    this(folder, 0);
  }

  /// The files in `folder` of a network that nobody needs to find at the usual ports, so that it
  /// does not contend for them with another one that starts at the same time.
  ///
  /// @param portShift what is added to each of the usual ports before a free one is looked for
  public DevnetFiles(Path folder, int portShift) {
    this(folder.toAbsolutePath().normalize(), portShift, Optional.empty(), GenesisWishes.NONE);
  }

  private DevnetFiles(
      Path folder, int portShift, Optional<Bytes> attestation, GenesisWishes wishes) {
    this.folder = folder;
    this.portShift = portShift;
    this.attestation = attestation;
    this.wishes = wishes;
  }

  /// The same files, in which a new network that decides by votes has another first policy for
  /// evidence of trusted hardware than its preset.
  ///
  /// @param policy encoded (Protocol §18.6)
  public DevnetFiles trusting(Bytes policy) {
    return new DevnetFiles(folder, portShift, Optional.of(policy), wishes);
  }

  /// The same files, in which a new network has stake and sets as somebody wishes.
  public DevnetFiles wishing(GenesisWishes others) {
    return new DevnetFiles(folder, portShift, attestation, others);
  }

  /// A node of the network.
  ///
  /// @param name of the node
  /// @param configuration file that it starts with
  /// @param log what it prints
  /// @param rpc where it serves JSON-RPC
  /// @param usualRpcPort the port it serves at when nobody else listens there
  /// @param metrics where it serves metrics and health
  public record Node(
      String name,
      Path configuration,
      Path log,
      InetSocketAddress rpc,
      int usualRpcPort,
      InetSocketAddress metrics) {}

  /// What lies between two nodes.
  @FunctionalInterface
  public interface Links {
    /// Nothing: they reach each other at once.
    Links DIRECT = (from, to, listening) -> listening;

    /// Where a node dials another.
    ///
    /// @param from index of the node that dials
    /// @param to index of the node that is dialled
    /// @param listening where that one listens
    /// @throws IOException if there can be no such link
    InetSocketAddress between(int from, int to, InetSocketAddress listening) throws IOException;
  }

  /// The account with money in every network made here. Its key is known to everybody.
  public static AccountSigner developmentAccount() {
    return AccountSigner.fromSeed(Sha256.hash(DEVELOPMENT_SEED).toArray());
  }

  /// The development account's private key, for wallets.
  public static String developmentKey() {
    byte[] seed = Sha256.hash(DEVELOPMENT_SEED).toArray();
    return "0x" + HexFormat.of().formatHex(Secp256k1SecretKey.fromSeed(seed).exportSecret());
  }

  /// The folder.
  public Path folder() {
    return folder;
  }

  /// Whether a network was made here.
  public boolean exist() {
    return Files.exists(genesis());
  }

  /// What the network's genesis file says.
  ///
  /// @throws ConfigurationException if it cannot be understood
  /// @throws IOException if it cannot be read
  public GenesisFile genesisFile() throws IOException, ConfigurationException {
    return GenesisFile.read(genesis());
  }

  /// Makes a network that decides by votes: keys, genesis, configurations.
  ///
  /// @param validators how many, all of them stakers, the first 21 authorities too
  /// @throws IOException if something cannot be written
  public void create(int validators) throws IOException {
    create(validators, GenesisPreset.DEV);
  }

  /// Makes a network that decides by votes: keys, genesis, configurations.
  ///
  /// @param validators how many, all of them stakers, the first 21 authorities too
  /// @param preset its rules, and what there is of money: what validators do not have at stake is
  ///   the development account's
  /// @throws IOException if something cannot be written
  public void create(int validators, GenesisPreset preset) throws IOException {
    create(
        validators,
        Optional.empty(),
        new Wish(new NetworkKind.Hybrid(), preset, each -> each, List.of()));
  }

  /// Makes a network that decides by votes: keys, genesis, configurations.
  ///
  /// @param validators how many, all of them stakers, the first 21 authorities too
  /// @param preset its rules but for the policy, and what there is of money
  /// @param policy how its mode follows; PINNED keeps the mode that the preset starts with
  /// @throws IOException if something cannot be written
  public void create(int validators, GenesisPreset preset, ModePolicy policy) throws IOException {
    create(
        validators,
        Optional.empty(),
        new Wish(
            new NetworkKind.Hybrid(),
            preset,
            each -> each.with(policy, each.startMode()),
            List.of()));
  }

  /// Makes a network with the preset `dev` but one mode, as it is elsewhere, and rounds of the
  /// default length: keys, genesis, configurations.
  ///
  /// @param validators how many, all of them stakers, the first 21 authorities too
  /// @param mode that is pinned
  /// @param accounts who holds money beside the development account, and beside what the preset has
  /// @throws IOException if something cannot be written
  public void create(int validators, Mode mode, List<Genesis.GenesisAccount> accounts)
      throws IOException {
    create(validators, mode, ConsensusParameters.DEFAULT.roundTimerMillisMax(), accounts);
  }

  /// Makes a network with the preset `dev` but one mode, as it is elsewhere: keys, genesis,
  /// configurations.
  ///
  /// @param validators how many, all of them stakers, the first 21 authorities too
  /// @param mode that is pinned
  /// @param roundTimerMillisMax cap of the round timer
  /// @param accounts who holds money beside the development account, and beside what the preset has
  /// @throws IOException if something cannot be written
  public void create(
      int validators, Mode mode, int roundTimerMillisMax, List<Genesis.GenesisAccount> accounts)
      throws IOException {
    create(
        validators,
        Optional.empty(),
        new Wish(
            new NetworkKind.Hybrid(),
            GenesisPreset.DEV,
            each ->
                each.withModesOf(ConsensusParameters.DEFAULT)
                    .pinnedTo(mode)
                    .withRoundTimerMax(roundTimerMillisMax),
            accounts));
  }

  /// Makes a network with the preset `dev`: keys, genesis, configurations.
  ///
  /// @param nodes how many
  /// @param kind how it decides: by votes every node is an authority that also stakes, without
  ///   votes every node proposes
  /// @param proposer the account of the one node that proposes, the first; empty if all do. Only
  ///   without votes
  /// @throws IOException if something cannot be written
  /// @throws IllegalArgumentException if one proposer is asked for where votes decide
  public void create(int nodes, NetworkKind kind, Optional<Address> proposer) throws IOException {
    create(nodes, proposer, new Wish(kind, GenesisPreset.DEV, each -> each, List.of()));
  }

  private void create(int nodes, Optional<Address> proposer, Wish wish) throws IOException {
    NetworkKind kind = wish.kind();
    GenesisPreset preset = wish.preset();
    if (proposer.isPresent() && kind instanceof NetworkKind.Hybrid) {
      throw new IllegalArgumentException("one proposer, and votes");
    }
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    SecureRandom random = new SecureRandom();
    List<Secrets> secrets = new ArrayList<>();
    int validators = proposer.isPresent() ? 1 : nodes;
    for (int i = 0; i < validators; i++) {
      secrets.add(Secrets.create(nodeFolder(i), proposer, random));
    }
    for (int i = validators; i < nodes; i++) {
      Path _ = Files.createDirectories(nodeFolder(i));
    }
    Genesis genesis = genesisOf(wish, secrets);
    Hash genesisHash = GenesisState.of(genesis, Workers.NONE).hash();
    List<GenesisFile.GenesisValidator> proven = new ArrayList<>();
    try {
      for (int i = 0; i < validators; i++) {
        Secrets each = secrets.get(i);
        BlsSignature possession = each.writeKeys(nodeFolder(i), genesisHash, random);
        proven.add(
            new GenesisFile.GenesisValidator(
                each.candidate(kind, stakeOf(preset, validators), i),
                Optional.of(possession),
                Optional.of(each.identity.id().hash().toHex())));
      }
    } catch (KeyFileException unwritable) {
      throw new IOException(unwritable.getMessage(), unwritable);
    } finally {
      secrets.forEach(Secrets::close);
    }
    boolean votes = kind instanceof NetworkKind.Hybrid;
    GenesisRules rules = rules(wish, genesis.execution().chainId());
    // Last, because a folder with a genesis file is taken for a whole network.
    writeConfigurations(nodes);
    Files.writeString(
        genesis(),
        new GenesisFile(
                genesis,
                votes ? rules.economy() : Map.of(),
                votes ? rules.attestation() : Bytes.EMPTY,
                proven)
            .toJson());
  }

  /// The nodes of the network, with ports that are free now: a taken one is replaced.
  ///
  /// @throws IOException if the files cannot be read or written
  public List<Node> nodes() throws IOException {
    return nodes(Links.DIRECT);
  }

  /// The nodes of the network, with ports that are free now, each of which dials the others by
  /// `links`.
  ///
  /// @throws IOException if the files cannot be read or written, or a link cannot be made
  public List<Node> nodes(Links links) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (int i = 0; Files.isDirectory(nodeFolder(i)); i++) {
      folders.add(nodeFolder(i));
    }
    FreePorts ports = new FreePorts();
    List<String> ids = new ArrayList<>();
    List<InetSocketAddress> listening = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      ids.add(NodeIdentity.loadOrCreate(folders.get(i), new SecureRandom()).id().hash().toHex());
      listening.add(loopback(ports.from(NETWORK_PORT + portShift + i)));
    }
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      List<NodeConfiguration.StaticPeer> peers = new ArrayList<>();
      for (int other = 0; other < folders.size(); other++) {
        if (other != i) {
          peers.add(
              new NodeConfiguration.StaticPeer(
                  ids.get(other), links.between(i, other, listening.get(other))));
        }
      }
      InetSocketAddress rpc = loopback(ports.from(RPC_PORT + portShift + i));
      InetSocketAddress metrics = loopback(ports.from(METRICS_PORT + portShift + i));
      Path configuration = folders.get(i).resolve("node.toml");
      Files.writeString(
          configuration,
          configuration(folders.get(i), listening.get(i), peers, rpc, metrics).toToml());
      nodes.add(
          new Node(
              "node" + (i + 1),
              configuration,
              folders.get(i).resolve("node.log"),
              rpc,
              RPC_PORT + portShift + i,
              metrics));
    }
    return nodes;
  }

  private void writeConfigurations(int nodes) throws IOException {
    List<Node> written = nodes();
    if (written.size() != nodes) {
      throw new IOException(folder + " holds folders of other nodes; use --fresh");
    }
  }

  private NodeConfiguration configuration(
      Path node,
      InetSocketAddress listen,
      List<NodeConfiguration.StaticPeer> peers,
      InetSocketAddress rpc,
      InetSocketAddress metrics) {
    return new NodeConfiguration(
        node.resolve("data"),
        genesis(),
        Files.exists(node.resolve("validator.json"))
            ? Optional.of(
                new NodeConfiguration.Validator(
                    new NodeConfiguration.ValidatorKey(
                        node.resolve("validator.json"),
                        node.resolve("password"),
                        node.resolve("signing-record")),
                    Optional.empty(),
                    sender(node)))
            : Optional.empty(),
        new NodeConfiguration.NetworkAddress(node, listen, peers),
        RpcConfiguration.openAt(rpc),
        Optional.of(metrics),
        List.of(),
        NodeConfiguration.OnSplit.STOP);
  }

  /// With what a validator's node sends what it has to: that it is ready, and evidence.
  private static Optional<NodeConfiguration.AccountFile> sender(Path node) {
    Path keystore = node.resolve(ACCOUNT_FILE);
    return Files.exists(keystore)
        ? Optional.of(new NodeConfiguration.AccountFile(keystore, node.resolve("password")))
        : Optional.empty();
  }

  /// What each of so many validators of a new network has at stake: the preset's, or a part of half
  /// of its money.
  public static Amount stakeOf(GenesisPreset preset, int validators) {
    UInt256 whole = preset.supply().wei().dividedBy(Amount.aitbc(2L * validators).wei());
    return preset.stake().min(Amount.aitbc(whole.toLongExact()));
  }

  private Genesis genesisOf(Wish wish, List<Secrets> secrets) {
    GenesisPreset preset = wish.preset();
    UInt256 chainId = UInt256.of(CHAIN_ID);
    long now = Instant.now().toEpochMilli();
    Amount baseFee = Amount.wei(1_000_000_000);
    GenesisRules rules = rules(wish, chainId);
    List<Genesis.GenesisAccount> accounts = new ArrayList<>(wish.accounts());
    Amount stake = stakeOf(preset, secrets.size());
    List<Candidate> candidates =
        IntStream.range(0, secrets.size())
            .mapToObj(i -> secrets.get(i).candidate(wish.kind(), stake, i))
            .toList();
    return switch (wish.kind()) {
      case NetworkKind.Hybrid _ -> {
        Amount bond = new Amount(rules.of(EconomyParameter.AUTHORITY_BOND));
        long bonds =
            candidates.stream().filter(each -> each.validatorClass().isAuthority()).count();
        Amount placed = stake.times(secrets.size()).plus(bond.times(bonds));
        secrets.forEach(
            each -> accounts.add(Genesis.GenesisAccount.of(each.account(), VALIDATOR_MONEY)));
        Amount given = placed.plus(VALIDATOR_MONEY.times(secrets.size()));
        accounts.add(development(preset.supply().minus(given)));
        yield rules.genesis(now, baseFee, candidates, accounts);
      }
      case NetworkKind.Poa poa -> // Without a base fee, as long as no block is more than half full.
          GenesisFile.withoutVotes(
              chainId, now, Amount.ZERO, poa, candidates, List.of(development(preset.supply())));
    };
  }

  private static Genesis.GenesisAccount development(Amount balance) {
    try (AccountSigner development = developmentAccount()) {
      return Genesis.GenesisAccount.of(development.address(), balance);
    }
  }

  private Path genesis() {
    return folder.resolve("genesis.json");
  }

  private Path nodeFolder(int index) {
    return folder.resolve("node" + (index + 1));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /// What a new network is to be.
  ///
  /// @param kind how it decides
  /// @param preset its rules
  /// @param consensus what the preset's parameters of consensus become
  /// @param accounts who holds money beside the preset's
  private record Wish(
      NetworkKind kind,
      GenesisPreset preset,
      UnaryOperator<ConsensusParameters> consensus,
      List<Genesis.GenesisAccount> accounts) {
    GenesisRules rules(UInt256 chainId) {
      GenesisRules rules = preset.rules(chainId);
      return rules.withConsensus(consensus.apply(rules.consensus()));
    }
  }

  private GenesisRules rules(Wish wish, UInt256 chainId) {
    GenesisRules rules = wishes.applied(wish.rules(chainId));
    return attestation.map(rules::trusting).orElse(rules);
  }

  /// What a new node keeps to itself.
  ///
  /// @param sender the account's key; empty if the account was given
  private record Secrets(
      NodeIdentity identity, BlsValidatorKey key, Address account, Optional<AccountSigner> sender) {
    static Secrets create(Path node, Optional<Address> given, SecureRandom random)
        throws IOException {
      Optional<AccountSigner> own =
          given.isPresent() ? Optional.empty() : Optional.of(AccountSigner.generate(random));
      return new Secrets(
          NodeIdentity.loadOrCreate(node, random),
          BlsValidatorKey.generate(random),
          given.or(() -> own.map(AccountSigner::address)).orElseThrow(),
          own);
    }

    /// Those behind the seats of authorities only stake.
    Candidate candidate(NetworkKind kind, Amount stake, int index) {
      if (kind instanceof NetworkKind.Poa) {
        return GenesisFile.proposer(account, key.publicKey());
      }
      return new Candidate(
          account,
          key.publicKey(),
          index < ValidatorSet.AUTHORITIES_MAX ? ValidatorClass.BOTH : ValidatorClass.STAKER,
          VotingPower.of(stake),
          Candidate.Standing.ACTIVE,
          0,
          OptionalLong.empty());
    }

    /// Writes keystores, password and the record of a key that has never signed.
    BlsSignature writeKeys(Path node, Hash genesisHash, SecureRandom random)
        throws IOException, KeyFileException {
      byte[] secret = new byte[16];
      random.nextBytes(secret);
      String text = Bytes.wrap(secret).toHex().substring(2);
      Path passwordFile =
          Files.createFile(
              node.resolve("password"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(passwordFile, text + "\n");
      try (Password password = Password.of(text)) {
        ValidatorKeystore.create(
            node.resolve("validator.json"), key, password, KeystoreCost.LIGHT, random);
        if (sender.isPresent()) {
          AccountKeystore.create(
              node.resolve(ACCOUNT_FILE), sender.get(), password, KeystoreCost.LIGHT, random);
        }
      }
      Path recordFile = node.resolve("signing-record");
      RecordOpening opening =
          LocalValidatorSigner.start(
              key,
              genesisHash,
              HostMark.of(recordFile),
              SlotFile.open(recordFile),
              Witnessed.NOTHING,
              new SigningStart.NeverSigned());
      if (!(opening instanceof RecordOpening.Ready ready)) {
        throw new IOException(recordFile + ": " + opening);
      }
      try (LocalValidatorSigner signer = ready.signer()) {
        return signer.provePossession(account);
      }
    }

    void close() {
      key.close();
      sender.ifPresent(AccountSigner::close);
    }
  }
}
