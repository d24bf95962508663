// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;

// Protocol §12.2, §12.3, §12.4: keys, signatures and proofs as strangers send them.
class PointsFuzzTest {
  private static final ValidatorMessage MESSAGE =
      new ValidatorMessage(
          ValidatorMessage.Purpose.ANCHOR, Keccak256.hash(new byte[0]), Bytes.EMPTY);
  private static final BlsSecretKey KEY = BlsSecretKey.fromSeed(new byte[32]);
  private static final Secp256k1 NATIVE = Secp256k1.chosen();
  private static final Secp256k1 PORTABLE = new PortableSecp256k1();

  @FuzzTest
  void noKeyOrSignatureOfAStrangerHolds(byte[] input) {
    BlsScheme scheme = new BlsScheme();
    BlsPublicKey key = new BlsPublicKey(Bytes.wrap(Arrays.copyOf(input, BlsPublicKey.BYTES)));
    BlsSignature signature = new BlsSignature(Bytes.wrap(Arrays.copyOf(input, BlsSignature.BYTES)));
    assertFalse(scheme.verify(key, MESSAGE, signature));
    boolean own = KEY.sign(MESSAGE).equals(signature);
    assertEquals(own, scheme.verify(KEY.publicKey(), MESSAGE, signature));
    var _ = scheme.aggregate(List.of(signature, signature));
  }

  @FuzzTest
  void bothImplementationsRecoverTheSameKeyOrNone(byte[] input) {
    byte[] bytes = Arrays.copyOf(input, 97);
    Hash hash = Hash.of(bytes, 0);
    Secp256k1Signature signature =
        new Secp256k1Signature(Hash.of(bytes, 32), Hash.of(bytes, 64), bytes[96] & 1);
    assertEquals(PORTABLE.recover(hash, signature), NATIVE.recover(hash, signature));
  }
}
