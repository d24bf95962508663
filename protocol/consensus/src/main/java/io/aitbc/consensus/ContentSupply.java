// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Round;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Brings contents to this node: asks for one that only a certificate names, has its transactions
/// fetched, has it executed; each once. Protocol §5.2, §5.3.
final class ContentSupply {
  private final HeightView view;
  private final Surroundings around;
  private final Contents contents;
  private final TreeMap<Hash, TreeSet<Peer>> holders = new TreeMap<>();
  private final TreeSet<Hash> sought = new TreeSet<>();
  private Optional<Round> askedAgainIn = Optional.empty();

  ContentSupply(HeightView view, Surroundings around, Contents contents) {
    this.view = view;
    this.around = around;
    this.contents = contents;
  }

  /// Peers that spoke for a proposal have its content. Those not known before are asked for it if
  /// it is missing.
  void heldBy(Hash proposalId, Collection<Peer> peers) {
    TreeSet<Peer> known = holders.computeIfAbsent(proposalId, _ -> new TreeSet<>());
    Optional<Contents.Entry> entry = contents.find(proposalId);
    for (Peer peer : peers) {
      if (known.add(peer) && entry.isEmpty()) {
        around.sendTo(peer, new ProposalRequest(view.rules().height(), proposalId));
      }
    }
    entry.ifPresent(e -> e.holders().addAll(known));
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
    return List.copyOf(holders.getOrDefault(proposalId, new TreeSet<>()));
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
