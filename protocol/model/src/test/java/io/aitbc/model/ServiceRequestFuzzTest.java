// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.model.ServiceRequest.Judgement;
import java.nio.charset.StandardCharsets;

/// A header of anybody is judged, and shows no more than that one account asks one holder on one
/// network for a while. Protocol §17.8.
class ServiceRequestFuzzTest {
  private static final UInt256 CHAIN_ID = UInt256.of(7);
  private static final Address HOLDER =
      Address.fromHex("0x00000000000000000000000000000000000000aa");
  private static final long NOW = 1_800_000_000;

  @FuzzTest
  void anyHeaderIsJudgedAndHoldsForOneHolderOnly(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    Judgement judged = ServiceRequest.judge(header, CHAIN_ID, HOLDER, NOW);
    switch (judged) {
      case Judgement.Malformed(int length) -> assertEquals(header.length(), length);
      case Judgement.Expired(long until, long _) -> assertTrue(until < NOW);
      case Judgement.TooLong(long until, long _) -> assertTrue(until > NOW);
      case Judgement.NotSigned(Address account, var _) ->
          assertTrue(header.startsWith(ServiceRequest.SCHEME + " " + account));
      case Judgement.Asks(Address account) -> {
        assertTrue(header.startsWith(ServiceRequest.SCHEME + " " + account));
        assertInstanceOf(
            Judgement.NotSigned.class, ServiceRequest.judge(header, CHAIN_ID, Address.ZERO, NOW));
        assertInstanceOf(
            Judgement.NotSigned.class, ServiceRequest.judge(header, UInt256.ONE, HOLDER, NOW));
      }
    }
  }
}
