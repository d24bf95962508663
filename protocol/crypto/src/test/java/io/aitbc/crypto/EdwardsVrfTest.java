// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.ValidatorMessage.Purpose;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;

class EdwardsVrfTest {
  private static final HexFormat HEX = HexFormat.of();

  private final EdwardsVrf vrf = new EdwardsVrf();

  private static ValidatorMessage input(String fields) {
    return new ValidatorMessage(Purpose.VRF, Hash.ZERO, Bytes.fromHex(fields));
  }

  private void check(String secret, String key, String alpha, String pi, String beta) {
    EdwardsVrfSecretKey secretKey = EdwardsVrfSecretKey.fromSeed(HEX.parseHex(secret));
    assertEquals("0x" + key, secretKey.publicKey().toHex());
    byte[] message = HEX.parseHex(alpha);
    assertEquals(pi, HEX.formatHex(vrf.prove(secretKey, message)));
    assertEquals(
        Optional.of(beta),
        vrf.verify(HEX.parseHex(key), message, HEX.parseHex(pi)).map(HEX::formatHex));
  }

  @Test // Protocol §12.3; RFC 9381 appendix B.3, example 16.
  void example16() {
    check(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f"
            + "26f8a57ccaed74ee1b190bed1f479d97"
            + "27d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
        "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff"
            + "66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae");
  }

  @Test // Protocol §12.3; RFC 9381 appendix B.3, example 17.
  void example17() {
    check(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed593"
            + "3bf0864a62558b3ed7f2fea45c92a465"
            + "301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb"
            + "5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031");
  }

  @Test // Protocol §12.3; RFC 9381 appendix B.3, example 18.
  void example18() {
    check(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf80"
            + "96bb474e53895c362d8628ee9f9ea3c0"
            + "e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c45"
            + "2118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f");
  }

  @Test // RFC 8032 §5.1.5: keys are those of Ed25519.
  void publicKeysAgreeWithAnotherImplementation() {
    Seed.forAll(
        1,
        20,
        random -> {
          byte[] seed = random.bytes(32);
          byte[] expected = new byte[32];
          Ed25519.generatePublicKey(seed, 0, expected, 0);
          assertEquals(Bytes.of(expected), EdwardsVrfSecretKey.fromSeed(seed).publicKey());
        });
  }

  @Test // Protocol §12.3
  void aProofHoldsForItsKeyAndInputOnly() {
    EdwardsVrfSecretKey key = EdwardsVrfSecretKey.fromSeed(new byte[32]);
    Bytes proof = vrf.prove(key, input("01"));
    assertTrue(vrf.output(key.publicKey(), input("01"), proof).isPresent());
    assertTrue(vrf.output(key.publicKey(), input("02"), proof).isEmpty());
    byte[] otherSeed = new byte[32];
    otherSeed[0] = 1;
    Bytes other = EdwardsVrfSecretKey.fromSeed(otherSeed).publicKey();
    assertTrue(vrf.output(other, input("01"), proof).isEmpty());
  }

  @Test // Protocol §12.3: there is one proof per key and input that anybody accepts from a
  // stranger.
  void damagedProofsAreRefused() {
    EdwardsVrfSecretKey key = EdwardsVrfSecretKey.fromSeed(new byte[32]);
    byte[] proof = vrf.prove(key, input("01")).toArray();
    Seed.forAll(
        1,
        60,
        random -> {
          byte[] damaged = proof.clone();
          damaged[random.below(damaged.length)] ^= (byte) (1 << random.below(8));
          assertTrue(vrf.output(key.publicKey(), input("01"), Bytes.of(damaged)).isEmpty());
        });
    assertTrue(
        vrf.output(key.publicKey(), input("01"), Bytes.of(Arrays.copyOf(proof, 79))).isEmpty());
    assertTrue(
        vrf.output(key.publicKey(), input("01"), Bytes.of(Arrays.copyOf(proof, 81))).isEmpty());
  }

  @Test // RFC 9381 §5.4.4: s is below the order.
  void aResponseThatWasRaisedByTheOrderIsRefused() {
    EdwardsVrfSecretKey key = EdwardsVrfSecretKey.fromSeed(new byte[32]);
    byte[] proof = vrf.prove(key, input("01")).toArray();
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    int carry = 0;
    for (int i = 0; i < 32; i++) {
      int sum = (proof[48 + i] & 0xff) + (order.shiftRight(8 * i).intValue() & 0xff) + carry;
      proof[48 + i] = (byte) sum;
      carry = sum >>> 8;
    }
    assertTrue(vrf.output(key.publicKey(), input("01"), Bytes.of(proof)).isEmpty());
  }

  @Test // RFC 9381 §5.4.5: keys of small order have one output for every input.
  void keysOfSmallOrderAreRefused() {
    byte[] identity = EdwardsPoint.IDENTITY.encoded();
    byte[] orderTwo = new byte[32]; // y = p - 1
    Arrays.fill(orderTwo, (byte) 0xff);
    orderTwo[0] = (byte) 0xec;
    orderTwo[31] = 0x7f;
    assertTrue(EdwardsPoint.decode(orderTwo).orElseThrow().timesCofactor().isIdentity());
    for (byte[] key : new byte[][] {identity, orderTwo, new byte[32]}) {
      byte[] proof = Arrays.copyOf(identity, 80);
      assertTrue(vrf.output(Bytes.of(key), input("01"), Bytes.of(proof)).isEmpty());
    }
  }

  @Test // RFC 8032 §5.1.3: y is below p.
  void encodingsThatAreNotCanonicalAreRefused() {
    byte[] raised = new byte[32]; // y = p + 1, which is 1
    Arrays.fill(raised, (byte) 0xff);
    raised[0] = (byte) 0xee;
    raised[31] = 0x7f;
    assertTrue(EdwardsPoint.decode(raised).isEmpty());
    byte[] negativeZero = EdwardsPoint.IDENTITY.encoded();
    negativeZero[31] |= (byte) 0x80;
    assertTrue(EdwardsPoint.decode(negativeZero).isEmpty());
  }

  @Test // Protocol §12.1
  void secretKeysDoNotShowThemselvesAndCanBeDestroyed() {
    EdwardsVrfSecretKey key = EdwardsVrfSecretKey.fromSeed(new byte[32]);
    assertEquals("EdwardsVrfSecretKey(hidden)", key.toString());
    key.destroy();
    assertThrows(IllegalStateException.class, () -> vrf.prove(key, input("01")));
    ValidatorMessage vote = new ValidatorMessage(Purpose.COMMIT, Hash.ZERO, Bytes.EMPTY);
    assertThrows(
        IllegalArgumentException.class,
        () -> vrf.prove(EdwardsVrfSecretKey.fromSeed(new byte[32]), vote));
  }
}
