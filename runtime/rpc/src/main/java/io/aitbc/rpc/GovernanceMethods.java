// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.evm.CallResult;
import io.aitbc.execution.Concentration;
import io.aitbc.execution.DryRun;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a proposal would do, and who holds how much of the stake. Protocol §16.6, §16.12.
final class GovernanceMethods {
  /// Calls of one proposal, as the contract Governor bounds them.
  private static final int ACTIONS_MAX = 64;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final LiveNode node;
  private final Simulation simulation;

  GovernanceMethods(ChainView chain, LiveNode node, Simulation simulation) {
    this.chain = chain;
    this.node = node;
    this.simulation = simulation;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("aitbc_dryRunProposal", this::dryRun);
    methods.put("aitbc_concentration", _ -> concentration());
  }

  private JsonNode dryRun(Parameters p) throws RpcError {
    UInt256 id = Parameters.quantity(p.text(0));
    List<DryRun.Action> actions = actions(p.value(1), p.value(2));
    Optional<Simulation.Place> latest = EconomyMethods.latest(chain);
    if (latest.isEmpty()) {
      return NODES.nullNode();
    }
    Simulation.Place place = latest.get();
    List<ValidatorReport> reports =
        node.validators().stream().map(GovernanceMethods::report).toList();
    Optional<DryRun.Outcome> outcome =
        simulation.dryRun(
            place,
            run ->
                id.isZero() || run.isProposal(id, actions)
                    ? Optional.of(run.of(id, actions, reports))
                    : Optional.empty());
    if (outcome.isEmpty()) {
      throw new RpcError(
          RpcError.Code.REFUSED, "proposal " + id + " does not consist of these calls");
    }
    return text(place.header().number(), outcome.get());
  }

  private static List<DryRun.Action> actions(JsonNode targets, JsonNode datas) throws RpcError {
    if (!targets.isArray()
        || !datas.isArray()
        || targets.size() != datas.size()
        || targets.size() > ACTIONS_MAX) {
      throw Parameters.invalid("a target and data for each of at most " + ACTIONS_MAX + " calls");
    }
    List<DryRun.Action> actions = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      actions.add(
          new DryRun.Action(
              Parameters.address(targets.get(i).asText()), Parameters.data(datas.get(i).asText())));
    }
    return actions;
  }

  private static ValidatorReport report(LiveNode.ValidatorInfo each) {
    ValidatorClass both = each.stake() > 0 ? ValidatorClass.BOTH : ValidatorClass.AUTHORITY;
    return DryRun.diligent(
        each.account(),
        each.isAuthority() ? both : ValidatorClass.STAKER,
        new VotingPower(each.stake()));
  }

  private static ObjectNode text(long height, DryRun.Outcome outcome) {
    ObjectNode json = NODES.objectNode();
    json.put("height", EthereumJson.quantity(height));
    json.put("harmless", outcome.isHarmless());
    json.put("calls", text(outcome.actions()));
    ArrayNode epochs = json.putArray("epochs");
    for (DryRun.EpochEnd epoch : outcome.epochs()) {
      ObjectNode each = epochs.addObject();
      ArrayNode failed = each.putArray("failed");
      epoch.failed().forEach(contract -> failed.add(contract.artifact()));
      each.put("authorities", epoch.authorities()).put("stakers", epoch.stakers());
    }
    outcome.nextProposal().ifPresent(result -> json.put("nextProposal", text(result)));
    outcome.nextExecution().ifPresent(result -> json.put("nextExecution", text(result)));
    return json;
  }

  private static String text(CallResult result) {
    return result instanceof CallResult.Success
        ? "success"
        : CallMethods.failure(result).getMessage() + data(result);
  }

  /// A custom error's selector and arguments.
  private static String data(CallResult result) {
    return result.output().isEmpty() ? "" : " " + result.output().toHex();
  }

  private JsonNode concentration() throws RpcError {
    Optional<Simulation.Place> latest = EconomyMethods.latest(chain);
    if (latest.isEmpty()) {
      return NODES.nullNode();
    }
    Concentration found = simulation.concentration(latest.get());
    ObjectNode json = NODES.objectNode();
    json.put("total", found.total().units()).put("limitMillionths", found.limitMillionths());
    ArrayNode above = json.putArray("above");
    for (Concentration.Share each : found.above()) {
      above
          .addObject()
          .put("account", each.account().toString())
          .put("stake", each.stake().units())
          .put("millionths", each.millionths());
    }
    return json;
  }
}
