// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Secp256k1Test {
  private static final Secp256k1 PORTABLE = new PortableSecp256k1();
  private static final Secp256k1 NATIVE = NativeSecp256k1.load().orElseThrow();
  private static final BigInteger N = number(Secp256k1Signature.ORDER);

  private static BigInteger number(Hash hash) {
    return new BigInteger(1, hash.toArray());
  }

  private static Hash hash(BigInteger value) {
    return Hash.fromHex(String.format("%064x", value));
  }

  private static Secp256k1SecretKey key(String hex) {
    return Secp256k1SecretKey.fromSecret(Hash.fromHex(hex).toArray()).orElseThrow();
  }

  @Test // Protocol §12.4: the choice is a value that the node can show.
  void theNativeLibraryIsChosenWhereItLoads() {
    assertEquals("libsecp256k1", Secp256k1.chosen().name());
    assertEquals("portable", PORTABLE.name());
  }

  @Test // EIP-155, the example of the text.
  void signsTheExampleOfEip155() {
    Secp256k1SecretKey key = key("46".repeat(32));
    Hash digest = Hash.fromHex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    Secp256k1Signature expected =
        new Secp256k1Signature(
            Hash.fromHex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"),
            Hash.fromHex("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"),
            0);
    assertEquals(expected, NATIVE.sign(key, new AccountMessage.TransactionDigest(digest)));
    assertEquals(expected, PORTABLE.sign(key, new AccountMessage.TransactionDigest(digest)));
  }

  @Test // RFC 6979 over secp256k1 with SHA-256: key 1, "Satoshi Nakamoto" (a widely used vector).
  void nonceIsThatOfRfc6979() {
    Hash digest = Sha256.hash("Satoshi Nakamoto".getBytes(StandardCharsets.US_ASCII));
    Secp256k1Signature signature =
        NATIVE.sign(key("0".repeat(63) + "1"), new AccountMessage.TransactionDigest(digest));
    assertEquals(
        "0x934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
        signature.r().toHex());
    assertEquals(
        "0x2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
        signature.s().toHex());
  }

  @Test // EIP-191; the vector is the example of web3.js `accounts.sign`.
  void personalMessageHasThePrefix() {
    Bytes text = Bytes.of("Some data".getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        Hash.fromHex("1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655"),
        new AccountMessage.PersonalMessage(text).digest());
  }

  @Test // Protocol §12.4: both implementations are one function.
  void nativeAndPortableAgree() {
    Seed.forAll(
        10,
        40,
        random -> {
          Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(random.bytes(32));
          Hash digest = Hash.of(random.bytes(32));
          AccountMessage message = new AccountMessage.TransactionDigest(digest);
          Secp256k1Signature signature = NATIVE.sign(key, message);
          assertEquals(signature, PORTABLE.sign(key, message));
          assertTrue(signature.isStrict());
          assertEquals(
              NATIVE.publicKeyOf(key.exportSecret()), PORTABLE.publicKeyOf(key.exportSecret()));
          for (Secp256k1 each : List.of(NATIVE, PORTABLE)) {
            assertTrue(each.verify(key.publicKey(), digest, signature));
            assertEquals(Optional.of(key.publicKey()), each.recover(digest, signature));
            assertFalse(each.verify(key.publicKey(), Hash.of(random.bytes(32)), signature));
          }
        });
  }

  @Test // Protocol §12.4
  void nativeAndPortableAgreeOnRandomAndExtremeSignatures() {
    List<Hash> extremes =
        List.of(
            Hash.ZERO,
            hash(BigInteger.ONE),
            hash(BigInteger.TWO),
            hash(N.subtract(BigInteger.ONE)),
            Secp256k1Signature.ORDER,
            hash(N.add(BigInteger.ONE)),
            Secp256k1Signature.S_MAX,
            hash(N.shiftRight(1).add(BigInteger.ONE)),
            Hash.fromHex("f".repeat(64)));
    Seed.forAll(
        11,
        150,
        random -> {
          Hash r = random.chance(1, 2) ? Hash.of(random.bytes(32)) : random.pick(extremes);
          Hash s = random.chance(1, 2) ? Hash.of(random.bytes(32)) : random.pick(extremes);
          Hash digest = random.chance(3, 4) ? Hash.of(random.bytes(32)) : random.pick(extremes);
          Secp256k1Signature signature = new Secp256k1Signature(r, s, random.below(2));
          assertEquals(
              PORTABLE.recoverAnyS(digest, signature), NATIVE.recoverAnyS(digest, signature));
          Optional<Secp256k1PublicKey> strict = NATIVE.recover(digest, signature);
          assertEquals(PORTABLE.recover(digest, signature), strict);
          if (strict.isPresent()) {
            assertTrue(NATIVE.verify(strict.get(), digest, signature));
            assertTrue(PORTABLE.verify(strict.get(), digest, signature));
          }
        });
  }

  @Test // Protocol §12.4, EIP-2: the mirrored signature is refused.
  void highSIsRefused() {
    Secp256k1SecretKey key = key("46".repeat(32));
    Hash digest = Keccak256.EMPTY;
    Secp256k1Signature low = key.sign(new AccountMessage.TransactionDigest(digest));
    Secp256k1Signature high =
        new Secp256k1Signature(low.r(), hash(N.subtract(number(low.s()))), low.yParity() ^ 1);
    for (Secp256k1 each : List.of(NATIVE, PORTABLE)) {
      assertFalse(each.verify(key.publicKey(), digest, high));
      assertTrue(each.recover(digest, high).isEmpty());
      assertEquals(Optional.of(key.publicKey()), each.recoverAnyS(digest, high));
    }
  }

  @Test // Protocol §12.4
  void aKeyThatIsNoPointVerifiesNothing() {
    Secp256k1SecretKey key = key("46".repeat(32));
    Hash digest = Keccak256.EMPTY;
    Secp256k1Signature signature = key.sign(new AccountMessage.TransactionDigest(digest));
    byte[] damaged = key.publicKey().bytes().toArray();
    damaged[63] ^= 1;
    for (Secp256k1 each : List.of(NATIVE, PORTABLE)) {
      for (byte[] bytes : List.of(damaged, new byte[64], filled())) {
        assertFalse(each.verify(new Secp256k1PublicKey(Bytes.of(bytes)), digest, signature));
      }
    }
  }

  private static byte[] filled() {
    byte[] bytes = new byte[64];
    Arrays.fill(bytes, (byte) -1);
    return bytes;
  }

  @Test // Protocol §12.4: a secret is a number from 1 to n - 1.
  void secretsOutOfRangeAreRefused() {
    assertTrue(Secp256k1SecretKey.fromSecret(new byte[32]).isEmpty());
    assertTrue(Secp256k1SecretKey.fromSecret(Secp256k1Signature.ORDER.toArray()).isEmpty());
    assertTrue(Secp256k1SecretKey.fromSecret(new byte[31]).isEmpty());
    assertTrue(
        Secp256k1SecretKey.fromSecret(hash(N.subtract(BigInteger.ONE)).toArray()).isPresent());
  }

  @Test // Protocol §12.1: no key ever reaches a log.
  void secretKeysDoNotShowThemselvesAndCanBeDestroyed() {
    Secp256k1SecretKey key = key("46".repeat(32));
    assertEquals("Secp256k1SecretKey(hidden)", key.toString());
    key.destroy();
    assertThrows(IllegalStateException.class, key::exportSecret);
    AccountMessage message = new AccountMessage.TransactionDigest(Hash.ZERO);
    assertThrows(IllegalStateException.class, () -> key.sign(message));
  }

  @Test // Protocol §12.4: the same seed gives the same account everywhere.
  void keyOfASeedIsFixed() {
    byte[] seed = new byte[32];
    seed[31] = 7;
    assertEquals(
        Secp256k1SecretKey.fromSeed(seed).publicKey(),
        Secp256k1SecretKey.fromSeed(seed.clone()).publicKey());
    byte[] material =
        Bytes.fromHex("41495442432f4143434f554e542d4b45592f31" + "00".repeat(31) + "07" + "00")
            .toArray();
    assertEquals(
        Keccak256.hash(material), Hash.of(Secp256k1SecretKey.fromSeed(seed).exportSecret()));
  }
}
