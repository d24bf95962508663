// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// A signature scheme without secrets, over the same bytes as the real one: a signature is a hash
/// of key and signing bytes, an aggregate is the sum of signatures modulo 2^768.
final class KeyedHashes implements SignatureScheme {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(8 * BlsSignature.BYTES);

  static BlsPublicKey key(int number) {
    byte[] bytes = new byte[BlsPublicKey.BYTES];
    bytes[BlsPublicKey.BYTES - 1] = (byte) number;
    bytes[BlsPublicKey.BYTES - 2] = (byte) (number >> 8);
    return new BlsPublicKey(Bytes.of(bytes));
  }

  static BlsSignature sign(BlsPublicKey key, ValidatorMessage message) {
    byte[] signed = message.signingBytes();
    byte[] input = new byte[1 + BlsPublicKey.BYTES + signed.length];
    key.bytes().copyTo(input, 1);
    System.arraycopy(signed, 0, input, 1 + BlsPublicKey.BYTES, signed.length);
    byte[] signature = new byte[BlsSignature.BYTES];
    for (int part = 0; part < 3; part++) {
      input[0] = (byte) part;
      Keccak256.hash(Bytes.of(input)).copyTo(signature, part * Hash.BYTES);
    }
    return new BlsSignature(Bytes.of(signature));
  }

  @Override
  public boolean verify(BlsPublicKey key, ValidatorMessage message, BlsSignature signature) {
    return sign(key, message).equals(signature);
  }

  @Override
  public boolean verifyAggregate(
      List<BlsPublicKey> keys, ValidatorMessage message, BlsSignature aggregate) {
    return !keys.isEmpty()
        && aggregate(keys.stream().map(key -> sign(key, message)).toList())
            .equals(Optional.of(aggregate));
  }

  @Override
  public boolean verifyAll(List<Claim> claims) {
    return claims.stream().allMatch(c -> verify(c.key(), c.message(), c.signature()));
  }

  @Override
  public Optional<BlsSignature> aggregate(List<BlsSignature> signatures) {
    if (signatures.isEmpty()) {
      return Optional.empty();
    }
    BigInteger sum = BigInteger.ZERO;
    for (BlsSignature signature : signatures) {
      sum = sum.add(new BigInteger(1, signature.bytes().toArray())).mod(MODULUS);
    }
    byte[] digits = sum.toByteArray();
    byte[] bytes = new byte[BlsSignature.BYTES];
    int length = Math.min(digits.length, bytes.length);
    System.arraycopy(digits, digits.length - length, bytes, bytes.length - length, length);
    return Optional.of(new BlsSignature(Bytes.of(bytes)));
  }

  @Override
  public Hash vrfOutput(BlsSignature proof) {
    return Keccak256.hash(proof.bytes());
  }
}
