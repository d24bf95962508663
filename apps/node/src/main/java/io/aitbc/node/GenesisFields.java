// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.Amount;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/// Reads the fields of a genesis file. What is missing or of another kind is refused by its name.
final class GenesisFields {
  /// Decimal digits of 2^256.
  private static final int DIGITS_MAX = 78;

  private GenesisFields() {}

  static JsonNode field(JsonNode parent, String name) throws ConfigurationException {
    JsonNode value = parent.get(name);
    if (value == null || value.isNull()) {
      throw new ConfigurationException("the genesis file lacks \"" + name + "\"");
    }
    return value;
  }

  static String text(JsonNode parent, String name) throws ConfigurationException {
    return field(parent, name).asText();
  }

  static long number(JsonNode parent, String name) throws ConfigurationException {
    JsonNode value = field(parent, name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new ConfigurationException("\"" + name + "\" is no whole number of 63 bits: " + value);
    }
    return value.longValue();
  }

  /// @throws NumberFormatException if it is no whole number
  static Amount wei(String text) {
    if (text.length() > DIGITS_MAX) {
      throw new IllegalArgumentException("an amount of " + text.length() + " digits");
    }
    return Amount.wei(new BigInteger(text));
  }

  static <E extends Enum<E>> E oneOf(Class<E> type, String name) throws ConfigurationException {
    for (E value : type.getEnumConstants()) {
      if (value.name().equals(name)) {
        return value;
      }
    }
    throw new ConfigurationException(
        "\"" + name + "\" is none of " + List.of(type.getEnumConstants()));
  }

  /// Refuses an object with other fields than `allowed`: a rule that is spelled wrong would be the
  /// default.
  static void requireOnly(JsonNode object, String name, List<String> allowed)
      throws ConfigurationException {
    if (!object.isObject()) {
      throw new ConfigurationException("\"" + name + "\" is no object");
    }
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String each = names.next();
      if (!allowed.contains(each)) {
        throw new ConfigurationException(
            "\"%s\" has \"%s\"; allowed are %s".formatted(name, each, allowed));
      }
    }
  }
}
