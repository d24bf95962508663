// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.execution.AuthorityAccount;
import io.aitbc.execution.ChainParameter;
import io.aitbc.execution.Conviction;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.PoolAccount;
import io.aitbc.execution.Proposal;
import io.aitbc.execution.SlashingEvent;
import io.aitbc.execution.StakerAccount;
import io.aitbc.execution.ValidatorAccount;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Bloom;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// What the chain's contracts know: validators, rewards, convictions, parameters, proposals, after
/// the last block. Null in a network without them. Protocol §16.
final class EconomyMethods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final Simulation simulation;

  EconomyMethods(ChainView chain, Simulation simulation) {
    this.chain = chain;
    this.simulation = simulation;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("aitbc_parameters", _ -> parameters());
    methods.put("aitbc_proposals", this::proposals);
    methods.put("aitbc_rewards", this::rewards);
    methods.put("aitbc_slashings", this::slashings);
    methods.put("aitbc_validator", this::validator);
  }

  /// The last block; empty in a network without the contracts.
  static Optional<Simulation.Place> latest(ChainView chain) throws RpcError {
    long height = chain.height(new Parameters.BlockTag.Latest());
    StateView state = chain.state(height);
    return state.account(EconomyContract.GOVERNOR.address()).hasCode()
        ? Optional.of(new Simulation.Place(chain.header(height), state))
        : Optional.empty();
  }

  private JsonNode parameters() throws RpcError {
    Optional<Simulation.Place> place = latest(chain);
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    ArrayNode list = NODES.arrayNode();
    for (ChainParameter each : simulation.parameters(place.get())) {
      list.addObject()
          .put("number", each.number())
          .put("name", each.name())
          .put("value", each.value().toHex());
    }
    return list;
  }

  private JsonNode proposals(Parameters p) throws RpcError {
    long from = p.has(0) ? p.number(0, Long.MAX_VALUE) : Long.MAX_VALUE;
    Optional<Simulation.Place> place = latest(chain);
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    Proposal.Listed found = simulation.proposals(place.get(), from);
    ObjectNode json = NODES.objectNode().put("now", found.nowSeconds());
    ArrayNode list = json.putArray("proposals");
    found.proposals().forEach(each -> list.add(text(each)));
    return json;
  }

  private static ObjectNode text(Proposal proposal) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("id", proposal.id())
            .put("state", proposal.state().name())
            .put("kind", proposal.kind().name())
            .put("deciders", proposal.deciders().name())
            .put("proposer", proposal.proposer().toString())
            .put("ends", proposal.endsSeconds())
            .put("heldUntil", proposal.heldUntilSeconds())
            .put("stake", EthereumJson.amount(proposal.stake()))
            .put("actions", proposal.actions().toHex());
    json.putObject("votes")
        .put("for", EthereumJson.amount(proposal.votes().yes()))
        .put("against", EthereumJson.amount(proposal.votes().no()))
        .put("abstain", EthereumJson.amount(proposal.votes().abstain()));
    json.putObject("seats")
        .put("all", proposal.seats().all())
        .put("for", proposal.seats().yes())
        .put("toHold", proposal.seats().toHold());
    return json;
  }

  private JsonNode rewards(Parameters p) throws RpcError {
    Address owner = p.address(0);
    Address pool = p.has(1) ? p.address(1) : owner;
    Optional<Simulation.Place> place = latest(chain);
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    PoolAccount account = simulation.pool(place.get(), pool, owner);
    return NODES
        .objectNode()
        .put("owner", owner.toString())
        .put("pool", pool.toString())
        .put("shares", account.shares().toHex())
        .put("stake", EthereumJson.amount(account.stake()))
        .put("earned", EthereumJson.amount(account.earned()));
  }

  /// Convictions in a range of blocks, the earliest first.
  private JsonNode slashings(Parameters p) throws RpcError {
    long to = chain.height(p.block(1));
    long from =
        p.has(0) ? chain.height(p.block(0)) : Math.max(0, to - BlockMethods.LOG_BLOCKS_MAX + 1);
    if (to - from >= BlockMethods.LOG_BLOCKS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED,
          "at most " + BlockMethods.LOG_BLOCKS_MAX + " blocks at one time");
    }
    Predicate<Bloom> mayMatch =
        new LogFilter(List.of(SlashingEvent.contract()), List.of(SlashingEvent.topics()))
            .mayMatch();
    ArrayNode found = NODES.arrayNode();
    for (long height = from; height <= to; height++) {
      if (!mayMatch.test(chain.keptHeader(height, from).logsBloom())) {
        continue;
      }
      Block block = chain.block(height);
      List<Receipt> receipts = chain.receipts(height);
      for (int i = 0; i < receipts.size(); i++) {
        for (Log log : receipts.get(i).logs()) {
          Optional<SlashingEvent> event = SlashingEvent.of(log);
          if (event.isPresent()) {
            if (found.size() == BlockMethods.LOGS_MAX) {
              throw new RpcError(
                  RpcError.Code.LIMIT_EXCEEDED, "more than " + BlockMethods.LOGS_MAX + " results");
            }
            ObjectNode json =
                text(event.get())
                    .put("block", height)
                    .put("transaction", block.transactions().get(i).hash().toHex());
            if (event.get() instanceof SlashingEvent.Convicted(Address account, long _, int _)) {
              conviction(account).ifPresent(each -> json.set("conviction", text(each)));
            }
            found.add(json);
          }
        }
      }
    }
    return found;
  }

  /// How a conviction stands now.
  private Optional<Conviction> conviction(Address account) throws RpcError {
    Optional<Simulation.Place> place = latest(chain);
    return place.isEmpty()
        ? Optional.empty()
        : simulation.validator(place.get(), account).conviction();
  }

  private static ObjectNode text(SlashingEvent event) {
    ObjectNode json = NODES.objectNode().put("account", event.account().toString());
    return switch (event) {
      case SlashingEvent.Convicted convicted ->
          json.put("event", "CONVICTED")
              .put("offenceHeight", convicted.height())
              .put("classes", convicted.classCode());
      case SlashingEvent.Finished finished ->
          json.put("event", "FINISHED").put("millionths", finished.millionths());
    };
  }

  private JsonNode validator(Parameters p) throws RpcError {
    Address account = p.address(0);
    Optional<Simulation.Place> place = latest(chain);
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    ValidatorAccount known = simulation.validator(place.get(), account);
    ObjectNode json = NODES.objectNode().put("account", account.toString());
    known.authority().ifPresent(each -> json.set("authority", text(each)));
    known.staker().ifPresent(each -> json.set("staker", text(each)));
    known.conviction().ifPresent(each -> json.set("conviction", text(each)));
    return json;
  }

  private static ObjectNode text(Conviction conviction) {
    return NODES
        .objectNode()
        .put("state", conviction.finished() ? "FINISHED" : "PENDING")
        .put("classes", conviction.classCode())
        .put("at", conviction.atMillis())
        .put("finishFrom", conviction.finishFromMillis())
        .put("now", conviction.nowMillis());
  }

  private static ObjectNode text(AuthorityAccount authority) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("state", authority.state().name())
            .put("bond", EthereumJson.amount(authority.bond()))
            .put("operator", authority.operator().toString())
            .put("feeRecipient", authority.feeRecipient().toString())
            .put("nodeIdentity", authority.nodeIdentity().toHex());
    authority.key().ifPresent(key -> json.put("publicKey", key.bytes().toHex()));
    putIfPresent(json, "readyEpoch", authority.readyEpoch());
    return json;
  }

  private static ObjectNode text(StakerAccount staker) {
    ObjectNode json =
        NODES
            .objectNode()
            .put("state", staker.state().name())
            .put("publicKey", staker.key().bytes().toHex())
            .put("stake", EthereumJson.amount(staker.stake()))
            .put("commissionParts", staker.commissionParts())
            .put("commissionPartsMax", staker.commissionPartsMax());
    putIfPresent(json, "readyEpoch", staker.readyEpoch());
    if (staker.lastReport().isPresent()) {
      StakerAccount.Report report = staker.lastReport().get();
      json.putObject("lastReport")
          .put("epoch", report.epoch())
          .put("role", report.role().name())
          .put("reputation", report.reputation())
          .put("expected", report.expected())
          .put("credited", report.credited())
          .put("misses", report.misses());
    }
    return json;
  }

  private static void putIfPresent(ObjectNode json, String name, OptionalLong value) {
    if (value.isPresent()) {
      json.put(name, value.getAsLong());
    }
  }
}
