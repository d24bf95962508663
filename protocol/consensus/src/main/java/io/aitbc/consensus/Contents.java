// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;

/// The contents proposed at one height and how far each has come: judged, complete, executed.
final class Contents {
  /// How a content was judged.
  enum Judgement {
    /// Signatures in it are being checked.
    OPEN,
    /// Structure and signatures hold.
    SOUND,
    /// It can never be voted for.
    UNSOUND
  }

  /// One content.
  static final class Entry {
    private final ProposalContent content;
    private final LinkedHashSet<Peer> holders = new LinkedHashSet<>();
    private Optional<Proposal> proposal = Optional.empty();
    private Judgement judgement = Judgement.OPEN;
    private int checksOpen;
    private Optional<List<Bytes>> transactions = Optional.empty();
    private int holdersAsked = -1;
    private boolean executing;
    private Optional<Input.Executed> result = Optional.empty();

    private Entry(ProposalContent content) {
      this.content = content;
    }

    ProposalContent content() {
      return content;
    }

    SequencedSet<Peer> holders() {
      return holders;
    }

    /// The last proposal that carried it; what is sent to who asks for it.
    Optional<Proposal> proposal() {
      return proposal;
    }

    void carriedBy(Proposal carrier) {
      proposal = Optional.of(carrier);
    }

    boolean isSound() {
      return judgement == Judgement.SOUND;
    }

    boolean isUnsound() {
      return judgement == Judgement.UNSOUND;
    }

    void expectChecks(int count) {
      checksOpen = count;
      settle();
    }

    void checkHeld() {
      checksOpen--;
      settle();
    }

    private void settle() {
      if (checksOpen == 0 && judgement == Judgement.OPEN) {
        judgement = Judgement.SOUND;
      }
    }

    void condemn() {
      judgement = Judgement.UNSOUND;
    }

    Optional<List<Bytes>> transactions() {
      return transactions;
    }

    void complete(List<Bytes> bytes) {
      transactions = Optional.of(bytes);
    }

    /// Whether the holders known now were not asked yet; from then on they were.
    boolean askHolders() {
      boolean more = transactions.isEmpty() && holders.size() > holdersAsked;
      holdersAsked = holders.size();
      return more;
    }

    /// Whether execution was not started yet; from then on it was.
    boolean startExecuting() {
      boolean first = !executing;
      executing = true;
      return first;
    }

    Optional<Input.Executed> result() {
      return result;
    }

    void executed(Input.Executed outcome) {
      result = Optional.of(outcome);
    }
  }

  private final LinkedHashMap<Hash, Entry> entries = new LinkedHashMap<>();

  Optional<Entry> find(Hash proposalId) {
    return Optional.ofNullable(entries.get(proposalId));
  }

  /// The entry of a content, new if it was not known.
  Entry add(ProposalContent content) {
    return entries.computeIfAbsent(content.id(), _ -> new Entry(content));
  }

  /// Forgets every content that is not worth keeping.
  void keepOnly(Predicate<Hash> worthKeeping) {
    entries.keySet().removeIf(id -> !worthKeeping.test(id));
  }
}
