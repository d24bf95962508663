// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;

/// The default {@link Vrf}: the validator's BLS signature over the input, which is unique, and its
/// hash. Needs no further key. Protocol §12.3.
public final class BlsVrf implements Vrf<BlsSecretKey> {
  private final SignatureScheme scheme;

  /// A function whose proofs `scheme` checks.
  public BlsVrf(SignatureScheme scheme) {
    this.scheme = scheme;
  }

  @Override
  public String name() {
    return "BLS12381-UNIQUE";
  }

  @Override
  public int publicKeyBytes() {
    return BlsPublicKey.BYTES;
  }

  @Override
  public int proofBytes() {
    return BlsSignature.BYTES;
  }

  @Override
  public Bytes prove(BlsSecretKey key, ValidatorMessage input) {
    if (input.purpose() != ValidatorMessage.Purpose.VRF) {
      throw new IllegalArgumentException("not an input of the VRF: " + input.purpose());
    }
    return key.sign(input).bytes();
  }

  @Override
  public Optional<Hash> output(Bytes publicKey, ValidatorMessage input, Bytes proof) {
    if (publicKey.length() != BlsPublicKey.BYTES
        || proof.length() != BlsSignature.BYTES
        || input.purpose() != ValidatorMessage.Purpose.VRF) {
      return Optional.empty();
    }
    BlsSignature signature = new BlsSignature(proof);
    return scheme.verify(new BlsPublicKey(publicKey), input, signature)
        ? Optional.of(scheme.vrfOutput(signature))
        : Optional.empty();
  }
}
