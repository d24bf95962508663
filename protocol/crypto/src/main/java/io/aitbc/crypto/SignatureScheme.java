// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.List;
import java.util.Optional;

/// How validators' signatures are checked and merged. BLS12-381 in a node, keyed hashes in the
/// simulator; consensus and the checks of certificates take it as an argument. Protocol §12.2.
///
/// Pure: the same arguments give the same answer on every machine. Keys and signatures that are no
/// valid points, the identity or outside of the subgroup make the answer `false` or empty, never an
/// exception.
public interface SignatureScheme {
  /// One signature to be checked.
  ///
  /// @param key the signer
  /// @param message what it is said to have signed
  /// @param signature its signature
  record Claim(BlsPublicKey key, ValidatorMessage message, BlsSignature signature) {}

  /// Whether `key` signed `message`.
  boolean verify(BlsPublicKey key, ValidatorMessage message, BlsSignature signature);

  /// Whether every one of `keys` signed `message` and `aggregate` is the sum of those signatures. A
  /// key that stands twice must have been added twice. False for no keys. Sound only for keys whose
  /// possession was proven.
  boolean verifyAggregate(
      List<BlsPublicKey> keys, ValidatorMessage message, BlsSignature aggregate);

  /// Whether all of `claims` hold, checked together; true for none. Cheaper than one by one where
  /// messages differ.
  boolean verifyAll(List<Claim> claims);

  /// The sum of `signatures`; empty if there are none or one is no valid point.
  Optional<BlsSignature> aggregate(List<BlsSignature> signatures);

  /// The output of the verifiable random function for a proof that was checked with {@link #verify}
  /// under purpose {@link ValidatorMessage.Purpose#VRF}. Protocol §12.3.
  Hash vrfOutput(BlsSignature proof);
}
