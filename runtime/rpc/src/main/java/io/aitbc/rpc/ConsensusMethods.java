// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.execution.StakerYield;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Receipt;
import io.aitbc.model.Transaction;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.ReceiptProof;
import java.util.Map;
import java.util.Optional;

/// How blocks are decided: mode, epoch, validators, certificates, and what a light client follows.
/// Protocol §2, §3, §10.3.
final class ConsensusMethods {
  private static final int EPOCH_BLOCKS = 100;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainReader chain;
  private final ChainView view;
  private final LiveNode node;
  private final Simulation simulation;

  ConsensusMethods(ChainReader chain, ChainView view, LiveNode node, Simulation simulation) {
    this.chain = chain;
    this.view = view;
    this.node = node;
    this.simulation = simulation;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("aitbc_certificate", this::certificate);
    methods.put("aitbc_epoch", _ -> epoch());
    methods.put("aitbc_lightBlock", this::lightBlock);
    methods.put("aitbc_mode", _ -> mode());
    methods.put("aitbc_receiptProof", this::receiptProof);
    methods.put("aitbc_validators", _ -> validators());
  }

  private JsonNode certificate(Parameters p) throws RpcError {
    var certificate = view.find(p.block(0)).flatMap(chain::certificate);
    return certificate.isPresent()
        ? NODES.textNode(certificate.get().encoded().toHex())
        : NODES.nullNode();
  }

  private JsonNode epoch() throws RpcError {
    Optional<LiveNode.EpochInfo> known = node.epoch();
    if (known.isEmpty()) {
      return NODES.nullNode();
    }
    LiveNode.EpochInfo epoch = known.get();
    ObjectNode json =
        NODES
            .objectNode()
            .put("epoch", epoch.epoch())
            .put("firstHeight", EPOCH_BLOCKS * epoch.epoch() + 1)
            .put("lastHeight", EPOCH_BLOCKS * (epoch.epoch() + 1))
            .put("setHash", epoch.set().hash().toHex())
            .put("nextSetHash", epoch.nextSetHash().toHex())
            .put("authorities", epoch.set().authorities().size())
            .put("stakers", epoch.set().stakers().size())
            .put("stake", epoch.set().totalStake().units());
    stakerYield(epoch.set())
        .ifPresent(yearly ->
            json.putObject("yield")
                .put("millionths", yearly.millionths())
                .put("meantFrom", StakerYield.MEANT_FROM_MILLIONTHS)
                .put("meantTo", StakerYield.MEANT_TO_MILLIONTHS));
    return json;
  }

  /// What the stake of a set earns in a year in the mode in force. The contracts are asked for it:
  /// while calls keep all machines busy, the rest of the epoch is told without it.
  private Optional<StakerYield> stakerYield(ValidatorSet set) throws RpcError {
    Optional<LiveNode.ModeInfo> mode = node.mode();
    Optional<Simulation.Place> place = EconomyMethods.latest(view);
    if (mode.isEmpty() || place.isEmpty()) {
      return Optional.empty();
    }
    try {
      return simulation.stakerYield(
          place.get(), mode.get().setting().quorumMode(), set.totalStake());
    } catch (RpcError failed) {
      if (failed.code() == RpcError.Code.BUSY) {
        return Optional.empty();
      }
      throw failed;
    }
  }

  /// All that a light client needs to follow a header.
  private JsonNode lightBlock(Parameters p) throws RpcError {
    Optional<Long> height = view.find(p.block(0));
    if (height.isEmpty()
        || chain.certificate(height.get()).isEmpty()
        || chain.extension(height.get()).isEmpty()) {
      return NODES.nullNode();
    }
    return lightBlock(height.get());
  }

  /// A header, and as much of what it is followed with as there is.
  private ObjectNode lightBlock(long height) throws RpcError {
    ObjectNode json =
        NODES
            .objectNode()
            .put("height", height)
            .put("header", view.header(height).encode().toHex());
    chain.extension(height).ifPresent(it -> json.put("extension", it.encoded().toHex()));
    chain.certificate(height).ifPresent(it -> json.put("certificate", it.encoded().toHex()));
    node.set(height).ifPresent(it -> json.put("validators", it.encoded().toHex()));
    return json;
  }

  /// What came of a transaction, proven under the header of its block. Protocol §13.3.
  private JsonNode receiptProof(Parameters p) throws RpcError {
    Optional<ChainReader.Place> place = chain.place(p.hash(0));
    if (place.isEmpty()) {
      return NODES.nullNode();
    }
    long height = place.get().height();
    ReceiptProof proof =
        simulation.withMachine(
            _ -> // Two tries of a whole block: as much work as a call.
            ReceiptProof.of(
                    view.block(height).transactions().stream().map(Transaction::encoded).toList(),
                    view.receipts(height).stream().map(Receipt::encode).toList(),
                    place.get().index()));
    ObjectNode json = lightBlock(height).put("position", proof.position());
    EthereumJson.nodes(json.putArray("transactionProof"), proof.transaction());
    EthereumJson.nodes(json.putArray("receiptProof"), proof.receipt());
    return json;
  }

  private JsonNode mode() {
    Optional<LiveNode.ModeInfo> known = node.mode();
    if (known.isEmpty()) {
      return NODES.nullNode();
    }
    LiveNode.ModeInfo mode = known.get();
    ObjectNode json =
        NODES
            .objectNode()
            .put("height", mode.height())
            .put("policy", mode.parameters().policy().name())
            .put("startMode", mode.parameters().startMode().name());
    put(json, mode.setting());
    json.put("blockIntervalMillis", mode.setting().blockIntervalMillis(mode.parameters()));
    putBasis(json, mode.measured(), mode.headroom());
    if (mode.lastChange().isPresent()) {
      LiveNode.ModeChange change = mode.lastChange().get();
      ObjectNode last =
          json.putObject("lastChange")
              .put("height", change.height())
              .put("from", change.from().name())
              .put("to", change.to().name())
              .put("cause", change.cause().name());
      putBasis(last, change.measured(), change.headroom());
    }
    return json;
  }

  /// What decides about the mode.
  private static void putBasis(
      ObjectNode json, Optional<LiveNode.Measured> measured, Map<Mode, Integer> headroom) {
    measured.ifPresent(inputs ->
        json.putObject("inputs")
            .put("loadMillionths", inputs.load())
            .put("availabilityMillionths", inputs.availability())
            .put("participationMillionths", inputs.participation())
            .put("valueMoved", EthereumJson.amount(inputs.valueMoved()))
            .put("convictedAuthorities", inputs.convictedAuthorities())
            .put("convictedStakeMillionths", inputs.convictedStake()));
    ObjectNode slacks = json.putObject("headroom");
    headroom.forEach((each, slack) -> slacks.put(each.name(), slack));
  }

  /// The mode of a height, and how far a change has come.
  static void put(ObjectNode json, ModeSetting mode) {
    json.put("quorum", mode.quorumMode().name())
        .put("from", mode.from().name())
        .put("to", mode.to().name())
        .put("step", mode.step());
  }

  private JsonNode validators() {
    ArrayNode list = NODES.arrayNode();
    for (LiveNode.ValidatorInfo validator : node.validators()) {
      list.addObject()
          .put("account", validator.account().toString())
          .put("publicKey", validator.publicKey())
          .put("authority", validator.isAuthority())
          .put("stake", validator.stake())
          .put("role", validator.role().name());
    }
    return list;
  }
}
