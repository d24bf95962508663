// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the platform before this one writes addresses, and what its unit of money is here.
/// docs/operator.md, "From a network of the older platform".
public final class OlderPlatform {
  /// So many compute-seconds, its unit of money, are one AIT there and one AITBC here.
  public static final long SECONDS_PER_AIT = 3_600;

  private static final BigInteger SECONDS = BigInteger.valueOf(SECONDS_PER_AIT);
  private static final BigInteger WEI = Amount.ONE_AITBC.wei().toBigInteger();
  private static final Pattern ADDRESS = Pattern.compile("(?:0x|ait1|aitbc1)([0-9a-fA-F]{40})");

  /// From this half byte of the hash on, a letter is a capital (EIP-55).
  private static final int CAPITAL = 8;

  private OlderPlatform() {}

  /// The address that one of the three spellings means: `0x`, `ait1` or `aitbc1` before 40
  /// hexadecimal digits. Capitals and small letters together are right only as EIP-55 has them.
  /// Empty for any other text.
  public static Optional<Address> address(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String digits = matcher.group(1);
    String small = digits.toLowerCase(Locale.ROOT);
    boolean isUniform = digits.equals(small) || digits.equals(digits.toUpperCase(Locale.ROOT));
    return isUniform || digits.equals(withCapitals(small))
        ? Optional.of(Address.fromHex(small))
        : Optional.empty();
  }

  /// EIP-55: a letter is a capital where the hash of the small ones has a digit of 8 or more.
  private static String withCapitals(String small) {
    String hash = Keccak256.hash(small.getBytes(StandardCharsets.US_ASCII)).toHex().substring(2);
    StringBuilder mixed = new StringBuilder(small);
    for (int i = 0; i < mixed.length(); i++) {
      if (Character.digit(hash.charAt(i), 16) >= CAPITAL) {
        mixed.setCharAt(i, Character.toUpperCase(mixed.charAt(i)));
      }
    }
    return mixed.toString();
  }

  /// `seconds` compute-seconds in wei: seconds · 10^18 / 3,600, rounded up, so that {@link
  /// #seconds} gives them back.
  ///
  /// @throws IllegalArgumentException if they are negative, or 2^256 wei or more
  public static Amount amount(BigInteger seconds) {
    BigInteger[] parts = seconds.multiply(WEI).divideAndRemainder(SECONDS);
    return Amount.wei(parts[0].add(BigInteger.valueOf(parts[1].signum())));
  }

  /// `amount` in whole compute-seconds, rounded down.
  public static BigInteger seconds(Amount amount) {
    return amount.wei().toBigInteger().multiply(SECONDS).divide(WEI);
  }
}
