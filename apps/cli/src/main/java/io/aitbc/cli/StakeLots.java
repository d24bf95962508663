// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.StakeLot;
import io.aitbc.execution.StakeRead;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;

/// Stake in pools and on its way, as the contract tells a node. Protocol §16.4, §16.6.
final class StakeLots {
  /// Lots that are asked for at a time.
  private static final int BATCH = 200;

  private static final int LOT_TOPIC = 3;
  private static final List<String> MAKING =
      List.of(
          topic("Left(address,address,uint256,uint256)"),
          topic("Redelegated(address,address,uint256,uint256)"));
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ChainClient chain;

  StakeLots(ChainClient chain) {
    this.chain = chain;
  }

  /// A lot, and how far it is.
  ///
  /// @param worth what it would pay now, but for what it owes
  /// @param freeMillis active time from which on it can be withdrawn or joined; empty while that
  ///   does not run
  private record Known(
      StakeLot lot, Amount worth, OptionalLong freeMillis, long nowMillis, StakeLot.State state) {}

  /// The lot that a transaction made, by its receipt.
  static ObjectNode made(JsonNode receipt) throws IOException {
    for (JsonNode log : receipt.path("logs")) {
      boolean ours =
          log.path("address").asText().equals(EconomyContract.STAKE_MANAGER.address().toString());
      if (ours && MAKING.contains(log.path("topics").path(0).asText())) {
        String number = log.path("topics").path(LOT_TOPIC).asText();
        return JSON.createObjectNode().put("lot", UInt256.parse(number).toLongExact());
      }
    }
    throw new IOException("the receipt names no lot: " + receipt);
  }

  private static String topic(String event) {
    return Keccak256.hash(Bytes.wrap(event.getBytes(StandardCharsets.US_ASCII))).toHex();
  }

  /// The least shares of a pool that are worth an amount.
  UInt256 shares(Address pool, Amount amount) throws IOException, RpcException {
    return answered(StakeRead.pool(pool))
        .sharesFor(amount)
        .orElseThrow(() -> new IOException("the pool of " + pool + " holds nothing"));
  }

  /// An owner's shares of a pool but for those of lots that stand in it.
  UInt256 movable(Address pool, Address owner) throws IOException, RpcException {
    UInt256 shares = answered(StakeRead.shares(pool, owner));
    for (StakeLot lot : of(owner).values()) {
      shares = lot.pool().equals(pool) ? shares.minus(lot.shares()) : shares;
    }
    if (shares.isZero()) {
      throw new IOException(owner + " has no stake in the pool of " + pool + " that can be moved");
    }
    return shares;
  }

  /// @throws IOException if a lot cannot be withdrawn yet, with what it waits for
  void requireFree(long number) throws IOException, RpcException {
    Optional<StakeLot> lot = chain.read(StakeRead.lot(number));
    if (lot.isEmpty()) {
      throw new IOException("there is no lot " + number + ", or it was withdrawn");
    }
    Known known = known(lot.get());
    if (known.state != StakeLot.State.FREE) {
      throw new IOException("lot " + number + " cannot be withdrawn: " + text(known));
    }
  }

  /// Prints an owner's lots, the latest first.
  void print(PrintWriter out, Address owner, boolean json) throws IOException, RpcException {
    ArrayNode list = JSON.createArrayNode();
    for (var each : of(owner).descendingMap().entrySet()) {
      Known known = known(each.getValue());
      StakeLot lot = known.lot;
      if (!json) {
        out.println(
            "lot %-8d %s AITBC, %s %s%s: %s"
                .formatted(
                    each.getKey(),
                    AitbcAmount.text(known.worth),
                    lot.left() == 0 ? "in the pool of" : "left the pool of",
                    lot.pool(),
                    lot.source().map(source -> ", came from " + source).orElse(""),
                    text(known)));
        continue;
      }
      ObjectNode node =
          list.addObject()
              .put("lot", each.getKey())
              .put("pool", lot.pool().toString())
              .put("amount", known.worth.wei().toString())
              .put("state", known.state.name());
      lot.source().ifPresent(source -> node.put("source", source.toString()));
      if (known.freeMillis.isPresent()) {
        node.put("freeInMillis", Math.max(0, known.freeMillis.getAsLong() - known.nowMillis));
      }
    }
    if (json) {
      out.println(list);
    }
  }

  private static String text(Known known) {
    String wait =
        known.freeMillis.isEmpty()
            ? "when two epochs have ended since and the unbonding time after that is over"
            : duration(known.freeMillis.getAsLong() - known.nowMillis);
    return switch (known.state) {
      case IN_POOL -> "can be joined with other stake there " + wait;
      case COUNTED, UNBONDING -> "free " + wait;
      case FREE -> "free now";
    };
  }

  /// Time of the chain, in which a halt does not count.
  private static String duration(long millis) {
    if (millis <= 0) {
      return "now";
    }
    Duration left = Duration.ofMillis(millis);
    return "in %d d %d h %d min of the chain's time"
        .formatted(left.toDays(), left.toHoursPart(), left.toMinutesPart());
  }

  private Known known(StakeLot lot) throws IOException, RpcException {
    long now = answered(StakeRead.activeMillis());
    long snapshot = answered(StakeRead.snapshotMillis(lot.beginsWithSnapshot()));
    long unbonding = answered(WorkRead.parameter(EconomyParameter.UNBONDING)).toLongExact();
    OptionalLong free = lot.freeMillis(snapshot, unbonding);
    Amount worth =
        lot.left() == 0 ? answered(StakeRead.pool(lot.pool())).worth(lot.shares()) : lot.amount();
    return new Known(lot, worth, free, now, lot.state(free, now));
  }

  /// An owner's lots by number. The contract has no list of them: all are looked at.
  private NavigableMap<Long, StakeLot> of(Address owner) throws IOException, RpcException {
    NavigableMap<Long, StakeLot> found = new TreeMap<>();
    long count = answered(StakeRead.lotCount());
    for (long first = 1; first <= count; first += BATCH) {
      List<Long> numbers =
          LongStream.rangeClosed(first, Math.min(count, first + BATCH - 1)).boxed().toList();
      List<ContractRead<StakeLot>> questions = new ArrayList<>();
      numbers.forEach(number -> questions.add(StakeRead.lot(number)));
      List<Optional<StakeLot>> lots = chain.read(questions);
      for (int i = 0; i < lots.size(); i++) {
        if (lots.get(i).filter(lot -> lot.owner().equals(owner)).isPresent()) {
          found.put(numbers.get(i), lots.get(i).orElseThrow());
        }
      }
    }
    return found;
  }

  private <T> T answered(ContractRead<T> question) throws IOException, RpcException {
    return chain
        .read(question)
        .orElseThrow(() -> new IOException("this network has no contract StakeManager"));
  }
}
