// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static io.aitbc.node.GenesisFields.number;
import static io.aitbc.node.GenesisFields.oneOf;
import static io.aitbc.node.GenesisFields.text;
import static io.aitbc.node.GenesisFields.wei;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.FeeParameters;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The rules of a network as its genesis file has them: a preset, and what the file says instead. A
/// file that a command wrote says all of them, so that a later version of the defaults does not
/// make another network of it.
final class GenesisRulesText {
  private static final String PRESET = "preset";
  private static final String CONSENSUS = "consensus";
  private static final String WORK_SHARE = "workShareMillionths";
  private static final String GAS_LIMITS = "gasLimits";
  private static final String FEES = "fees";
  private static final String ECONOMY = "economy";
  private static final String ATTESTATION = "attestationPolicy";

  private GenesisRulesText() {}

  /// The rules in the file `root`.
  ///
  /// @throws ConfigurationException naming the field that is wrong
  static GenesisRules read(JsonNode root, UInt256 chainId) throws ConfigurationException {
    String title = root.has(PRESET) ? text(root, PRESET) : GenesisPreset.HYBRID.title();
    GenesisPreset preset =
        GenesisPreset.named(title)
            .orElseThrow(() ->
                new ConfigurationException(
                    "\"%s\" is \"%s\", none of %s"
                        .formatted(PRESET, title, String.join(", ", GenesisPreset.titles()))));
    GenesisRules rules = preset.rules(chainId);
    ObjectNode consensus = said(root, CONSENSUS, consensusText(rules));
    return new GenesisRules(
        execution(root, rules.execution()),
        consensus(consensus),
        integer(consensus, WORK_SHARE),
        economy(said(root, ECONOMY, economyText(rules))),
        root.has(ATTESTATION) ? Bytes.fromHex(text(root, ATTESTATION)) : rules.attestation());
  }

  /// Refuses rules in a file of a network that has none of them.
  ///
  /// @param kind of the network
  static void requireNone(JsonNode root, String kind) throws ConfigurationException {
    for (String rules : List.of(PRESET, CONSENSUS, GAS_LIMITS, FEES, ECONOMY, ATTESTATION)) {
      if (root.has(rules)) {
        throw new ConfigurationException(
            "\"%s\" is for networks with votes: in a network of kind %s nobody follows it"
                .formatted(rules, kind));
      }
    }
  }

  /// Puts all rules into the file `root`.
  static void write(ObjectNode root, GenesisRules rules) {
    root.set(CONSENSUS, consensusText(rules));
    root.set(GAS_LIMITS, gasLimitsText(rules.execution()));
    root.set(FEES, feesText(rules.execution().fees()));
    root.set(ECONOMY, economyText(rules));
    root.put(ATTESTATION, rules.attestation().toHex());
  }

  /// What `preset` says under `name`, with what the file says instead.
  private static ObjectNode said(JsonNode root, String name, ObjectNode preset)
      throws ConfigurationException {
    JsonNode instead = root.get(name);
    if (instead != null) {
      replace(name, preset, instead);
    }
    return preset;
  }

