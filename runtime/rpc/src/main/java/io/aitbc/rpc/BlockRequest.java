// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A block that eth_simulateV1 is asked for.
///
/// @param number its height
/// @param timestampSeconds its time
/// @param gasLimit its gas, if it is to be other than its parent's
/// @param feeRecipient its beneficiary, if it is to be other than its parent's
/// @param random what PREVRANDAO gives; zero if the caller did not say
/// @param baseFee its base fee, if the caller says it
/// @param blobBaseFee what BLOBBASEFEE gives, if the caller says it
/// @param state what is to be otherwise before it
/// @param calls its transactions, as the caller wrote them
record BlockRequest(
    long number,
    long timestampSeconds,
    Optional<Long> gasLimit,
    Optional<Address> feeRecipient,
    Hash random,
    Optional<Amount> baseFee,
    Optional<Amount> blobBaseFee,
    StateOverrides state,
    List<JsonNode> calls) {
  /// Blocks of one simulation, those between the numbers that a caller gives too: as far as
  /// BLOCKHASH sees.
  static final int BLOCKS_MAX = 256;

  /// Bits of a number, time or gas limit: those of the blocks behind are still positive numbers.
  private static final int WORD_BITS_MAX = 62;

  /// The blocks in order behind `base`; where numbers are left out, empty blocks stand. Number and
  /// time grow by one where the caller does not say them.
  static List<BlockRequest> all(JsonNode asked, BlockHeader base) throws RpcError {
    if (!asked.isArray() || asked.isEmpty()) {
      throw Parameters.invalid("blockStateCalls must be a list of blocks, at least one");
    }
    if (asked.size() > BLOCKS_MAX) {
      throw tooMany();
    }
    List<BlockRequest> blocks = new ArrayList<>();
    long number = base.number();
    long time = base.timestampSeconds();
    for (JsonNode each : asked) {
      JsonNode overrides = each.path("blockOverrides");
      long wanted = word(overrides, "number").orElse(number + 1);
      if (wanted <= number) {
        throw new RpcError(
            RpcError.Code.BLOCK_NUMBERS_OUT_OF_ORDER,
            "block numbers must be in order: %d <= %d".formatted(wanted, number));
      }
      if (wanted - base.number() > BLOCKS_MAX) {
        throw tooMany();
      }
      while (++number < wanted) {
        time++;
        blocks.add(
            of(
                number,
                time,
                JsonNodeFactory.instance.objectNode(),
                JsonNodeFactory.instance.objectNode()));
      }
      long next = word(overrides, "time").orElse(time + 1);
      if (next < time) {
        throw new RpcError(
            RpcError.Code.BLOCK_TIMES_OUT_OF_ORDER,
            "block timestamps must be in order: %d < %d".formatted(next, time));
      }
      time = next;
      blocks.add(of(number, time, overrides, each));
    }
    return blocks;
  }

  private static BlockRequest of(long number, long time, JsonNode overrides, JsonNode block)
      throws RpcError {
    if (!overrides.path("withdrawals").isEmpty()) {
      throw Parameters.invalid("this chain has no withdrawals");
    }
    List<JsonNode> calls = new ArrayList<>();
    block.path("calls").forEach(calls::add);
    return new BlockRequest(
        number,
        time,
        word(overrides, "gasLimit"),
        overrides.hasNonNull("feeRecipient")
            ? Optional.of(Parameters.address(overrides.get("feeRecipient").asText()))
            : Optional.empty(),
        overrides.hasNonNull("prevRandao")
            ? Parameters.slot(overrides.get("prevRandao").asText()).toHash()
            : Hash.ZERO,
        amount(overrides, "baseFeePerGas"),
        amount(overrides, "blobBaseFee"),
        new StateOverrides(block.path("stateOverrides")),
        calls);
  }

  private static Optional<Long> word(JsonNode overrides, String field) throws RpcError {
    if (!overrides.hasNonNull(field)) {
      return Optional.empty();
    }
    UInt256 value = Parameters.quantity(overrides.get(field).asText());
    if (value.bitLength() > WORD_BITS_MAX) {
      throw Parameters.invalid(
          field + " has more than " + WORD_BITS_MAX + " bits: " + value.toHex());
    }
    return Optional.of(value.low());
  }

  private static Optional<Amount> amount(JsonNode overrides, String field) throws RpcError {
    return overrides.hasNonNull(field)
        ? Optional.of(new Amount(Parameters.quantity(overrides.get(field).asText())))
        : Optional.empty();
  }

  private static RpcError tooMany() {
    return new RpcError(RpcError.Code.SIMULATION_LIMIT, "too many blocks: more than " + BLOCKS_MAX);
  }
}
