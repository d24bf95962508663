// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The keys with which programs use a gateway. The file knows their hashes alone: a line `NAME
/// LIMIT SHA256` for each, the limit in AITBC; empty lines and those that begin with `#` say
/// nothing. Without keys whoever reaches the gateway may use it.
public final class GatewayKeys {
  /// Whoever reaches the gateway, without a limit.
  public static final GatewayKeys NONE = new GatewayKeys(new TreeMap<>());

  /// Keys of one file.
  private static final int KEYS_MAX = 10_000;

  private static final int DECIMALS = 18;
  private static final String BEARER = "Bearer ";
  private static final Pattern LINE =
      Pattern.compile("([0-9A-Za-z_.-]{1,64}) ([0-9]{1,12}(?:\\.[0-9]{1,18})?) ([0-9a-f]{64})");

  private final Map<Hash, Key> keys;

  private GatewayKeys(Map<Hash, Key> keys) {
    this.keys = keys;
  }

  /// Who asks.
  ///
  /// @param name empty if there are no keys
  /// @param limit what all requests of the key may cost; empty for any
  public record Key(String name, Optional<Amount> limit) {}

  /// Reads the lines of a file.
  ///
  /// @throws IllegalArgumentException naming the line that is wrong
  public static GatewayKeys read(List<String> lines) {
    Map<Hash, Key> keys = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "line %d is no NAME LIMIT SHA256; `aitbc gateway key` prints one".formatted(i + 1));
      }
      Amount limit =
          Amount.wei(new BigDecimal(matcher.group(2)).movePointRight(DECIMALS).toBigIntegerExact());
      Key before =
          keys.put(Hash.fromHex(matcher.group(3)), new Key(matcher.group(1), Optional.of(limit)));
      if (before != null || !names.add(matcher.group(1))) {
        throw new IllegalArgumentException("line %d repeats a name or a key".formatted(i + 1));
      }
    }
    if (keys.isEmpty() || keys.size() > KEYS_MAX) {
      throw new IllegalArgumentException(
          "%d keys; from 1 to %d there may be".formatted(keys.size(), KEYS_MAX));
    }
    return new GatewayKeys(keys);
  }

  /// The line of a file for a key.
  public static String line(String name, Amount limit, String key) {
    String aitbc =
        new BigDecimal(limit.wei().toBigInteger(), DECIMALS).stripTrailingZeros().toPlainString();
    String line = name + " " + aitbc + " " + hash(key).toHex().substring(2);
    if (!LINE.matcher(line).matches()) {
      throw new IllegalArgumentException("a name has letters, digits, -, _ and .: " + name);
    }
    return line;
  }

  /// Whether whoever asks needs one.
  public boolean areNeeded() {
    return !keys.isEmpty();
  }

  /// Whose request it is.
  ///
  /// @param authorization the header; empty if there is none
  /// @throws GatewayRefusedException if a key is needed and this is none
  Key of(String authorization) throws GatewayRefusedException {
    if (!areNeeded()) {
      return new Key("", Optional.empty());
    }
    Key key =
        authorization.startsWith(BEARER)
            ? keys.get(hash(authorization.substring(BEARER.length()).strip()))
            : null;
    if (key == null) {
      throw new GatewayRefusedException(new GatewayRefusal.Unauthorized());
    }
    return key;
  }

  private static Hash hash(String key) {
    try {
      return Hash.of(
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
