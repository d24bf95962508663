// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.junit.jupiter.api.Test;

class P256Test {
  private static final ECDomainParameters CURVE =
      new ECDomainParameters(CustomNamedCurves.getByName("secp256r1"));

  private static byte[] signed(BigInteger secret, byte[] digest) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, CURVE));
    BigInteger[] signature = signer.generateSignature(digest);
    byte[] key = CURVE.getG().multiply(secret).getEncoded(false);
    byte[] input = Arrays.copyOf(digest, P256.INPUT_BYTES);
    put(signature[0], input, 32);
    put(signature[1], input, 64);
    System.arraycopy(key, 1, input, 96, 64);
    return input;
  }

  private static void put(BigInteger value, byte[] output, int offset) {
    byte[] hex = HexFormat.of().parseHex(String.format("%064x", value));
    System.arraycopy(hex, 0, output, offset, 32);
  }

  @Test // EIP-7951, the EIP's own vectors (most from Wycheproof).
  void judgesTheEipsVectors() {
    Optional<String> json =
        VectorArchive.read("eip-assets.tar.gz", "assets/eip-7951/test-vectors.json");
    assumeTrue(json.isPresent(), "public vectors are absent");
    List<Map<String, String>> vectors = VectorArchive.objects(json.get());
    assertTrue(vectors.size() > 300, vectors.size() + " vectors");
    for (Map<String, String> vector : vectors) {
      boolean expected = !vector.getOrDefault("Expected", "").isEmpty();
      byte[] input = HexFormat.of().parseHex(vector.get("Input"));
      assertEquals(expected, P256.verify(input), vector.get("Name"));
    }
  }

  @Test // EIP-7951
  void acceptsSignaturesOfAnotherImplementation() {
    Seed.forAll(
        1,
        30,
        random -> {
          BigInteger secret = new BigInteger(1, random.bytes(31)).add(BigInteger.ONE);
          byte[] input = signed(secret, random.bytes(32));
          assertTrue(P256.verify(input));
          byte[] damaged = input.clone();
          damaged[random.below(damaged.length)] ^= (byte) (1 << random.below(8));
          assertFalse(P256.verify(damaged));
        });
  }

  @Test // EIP-7951: digests 0 and n, and a secret of 1, meet the special cases of addition.
  void acceptsSignaturesAtTheEdges() {
    byte[] order = HexFormat.of().parseHex(CURVE.getN().toString(16));
    for (byte[] digest : List.of(new byte[32], order, filled())) {
      for (BigInteger secret :
          List.of(BigInteger.ONE, BigInteger.TWO, CURVE.getN().subtract(BigInteger.ONE))) {
        assertTrue(P256.verify(signed(secret, digest)));
      }
    }
  }

  private static byte[] filled() {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) -1);
    return bytes;
  }

  @Test // EIP-7951: input checks.
  void refusesMalformedInput() {
    byte[] valid = signed(BigInteger.TEN, new byte[32]);
    assertFalse(P256.verify(new byte[0]));
    assertFalse(P256.verify(Arrays.copyOf(valid, 159)));
    assertFalse(P256.verify(Arrays.copyOf(valid, 161)));
    for (int offset = 32; offset < 160; offset += 32) {
      byte[] zeroed = valid.clone();
      Arrays.fill(zeroed, offset, offset + 32, (byte) 0);
      assertFalse(P256.verify(zeroed));
      byte[] raised = valid.clone();
      Arrays.fill(raised, offset, offset + 32, (byte) -1);
      assertFalse(P256.verify(raised));
    }
    byte[] identity = valid.clone();
    Arrays.fill(identity, 96, 160, (byte) 0);
    assertFalse(P256.verify(identity));
  }
}
