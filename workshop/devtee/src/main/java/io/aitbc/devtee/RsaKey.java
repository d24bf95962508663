// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Sha2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;

/// A secret RSA key that follows from a seed, of 2,048 bits: AMD's have 4,096, which would take
/// seconds to find. Signs by RSASSA-PSS with SHA-384, as AMD does; the salt follows from the
/// message.
final class RsaKey implements SigningKey {
  private static final int PRIME_BITS = 1_024;
  private static final int SALT_BYTES = 48;
  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

  private final BigInteger modulus;
  private final BigInteger secret;

  private RsaKey(BigInteger modulus, BigInteger secret) {
    this.modulus = modulus;
    this.secret = secret;
  }

  /// The key of a name under a seed.
  static RsaKey of(Bytes seed, String name) {
    BigInteger first = prime(seed, name + " p");
    BigInteger second = prime(seed, name + " q");
    BigInteger order = first.subtract(BigInteger.ONE).multiply(second.subtract(BigInteger.ONE));
    return new RsaKey(first.multiply(second), EXPONENT.modInverse(order));
  }

  /// The first prime from a number on that the seed gives, whose two upper bits are 1.
  private static BigInteger prime(Bytes seed, String name) {
    byte[] bytes = new byte[PRIME_BITS / 8];
    for (int half = 0; half < 2; half++) {
      Bytes label = Bytes.wrap((name + half).getBytes(StandardCharsets.UTF_8));
      Sha2.SHA512.hash(seed, label).copyTo(bytes, 64 * half);
    }
    bytes[0] |= (byte) 0xc0;
    BigInteger candidate = new BigInteger(1, bytes).nextProbablePrime();
    while (candidate.mod(EXPONENT).equals(BigInteger.ONE)) {
      candidate = candidate.nextProbablePrime();
    }
    return candidate;
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    AlgorithmIdentifier hash =
        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384, DERNull.INSTANCE);
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(
            hash,
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash),
            new ASN1Integer(SALT_BYTES),
            RSASSAPSSparams.DEFAULT_TRAILER_FIELD));
  }

  @Override
  public byte[] signature(byte[] message) {
    byte[] salt = Sha2.SHA384.hash(Bytes.of(message)).toArray();
    PSSSigner signer = new PSSSigner(new RSAEngine(), new SHA384Digest(), new SHA384Digest(), salt);
    signer.init(true, new RSAKeyParameters(true, modulus, secret));
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException impossible) {
      throw new IllegalStateException("a key of 2,048 bits signs any message", impossible);
    }
  }

  @Override
  public SubjectPublicKeyInfo publicKey() {
    try {
      return new SubjectPublicKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          new RSAPublicKey(modulus, EXPONENT));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
