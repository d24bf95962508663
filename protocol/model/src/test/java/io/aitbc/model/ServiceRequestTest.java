// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.model.ServiceRequest.Judgement;
import io.aitbc.testkit.DecoderTorture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ServiceRequestTest { // Protocol §17.8
  private static final UInt256 CHAIN_ID = UInt256.of(7);
  private static final Address HOLDER =
      Address.fromHex("0x00000000000000000000000000000000000000aa");
  private static final Secp256k1SecretKey KEY =
      Secp256k1SecretKey.fromSecret(UInt256.of(1).toArray()).orElseThrow();
  private static final Address ACCOUNT = Address.of(KEY.publicKey());
  private static final long NOW = 1_800_000_000;

  private static ServiceRequest request(long until) {
    return new ServiceRequest(CHAIN_ID, ACCOUNT, HOLDER, until);
  }

  private static String header(long until) {
    Hash digest = request(until).signingHash();
    return request(until).header(KEY.sign(new AccountMessage.ServiceRequestDigest(digest)));
  }

  @Test // Computed from the types by the rules of EIP-712 with another Keccak, as wallets do.
  void whatIsSignedIsTypedData() {
    assertEquals(
        "0xa6162b7be93545865b3f05217189714e4bff69cb82a246301af10018fd4d9740",
        request(NOW).signingHash().toHex());
  }

  @Test
  void aRequestHoldsForItsHolderNetworkAndTime() {
    String header = header(NOW);
    assertEquals(new Judgement.Asks(ACCOUNT), judge(header, NOW));
    assertEquals(
        new Judgement.Asks(ACCOUNT), judge(header, NOW - ServiceRequest.SECONDS_MAX), "the first");
    assertEquals(new Judgement.Expired(NOW, NOW + 1), judge(header, NOW + 1));
    long early = NOW - ServiceRequest.SECONDS_MAX - 1;
    assertEquals(new Judgement.TooLong(NOW, early), judge(header, early));
    assertInstanceOf(
        Judgement.NotSigned.class, ServiceRequest.judge(header, UInt256.of(8), HOLDER, NOW));
    assertInstanceOf(
        Judgement.NotSigned.class, ServiceRequest.judge(header, CHAIN_ID, ACCOUNT, NOW));
    assertInstanceOf(
        Judgement.NotSigned.class,
        judge(header.replace("." + NOW + ".", "." + (NOW + 1) + "."), NOW));
    assertInstanceOf(
        Judgement.NotSigned.class,
        judge(header.replace(ACCOUNT.toString(), HOLDER.toString()), NOW));
  }

  @Test
  void whatIsNoSuchHeaderIsRefused() {
    String header = header(NOW);
    for (String other :
        List.of(
            "",
            "AITBC",
            "Bearer " + header.substring(6),
            header + "0",
            header.substring(0, header.length() - 1),
            header.toUpperCase(Locale.ROOT),
            header.substring(0, header.length() - 2) + "1d",
            header.substring(0, header.length() - 2) + "00",
            header.replace("." + NOW + ".", ".-1."),
            header.replace("." + NOW + ".", ".9999999999999."))) {
      assertEquals(new Judgement.Malformed(other.length()), judge(other, NOW), other);
    }
    // r = 0: nobody's.
    String zeros = header.substring(0, header.length() - 130) + "0".repeat(128) + "1b";
    assertInstanceOf(Judgement.NotSigned.class, judge(zeros, NOW));
  }

  @Test
  void headersOfStrangersAreJudgedWithinBounds() {
    new DecoderTorture(
            input -> judge(new String(input, StandardCharsets.ISO_8859_1), NOW), _ -> false)
        .run(17_008, 300, List.of(header(NOW).getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static Judgement judge(String header, long now) {
    return ServiceRequest.judge(header, CHAIN_ID, HOLDER, now);
  }
}
