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
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Brings a node that is behind to the head of its peers: asks several of them at once for
/// stretches of blocks with their certificates, one stretch each, appends them in their order, and
/// goes to another peer when one is silent or lies. Protocol §15.5.
final class CatchUp {
  /*
   * What peers say of their heads decides whom this node asks, and nothing else: anybody may say
   * anything, under as many names as it likes. So who has brought nothing that it spoke of keeps
   * one request waiting, and what is needed next is asked of a better peer beside it.
   */

  /// Blocks asked for at once.
  static final int BATCH_BLOCKS = 64;

  /// Stretches that are asked for or wait: while one is executed, the next ones come. There is one
  /// more while what comes before all of them is missing, or is executed. Each holds at most one
  /// message of blocks.
  static final int STRETCHES_MAX = 3;

  /// How long a peer is waited for since any of them last sent something: they share one link.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// A head that is at most so far above this node's own is that of a peer which decided a moment
  /// sooner: this node is about to, and what it asked for would be executed twice.
  static final int NEAR_BLOCKS = 2;

  /// How long this node's own head may stay below near ones before it asks for their blocks.
  static final Duration NEAR_PATIENCE = Duration.ofMillis(250);

  /// Peers whose heads are remembered.
  static final int PEERS_MAX = 1_024;

  private final Ports ports;
  private final Consumer<Chain.Appended.Grown> grown;

  /// In the order in which they are asked, of those that are as good.
  private final Map<Peer, Height> heads = new LinkedHashMap<>();

  /// Peers whose blocks were appended, and who brought something whenever they were asked since.
  private final Set<Peer> proven = new HashSet<>();

  /// Peers that brought less than they spoke of when they were asked last.
  private final Set<Peer> lacking = new HashSet<>();

  /// What peers are asked for, one thing at a time each.
  private final Map<Peer, Request> asked = new LinkedHashMap<>();

  /// In the order of heights; what is missing between two is asked for when its turn comes.
  private final List<Stretch> stretches = new ArrayList<>();

  private Optional<Stretch> appending = Optional.empty();
  private Optional<Instant> grownAt = Optional.empty();
  private boolean waitsForOwn;
  private long requests;
  private long answers;

  /// A request that waits for its answer.
  ///
  /// @param head that the peer spoke of when it was asked
  private record Request(long number, Stretch stretch, Height head) {}

  /// Blocks that are wanted.
  private static final class Stretch {
    private final long from;
    private final int count;
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
  }

  /// A catch-up that tells `grown` how far the chain has come.
  CatchUp(Ports ports, Consumer<Chain.Appended.Grown> grown) {
    this.ports = ports;
    this.grown = grown;
  }

  /// Whether blocks of others are being appended, or were a moment ago: what is only spoken of does
  /// not count.
  boolean isRunning() {
    boolean hasJustGrown =
        grownAt.filter(last -> ports.now().isBefore(last.plus(PATIENCE))).isPresent();
    return appending.isPresent() || (hasJustGrown && !stretches.isEmpty());
  }

  /// How many blocks above the head peers say they have whose blocks were appended, and who brought
  /// something whenever they were asked since.
  long blocksBehind() {
    long head = ports.chain().head().number();
    return heads.entrySet().stream()
        .filter(each -> proven.contains(each.getKey()))
        .mapToLong(each -> each.getValue().number() - head)
        .reduce(0, Math::max);
  }

  /// How soon a peer is asked: before others who brought all that they spoke of, then, as long as
  /// it did not bring less, a validator's node or one that the operator named.
  private int rank(Peer peer) {
    if (lacking.contains(peer)) {
      return 0;
    }
    return proven.contains(peer) ? 2 : ports.isReserved(peer) ? 1 : 0;
  }

  /// The peer brought nothing of what it spoke of: it is not asked until it speaks again.
  private void failed(Peer peer) {
    boolean _ = proven.remove(peer);
    if (heads.remove(peer) != null) {
      boolean _ = lacking.add(peer);
    }
  }

  /// A peer says that it has come to `head`. Nothing about it is proven; what it sends will be.
  void heard(Peer peer, Height head) {
    if (heads.size() < PEERS_MAX || heads.containsKey(peer)) {
      heads.put(peer, head);
    }
    // Who is ahead of all that is asked for already is of use, and who may be asked for what nobody
    // could be: each word of a thousand peers need not go through all of their heads.
    boolean isUseful =
        stretches.stream().anyMatch(each -> each.from <= head.number() && isUnasked(each))
            || (stretches.size() < STRETCHES_MAX && head.number() >= end())
            || first()
                .filter(each -> each.from <= head.number() && askedFor(each) < rank(peer))
                .isPresent();
    if (!head.isAbove(ports.chain().head()) || asked.containsKey(peer) || !isUseful) {
      return;
    }
    if (stretches.isEmpty() && head.number() - ports.chain().head().number() <= NEAR_BLOCKS) {
      waitForOwn();
    } else {
      goOn();
    }
  }

