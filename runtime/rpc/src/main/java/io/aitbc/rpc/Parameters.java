// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.Optional;
import java.util.regex.Pattern;

/// The parameters of one call, read by position.
final class Parameters {
  private static final Pattern QUANTITY = Pattern.compile("0x(0|[1-9a-f][0-9a-f]{0,63})");

  /// 0x and 64 digits: no height is that long.
  private static final int HASH_CHARACTERS = 2 + 2 * Hash.BYTES;

  private static final Pattern SLOT = Pattern.compile("0x[0-9a-fA-F]{1,64}");

  private final JsonNode values;

  Parameters(JsonNode values) {
    this.values = values;
  }

  /// Which block a caller means.
  sealed interface BlockTag {
    /// The last block: `latest`, and `pending`, for nothing else is ever served.
    record Latest() implements BlockTag {}

    /// The last final block, where blocks are final: the same.
    ///
    /// @param word `safe` or `finalized`
    record LastFinal(String word) implements BlockTag {}

    /// The last anchored block, where blocks are final: {@link LiveNode#anchored}.
    record Anchored() implements BlockTag {}

    /// By height.
    record AtHeight(long height) implements BlockTag {}

    /// By hash.
    record ByHash(Hash hash) implements BlockTag {}
  }

  boolean has(int index) {
    return values.hasNonNull(index);
  }

  JsonNode value(int index) throws RpcError {
    if (!has(index)) {
      throw invalid("missing value for required argument " + index);
    }
    return values.get(index);
  }

  String text(int index) throws RpcError {
    JsonNode value = value(index);
    if (!value.isTextual()) {
      throw invalid("argument " + index + " must be a string");
    }
    return value.asText();
  }

  boolean flag(int index) throws RpcError {
    JsonNode value = value(index);
    if (!value.isBoolean()) {
      throw invalid("argument " + index + " must be true or false");
    }
    return value.asBoolean();
  }

  Address address(int index) throws RpcError {
    return address(text(index));
  }

  Hash hash(int index) throws RpcError {
    return hash(text(index));
  }

  /// A number of blocks or an index, from 0 to `max`; more reads as `max`.
  long number(int index, long max) throws RpcError {
    JsonNode value = value(index);
    UInt256 number =
        value.isInt() && value.asInt() >= 0 ? UInt256.of(value.asInt()) : quantity(index);
    return number.fitsLong() ? Math.min(max, number.low()) : max;
  }

  Bytes data(int index) throws RpcError {
    return data(text(index));
  }

  UInt256 quantity(int index) throws RpcError {
    return quantity(value(index).asText());
  }

  /// The tag at `index`, or the last block if there is none.
  BlockTag block(int index) throws RpcError {
    if (!has(index)) {
      return new BlockTag.Latest();
    }
    JsonNode value = values.get(index);
    if (value.isObject()) {
      Optional<JsonNode> hash = Optional.ofNullable(value.get("blockHash"));
      return hash.isPresent()
          ? new BlockTag.ByHash(hash(hash.get().asText()))
          : tag(value.path("blockNumber").asText());
    }
    return tag(value.asText());
  }

  static Address address(String text) throws RpcError {
    Bytes bytes = data(text);
    if (bytes.length() != Address.BYTES) {
      throw invalid("an address has 20 bytes, not " + bytes.length());
    }
    return new Address(bytes);
  }

  static Bytes data(String text) throws RpcError {
    try {
      if (text.startsWith("0x")) {
        return Bytes.fromHex(text);
      }
    } catch (IllegalArgumentException noDigits) {
      // Refused below, as what has no 0x in front.
    }
    throw invalid("no bytes in hexadecimal digits with 0x in front: " + shortened(text));
  }

  static UInt256 quantity(String text) throws RpcError {
    if (!QUANTITY.matcher(text).matches()) {
      throw invalid("no quantity in hexadecimal digits with 0x in front: " + shortened(text));
    }
    return UInt256.parse(text);
  }

  /// A quantity of at most 64 bits, without sign.
  static long word64(String text) throws RpcError {
    UInt256 quantity = quantity(text);
    if (quantity.bitLength() > Long.SIZE) {
      throw invalid("more than 64 bits: " + shortened(text));
    }
    return quantity.low();
  }

  /// A storage slot or its value: tools send quantities, and 32 bytes with leading zeros.
  static UInt256 slot(String text) throws RpcError {
    if (!SLOT.matcher(text).matches()) {
      throw invalid("no storage slot: " + shortened(text));
    }
    return UInt256.parse(text);
  }

  static RpcError invalid(String message) {
    return new RpcError(RpcError.Code.INVALID_PARAMS, message);
  }

  static Hash hash(String text) throws RpcError {
    Bytes bytes = data(text);
    if (bytes.length() != Hash.BYTES) {
      throw invalid("a hash has 32 bytes, not " + bytes.length());
    }
    return Hash.of(bytes.toArray());
  }

  private static BlockTag tag(String text) throws RpcError {
    return switch (text) {
      case "latest", "pending" -> new BlockTag.Latest();
      case "safe", "finalized" -> new BlockTag.LastFinal(text);
      case "anchored" -> new BlockTag.Anchored();
      case "earliest" -> new BlockTag.AtHeight(0);
      default -> {
        if (text.length() == HASH_CHARACTERS) {
          yield new BlockTag.ByHash(hash(text));
        }
        UInt256 number = quantity(text);
        if (!number.fitsLong()) {
          throw invalid("no such block: " + text);
        }
        yield new BlockTag.AtHeight(number.toLongExact());
      }
    };
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
