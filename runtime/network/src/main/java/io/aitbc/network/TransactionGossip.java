// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How transactions spread: the node that a caller brought one to gives it to its peers if they are
/// few; else, and where a peer brought it, a node tells the hash to peers that do not have it, a
/// few at a time, and who wants the transaction asks one of those who told, and after a while
/// another. Protocol §15.3.
///
/// Belongs to the handler's thread.
final class TransactionGossip {
  /// Hashes in one announcement or question; 8 KiB.
  static final int HASHES_MAX = 256;

  /// Bytes of transactions in one answer, unless a single one is larger: small enough that a vote
  /// waits less than a millisecond behind it on 1 Gbit/s.
  static final int ANSWER_BYTES_MAX = 128 * 1024;

  /// Peers that are all given what a caller brought: copies for so many cost a node less than
  /// telling them, being asked and answering, and it arrives a round trip earlier. With more peers
  /// the copies would take the place of other traffic.
  static final int GIVEN_PEERS_MAX = PeerTurns.PEERS_MAX;

  /// Bytes of a transaction that is given without being asked for, at most.
  static final int GIVEN_BYTES_MAX = 4 * 1024;

  /// Hashes remembered for each peer as known to it: more than a block of 10,000 transactions,
  /// about 1 MB.
  static final int KNOWN_TO_PEER_MAX = 16_384;

  /// Transactions that are being fetched at one time; about 5 MB.
  static final int FETCHES_MAX = 16_384;

  /// Of these, how many from one peer: a peer that answers nothing holds up only its own share.
  static final int FETCHES_PER_PEER_MAX = 4_096;

  /// Other peers that announced the same transaction, to be asked next.
  static final int ALTERNATIVES_MAX = 3;

  /// Hashes that one peer announced beyond its share and that wait for their turn; about 2 MB.
  static final int WAITING_MAX = 16_384;

  /// How often a transaction is asked for when nobody else announced it: an answer may have been
  /// lost in a full queue.
  static final int ATTEMPTS_MAX = 3;

  /// How long a peer has for an answer before another is asked: several round trips around the
  /// world.
  static final long ANSWER_NANOS_MAX = 2_000_000_000L;

  /// The mempool, as gossip sees it.
  interface Pool {
    /// Whether the transaction with this hash would be new to this node.
    boolean wants(Hash hash);

    /// The bytes of a transaction that this node has.
    Optional<Bytes> transaction(Hash hash);

    /// Transactions came from a peer; nothing about them was checked.
    void arrived(PeerId from, List<Bytes> transactions);
  }

  /// What gossip sends.
  interface Outbox {
    /// Gives transactions to a peer that did not ask for them.
    ///
    /// @return whether it had room for them
    boolean give(PeerId to, List<Bytes> transactions);

    /// Tells hashes of transactions that this node has.
    ///
    /// @return whether the peer had room for them
    boolean announce(PeerId to, List<Hash> hashes);

    /// Asks for transactions.
    void request(PeerId from, List<Hash> hashes);

    /// Answers a request, of which `request` is the number, with transactions.
    ///
    /// @return whether the peer had room for them
    boolean answer(PeerId to, long request, List<Bytes> transactions);

    /// A peer did not answer in time.
    void unanswered(PeerId by);
  }

  private static final class PeerState {
    private final RecentHashes known = new RecentHashes(KNOWN_TO_PEER_MAX);

    /// Of these, what it was told since the last look at the clock and has not asked for: it may
    /// lack them still.
    private final Set<Hash> told = new LinkedHashSet<>();

    /// What it had no room to be given or told of, until it has.
    private final Queue<Hash> untold = new ArrayDeque<>();

    private final Queue<Hash> waiting = new ArrayDeque<>();
    private int fetches;

    /// The peer has a transaction, or is about to get it.
    void holds(Hash hash) {
      boolean _ = known.add(hash);
      boolean _ = told.remove(hash);
    }

