// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRefusal;
import io.aitbc.crypto.BlsSignature;

/// The answer of a {@link LocalValidatorSigner}.
public sealed interface SigningAnswer {
  /// It signed.
  record Signed(BlsSignature signature) implements SigningAnswer {}

  /// It did not, and never will under its record.
  record Refused(SigningRefusal reason) implements SigningAnswer {}
}
