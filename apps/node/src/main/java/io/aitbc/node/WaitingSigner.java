// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.signer.SigningAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A key that came from elsewhere: it signs nothing for a while, in which signatures of a process
/// that still signs with it would show. Protocol §8.3.1.
final class WaitingSigner implements NodeSigner {
  /// How long: many heights of a network that decides, and several rounds of one that is slow.
  static final Duration WAIT = Duration.ofSeconds(30);

  private final NodeSigner signer;
  private final LongSupplier nanos;
  private final long until;

  /// @param nanos a clock that is never set back, in nanoseconds
  WaitingSigner(NodeSigner signer, LongSupplier nanos) {
    this.signer = signer;
    this.nanos = nanos;
    until = nanos.getAsLong() + WAIT.toNanos();
  }

  private boolean waits() {
    return nanos.getAsLong() - until < 0;
  }

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
    if (waits()) {
      answer.accept(Optional.empty());
    } else {
      signer.sign(request, answer);
    }
  }

  @Override
  public void sign(AuthorityEffect.Sign request, Consumer<Optional<BlsSignature>> answer) {
    if (waits()) {
      answer.accept(Optional.empty());
    } else {
      signer.sign(request, answer);
    }
  }

  @Override
  public boolean isReachable() {
    return !waits() && signer.isReachable();
  }

  @Override
  public String place() {
    return signer.place();
  }

  @Override
  public void close() {
    signer.close();
  }
}