  /// Goes on if this node's head has not moved for a while and is still below others.
  private void waitForOwn() {
    if (waitsForOwn) {
      return;
    }
    waitsForOwn = true;
    Height head = ports.chain().head();
    ports.after(
        NEAR_PATIENCE,
        () -> {
          waitsForOwn = false;
          if (heads.values().stream().noneMatch(each -> each.isAbove(ports.chain().head()))) {
            return;
          }
          if (head.equals(ports.chain().head())) {
            goOn();
          } else {
            waitForOwn();
          }
        });
  }

  /// A peer is gone.
  void lost(Peer peer) {
    heads.remove(peer);
    boolean _ = proven.remove(peer);
    boolean _ = lacking.remove(peer);
    if (asked.remove(peer) != null) {
      goOn();
    }
  }

  /// Takes a peer's answer.
  void received(Peer from, PeerMessage.Blocks answer) {
    Request request = asked.get(from);
    if (request == null || request.number() != answer.request()) {
      return;
    }
    var _ = asked.remove(from);
    answers++;
    Stretch stretch = request.stretch();
    List<CertifiedBlock> blocks = answer.blocks();
    if (blocks.isEmpty()) {
      failed(from); // It does not have what it spoke of.
    } else {
      long spokenOf = request.head().number() - stretch.from + 1;
      judge(from, blocks.size() >= Math.min(stretch.count, spokenOf));
      if (stretch.sender.isEmpty() && stretches.contains(stretch)) {
        stretch.blocks = List.copyOf(blocks.subList(0, Math.min(stretch.count, blocks.size())));
        stretch.sender = Optional.of(from);
      }
    }
    goOn();
  }

  /// Others may bring sooner what a short answer left out; it may only have filled its message.
  private void judge(Peer peer, boolean isWhole) {
    Height head = heads.get(peer);
    if (isWhole) {
      boolean _ = lacking.remove(peer);
    } else if (head != null) {
      boolean _ = lacking.add(peer);
      heads.remove(peer);
      heads.put(peer, head);
    }
  }

  /// Appends what comes next and asks for what is missing.
  private void goOn() {
    appendNext();
    plan(next());
    ask();
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
    boolean _ = // Decided here meanwhile.
        stretches.removeIf(each -> each.end() <= first || (each.from < first && isUnasked(each)));
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
                  if (heads.containsKey(sender)) { // It may be gone.
                    boolean _ = proven.add(sender);
                  }
                  grows(further);
                }
                case Chain.Appended.Known _ -> {
                  if (next() < next.end()) {
                    failed(sender); // It sent others than it was asked for.
                  }
                }
                case Chain.Appended.Refused(Height height, String reason, var before) -> {
                  failed(sender);
                  before.ifPresent(this::grows); // Those before it hold, whoever brought them.
                  ports.blameForBlock(sender, height, reason);
                }
              }
              goOn();
            });
  }

  private void grows(Chain.Appended.Grown further) {
    grownAt = Optional.of(ports.now());
    grown.accept(further);
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
    if (stretches.stream().anyMatch(each -> isUnasked(each) && each.from > highest)) {
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
        .filter(each -> isUnasked(each) && each.from > highest)
        .mapToLong(each -> each.from)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// What is needed before all else that nobody has brought.
  private Optional<Stretch> first() {
    return stretches.stream().filter(each -> each.sender.isEmpty()).findFirst();
  }

  private boolean isUnasked(Stretch stretch) {
    return stretch.sender.isEmpty() && askedFor(stretch) < 0;
  }

  /// The rank of the best peer that is asked for a stretch; below all if none is.
  private int askedFor(Stretch stretch) {
    return asked.entrySet().stream()
        .filter(each -> each.getValue().stretch().equals(stretch))
        .mapToInt(each -> rank(each.getKey()))
        .reduce(-1, Math::max);
  }

  /// Asks peers that are ahead of it for each stretch, no peer for two at one time; for the first
  /// also a better peer than the one that is asked.
  private void ask() {
    for (Stretch stretch : List.copyOf(stretches)) {
      int least = first().equals(Optional.of(stretch)) ? askedFor(stretch) + 1 : 0;
      if (isUnasked(stretch) || least > 0) {
        heads.entrySet().stream()
            .filter(entry -> entry.getValue().number() >= stretch.from)
            .map(Map.Entry::getKey)
            .filter(peer -> !asked.containsKey(peer) && rank(peer) >= least)
            .max(Comparator.comparingInt(this::rank)) // The first of equals.
            .ifPresent(peer -> ask(peer, stretch));
      }
    }
  }

  private void ask(Peer peer, Stretch stretch) {
    Request request = new Request(++requests, stretch, heads.getOrDefault(peer, Height.GENESIS));
    asked.put(peer, request);
    ports.send(
        new Recipients.One(peer),
        new PeerMessage.BlocksRequest(request.number(), new Height(stretch.from), stretch.count));
    expect(peer, request);
  }

  private void expect(Peer peer, Request request) {
    long before = answers;
    ports.after(
        PATIENCE,
        () -> {
          if (!request.equals(asked.get(peer))) {
            return;
          }
          if (answers != before) {
            expect(peer, request);
            return;
          }
          var _ = asked.remove(peer);
          failed(peer); // Silent: its next word about its head brings it back.
          goOn();
        });
  }
}
