// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.signer.SigningAnswer;
import java.util.Optional;
import java.util.function.Consumer;

/// The key of this node's validator, wherever it is. Every question is answered once: at once, or
/// later and then on another thread; with nothing when the signer is not there or too late, or must
/// not sign yet. What is asked in order is signed in order. Protocol §8.3.
interface NodeSigner extends AutoCloseable {
  /// The public key.
  BlsPublicKey publicKey();

  /// What the key has signed, as far as this node knows; it misses at most what never left the
  /// signer.
  SigningRecord record();

  /// Whether nothing was signed since an operator said that the key goes on here.
  boolean isMoved();

  /// Asks for what consensus wants signed.
  void sign(SigningRequest request, Consumer<Optional<SigningAnswer>> answer);

  /// Asks for a block's author's signature. Empty also when it was promised before that the slot is
  /// passed.
  void sign(AuthorityEffect.Sign request, Consumer<Optional<BlsSignature>> answer);

  /// Whether it would answer.
  boolean isReachable();

  /// Where the key is, for an operator.
  String place();

  @Override
  void close();
}
