// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.model.Address;

/// A validator's key behind the rule that keeps it from contradicting itself. In this process
/// ({@link LocalValidatorSigner}), or in another one. Protocol §8.3.
public interface ValidatorSigner extends AutoCloseable {
  /// The public key.
  BlsPublicKey publicKey();

  /// Signs what consensus asks for, or says what stands against it. What was signed is durable
  /// before the signature is returned. Asking again for what was signed last gives the same
  /// signature.
  ///
  /// @throws RecordDiskException if the record cannot be made durable
  SigningAnswer sign(SigningRequest request);

  /// The word of `candidate`, in `epoch`, that it follows the chain and can vote. Contradicts
  /// nothing. Protocol §2.
  BlsSignature signReadiness(long epoch, Address candidate);

  /// The proof that the secret is known, for the account at `account`. Contradicts nothing.
  /// Protocol §12.2.
  BlsSignature provePossession(Address account);

  @Override
  void close();
}
