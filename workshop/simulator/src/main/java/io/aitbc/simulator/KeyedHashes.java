// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Signatures that cost a hash: of a key and of the very bytes that the real scheme signs, so that
/// a mistake in domains shows. A sum of signatures is the sum of two numbers of 64 bits. Whoever
/// knows a public key could sign; in a run only the owner of a key does.
final class KeyedHashes implements SignatureScheme {
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;
  private static final int USED_BYTES = 2 * Long.BYTES;

  /// The key with a number.
  static BlsPublicKey key(int number) {
    byte[] bytes = new byte[BlsPublicKey.BYTES];
    ByteBuffer.wrap(bytes).putLong(0, mix(number + 1L)).putInt(BlsPublicKey.BYTES - 4, number);
    return new BlsPublicKey(Bytes.wrap(bytes));
  }

  static BlsSignature sign(BlsPublicKey key, ValidatorMessage message) {
    byte[] bytes = message.signingBytes();
    long secret = number(key.bytes(), 0);
    return signature(mix(secret ^ digest(bytes, 1)), mix(secret ^ digest(bytes, 2)));
  }

  private static BlsSignature signature(long first, long second) {
    byte[] bytes = new byte[BlsSignature.BYTES];
    ByteBuffer.wrap(bytes).putLong(first).putLong(second);
    return new BlsSignature(Bytes.wrap(bytes));
  }

  @Override
  public boolean verify(BlsPublicKey key, ValidatorMessage message, BlsSignature signature) {
    return sign(key, message).equals(signature);
  }

  @Override
  public boolean verifyAggregate(
      List<BlsPublicKey> keys, ValidatorMessage message, BlsSignature aggregate) {
    byte[] bytes = message.signingBytes();
    long one = digest(bytes, 1);
    long two = digest(bytes, 2);
    long first = 0;
    long second = 0;
    for (BlsPublicKey key : keys) {
      long secret = number(key.bytes(), 0);
      first += mix(secret ^ one);
      second += mix(secret ^ two);
    }
    return !keys.isEmpty() && signature(first, second).equals(aggregate);
  }

  @Override
  public boolean verifyAll(List<Claim> claims) {
    return claims.stream()
        .allMatch(claim -> verify(claim.key(), claim.message(), claim.signature()));
  }

  @Override
  public Optional<BlsSignature> aggregate(List<BlsSignature> signatures) {
    long first = 0;
    long second = 0;
    for (BlsSignature each : signatures) {
      Bytes bytes = each.bytes();
      for (int i = USED_BYTES; i < BlsSignature.BYTES; i++) {
        if (bytes.at(i) != 0) {
          return Optional.empty();
        }
      }
      first += number(bytes, 0);
      second += number(bytes, Long.BYTES);
    }
    return signatures.isEmpty() ? Optional.empty() : Optional.of(signature(first, second));
  }

  @Override
  public Hash vrfOutput(BlsSignature proof) {
    return Keccak256.hash(proof.bytes());
  }

  private static long number(Bytes bytes, int offset) {
    long number = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      number = number << 8 | (bytes.at(offset + i) & 0xff);
    }
    return number;
  }

  private static long digest(byte[] bytes, long salt) {
    long hash = salt * MULTIPLIER + bytes.length;
    ByteBuffer words = ByteBuffer.wrap(bytes);
    while (words.remaining() >= Long.BYTES) {
      hash = Long.rotateLeft((hash ^ words.getLong()) * MULTIPLIER, 29);
    }
    while (words.hasRemaining()) {
      hash = Long.rotateLeft((hash ^ words.get()) * MULTIPLIER, 29);
    }
    return mix(hash);
  }

  /// The finalizer of SplitMix64: every bit of the result depends on every bit given.
  static long mix(long bits) {
    long mixed = bits + MULTIPLIER;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