    /// The peer had no room for what it was to be given or told of.
    void lacks(Collection<Hash> hashes) {
      for (Hash each : hashes) {
        if (untold.size() < KNOWN_TO_PEER_MAX) {
          boolean _ = untold.add(each);
        }
      }
    }
  }

  private static final class Fetch {
    private final PeerId asked;
    private final long deadline;
    private final int attempt;
    private final Queue<PeerId> alternatives = new ArrayDeque<>(ALTERNATIVES_MAX);

    Fetch(PeerId asked, long deadline, int attempt) {
      this.asked = asked;
      this.deadline = deadline;
      this.attempt = attempt;
    }
  }

  private final Pool pool;
  private final Outbox outbox;
  private final Map<PeerId, PeerState> peers = new LinkedHashMap<>();
  private final PeerTurns announced = new PeerTurns();
  private final PeerTurns relayed = new PeerTurns();

  /// In the order of their deadlines, because every deadline is equally far when it is set.
  private final Map<Hash, Fetch> fetches = new LinkedHashMap<>();

  TransactionGossip(Pool pool, Outbox outbox) {
    this.pool = pool;
    this.outbox = outbox;
  }

  void connected(PeerId peer) {
    peers.put(peer, new PeerState());
    announced.connected(peer);
    relayed.connected(peer);
  }

  /// Forgets a peer and asks others for what it was asked.
  void disconnected(PeerId peer, long now) {
    peers.remove(peer);
    announced.disconnected(peer);
    relayed.disconnected(peer);
    List<Hash> orphaned = new ArrayList<>();
    fetches.forEach((hash, fetch) -> {
      if (fetch.asked.equals(peer)) {
        orphaned.add(hash);
      }
    });
    askOthers(orphaned, now);
  }

  /// Takes transactions that callers brought, and gives what waits to the peers whose turn it is
  /// and that lack it, or tells these of it.
  ///
  /// @return whether other peers wait for a turn
  boolean announce(Collection<Hash> hashes) {
    return spread(announced, hashes, peers.size() <= GIVEN_PEERS_MAX ? GIVEN_BYTES_MAX : 0);
  }

  /// Takes transactions that peers brought, and tells of what waits the peers whose turn it is and
  /// that lack it.
  ///
  /// @return whether other peers wait for a turn
  boolean relay(Collection<Hash> hashes) {
    return spread(relayed, hashes, 0);
  }

  /// What is no longer in the pool is in a block, or nobody's business: it is left out.
  private boolean spread(PeerTurns turns, Collection<Hash> hashes, int givenBytesMax) {
    turns.add(hashes);
    turns
        .next()
        .forEach((peer, waiting) -> {
          PeerState state = peers.get(peer);
          if (state == null) {
            throw new IllegalStateException("a turn of a peer that is gone");
          }
          LinkedHashSet<Hash> told = new LinkedHashSet<>();
          Map<Hash, Bytes> given = new LinkedHashMap<>();
          for (Hash hash : waiting) {
            Optional<Bytes> held =
                state.known.contains(hash) ? Optional.empty() : pool.transaction(hash);
            held.ifPresent(transaction -> {
              if (transaction.length() <= givenBytesMax) {
                given.put(hash, transaction);
              } else {
                boolean _ = told.add(hash);
              }
            });
          }
          List<Hash> taken = inParts(given, part -> outbox.give(peer, part));
          taken.forEach(state::holds);
          given.keySet().removeAll(taken);
          state.lacks(given.keySet());
          inBatches(
              List.copyOf(told),
              batch -> {
                if (!tell(peer, state, batch)) {
                  state.lacks(batch);
                }
              });
        });
    return turns.isPending();
  }

  private boolean tell(PeerId peer, PeerState state, List<Hash> hashes) {
    if (!outbox.announce(peer, hashes)) {
      return false;
    }
    for (Hash each : hashes) {
      boolean _ = state.known.add(each);
      boolean _ = state.told.add(each);
    }
    return true;
  }

