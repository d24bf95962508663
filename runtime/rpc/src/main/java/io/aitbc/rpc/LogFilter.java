// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Bloom;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Which logs a caller wants: of any of some addresses, with any of some topics at each position.
///
/// @param addresses any of these; all if there are none
/// @param topics for each position any of these; any topic if there are none
record LogFilter(List<Address> addresses, List<List<Hash>> topics) {
  /// Topics of one log (Yellow Paper §9.4: LOG0 to LOG4).
  static final int POSITIONS_MAX = 4;

  /// Addresses, or topics at one position, in one filter.
  static final int CHOICES_MAX = 1_000;

  /// Reads the filter object of eth_getLogs and eth_subscribe.
  static LogFilter of(JsonNode filter) throws RpcError {
    List<Address> addresses = new ArrayList<>();
    for (JsonNode each : choices(filter.path("address"))) {
      addresses.add(Parameters.address(each.asText()));
    }
    List<List<Hash>> topics = new ArrayList<>();
    if (filter.path("topics").size() > POSITIONS_MAX) {
      throw Parameters.invalid("exceed max topics");
    }
    for (JsonNode position : filter.path("topics")) {
      List<Hash> any = new ArrayList<>();
      for (JsonNode each : choices(position)) {
        any.add(Parameters.hash(each.asText()));
      }
      topics.add(any);
    }
    return new LogFilter(addresses, topics);
  }

  private static List<JsonNode> choices(JsonNode given) throws RpcError {
    List<JsonNode> choices = new ArrayList<>();
    if (given.isArray()) {
      given.forEach(choices::add);
    } else if (given.isTextual()) {
      choices.add(given);
    }
    if (choices.size() > CHOICES_MAX) {
      throw Parameters.invalid("more than " + CHOICES_MAX + " choices at one place");
    }
    return choices;
  }

  /// Whether a block or receipt with a filter may hold such a log; to be asked of many.
  Predicate<Bloom> mayMatch() {
    List<Bloom.Value> accounts = addresses.stream().map(Bloom.Value::of).toList();
    List<List<Bloom.Value>> positions =
        topics.stream().map(any -> any.stream().map(Bloom.Value::of).toList()).toList();
    return bloom ->
        mayContainOne(bloom, accounts)
            && positions.stream().allMatch(any -> mayContainOne(bloom, any));
  }

  private static boolean mayContainOne(Bloom bloom, List<Bloom.Value> any) {
    return any.isEmpty() || any.stream().anyMatch(bloom::mayContain);
  }

  boolean matches(Log log) {
    if (log.topics().size() < topics.size()
        || (!addresses.isEmpty() && !addresses.contains(log.address()))) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      if (!topics.get(i).isEmpty() && !topics.get(i).contains(log.topics().get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Appends the logs of a block that match.
  void addMatches(Block block, List<Receipt> receipts, ArrayNode found) {
    Hash hash = block.hash();
    int logIndex = 0;
    for (int i = 0; i < receipts.size(); i++) {
      for (Log log : receipts.get(i).logs()) {
        if (matches(log)) {
          found.add(
              EthereumJson.log(
                  log,
                  block.transactions().get(i),
                  new EthereumJson.Position(block.header(), hash, i),
                  logIndex));
        }
        logIndex++;
      }
    }
  }
}
