// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.ValidatorMessage;

/// A validator's key, without any memory of what it signed: consensus may use it through a {@link
/// LocalValidatorSigner} alone. {@link BlsValidatorKey} in a node; the simulator brings its own.
public interface ValidatorKey {
  /// The public key.
  BlsPublicKey publicKey();

  /// The signature over `message`; the same message always gives the same bytes.
  BlsSignature sign(ValidatorMessage message);
}
