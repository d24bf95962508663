// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Optional;

/// {@link Secp256k1} by libsecp256k1 over JNI.
final class NativeSecp256k1 implements Secp256k1 {
  private static final int PREFIXED_BYTES = 65;
  private static final byte UNCOMPRESSED = 4;

  private final fr.acinq.secp256k1.Secp256k1 library;

  private NativeSecp256k1(fr.acinq.secp256k1.Secp256k1 library) {
    this.library = library;
  }

  /// The library, or empty where it does not load on this machine or gives a wrong answer.
  static Optional<NativeSecp256k1> load() {
    try {
      NativeSecp256k1 candidate = new NativeSecp256k1(fr.acinq.secp256k1.Secp256k1.get());
      return Secp256k1Choice.knowsTheAnswer(candidate) ? Optional.of(candidate) : Optional.empty();
    } catch (LinkageError | IllegalStateException absent) {
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return "libsecp256k1";
  }

  @Override
  public Secp256k1Signature sign(Secp256k1SecretKey key, AccountMessage message) {
    Hash digest = message.digest();
    byte[] compact = library.sign(digest.toArray(), key.secret(), null);
    // The library does not say which of the two points of this r it used: look.
    for (int yParity = 0; yParity <= 1; yParity++) {
      Secp256k1Signature signature =
          new Secp256k1Signature(Hash.of(compact, 0), Hash.of(compact, Hash.BYTES), yParity);
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
    byte[] prefixed = new byte[PREFIXED_BYTES];
    prefixed[0] = UNCOMPRESSED;
    key.bytes().copyTo(prefixed, 1);
    try {
      return library.verify(compact(signature), digest.toArray(), prefixed);
    } catch (Secp256k1Exception notAPoint) {
      return false;
    }
  }

  @Override
  public Optional<Secp256k1PublicKey> recoverAnyS(Hash digest, Secp256k1Signature signature) {
    if (!signature.isInRange()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          withoutPrefix(
              library.ecdsaRecover(compact(signature), digest.toArray(), signature.yParity())));
    } catch (Secp256k1Exception noKey) {
      return Optional.empty();
    }
  }

  @Override
  public Secp256k1PublicKey publicKeyOf(byte[] secret) {
    return withoutPrefix(library.pubkeyCreate(secret));
  }

  private static byte[] compact(Secp256k1Signature signature) {
    byte[] bytes = new byte[2 * Hash.BYTES];
    signature.r().copyTo(bytes, 0);
    signature.s().copyTo(bytes, Hash.BYTES);
    return bytes;
  }

  private static Secp256k1PublicKey withoutPrefix(byte[] prefixed) {
    return new Secp256k1PublicKey(Bytes.of(prefixed, 1, Secp256k1PublicKey.BYTES));
  }
}
