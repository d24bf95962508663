// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Brings a node that is behind to the head of its peers: asks several of them at once for
/// stretches of blocks with their certificates, one stretch each, appends them in their order, and
/// goes to another peer when one is silent or lies. Protocol §15.5.
final class CatchUp {
  /// Blocks asked for at once.
  static final int BATCH_BLOCKS = 64;

  /// Stretches that are asked for or wait: while one is executed, the next ones come. There is one
  /// more while what comes before all of them is missing, or is executed. Each holds at most one
  /// message of blocks.
  static final int STRETCHES_MAX = 3;

  /// How long a peer is waited for since any of them last sent something: they share one link.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// Times that a peer may bring nothing before its word about its head is no news to operators and
  /// callers any more.
  static final int FAILURES_MAX = 2;

  /// How long such a peer is not believed. It is asked all the same: it may only have been slow.
  static final Duration DOUBT = Duration.ofMinutes(3);

  /// Peers whose heads are remembered.
  static final int PEERS_MAX = 1_024;

  private final Ports ports;
  private final Consumer<Chain.Appended.Grown> grown;

  /// In the order in which they are asked.
  private final Map<Peer, Height> heads = new LinkedHashMap<>();

  /// Peers whose blocks were appended, and who brought what they were asked for since.
  private final Set<Peer> proven = new HashSet<>();

  /// Of connected peers that were asked and brought nothing since they brought something.
  private final Map<Peer, Failures> failures = new LinkedHashMap<>();

  /// In the order of heights; what is missing between two is asked for when its turn comes.
  private final List<Stretch> stretches = new ArrayList<>();

  private Optional<Stretch> appending = Optional.empty();
  private long requests;
  private long answers;

  /// How often a peer brought nothing, and until when it is not believed for it.
  private record Failures(int count, Instant until) {}

  /// A request that waits for its answer.
  private record Asked(Peer peer, long request) {}

  /// Blocks that are wanted.
  private static final class Stretch {
    private final long from;
    private final int count;
    private Optional<Asked> asked = Optional.empty();
    private List<CertifiedBlock> blocks = List.of();
    private Optional<Peer> sender = Optional.empty();

    Stretch(long from, int count) {
      this.from = from;
      this.count = count;
    }

    /// The height after the last block that it has, or is to have.
    long end() {
      return from + (sender.isPresent() ? blocks.size() : count);
    }

    boolean isUnasked() {
      return asked.isEmpty() && sender.isEmpty();
    }

    boolean waitsFor(Peer peer) {
      return asked.filter(request -> request.peer().equals(peer)).isPresent();
    }
  }

  /// A catch-up that tells `grown` how far the chain has come.
  CatchUp(Ports ports, Consumer<Chain.Appended.Grown> grown) {
    this.ports = ports;
    this.grown = grown;
  }

  /// Whether blocks are being fetched or appended; not for words that are not believed.
  ///
  /// @param trusted whose word counts before it has brought blocks
  boolean isRunning(Predicate<Peer> trusted) {
    return stretches.stream()
            .flatMap(each -> each.sender.stream())
            .anyMatch(sender -> isBelieved(sender, trusted))
        || (!stretches.isEmpty() && blocksBehind(trusted) > 0);
  }

  /// How many blocks above the head peers say they have. A stranger is believed once blocks that it
  /// brought were appended. Nobody is who did not bring what it spoke of, until it speaks again,
  /// and when that was so a second time, for minutes.
  ///
  /// @param trusted whose word counts before it has brought blocks
  long blocksBehind(Predicate<Peer> trusted) {
    long head = ports.chain().head().number();
    return heads.entrySet().stream()
        .filter(each -> isBelieved(each.getKey(), trusted))
        .mapToLong(each -> each.getValue().number() - head)
        .reduce(0, Math::max);
  }

  private boolean isBelieved(Peer peer, Predicate<Peer> trusted) {
    Failures failed = failures.get(peer);
    boolean isDoubted =
        failed != null && failed.count() >= FAILURES_MAX && ports.now().isBefore(failed.until());
    return !isDoubted && (proven.contains(peer) || trusted.test(peer));
  }

  /// The peer did not bring what it spoke of: it is not asked until it speaks again.
  private void failed(Peer peer) {
    boolean _ = proven.remove(peer);
    if (heads.remove(peer) != null) {
      Failures before = failures.get(peer);
      int count = before == null ? 1 : Math.min(FAILURES_MAX, before.count() + 1);
      failures.put(peer, new Failures(count, ports.now().plus(DOUBT)));
    }
  }

  /// A peer says that it has come to `head`. Nothing about it is proven; what it sends will be.
  void heard(Peer peer, Height head) {
    if (heads.size() < PEERS_MAX || heads.containsKey(peer)) {
      heads.put(peer, head);
    }
    // Who is ahead of all that is asked for already is of use, and who may be asked for what nobody
    // could be: each word of a thousand peers need not go through all of their heads.
    boolean isFree = stretches.stream().noneMatch(each -> each.waitsFor(peer));
    boolean isUseful =
        stretches.stream().anyMatch(Stretch::isUnasked)
            || (stretches.size() < STRETCHES_MAX && head.number() >= end());
    if (head.isAbove(ports.chain().head()) && isFree && isUseful) {
      goOn();
    }
  }

  /// A peer is gone.
  void lost(Peer peer) {
    heads.remove(peer);
    failures.remove(peer);
    boolean _ = proven.remove(peer);
    boolean waited = false;
    for (Stretch each : stretches) {
      if (each.waitsFor(peer)) {
        each.asked = Optional.empty();
        waited = true;
      }
    }
    if (waited) {
      goOn();
    }
  }

