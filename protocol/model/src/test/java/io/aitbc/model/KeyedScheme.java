// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import java.util.List;
import java.util.Optional;

/// A scheme for tests that cost nothing: a signature is a hash of key and message, a sum is the
/// exclusive or. Anyone can forge it, so a forger in a test must not know the rule.
public final class KeyedScheme implements SignatureScheme {
  /// The signature of `key` over `message`.
  public static BlsSignature sign(BlsPublicKey key, ValidatorMessage message) {
    byte[] signing = message.signingBytes();
    byte[] input = new byte[BlsPublicKey.BYTES + signing.length];
    key.bytes().copyTo(input, 0);
    System.arraycopy(signing, 0, input, BlsPublicKey.BYTES, signing.length);
    Hash digest = Keccak256.hash(input);
    byte[] signature = new byte[BlsSignature.BYTES];
    for (int i = 0; i < 3; i++) {
      digest.copyTo(signature, i * Hash.BYTES);
      digest = Keccak256.hash(digest.toBytes());
    }
    return new BlsSignature(Bytes.wrap(signature));
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
    byte[] sum = new byte[BlsSignature.BYTES];
    for (BlsSignature signature : signatures) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] ^= signature.bytes().at(i);
      }
    }
    return signatures.isEmpty() ? Optional.empty() : Optional.of(new BlsSignature(Bytes.wrap(sum)));
  }

  @Override
  public Hash vrfOutput(BlsSignature proof) {
    return Keccak256.hash(proof.bytes());
  }
}
