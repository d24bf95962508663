// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.ProposalContent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Brings together the transactions of proposals: from the pool, else in one batch from whoever
/// sent the proposal, then from whoever voted for it. Protocol §15.3.
final class ProposalCompletion {
  /// How long a holder is waited for before the next is asked.
  static final Duration PATIENCE = Duration.ofMillis(50);

  /// Contents that are worked on or served at one time: those of two heights and a few rounds.
  static final int CONTENTS_MAX = 16;

  private final Ports ports;
  private final Function<Hash, Optional<List<Bytes>>> inPlay;
  private final BiConsumer<Hash, List<Bytes>> completed;
  private final Map<Hash, Work> works = new LinkedHashMap<>();

  /// Of a content that only consensus holds, the one that was served last.
  private Optional<Hash> servedId = Optional.empty();

  private Map<Hash, @Nullable Bytes> served = Map.of();

  /// A completion that hands proposal id and transactions, in order, to `completed`.
  ///
  /// @param inPlay the transactions that consensus holds of a content: a lock outlives a restart
  ///   and any number of later contents
  ProposalCompletion(
      Ports ports,
      Function<Hash, Optional<List<Bytes>>> inPlay,
      BiConsumer<Hash, List<Bytes>> completed) {
    this.ports = ports;
    this.inPlay = inPlay;
    this.completed = completed;
  }

  /// One content whose transactions are brought together.
  private static final class Work {
    final ProposalContent content;
    final Map<Hash, @Nullable Bytes> bodies = new LinkedHashMap<>();
    final ArrayDeque<Peer> holders = new ArrayDeque<>();
    final Set<Peer> awaited = new HashSet<>();
    boolean done;
    boolean valid;
    int asked;

    Work(ProposalContent content) {
      this.content = content;
      content.transactions().forEach(hash -> bodies.put(hash, null));
    }

    List<Hash> missing() {
      List<Hash> missing = new ArrayList<>();
      bodies.forEach((hash, body) -> {
        if (body == null) {
          missing.add(hash);
        }
      });
      return missing;
    }

    /// The bodies in the order of the content, of which none is missing.
    List<Bytes> inOrder() {
      List<Bytes> all = new ArrayList<>();
      for (Hash hash : content.transactions()) {
        all.add(Objects.requireNonNull(bodies.get(hash)));
      }
      return all;
    }
  }

  /// Begins, or goes on with more holders.
  void complete(ProposalContent content, List<Peer> holders) {
    Work work = works.computeIfAbsent(content.id(), _ -> new Work(content));
    forgetOldest();
    for (Peer holder : holders) {
      if (!work.holders.contains(holder)) {
        work.holders.add(holder);
      }
    }
    if (work.valid) {
      // Consensus forgot the content after some rounds, and it came again.
      completed.accept(content.id(), work.inOrder());
      return;
    }
    takeFromPool(work);
    if (!finishIfWhole(work)) {
      ask(work);
    }
  }

  /// Takes a holder's answer. What was not asked for is passed over: to hash it takes the loop
  /// longer than to send it takes a stranger.
  void received(Peer from, PeerMessage.MissingTransactions answer) {
    Work work = works.get(answer.proposalId());
    if (work == null || work.done || !work.awaited.remove(from)) {
      return;
    }
    for (Bytes body : answer.bodies()) {
      Hash hash = Keccak256.hash(body);
      if (work.bodies.containsKey(hash) && work.bodies.get(hash) == null) {
        work.bodies.put(hash, body);
      }
    }
    boolean _ = finishIfWhole(work);
  }

  /// Answers a node that lacks transactions of a proposal.
  void serve(Peer peer, PeerMessage.MissingTransactionsRequest request) {
    if (!ports.hasRoomForTransactions(peer)) {
      return; // Who reads nothing asks in vain.
    }
    Map<Hash, @Nullable Bytes> held = held(request.proposalId());
    List<Bytes> bodies = new ArrayList<>();
    long bytes = 0;
    for (Hash hash : new LinkedHashSet<>(request.hashes())) {
      Bytes body = held.get(hash);
      if (body == null && held.containsKey(hash)) {
        body = ports.pool().transaction(hash).orElse(null);
      }
      if (body != null && bytes + body.length() <= PeerMessage.BODIES_BYTES_MAX) {
        bytes += body.length();
        bodies.add(body);
      }
    }
    if (!bodies.isEmpty()) {
      ports.send(
          new Recipients.One(peer),
          new PeerMessage.MissingTransactions(request.proposalId(), bodies));
    }
  }

  private Map<Hash, @Nullable Bytes> held(Hash proposalId) {
    Work work = works.get(proposalId);
    if (work != null && work.missing().isEmpty()) {
      return work.bodies;
    }
    if (!servedId.equals(Optional.of(proposalId))) { // Hashing a block takes milliseconds.
      Map<Hash, @Nullable Bytes> held = new LinkedHashMap<>();
      for (Bytes body : inPlay.apply(proposalId).orElse(List.of())) {
        held.put(Keccak256.hash(body), body);
      }
      if (held.isEmpty()) {
        return work == null ? held : work.bodies;
      }
      servedId = Optional.of(proposalId);
      served = held;
    }
    return served;
  }

  /// Keeps the transactions of this node's own proposal, so that it can serve them.
  void own(ProposalContent content, List<Bytes> transactions) {
    Work work = new Work(content);
    for (int i = 0; i < transactions.size(); i++) {
      work.bodies.put(content.transactions().get(i), transactions.get(i));
    }
    work.done = true;
    work.valid = true;
    works.put(content.id(), work);
    forgetOldest();
  }

  /// Forgets contents of decided heights, but for the last, which slower nodes still ask for.
  void decided(Height height) {
    works.values().removeIf(work -> work.content.height().number() < height.number());
    servedId = Optional.empty();
    served = Map.of();
  }

  private void takeFromPool(Work work) {
    for (Map.Entry<Hash, @Nullable Bytes> entry : work.bodies.entrySet()) {
      if (entry.getValue() == null) {
        entry.setValue(ports.pool().transaction(entry.getKey()).orElse(null));
      }
    }
  }

  private boolean finishIfWhole(Work work) {
    if (!work.done && work.missing().isEmpty()) {
      work.done = true;
      List<Bytes> bodies = work.inOrder();
      // A proposal with one invalid transaction gets no PREPARE: consensus never hears of it.
      ports
          .pool()
          .judge(
              new Ports.Pool.Batch(work.content.transactions(), bodies),
              valid -> {
                work.valid = valid;
                if (valid) {
                  completed.accept(work.content.id(), bodies);
                }
              });
    }
    return work.done;
  }

  /// Asks the next holder for all that is missing, and looks again when it had its time.
  private void ask(Work work) {
    Peer holder = work.holders.poll();
    if (holder == null) {
      return; // Votes name more holders, and consensus calls again.
    }
    work.holders.add(holder); // Last from now on.
    boolean _ = work.awaited.add(holder);
    int attempt = ++work.asked;
    ports.send(
        new Recipients.One(holder),
        new PeerMessage.MissingTransactionsRequest(work.content.id(), work.missing()));
    ports.after(
        PATIENCE,
        () -> {
          if (!work.done && work.asked == attempt && works.get(work.content.id()) == work) {
            takeFromPool(work);
            if (!finishIfWhole(work)) {
              ask(work);
            }
          }
        });
  }

  private void forgetOldest() {
    Iterator<Work> oldest = works.values().iterator();
    while (works.size() > CONTENTS_MAX && oldest.hasNext()) {
      oldest.next();
      oldest.remove();
    }
  }
}