  /// Takes a peer's answer.
  void received(Peer from, PeerMessage.Blocks answer) {
    Optional<Stretch> found =
        stretches.stream()
            .filter(each -> each.asked.equals(Optional.of(new Asked(from, answer.request()))))
            .findFirst();
    if (found.isEmpty()) {
      return;
    }
    Stretch stretch = found.get();
    stretch.asked = Optional.empty();
    answers++;
    List<CertifiedBlock> blocks = answer.blocks();
    if (blocks.isEmpty()) {
      failed(from); // It does not have what it spoke of.
    } else {
      if (blocks.size() < stretch.count) {
        askLast(from); // Others may bring the rest sooner; it may only have filled its message.
      }
      stretch.blocks = List.copyOf(blocks.subList(0, Math.min(stretch.count, blocks.size())));
      stretch.sender = Optional.of(from);
    }
    goOn();
  }

  /// Appends what comes next and asks for what is missing.
  private void goOn() {
    appendNext();
    plan(next());
    ask();
  }

  private void askLast(Peer peer) {
    Height head = heads.remove(peer);
    if (head != null) {
      heads.put(peer, head);
    }
  }

  private long next() {
    return ports.chain().head().number() + 1;
  }

  /// The height after all that is asked for, or is here.
  private long end() {
    return stretches.isEmpty() ? next() : stretches.getLast().end();
  }

  private void appendNext() {
    long first = next();
    boolean _ = stretches.removeIf(each -> each.end() <= first); // Decided here meanwhile.
    if (appending.isPresent()
        || stretches.isEmpty()
        || stretches.getFirst().sender.isEmpty()
        || stretches.getFirst().from > first) {
      return;
    }
    Stretch next = stretches.getFirst();
    Peer sender = next.sender.get();
    appending = Optional.of(next);
    ports
        .chain()
        .append(
            next.blocks,
            outcome -> {
              appending = Optional.empty();
              boolean _ = stretches.remove(next);
              switch (outcome) {
                case Chain.Appended.Grown further -> {
                  failures.remove(sender);
                  boolean _ = proven.add(sender);
                  grown.accept(further);
                }
                case Chain.Appended.Known _ -> {
                  if (next() < next.end()) {
                    failed(sender); // It sent others than it was asked for.
                  }
                }
                case Chain.Appended.Refused(Height height, String reason) -> {
                  failed(sender);
                  ports.blameForBlock(sender, height, reason);
                }
              }
              goOn();
            });
  }

  /// Makes stretches of what nobody was asked for: gaps, because answers are as long as one message
  /// may be, and what is above. A gap waits while there are stretches enough, or short answers
  /// would pile up behind a slow one; only that before all of them does not: nothing would go on.
  private void plan(long first) {
    long next = first;
    for (int i = 0; i < stretches.size(); i++) {
      Stretch each = stretches.get(i);
      if (each.from > next && (i == 0 || notAppending() < STRETCHES_MAX)) {
        stretches.add(i, new Stretch(next, (int) Math.min(BATCH_BLOCKS, each.from - next)));
        i++;
      }
      next = each.end();
    }
    long highest = heads.values().stream().mapToLong(Height::number).reduce(0, Math::max);
    while (stretches.size() < STRETCHES_MAX && next <= highest) {
      stretches.add(new Stretch(next, BATCH_BLOCKS));
      next += BATCH_BLOCKS;
    }
    if (stretches.stream().anyMatch(each -> each.isUnasked() && each.from > highest)) {
      long outOfReach = firstOutOfReach(highest);
      boolean _ =
          stretches.removeIf(
              each -> each.from >= outOfReach && !appending.equals(Optional.of(each)));
    }
  }

  /// Stretches beside the one that is executed.
  private long notAppending() {
    return stretches.stream().filter(each -> !appending.equals(Optional.of(each))).count();
  }

  /// Nobody has what is from there on, nor what was to come behind it.
  private long firstOutOfReach(long highest) {
    return stretches.stream()
        .filter(each -> each.isUnasked() && each.from > highest)
        .mapToLong(each -> each.from)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// Asks peers that are ahead of it for each stretch, no peer for two at one time.
  private void ask() {
    for (Stretch stretch : stretches) {
      if (stretch.isUnasked()) {
        heads.entrySet().stream()
            .filter(entry -> entry.getValue().number() >= stretch.from)
            .map(Map.Entry::getKey)
            .filter(peer -> stretches.stream().noneMatch(each -> each.waitsFor(peer)))
            .findFirst()
            .ifPresent(peer -> ask(peer, stretch));
      }
    }
  }

  private void ask(Peer peer, Stretch stretch) {
    Asked request = new Asked(peer, ++requests);
    stretch.asked = Optional.of(request);
    ports.send(
        new Recipients.One(peer),
        new PeerMessage.BlocksRequest(request.request(), new Height(stretch.from), stretch.count));
    expect(request, stretch);
  }

  private void expect(Asked request, Stretch stretch) {
    long before = answers;
    ports.after(
        PATIENCE,
        () -> {
          if (!stretch.asked.equals(Optional.of(request))) {
            return;
          }
          if (answers != before) {
            expect(request, stretch);
            return;
          }
          stretch.asked = Optional.empty();
          failed(request.peer()); // Silent: its next word about its head brings it back.
          goOn();
        });
  }
}
