// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Round;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Brings contents to this node: asks for one that others vote for and that did not come, has its
/// transactions fetched, has it executed; each once. Protocol §5.2, §5.3.
final class ContentSupply {
  /// Until another one is asked for a content. A proposal of the greatest size takes 9 ms at 1
  /// Gbit/s: below the way there and back, copies would be sent that nobody needs.
  static final Duration PATIENCE = Duration.ofMillis(50);

  private final HeightView view;
  private final Surroundings around;
  private final Contents contents;
  private final TreeMap<Hash, Holders> holders = new TreeMap<>();

  /// What each peer's votes named in this round, of what nobody has certified: one content of each,
  /// so that whoever invents some is not asked for more.
  private final TreeMap<Peer, Hash> announced = new TreeMap<>();

  private final TreeSet<Hash> sought = new TreeSet<>();
  private Optional<Round> askedAgainIn = Optional.empty();

  ContentSupply(HeightView view, Surroundings around, Contents contents) {
    this.view = view;
    this.around = around;
    this.contents = contents;
  }

  /// Who has a content.
  private static final class Holders {
    private final LinkedHashSet<Peer> known = new LinkedHashSet<>();
    private final TreeSet<Peer> proven = new TreeSet<>();
    private final ArrayDeque<Peer> unaskedProven = new ArrayDeque<>();
    private final ArrayDeque<Peer> unasked = new ArrayDeque<>();
    private int attempt;
    private boolean asked;
    private boolean waiting;

    /// Who was asked last and sent nothing yet.
    private Optional<Peer> owing = Optional.empty();

    void add(Peer peer) {
      if (known.add(peer)) {
        unasked.add(peer);
      }
    }

    void addProven(Peer peer) {
      if (proven.add(peer) && (known.add(peer) || unasked.remove(peer))) {
        unaskedProven.add(peer);
      }
    }

    void forget(Peer peer) {
      known.remove(peer);
      proven.remove(peer);
      unasked.remove(peer);
      unaskedProven.remove(peer);
    }

    Optional<Peer> next(SilentHolders silent) {
      owing = silent.next(unaskedProven.isEmpty() ? unasked : unaskedProven);
      return owing;
    }
  }

  /// Peers that spoke for a certified proposal have its content. One of them is asked for it if it
  /// is missing, the next when that one does not send it. Protocol §5.7.
  void heldBy(Hash proposalId, Collection<Peer> peers) {
    Holders having = holders.computeIfAbsent(proposalId, _ -> new Holders());
    inOwnOrder(peers).forEach(having::add);
    askIfMissing(proposalId, having);
  }

  /// The same of peers that brought a signature for it that holds. They are asked before those that
  /// nobody has checked: forged votes put nobody ahead of them. Protocol §5.7.
  void provenBy(Hash proposalId, Collection<Peer> peers) {
    Holders having = holders.computeIfAbsent(proposalId, _ -> new Holders());
    inOwnOrder(peers).forEach(having::addProven);
    askIfMissing(proposalId, having);
  }

  /// A peer is asked no more.
  void forget(Peer peer) {
    announced.remove(peer);
    holders.values().forEach(having -> having.forget(peer));
    boolean _ = holders.values().removeIf(having -> having.known.isEmpty());
  }

  private List<Peer> inOwnOrder(Collection<Peer> peers) {
    List<Peer> order = new ArrayList<>(peers);
    Collections.rotate(order, -beginning());
    return order;
  }

  private void askIfMissing(Hash proposalId, Holders having) {
    Optional<Contents.Entry> entry = contents.find(proposalId);
    if (entry.isPresent()) {
      entry.get().holders().addAll(having.known);
    } else if (!having.asked || !having.waiting) {
      askNext(proposalId, having);
    }
  }

  /// A peer voted PREPARE for a proposal of the present round that is missing here: it is on its
  /// way or was lost. Protocol §5.7.
  void announcedBy(Hash proposalId, Peer peer) {
    if (contents.find(proposalId).isEmpty() && announced.putIfAbsent(peer, proposalId) == null) {
      Holders having = holders.computeIfAbsent(proposalId, _ -> new Holders());
      having.add(peer);
      if (!having.waiting) {
        waitFor(proposalId, having);
      }
    }
  }

