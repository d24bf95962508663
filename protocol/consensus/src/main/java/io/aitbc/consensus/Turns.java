// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Height;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What is checked as it comes, and not together with others of its kind: certificates, merged
/// round changes, envelopes. Of one peer one is checked at a time; the others wait for their turn
/// and are judged anew then, as most are not needed any more. So a peer costs one signature check
/// at a time however much it sends, and with the first bad one its turns are over. Protocol §5.7.
final class Turns {
  /// Messages of one peer that wait: a correct one sends a proposal, two certificates, and a round
  /// change or two in the time of one check.
  static final int WAITING_PER_PEER_MAX = 16;

  private final Surroundings around;
  private final TreeMap<Peer, ArrayDeque<Runnable>> open = new TreeMap<>();

  Turns(Surroundings around) {
    this.around = around;
  }

  /// Has something of `from` judged, at once or in its turn.
  void take(Peer from, Runnable judge) {
    ArrayDeque<Runnable> waiting = open.get(from);
    if (waiting == null) {
      judge.run();
    } else if (waiting.size() < WAITING_PER_PEER_MAX) {
      waiting.addLast(judge);
    }
  }

  /// Checks what `from` brought; called when it is its turn, once.
  ///
  /// @param held told if it holds; if not, the peer is blamed
  void check(
      Peer from,
      Height height,
      ValidatorMessage message,
      List<BlsPublicKey> keys,
      BlsSignature signature,
      Consumer<BlsSignature> held) {
    ArrayDeque<Runnable> waiting = open.computeIfAbsent(from, _ -> new ArrayDeque<>());
    around
        .outbox()
        .verify(
            message,
            keys,
            List.of(signature),
            answer -> answered(from, height, waiting, held, answer));
  }

  private void answered(
      Peer from,
      Height height,
      ArrayDeque<Runnable> waiting,
      Consumer<BlsSignature> held,
      Optional<BlsSignature> answer) {
    boolean _ = open.remove(from, waiting);
    if (answer.isPresent()) {
      held.accept(answer.get());
    } else {
      around.forged(from, height);
      waiting.clear();
    }
    while (!waiting.isEmpty()) {
      take(from, waiting.removeFirst());
    }
  }

  /// Nothing that waits is needed any more: another height begins.
  void clear() {
    open.values().forEach(ArrayDeque::clear);
  }
}
