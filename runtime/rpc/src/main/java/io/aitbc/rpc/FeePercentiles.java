// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.Receipt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What proposers were paid per unit of gas in a block, at percentiles of the gas used
/// (eth_feeHistory).
final class FeePercentiles {
  /// Percentiles of one eth_feeHistory, as Ethereum's clients bound them.
  static final int COUNT_MAX = 100;

  /// What one transaction paid, and the gas it used.
  private record Paid(Amount tip, long gas) {}

  private FeePercentiles() {}

  /// The percentiles that a caller wants: at most {@link #COUNT_MAX}, from 0 to 100, ascending.
  static List<Double> wanted(JsonNode percentiles) throws RpcError {
    if (!percentiles.isArray() || percentiles.size() > COUNT_MAX) {
      throw Parameters.invalid("at most " + COUNT_MAX + " percentiles, in a list");
    }
    List<Double> wanted = new ArrayList<>();
    double last = 0;
    for (JsonNode each : percentiles) {
      if (!each.isNumber() || each.asDouble() < last || each.asDouble() > 100) {
        throw Parameters.invalid("percentiles are numbers from 0 to 100, ascending");
      }
      last = each.asDouble();
      wanted.add(last);
    }
    return wanted;
  }

  /// A priority fee per percentile, in the order asked for.
  static ArrayNode of(Block block, List<Receipt> receipts, List<Double> percentiles) {
    Amount baseFee = block.header().baseFeePerGas();
    List<Paid> paid = new ArrayList<>();
    long before = 0;
    for (int i = 0; i < receipts.size(); i++) {
      long total = receipts.get(i).cumulativeGasUsed();
      Amount tip = block.transactions().get(i).effectiveGasPrice(baseFee).minus(baseFee);
      paid.add(new Paid(tip, total - before));
      before = total;
    }
    paid.sort(Comparator.comparing(Paid::tip));
    ArrayNode fees = JsonNodeFactory.instance.arrayNode();
    for (double percentile : percentiles) {
      fees.add(EthereumJson.amount(at(paid, before * percentile / 100)));
    }
    return fees;
  }

  private static Amount at(List<Paid> paid, double gas) {
    long seen = 0;
    for (Paid each : paid) {
      seen += each.gas();
      if (seen >= gas) {
        return each.tip();
      }
    }
    return Amount.ZERO;
  }
}
