// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Brings a node that is behind to the head of its peers: asks one peer at a time for blocks with
/// their certificates, in batches, and goes to the next when one is silent or lies. Protocol §15.5.
final class CatchUp {
  /// Blocks asked for at once.
  static final int BATCH_BLOCKS = 64;

  /// How long a peer is waited for.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// Peers whose heads are remembered.
  static final int PEERS_MAX = 1_024;

  private final Ports ports;
  private final Consumer<Chain.Appended.Grown> grown;
  private final Map<Peer, Height> heads = new LinkedHashMap<>();
  private Optional<Asked> asked = Optional.empty();
  private boolean appending;
  private long requests;

  /// A request that waits for its answer.
  private record Asked(Peer peer, long request) {}

  /// A catch-up that tells `grown` how far the chain has come.
  CatchUp(Ports ports, Consumer<Chain.Appended.Grown> grown) {
    this.ports = ports;
    this.grown = grown;
  }

  /// Whether blocks are being fetched or appended.
  boolean isRunning() {
    return asked.isPresent() || appending;
  }

  /// How many blocks above the head peers say they have. One that does not bring them is not
  /// believed until it speaks again.
  long blocksBehind() {
    long head = ports.chain().head().number();
    return heads.values().stream().mapToLong(each -> each.number() - head).reduce(0, Math::max);
  }

  /// A peer says that it has come to `head`. Nothing about it is proven; what it sends will be.
  void heard(Peer peer, Height head) {
    if (heads.size() < PEERS_MAX || heads.containsKey(peer)) {
      heads.put(peer, head);
    }
    // Whoever else is ahead is asked when the present request ends: each word of a thousand peers
    // need not go through all of their heads.
    if (head.isAbove(ports.chain().head())) {
      askIfBehind();
    }
  }

  /// A peer is gone.
  void lost(Peer peer) {
    heads.remove(peer);
    if (asked.isPresent() && asked.get().peer().equals(peer)) {
      asked = Optional.empty();
      askIfBehind();
    }
  }

  /// Takes a peer's answer.
  void received(Peer from, PeerMessage.Blocks answer) {
    if (asked.isEmpty() || !asked.get().equals(new Asked(from, answer.request()))) {
      return;
    }
    asked = Optional.empty();
    List<CertifiedBlock> blocks = answer.blocks();
    if (blocks.isEmpty()) {
      heads.remove(from); // It does not have what it spoke of.
      askIfBehind();
      return;
    }
    appending = true;
    ports
        .chain()
        .append(
            blocks,
            outcome -> {
              appending = false;
              switch (outcome) {
                case Chain.Appended.Grown further -> grown.accept(further);
                case Chain.Appended.Known _ -> {}
                case Chain.Appended.Refused(Height height, String reason) -> {
                  heads.remove(from);
                  ports.blameForBlock(from, height, reason);
                }
              }
              askIfBehind();
            });
  }

  /// Asks a peer that is ahead by more than the block that is being decided.
  private void askIfBehind() {
    if (isRunning()) {
      return;
    }
    Height head = ports.chain().head();
    Optional<Peer> ahead =
        heads.entrySet().stream()
            .filter(entry -> entry.getValue().number() > head.number())
            .map(Map.Entry::getKey)
            .findFirst();
    if (ahead.isEmpty()) {
      return;
    }
    Peer peer = ahead.get();
    Asked request = new Asked(peer, ++requests);
    asked = Optional.of(request);
    ports.send(
        new Recipients.One(peer),
        new PeerMessage.BlocksRequest(request.request(), head.next(), BATCH_BLOCKS));
    ports.after(
        PATIENCE,
        () -> {
          if (asked.isPresent() && asked.get().equals(request)) {
            asked = Optional.empty();
            heads.remove(peer); // Silent: its next word about its head brings it back.
            askIfBehind();
          }
        });
  }
}
