// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// One value of the distinguished encoding rules (X.690): tag of one byte, shortest definite
/// length.
///
/// @param tag the identifier byte
/// @param encoded tag, length and content
/// @param content the content
record DerValue(int tag, Bytes encoded, Bytes content) {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int ENUMERATED = 0x0a;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  /// The tag of the constructed, context-specific value `number`.
  static int context(int number) {
    return 0xa0 | number;
  }

  /// The one value that `bytes` are.
  static DerValue of(Bytes bytes) throws RefusedException {
    DerReader reader = new DerReader(bytes);
    DerValue value = reader.next();
    reader.end();
    return value;
  }

  /// This value, if its tag is `expected`.
  DerValue as(int expected) throws RefusedException {
    RefusedException.unless(tag == expected, Reason.MALFORMED);
    return this;
  }

  /// What a constructed value is made of.
  DerReader children() throws RefusedException {
    RefusedException.unless((tag & 0x20) != 0, Reason.MALFORMED);
    return new DerReader(content);
  }

  /// An object identifier in dotted decimal.
  String objectIdentifier() throws RefusedException {
    Bytes bytes = as(OBJECT_IDENTIFIER).content;
    RefusedException.unless(!bytes.isEmpty() && bytes.length() <= 32, Reason.MALFORMED);
    StringBuilder text = new StringBuilder();
    long arc = 0;
    for (int i = 0; i < bytes.length(); i++) {
      int octet = bytes.at(i) & 0xff;
      RefusedException.unless((arc != 0 || octet != 0x80) && arc < 1L << 48, Reason.MALFORMED);
      arc = arc << 7 | (octet & 0x7f);
      if ((octet & 0x80) == 0) {
        if (text.isEmpty()) {
          long first = Math.min(arc / 40, 2);
          text.append(first).append('.').append(arc - 40 * first);
        } else {
          text.append('.').append(arc);
        }
        arc = 0;
      } else {
        RefusedException.unless(i + 1 < bytes.length(), Reason.MALFORMED);
      }
    }
    return text.toString();
  }

  /// An integer of any sign.
  BigInteger integer() throws RefusedException {
    Bytes bytes = as(INTEGER).content;
    RefusedException.unless(!bytes.isEmpty(), Reason.MALFORMED);
    return new BigInteger(bytes.toArray());
  }

  /// An integer or enumerated value from 0 to 2^31 - 1.
  int small() throws RefusedException {
    RefusedException.unless(
        (tag == INTEGER || tag == ENUMERATED) && !content.isEmpty() && content.length() <= 5,
        Reason.MALFORMED);
    BigInteger value = new BigInteger(content.toArray());
    RefusedException.unless(value.signum() >= 0 && value.bitLength() <= 31, Reason.MALFORMED);
    return value.intValueExact();
  }

  /// An unsigned integer as big-endian bytes without leading zeros.
  Bytes unsigned() throws RefusedException {
    BigInteger value = integer();
    RefusedException.unless(value.signum() >= 0, Reason.MALFORMED);
    byte[] bytes = value.toByteArray();
    return bytes.length > 1 && bytes[0] == 0
        ? Bytes.of(bytes, 1, bytes.length - 1)
        : Bytes.wrap(bytes);
  }

  /// A bit string of whole bytes.
  Bytes bits() throws RefusedException {
    Bytes bytes = as(BIT_STRING).content;
    RefusedException.unless(bytes.length() >= 1 && bytes.at(0) == 0, Reason.MALFORMED);
    return bytes.slice(1, bytes.length() - 1);
  }

  /// A time in UTC, as seconds since 1970. RFC 5280 §4.1.2.5: whole seconds, ending with Z.
  long seconds() throws RefusedException {
    String text = new String(content.toArray(), StandardCharsets.ISO_8859_1);
    boolean two = tag == UTC_TIME && text.length() == 13;
    boolean four = tag == GENERALIZED_TIME && text.length() == 15;
    RefusedException.unless((two || four) && text.endsWith("Z"), Reason.MALFORMED);
    String century = two ? (text.charAt(0) < '5' ? "20" : "19") : "";
    return seconds(century + text.substring(0, text.length() - 1));
  }

  /// The second since 1970 that 14 digits name: year, month, day, hour, minute, second in UTC.
  static long seconds(String digits) throws RefusedException {
    RefusedException.unless(
        digits.length() == 14 && digits.chars().allMatch(c -> c >= '0' && c <= '9'),
        Reason.MALFORMED);
    try {
      return LocalDateTime.of(
              number(digits, 0, 4),
              number(digits, 4, 6),
              number(digits, 6, 8),
              number(digits, 8, 10),
              number(digits, 10, 12),
              number(digits, 12, 14))
          .toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeException noSuchTime) {
      throw RefusedException.malformed();
    }
  }

  private static int number(String digits, int from, int to) {
    return Integer.parseInt(digits.substring(from, to));
  }
}
