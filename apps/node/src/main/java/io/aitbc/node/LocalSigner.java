// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.SigningAnswer;
import java.util.Optional;
import java.util.function.Consumer;

/// The key in this process; answers at once.
///
/// @param signer the key under its record
record LocalSigner(LocalValidatorSigner signer) implements NodeSigner {
  @Override
  public BlsPublicKey publicKey() {
    return signer.publicKey();
  }

  @Override
  public SigningRecord record() {
    return signer.record();
  }

  @Override
  public boolean isMoved() {
    return signer.isMoved();
  }

  @Override
  public void sign(SigningRequest request, Consumer<Optional<SigningAnswer>> answer) {
    answer.accept(Optional.of(signer.sign(request)));
  }

  @Override
  public void sign(AuthorityEffect.Sign request, Consumer<Optional<BlsSignature>> answer) {
    answer.accept(signer.sign(request));
  }

  @Override
  public boolean isReachable() {
    return true;
  }

  @Override
  public String place() {
    return "own process";
  }

  @Override
  public void close() {
    signer.close();
  }
}
