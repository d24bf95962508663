// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcbStatusTest {
  @ParameterizedTest // Protocol §18.4
  @CsvSource({
    "UP_TO_DATE, OUT_OF_DATE, OUT_OF_DATE",
    "SW_HARDENING_NEEDED, OUT_OF_DATE, OUT_OF_DATE",
    "CONFIGURATION_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
    "CONFIGURATION_AND_SW_HARDENING_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
    "UP_TO_DATE, UP_TO_DATE, UP_TO_DATE",
    "CONFIGURATION_NEEDED, UP_TO_DATE, CONFIGURATION_NEEDED",
    "UP_TO_DATE, REVOKED, REVOKED",
    "REVOKED, UP_TO_DATE, REVOKED"
  })
  void aPlatformIsNoBetterThanItsPart(TcbStatus platform, TcbStatus part, TcbStatus result) {
    assertEquals(result, platform.with(part));
  }

  @Test // Protocol §18.7
  void theCodesOfReasonsStay() {
    int next = 0;
    for (Reason reason : Reason.values()) {
      assertEquals(next++, reason.code());
    }
    assertEquals(42, next);
    assertEquals(35, Reason.BINDING_MISMATCH.code());
  }
}
