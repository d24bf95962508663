// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.ValidatorMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Effects in the order in which they were decided, and what waits for the answers to checks of
/// signatures.
final class Outbox {
  /// What to do with the answer to a check.
  @FunctionalInterface
  interface Verdict {
    /// Takes the sum of the signatures if they hold, nothing if they do not.
    void on(Optional<BlsSignature> sum);
  }

  private final TreeMap<VerificationId, Verdict> open = new TreeMap<>();
  private List<Effect> effects = new ArrayList<>();
  private long nextVerification;

  void add(Effect effect) {
    effects.add(effect);
  }

  /// Asks for a check; the answer comes with a later input.
  void verify(
      ValidatorMessage message,
      List<BlsPublicKey> keys,
      List<BlsSignature> signatures,
      Verdict verdict) {
    VerificationId id = new VerificationId(nextVerification++);
    open.put(id, verdict);
    effects.add(new Effect.Verify(id, message, List.copyOf(keys), List.copyOf(signatures)));
  }

  /// Takes an answer; one that nobody waits for changes nothing.
  void answered(Input.Verified answer) {
    Verdict verdict = open.remove(answer.id());
    if (verdict != null) {
      verdict.on(answer.sum());
    }
  }

  /// The effects since the last call.
  List<Effect> drain() {
    if (effects.isEmpty()) {
      return List.of();
    }
    List<Effect> drained = effects;
    effects = new ArrayList<>();
    return drained;
  }
}