  private static void replace(String name, ObjectNode preset, JsonNode instead)
      throws ConfigurationException {
    List<String> allowed = new ArrayList<>();
    preset.fieldNames().forEachRemaining(allowed::add);
    GenesisFields.requireOnly(instead, name, allowed);
    for (Map.Entry<String, JsonNode> entry : instead.properties()) {
      if (preset.get(entry.getKey()) instanceof ObjectNode inner) {
        replace(entry.getKey(), inner, entry.getValue());
      } else {
        preset.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static ObjectNode consensusText(GenesisRules rules) {
    ConsensusParameters each = rules.consensus();
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("policy", each.policy().name()).put("startMode", each.startMode().name());
    ArrayNode forbidden = object.putArray("forbidden");
    each.forbidden().forEach(mode -> forbidden.add(mode.name()));
    object
        .put("rotation", each.rotation().name())
        .put("proposers", each.proposers().name())
        .put("fallback", each.fallback().name())
        .put("minTotalStake", each.minTotalStake().units())
        .put("valueThreshold", each.valueThreshold().wei().toString())
        .put("emptyBlockIntervalMillis", each.emptyBlockIntervalMillis())
        .put("roundTimerMillisMax", each.roundTimerMillisMax())
        .put(WORK_SHARE, rules.workShareMillionths());
    object.set("fast", modeText(each.fast()));
    object.set("balanced", modeText(each.balanced()));
    object.set("secure", modeText(each.secure()));
    return object;
  }

  private static ConsensusParameters consensus(JsonNode each) throws ConfigurationException {
    List<Mode> forbidden = new ArrayList<>();
    JsonNode modes = GenesisFields.field(each, "forbidden");
    if (!modes.isArray() || modes.size() > Mode.values().length) {
      throw new ConfigurationException("\"forbidden\" is no list of modes");
    }
    for (JsonNode mode : modes) {
      forbidden.add(oneOf(Mode.class, mode.asText()));
    }
    return new ConsensusParameters(
        oneOf(ModePolicy.class, text(each, "policy")),
        oneOf(Mode.class, text(each, "startMode")),
        forbidden,
        oneOf(RotationStrategy.class, text(each, "rotation")),
        oneOf(ProposerStrategy.class, text(each, "proposers")),
        oneOf(Fallback.class, text(each, "fallback")),
        new VotingPower(number(each, "minTotalStake")),
        wei(text(each, "valueThreshold")),
        integer(each, "emptyBlockIntervalMillis"),
        integer(each, "roundTimerMillisMax"),
        mode(GenesisFields.field(each, "fast")),
        mode(GenesisFields.field(each, "balanced")),
        mode(GenesisFields.field(each, "secure")));
  }

  private static ObjectNode modeText(ModeParameters mode) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("blockIntervalMillis", mode.blockIntervalMillis())
        .put("validatorsMax", mode.validatorsMax())
        .put("leastStake", mode.leastStake().units())
        .put("transactionsMax", mode.transactionsMax())
        .put("bytesMax", mode.bytesMax());
  }

  private static ModeParameters mode(JsonNode each) throws ConfigurationException {
    return new ModeParameters(
        integer(each, "blockIntervalMillis"),
        integer(each, "validatorsMax"),
        new VotingPower(number(each, "leastStake")),
        integer(each, "transactionsMax"),
        integer(each, "bytesMax"));
  }

  private static ObjectNode gasLimitsText(ExecutionParameters execution) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("fast", execution.fastGasLimit())
        .put("balanced", execution.balancedGasLimit())
        .put("secure", execution.secureGasLimit());
  }

  private static ObjectNode feesText(FeeParameters fees) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("baseFeeMin", fees.baseFeeMin().wei().toString())
        .put("baseFeeMax", fees.baseFeeMax().wei().toString())
        .put("inertiaGas", fees.inertiaGas())
        .put("treasury", fees.treasury().toString())
        .put("treasuryMillionths", fees.treasuryMillionths())
        .put("makerMillionths", fees.makerMillionths());
  }

  private static ExecutionParameters execution(JsonNode root, ExecutionParameters preset)
      throws ConfigurationException {
    ObjectNode gas = said(root, GAS_LIMITS, gasLimitsText(preset));
    ObjectNode fees = said(root, FEES, feesText(preset.fees()));
    return new ExecutionParameters(
        preset.chainId(),
        preset.forks(),
        number(gas, "fast"),
        number(gas, "balanced"),
        number(gas, "secure"),
        new FeeParameters(
            wei(text(fees, "baseFeeMin")),
            wei(text(fees, "baseFeeMax")),
            number(fees, "inertiaGas"),
            Address.fromHex(text(fees, "treasury")),
            integer(fees, "treasuryMillionths"),
            integer(fees, "makerMillionths")));
  }

  private static ObjectNode economyText(GenesisRules rules) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Stream.of(EconomyParameter.values())
        .forEach(parameter -> object.put(parameter.name(), rules.of(parameter).toString()));
    return object;
  }

  private static Map<EconomyParameter, UInt256> economy(JsonNode each)
      throws ConfigurationException {
    Map<EconomyParameter, UInt256> values = new EnumMap<>(EconomyParameter.class);
    for (EconomyParameter parameter : EconomyParameter.values()) {
      values.put(parameter, wei(text(each, parameter.name())).wei());
    }
    return values;
  }

  private static int integer(JsonNode each, String name) throws ConfigurationException {
    return Math.toIntExact(number(each, name));
  }
}
