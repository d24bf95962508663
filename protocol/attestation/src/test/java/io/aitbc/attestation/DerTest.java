// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerTest {
  private static DerValue der(String digits) throws RefusedException {
    return DerValue.of(Bytes.fromHex(digits));
  }

  @ParameterizedTest // Protocol §18.3
  @CsvSource({
    "04810100, a length below 128 in two bytes",
    "0482008000, a length with a leading zero",
    "0480, an indefinite length",
    "0402ff, a length beyond the end",
    "1f8101, a tag of several bytes",
    "04000400, a second value",
    "'', nothing"
  })
  void otherEncodingsAreRefused(String digits, String why) {
    assertThrows(RefusedException.class, () -> der(digits), why);
  }

  @Test // Protocol §18.3
  void objectIdentifiersAreReadInDottedDecimal() throws RefusedException {
    assertEquals("1.2.840.113741.1.13.1", der("06092a864886f84d010d01").objectIdentifier());
    assertEquals("2.23.133.5.4.1", der("0606678105050401").objectIdentifier());
    assertThrows(RefusedException.class, () -> der("06022a80").objectIdentifier());
    assertThrows(RefusedException.class, () -> der("06032a8001").objectIdentifier());
  }

  @ParameterizedTest // Protocol §18.3
  @CsvSource({
    "170d3439313233313233353935395a, 2049-12-31T23:59:59Z",
    "170d3530303130313030303030305a, 1950-01-01T00:00:00Z",
    "180f39393939313233313233353935395a, 9999-12-31T23:59:59Z"
  })
  void timesAreReadToTheSecond(String digits, String time) throws RefusedException {
    assertEquals(Instant.parse(time).getEpochSecond(), der(digits).seconds());
  }

  @Test // Protocol §18.3
  void aTimeThatIsNoneIsRefused() {
    assertThrows(RefusedException.class, () -> der("170d3235303233303030303030305a").seconds());
  }

  @Test // Protocol §18.3
  void numbersHaveNoSignWhereNoneIsExpected() throws RefusedException {
    assertEquals(Bytes.fromHex("80"), der("02020080").unsigned());
    assertThrows(RefusedException.class, () -> der("020180").unsigned());
    assertThrows(RefusedException.class, () -> der("0200").unsigned());
  }
}