  /// Tells a peer what it had no room for before, as far as it has room now: nobody else may have
  /// it, and its sender cannot bring it again.
  private void tellUntold(PeerId peer, PeerState state) {
    while (!state.untold.isEmpty()) {
      List<Hash> next = state.untold.stream().limit(HASHES_MAX).toList();
      List<Hash> lacking =
          next.stream()
              .filter(each -> !state.known.contains(each) && pool.transaction(each).isPresent())
              .toList();
      if (!lacking.isEmpty() && !tell(peer, state, lacking)) {
        return;
      }
      next.forEach(_ -> state.untold.remove());
    }
  }

  /// Gives a peer transactions that it is to order next, without waiting for its question: those
  /// that it may lack. What was told some time ago it has, or does not want.
  ///
  /// @param hashes of the transactions
  /// @param transactions their bytes, in the same order
  void forward(PeerId to, List<Hash> hashes, List<Bytes> transactions) {
    PeerState state = peers.get(to);
    if (state == null) {
      return;
    }
    Map<Hash, Bytes> lacking = new LinkedHashMap<>();
    for (int i = 0; i < hashes.size(); i++) {
      Hash each = hashes.get(i);
      if (state.told.contains(each) || !state.known.contains(each)) {
        lacking.put(each, transactions.get(i));
      }
    }
    if (!lacking.isEmpty() && outbox.give(to, List.copyOf(lacking.values()))) {
      lacking.keySet().forEach(state::holds);
    }
  }

  /// A peer told of transactions that it has.
  void announced(PeerId from, List<Hash> hashes, long now) {
    PeerState state = peers.get(from);
    if (state == null) {
      return;
    }
    List<Hash> wanted = new ArrayList<>();
    for (Hash each : hashes) {
      state.holds(each);
      Fetch running = fetches.get(each);
      if (running != null) {
        boolean isNew = !running.asked.equals(from) && !running.alternatives.contains(from);
        if (isNew && running.alternatives.size() < ALTERNATIVES_MAX) {
          boolean _ = running.alternatives.add(from);
        }
      } else if (pool.wants(each)) {
        wanted.add(each);
      }
    }
    ask(from, state, wanted, now);
  }

  /// A peer asks for transactions.
  void requested(PeerId from, long request, List<Hash> hashes) {
    PeerState state = peers.get(from);
    if (state == null) {
      return;
    }
    Map<Hash, Bytes> answer = new LinkedHashMap<>();
    for (Hash each : new LinkedHashSet<>(hashes)) {
      pool.transaction(each).ifPresent(found -> answer.put(each, found));
    }
    inParts(answer, part -> outbox.answer(from, request, part)).forEach(state::holds);
  }

  /// Transactions came, asked for or not: a peer may send what it wants the proposer to have.
  void arrived(PeerId from, List<Bytes> transactions, long now) {
    PeerState state = peers.get(from);
    for (Bytes each : transactions) {
      Hash hash = Keccak256.hash(each);
      if (state != null) {
        state.holds(hash);
      }
      Fetch fetch = fetches.remove(hash);
      if (fetch != null) {
        release(fetch.asked);
      }
    }
    pool.arrived(from, transactions);
    if (state != null) {
      askWaiting(from, state, now);
    }
  }

  /// Asks others for what was not answered in time, and tells what there was no room for.
  void tick(long now) {
    peers.forEach((peer, state) -> {
      state.told.clear();
      tellUntold(peer, state);
    });
    List<Hash> late = new ArrayList<>();
    Map<PeerId, Boolean> silent = new LinkedHashMap<>();
    for (Map.Entry<Hash, Fetch> each : fetches.entrySet()) {
      if (each.getValue().deadline - now > 0) {
        break;
      }
      late.add(each.getKey());
      silent.put(each.getValue().asked, true);
    }
    silent.keySet().forEach(outbox::unanswered);
    askOthers(late, now);
    List.copyOf(silent.keySet())
        .forEach(peer -> {
          PeerState state = peers.get(peer);
          if (state != null) {
            askWaiting(peer, state, now);
          }
        });
  }

  /// How many transactions are being fetched.
  int fetching() {
    return fetches.size();
  }