  /// Nobody sent a content in time.
  void nobodySent(Timer.NextHolder timer) {
    Holders having = holders.get(timer.proposalId());
    if (having != null && having.attempt == timer.attempt()) {
      having.waiting = false;
      if (contents.find(timer.proposalId()).isEmpty()) {
        having.owing.ifPresent(around.silentHolders()::add);
        askNext(timer.proposalId(), having);
      }
    }
  }

  /// A peer sends a content: whoever does so while it is waited for serves. What comes later than
  /// that has cost the wait, and forgives nothing. Protocol §5.7.
  void cameFrom(Peer peer, Hash proposalId) {
    Holders having = holders.get(proposalId);
    if (having != null && having.waiting && having.owing.equals(Optional.of(peer))) {
      having.owing = Optional.empty();
      around.silentHolders().remove(peer);
    }
  }

  /// Another round begins: forgets who has what is not worth keeping, and that it was sought.
  void keepOnly(Predicate<Hash> worthKeeping) {
    announced.clear();
    boolean _ = holders.keySet().removeIf(id -> !worthKeeping.test(id));
    boolean _ = sought.removeIf(id -> !worthKeeping.test(id));
  }

  private void askNext(Hash proposalId, Holders having) {
    Optional<Peer> next = having.next(around.silentHolders());
    if (next.isPresent()) {
      having.asked = true;
      around.sendTo(next.get(), new ProposalRequest(view.rules().height(), proposalId));
      waitFor(proposalId, having);
    }
  }

  private void waitFor(Hash proposalId, Holders having) {
    having.waiting = true;
    having.attempt++;
    around
        .outbox()
        .add(
            new Effect.StartTimer(
                new Timer.NextHolder(view.rules().height(), proposalId, having.attempt), PATIENCE));
  }

  /// Where in a list of holders this node begins: each elsewhere, or one would serve all.
  private int beginning() {
    return switch (around.identity()) {
      case Identity.Validating(Address account) -> account.bytes().at(0);
      case Identity.Following() -> 0;
    };
  }

  /// Whether a content was not sought before; from now on it was.
  boolean isSoughtNow(Hash proposalId) {
    return sought.add(proposalId);
  }

  /// Whether nothing of a content is missing here.
  boolean isComplete(Hash proposalId) {
    return contents.find(proposalId).flatMap(Contents.Entry::transactions).isPresent();
  }

  /// Who is known to have a content.
  List<Peer> holders(Hash proposalId) {
    Holders having = holders.get(proposalId);
    return having == null ? List.of() : List.copyOf(having.known);
  }

  /// Asks once in a round for what is missing of a content, whatever was asked before: every
  /// validator for the content, whoever has it for its transactions. Protocol §5.6.
  void askAgain(Hash proposalId, Round round) {
    if (isComplete(proposalId) || askedAgainIn.equals(Optional.of(round))) {
      return;
    }
    askedAgainIn = Optional.of(round);
    Optional<Contents.Entry> entry = contents.find(proposalId);
    if (entry.isEmpty()) {
      around.sendToAll(new ProposalRequest(view.rules().height(), proposalId));
    } else {
      fetchFrom(entry.get());
    }
  }

  /// Fetches what is missing of a content that may be voted for. It is not executed while a prepare
  /// certificate names another: rounds of proposals that cannot win must neither cost an execution
  /// each nor push out the result of the one that can. Protocol §5.3.
  void fetch(Hash proposalId) {
    contents.find(proposalId).filter(entry -> !entry.isUnsound()).ifPresent(this::fetch);
  }

  /// Does what is next for a content that may be decided.
  void advance(Hash proposalId) {
    contents.find(proposalId).filter(entry -> !entry.isUnsound()).ifPresent(this::advance);
  }

  private void fetch(Contents.Entry entry) {
    if (entry.askHolders()) {
      fetchFrom(entry);
    }
  }

  private void fetchFrom(Contents.Entry entry) {
    around
        .outbox()
        .add(new Effect.FetchTransactions(entry.content(), List.copyOf(entry.holders())));
  }

  private void advance(Contents.Entry entry) {
    fetch(entry);
    if (entry.isSound() && entry.transactions().isPresent() && entry.startExecuting()) {
      around
          .outbox()
          .add(
              new Effect.Execute(
                  entry.content().id(),
                  view.context(entry.content()),
                  entry.content().transactions(),
                  entry.transactions().get()));
    }
  }
}
