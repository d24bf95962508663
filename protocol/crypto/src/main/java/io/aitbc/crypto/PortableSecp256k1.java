// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/// {@link Secp256k1} in Java (Bouncy Castle), for machines without a native library.
final class PortableSecp256k1 implements Secp256k1 {
  private static final ECDomainParameters CURVE =
      new ECDomainParameters(CustomNamedCurves.getByName("secp256k1"));
  private static final BigInteger N = CURVE.getN();
  private static final BigInteger S_MAX = N.shiftRight(1);

  @Override
  public String name() {
    return "portable";
  }

  @Override
  public Secp256k1Signature sign(Secp256k1SecretKey key, AccountMessage message) {
    Hash digest = message.digest();
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(new BigInteger(1, key.secret()), CURVE));
    BigInteger[] parts = signer.generateSignature(digest.toArray());
    BigInteger s = parts[1].compareTo(S_MAX) > 0 ? N.subtract(parts[1]) : parts[1];
    for (int yParity = 0; yParity <= 1; yParity++) {
      Secp256k1Signature signature = new Secp256k1Signature(hash(parts[0]), hash(s), yParity);
      if (recover(digest, signature).equals(Optional.of(key.publicKey()))) {
        return signature;
      }
    }
    throw new IllegalStateException("a fresh signature does not recover to its key");
  }

  @Override
  public boolean verify(Secp256k1PublicKey key, Hash digest, Secp256k1Signature signature) {
    if (!signature.isStrict()) {
      return false;
    }
    byte[] prefixed = new byte[1 + Secp256k1PublicKey.BYTES];
    prefixed[0] = 4;
    key.bytes().copyTo(prefixed, 1);
    ECPoint point;
    try {
      point = CURVE.getCurve().decodePoint(prefixed);
    } catch (IllegalArgumentException notAPoint) {
      return false;
    }
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, new ECPublicKeyParameters(point, CURVE));
    return signer.verifySignature(digest.toArray(), number(signature.r()), number(signature.s()));
  }

  @Override
  public Optional<Secp256k1PublicKey> recoverAnyS(Hash digest, Secp256k1Signature signature) {
    if (!signature.isInRange()) {
      return Optional.empty();
    }
    byte[] compressed = new byte[1 + Hash.BYTES];
    compressed[0] = (byte) (2 + signature.yParity());
    signature.r().copyTo(compressed, 1);
    ECPoint nonce;
    try {
      nonce = CURVE.getCurve().decodePoint(compressed);
    } catch (IllegalArgumentException noSuchPoint) {
      return Optional.empty();
    }
    // Q = (s R - e G) / r
    BigInteger inverse = number(signature.r()).modInverse(N);
    BigInteger ofBase = number(digest).negate().multiply(inverse).mod(N);
    BigInteger ofNonce = number(signature.s()).multiply(inverse).mod(N);
    ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), ofBase, nonce, ofNonce).normalize();
    return key.isInfinity() ? Optional.empty() : Optional.of(publicKey(key));
  }

  @Override
  public Secp256k1PublicKey publicKeyOf(byte[] secret) {
    return publicKey(
        new FixedPointCombMultiplier()
            .multiply(CURVE.getG(), new BigInteger(1, secret))
            .normalize());
  }

  private static Secp256k1PublicKey publicKey(ECPoint point) {
    return new Secp256k1PublicKey(Bytes.of(point.getEncoded(false), 1, Secp256k1PublicKey.BYTES));
  }

  private static BigInteger number(Hash value) {
    return new BigInteger(1, value.toArray());
  }

  private static Hash hash(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] padded = new byte[Hash.BYTES];
    int length = Math.min(bytes.length, Hash.BYTES);
    System.arraycopy(bytes, bytes.length - length, padded, Hash.BYTES - length, length);
    return Hash.of(padded);
  }
}