  private void askOthers(List<Hash> hashes, long now) {
    Map<PeerId, List<Hash>> questions = new LinkedHashMap<>();
    for (Hash each : hashes) {
      Fetch fetch = fetches.remove(each);
      if (fetch == null) {
        continue;
      }
      release(fetch.asked);
      PeerId next = nextOf(fetch);
      PeerState state = next == null ? null : peers.get(next);
      if (next != null && state != null && pool.wants(each)) {
        Fetch again = new Fetch(next, now + ANSWER_NANOS_MAX, fetch.attempt + 1);
        again.alternatives.addAll(fetch.alternatives);
        fetches.put(each, again);
        state.fetches++;
        questions.computeIfAbsent(next, _ -> new ArrayList<>()).add(each);
      }
    }
    questions.forEach((peer, asked) -> inBatches(asked, batch -> outbox.request(peer, batch)));
  }

  /// Who is asked next: another announcer, else the same peer again a few times.
  private @Nullable PeerId nextOf(Fetch fetch) {
    while (!fetch.alternatives.isEmpty()) {
      PeerId next = fetch.alternatives.remove();
      PeerState state = peers.get(next);
      if (state != null && state.fetches < FETCHES_PER_PEER_MAX) {
        return next;
      }
    }
    return fetch.attempt < ATTEMPTS_MAX ? fetch.asked : null;
  }

  private void ask(PeerId from, PeerState state, List<Hash> hashes, long now) {
    List<Hash> asked = new ArrayList<>();
    for (Hash each : hashes) {
      if (state.fetches >= FETCHES_PER_PEER_MAX || fetches.size() >= FETCHES_MAX) {
        if (state.waiting.size() < WAITING_MAX) {
          boolean _ = state.waiting.add(each);
        }
      } else if (fetches.putIfAbsent(each, new Fetch(from, now + ANSWER_NANOS_MAX, 1)) == null) {
        state.fetches++;
        asked.add(each);
      }
    }
    inBatches(asked, batch -> outbox.request(from, batch));
  }

  /// Asks for what waits as soon as a whole batch of it has room.
  private void askWaiting(PeerId from, PeerState state, long now) {
    while (!state.waiting.isEmpty()
        && state.fetches <= FETCHES_PER_PEER_MAX - HASHES_MAX
        && fetches.size() <= FETCHES_MAX - HASHES_MAX) {
      List<Hash> batch = new ArrayList<>();
      while (batch.size() < HASHES_MAX && !state.waiting.isEmpty()) {
        Hash next = state.waiting.remove();
        if (!fetches.containsKey(next) && pool.wants(next)) {
          batch.add(next);
        }
      }
      ask(from, state, batch, now);
    }
  }

  private void release(PeerId peer) {
    PeerState state = peers.get(peer);
    if (state != null) {
      state.fetches--;
    }
  }

  /// Cuts transactions into messages of {@link #ANSWER_BYTES_MAX} and {@link #HASHES_MAX}, as long
  /// as there is room for them: nobody can have more made than it reads.
  ///
  /// @return those for which there was room
  private static List<Hash> inParts(Map<Hash, Bytes> transactions, Predicate<List<Bytes>> each) {
    List<Hash> hashes = List.copyOf(transactions.keySet());
    List<Bytes> part = new ArrayList<>();
    int taken = 0;
    int bytes = 0;
    for (Bytes next : transactions.values()) {
      boolean full = part.size() == HASHES_MAX || bytes + next.length() > ANSWER_BYTES_MAX;
      if (!part.isEmpty() && full) {
        if (!each.test(part)) {
          return hashes.subList(0, taken);
        }
        taken += part.size();
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(next);
      bytes += next.length();
    }
    boolean last = part.isEmpty() || each.test(part);
    return last ? hashes : hashes.subList(0, taken);
  }

  private static void inBatches(List<Hash> hashes, Consumer<List<Hash>> each) {
    for (int from = 0; from < hashes.size(); from += HASHES_MAX) {
      each.accept(List.copyOf(hashes.subList(from, Math.min(hashes.size(), from + HASHES_MAX))));
    }
  }
}
