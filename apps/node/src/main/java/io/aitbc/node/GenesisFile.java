// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static io.aitbc.node.GenesisFields.field;
import static io.aitbc.node.GenesisFields.number;
import static io.aitbc.node.GenesisFields.oneOf;
import static io.aitbc.node.GenesisFields.requireOnly;
import static io.aitbc.node.GenesisFields.text;
import static io.aitbc.node.GenesisFields.wei;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.network.PeerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The genesis file: what all nodes of a network share before the first block. JSON, the same for
/// every node to the byte of what it describes: its hash is the network's name.
///
/// @param genesis what the genesis block commits to
/// @param economy parameters of the economy that are not the standard; they are in the contracts'
///   storage. None without votes
/// @param attestation the first policy for evidence of trusted hardware, encoded (Protocol §18.6);
///   it is in a contract's storage. Nothing without votes
/// @param validators the first candidates or, without votes, the proposers, with what stands beside
///   the genesis block
public record GenesisFile(
    Genesis genesis,
    Map<EconomyParameter, UInt256> economy,
    Bytes attestation,
    List<GenesisValidator> validators) {
  private static final long FILE_BYTES_MAX = 64L << 20;
  private static final int DEPTH_MAX = 8;

  /// The field that says how blocks are decided.
  private static final String KIND = "consensusMode";

  /// What an account holds that has a nonce.
  private static final String BALANCE = "balance";

  private static final String NONCE = "nonce";

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// A candidate of the genesis block.
  ///
  /// @param candidate as consensus sees it
  /// @param proofOfPossession of its key, over the genesis hash; empty while a network is made, for
  ///   the hash comes first
  /// @param nodeId the node that holds the key, 64 hexadecimal digits, if it is known
  public record GenesisValidator(
      Candidate candidate, Optional<BlsSignature> proofOfPossession, Optional<String> nodeId) {
    /// Whether the validator holds its key, as far as this file shows it.
    boolean isProven(Hash genesisHash, SignatureScheme scheme) {
      return proofOfPossession
          .filter(proof ->
              scheme.verify(
                  candidate.key(),
                  ProofOfPossession.message(
                      genesisHash, candidate.account().bytes(), candidate.key()),
                  proof))
          .isPresent();
    }
  }

  /// Copies list and map.
  public GenesisFile {
    Map<EconomyParameter, UInt256> copy = new EnumMap<>(EconomyParameter.class);
    copy.putAll(economy);
    economy = Collections.unmodifiableMap(copy);
    validators = List.copyOf(validators);
  }

  /// What the file of a new network says that has the preset `hybrid` but for the parameters of
  /// consensus.
  ///
  /// @param chainId of transactions
  /// @param timestampMillis of the genesis block
  /// @param baseFeePerGas of the first block
  /// @param consensus rules of consensus
  /// @param candidates the first validators
  /// @param accounts who holds money; the contracts that every network has, with the validators'
  ///   bonds and stakes, come on top
  /// @throws IllegalArgumentException as {@link GenesisRules#genesis}
  public static Genesis genesis(
      UInt256 chainId,
      long timestampMillis,
      Amount baseFeePerGas,
      ConsensusParameters consensus,
      List<Candidate> candidates,
      List<Genesis.GenesisAccount> accounts) {
    return GenesisPreset.HYBRID
        .rules(chainId)
        .withConsensus(consensus)
        .genesis(timestampMillis, baseFeePerGas, candidates, accounts);
  }

  /// What the file of a new network without votes says: no stake, and no contracts for it. Protocol
  /// §10.4.
  ///
  /// @param chainId of transactions
  /// @param timestampMillis of the genesis block; slot 0 begins with it
  /// @param baseFeePerGas of the first block
  /// @param kind how long slots are
  /// @param proposers who make blocks, in the order of their accounts
  /// @param accounts who holds money
  public static Genesis withoutVotes(
      UInt256 chainId,
      long timestampMillis,
      Amount baseFeePerGas,
      NetworkKind.Poa kind,
      List<Candidate> proposers,
      List<Genesis.GenesisAccount> accounts) {
    List<Candidate> sorted = new ArrayList<>(proposers);
    sorted.sort(Comparator.comparing(Candidate::account));
    List<Genesis.GenesisAccount> ordered = new ArrayList<>(accounts);
    ordered.addAll(Predeploys.all());
    ordered.sort(Comparator.comparing(Genesis.GenesisAccount::address));
    return new Genesis(
        kind,
        ExecutionParameters.of(chainId),
        new EpochSnapshot(sorted, ConsensusParameters.DEFAULT, 0),
        timestampMillis,
        baseFeePerGas,
        ordered);
  }

  /// Who makes blocks in a network without votes.
  public static Candidate proposer(Address account, BlsPublicKey key) {
    return new Candidate(
        account,
        key,
        ValidatorClass.AUTHORITY,
        VotingPower.ZERO,
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }

  /// Reads a genesis file.
  ///
  /// @throws ConfigurationException naming the field that is wrong
  /// @throws IOException if the file cannot be read
  public static GenesisFile read(Path file) throws IOException, ConfigurationException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new ConfigurationException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
    }
    return parse(file.toString(), Files.readAllBytes(file));
  }

  /// The genesis in the text `json`, which stands in `file`.
  static GenesisFile parse(String file, byte[] json) throws ConfigurationException {
    try {
      return parse(JSON.readTree(json));
    } catch (JsonProcessingException malformed) {
      throw new ConfigurationException(file + ": no JSON: " + malformed.getOriginalMessage());
    } catch (IOException unreadable) {
      throw new ConfigurationException(file + ": no text: " + unreadable.getMessage());
    } catch (IllegalArgumentException | ArithmeticException wrong) {
      throw new ConfigurationException(file + ": " + wrong.getMessage());
    }
  }

  /// The genesis block, whose hash is the network's name, and the state after it.
  public GenesisState state() {
    return KnownGeneses.state(genesis);
  }

  /// The validators whose proof of possession does not hold.
  public List<Address> withoutPossession(Hash genesisHash, SignatureScheme scheme) {
    return validators.stream()
        .filter(each -> !each.isProven(genesisHash, scheme))
        .map(each -> each.candidate().account())
        .toList();
  }

  /// This file with a proof of possession of `account`'s key; the hash does not change.
  public GenesisFile proven(Address account, BlsSignature proof) {
    return new GenesisFile(
        genesis,
        economy,
        attestation,
        validators.stream()
            .map(each ->
                each.candidate().account().equals(account)
                    ? new GenesisValidator(each.candidate(), Optional.of(proof), each.nodeId())
                    : each)
            .toList());
  }

  /// The text of a file that {@link #read} reads back as this.
  public String toJson() {
    ObjectNode root = JSON.createObjectNode();
    root.put("chainId", genesis.execution().chainId().toString());
    root.put("timestampMillis", genesis.timestampMillis());
    root.put("baseFeePerGas", genesis.baseFeePerGas().wei().toString());
    root.put(KIND, genesis.kind().title());
    switch (genesis.kind()) {
      case NetworkKind.Hybrid _ -> {
        GenesisRulesText.write(
            root,
            new GenesisRules(
                genesis.execution(),
                genesis.snapshot().parameters(),
                genesis.snapshot().workShareMillionths(),
                economy,
                attestation));
        ArrayNode list = root.putArray("validators");
        for (GenesisValidator each : validators) {
          write(list.addObject(), each)
              .put("class", each.candidate().validatorClass().name())
              .put("stake", each.candidate().stake().units());
        }
      }
      case NetworkKind.Poa(int slotMillis) -> {
        root.put("slotMillis", slotMillis);
        ArrayNode list = root.putArray("proposers");
        validators.forEach(each -> write(list.addObject(), each));
      }
    }
    ObjectNode accounts = root.putObject("accounts");
    for (Genesis.GenesisAccount account : genesis.accounts()) {
      String balance = account.balance().wei().toString();
      if (account.code().isEmpty() && account.nonce() == 0) {
        accounts.put(account.address().toString(), balance);
      } else if (account.code().isEmpty()) {
        accounts
            .putObject(account.address().toString())
            .put(BALANCE, balance)
            .put(NONCE, account.nonce());
      }
    }
    return root.toPrettyString() + "\n";
  }

  @CanIgnoreReturnValue
  private static ObjectNode write(ObjectNode object, GenesisValidator each) {
    object
        .put("account", each.candidate().account().toString())
        .put("publicKey", each.candidate().key().bytes().toHex());
    each.proofOfPossession()
        .ifPresent(proof -> object.put("proofOfPossession", proof.bytes().toHex()));
    each.nodeId().ifPresent(id -> object.put("node", id));
    return object;
  }

  private static GenesisFile parse(JsonNode root) throws ConfigurationException {
    NetworkKind kind = kind(root);
    boolean votes = kind instanceof NetworkKind.Hybrid;
    List<GenesisValidator> validators = new ArrayList<>();
    for (JsonNode each : field(root, votes ? "validators" : "proposers")) {
      validators.add(
          new GenesisValidator(
              votes ? candidate(each) : proposer(account(each), key(each)),
              each.has("proofOfPossession")
                  ? Optional.of(new BlsSignature(Bytes.fromHex(text(each, "proofOfPossession"))))
                  : Optional.empty(),
              each.has("node") ? Optional.of(nodeId(text(each, "node"))) : Optional.empty()));
    }
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : field(root, "accounts").properties()) {
      accounts.add(account(Address.fromHex(each.getKey()), each.getValue()));
    }
    UInt256 chainId = UInt256.parse(text(root, "chainId"));
    long timestampMillis = number(root, "timestampMillis");
    Amount baseFee = wei(text(root, "baseFeePerGas"));
    List<Candidate> candidates = validators.stream().map(GenesisValidator::candidate).toList();
    return switch (kind) {
      case NetworkKind.Hybrid _ -> {
        GenesisRules rules = GenesisRulesText.read(root, chainId);
        yield new GenesisFile(
            KnownGeneses.of(rules, timestampMillis, baseFee, candidates, accounts),
            rules.economy(),
            rules.attestation(),
            validators);
      }
      case NetworkKind.Poa poa -> {
        GenesisRulesText.requireNone(root, poa.title());
        yield new GenesisFile(
            withoutVotes(chainId, timestampMillis, baseFee, poa, candidates, accounts),
            Map.of(),
            Bytes.EMPTY,
            validators);
      }
    };
  }

  /// Files of before the word was there are of networks with votes.
  private static NetworkKind kind(JsonNode root) throws ConfigurationException {
    String title = root.has(KIND) ? text(root, KIND) : new NetworkKind.Hybrid().title();
    return switch (title) {
      case "hybrid" -> new NetworkKind.Hybrid();
      case "poa" -> new NetworkKind.Poa(Math.toIntExact(number(root, "slotMillis")));
      default ->
          throw new ConfigurationException(
              "\"" + KIND + "\" is \"" + title + "\", none of hybrid, poa");
    };
  }

  /// Money alone, or an object of money and nonce.
  private static Genesis.GenesisAccount account(Address address, JsonNode holds)
      throws ConfigurationException {
    if (!holds.isObject()) {
      return Genesis.GenesisAccount.of(address, wei(holds.asText()));
    }
    requireOnly(holds, address.toString(), List.of(BALANCE, NONCE));
    long nonce = number(holds, NONCE);
    if (nonce < 0) {
      throw new ConfigurationException("the nonce of " + address + " is negative");
    }
    return new Genesis.GenesisAccount(
        address, wei(text(holds, BALANCE)), nonce, Bytes.EMPTY, new TreeMap<>());
  }

  private static Address account(JsonNode each) throws ConfigurationException {
    return Address.fromHex(text(each, "account"));
  }

  private static BlsPublicKey key(JsonNode each) throws ConfigurationException {
    return new BlsPublicKey(Bytes.fromHex(text(each, "publicKey")));
  }

  private static Candidate candidate(JsonNode each) throws ConfigurationException {
    return new Candidate(
        account(each),
        key(each),
        oneOf(ValidatorClass.class, text(each, "class")),
        new VotingPower(number(each, "stake")),
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }

  /// The default parameters with other choices of policy, mode, fallback, least stake and interval.
  public static ConsensusParameters parameters(
      ModePolicy policy,
      Mode startMode,
      Fallback fallback,
      VotingPower minTotalStake,
      int emptyBlockIntervalMillis) {
    ConsensusParameters defaults = ConsensusParameters.DEFAULT;
    return new ConsensusParameters(
        policy,
        startMode,
        defaults.forbidden(),
        defaults.rotation(),
        defaults.proposers(),
        fallback,
        minTotalStake,
        defaults.valueThreshold(),
        emptyBlockIntervalMillis,
        defaults.roundTimerMillisMax(),
        defaults.fast(),
        defaults.balanced(),
        defaults.secure());
  }

  private static String nodeId(String text) {
    return PeerId.fromHex(text).hash().toHex();
  }
}
