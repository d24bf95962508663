// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Sha2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/// A secret key of P-256 or P-384 that follows from a seed; signatures follow from what is signed
/// (RFC 6979), so the same seed gives the same bytes everywhere.
final class EllipticKey implements SigningKey {
  /// P-256, with SHA-256.
  static final int P256_BYTES = 32;

  /// P-384, with SHA-384.
  static final int P384_BYTES = 48;

  private final int bytes;
  private final ECDomainParameters domain;
  private final BigInteger secret;

  private EllipticKey(int bytes, ECDomainParameters domain, BigInteger secret) {
    this.bytes = bytes;
    this.domain = domain;
    this.secret = secret;
  }

  /// The key of a name under a seed.
  static EllipticKey of(int bytes, Bytes seed, String name) {
    X9ECParameters curve = SECNamedCurves.getByOID(curveName(bytes));
    ECDomainParameters domain = new ECDomainParameters(curve);
    Bytes label = Bytes.wrap(name.getBytes(StandardCharsets.UTF_8));
    BigInteger number = new BigInteger(1, Sha2.SHA512.hash(seed, label).toArray());
    BigInteger secret = number.mod(domain.getN().subtract(BigInteger.ONE)).add(BigInteger.ONE);
    return new EllipticKey(bytes, domain, secret);
  }

  private static ASN1ObjectIdentifier curveName(int bytes) {
    return bytes == P256_BYTES ? SECObjectIdentifiers.secp256r1 : SECObjectIdentifiers.secp384r1;
  }

  /// x and y, big-endian.
  Bytes point() {
    byte[] encoded = publicPoint().getEncoded(false);
    return Bytes.of(encoded, 1, encoded.length - 1);
  }

  private ECPoint publicPoint() {
    return domain.getG().multiply(secret).normalize();
  }

  /// r and s, each of the curve's length, big-endian.
  Bytes sign(Bytes message) {
    BigInteger[] numbers = numbers(message);
    byte[] joined = new byte[2 * bytes];
    place(numbers[0], joined, 0);
    place(numbers[1], joined, bytes);
    return Bytes.wrap(joined);
  }

  private void place(BigInteger number, byte[] target, int at) {
    byte[] magnitude = number.toByteArray();
    int skip = Math.max(0, magnitude.length - bytes);
    int length = magnitude.length - skip;
    System.arraycopy(magnitude, skip, target, at + bytes - length, length);
  }

  private BigInteger[] numbers(Bytes message) {
    boolean small = bytes == P256_BYTES;
    ECDSASigner signer =
        new ECDSASigner(new HMacDSAKCalculator(small ? new SHA256Digest() : new SHA384Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, domain));
    return signer.generateSignature((small ? Sha2.SHA256 : Sha2.SHA384).hash(message).toArray());
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    return new AlgorithmIdentifier(
        bytes == P256_BYTES
            ? X9ObjectIdentifiers.ecdsa_with_SHA256
            : X9ObjectIdentifiers.ecdsa_with_SHA384);
  }

  @Override
  public byte[] signature(byte[] message) {
    BigInteger[] numbers = numbers(Bytes.wrap(message));
    ASN1EncodableVector pair = new ASN1EncodableVector();
    pair.add(new ASN1Integer(numbers[0]));
    pair.add(new ASN1Integer(numbers[1]));
    try {
      return new DERSequence(pair).getEncoded();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Override
  public SubjectPublicKeyInfo publicKey() {
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curveName(bytes)),
        publicPoint().getEncoded(false));
  }
}
