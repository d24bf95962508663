// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Ballot;
import io.aitbc.model.Certificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A node whose key is in bad hands: it runs the real code, and besides does what its vices tell,
/// with no key but its own. Everything that it signs is told to the {@link Truth}.
final class ByzantineNode extends VirtualNode {
  /// Messages of a kind that it makes of its own accord in one life: enough to spoil many heights.
  private static final int EXTRA_MAX = 1_000;

  /// Own messages kept to be sent again when they are old.
  private static final int KEPT_MAX = 32;

  /// Contents of others that it remembers, to see what they order.
  private static final int CONTENTS_MAX = 32;

  /// Ballots of others that it remembers to have repeated.
  private static final int SAID_MAX = 256;

  private List<Vice> vices;
  private final Seed whim;
  private final List<PeerMessage> kept = new ArrayList<>();
  private final Set<Ballot> said = new HashSet<>(); // Only looked up, never walked through.
  private final Map<Hash, ProposalContent> contents =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, ProposalContent> eldest) {
          return size() > CONTENTS_MAX;
        }
      };
  private long silentUntilMicros;
  private int extra;
  private int slanders;
  private int floods;

  ByzantineNode(World world, int index, Keyed key, List<Vice> vices) {
    super(world, index, Optional.of(key));
    this.vices = vices;
    whim = seed().fork();
  }

  /// Misbehaves in other ways from now on. The truth must know of the key before.
  void turn(List<Vice> others) {
    vices = List.copyOf(others);
  }

  private boolean has(Vice vice) {
    return vices.contains(vice);
  }

  // ---- What goes out.

  @Override
  void sendTo(VirtualNode other, PeerMessage message) {
    if (isSilent() || (has(Vice.SENDS_SELECTIVELY) && !favours(other))) {
      return;
    }
    keep(message);
    switch (message) {
      case Proposal proposal
          when own(proposal) && has(Vice.SPOILS_RANDOMNESS) && whim.chance(1, 2) ->
          twisted(proposal, spoilt(proposal.content())).ifPresent(p -> put(other, p));
      case Proposal proposal
          when own(proposal) && has(Vice.EQUIVOCATES) && isGivenSecond(other, proposal) ->
          put(other, second(proposal).orElse(proposal));
      case Proposal proposal
          when own(proposal)
              && has(Vice.WITHHOLDS_RANDOMNESS)
              && isDisliked(proposal.content()) -> {}
      case Proposal proposal when !own(proposal) && has(Vice.FORGES) && whim.chance(1, 2) ->
          put(other, Forgeries.of(whim, proposal)); // It is asked for what others proposed.
      case Vote vote when has(Vice.MISTAKES_MODE) && whim.chance(1, 3) -> {
        put(other, message);
        sayTo(other, Forgeries.mode(vote.ballot()));
      }
      case PeerMessage.Blocks blocks when has(Vice.MISTAKES_CHAIN) && whim.chance(1, 2) ->
          put(other, FalseBlocks.of(whim, blocks));
      case Certificate certificate when has(Vice.MISTAKES_CHAIN) && whim.chance(1, 2) -> {
        put(other, message);
        put(other, Forgeries.of(whim, world.genesisHash(), certificate));
      }
      case PeerMessage.Transactions further when has(Vice.CENSORS) -> passOn(other, further);
      case Vote vote when has(Vice.CENSORS) && isCondemned(vote.ballot()) -> {}
      case Vote vote when has(Vice.SPLITS_VOTES) && isEvenSide(other) != saysEven(vote) -> {}
      case Vote vote when has(Vice.FORGES) && whim.chance(1, 2) -> {
        put(other, message);
        putForged(other, Forgeries.of(whim, world.genesisHash(), vote));
        putForged(other, ofOtherNetwork(vote.ballot()));
      }
      default -> put(other, message);
    }
    if (has(Vice.FLOODS) && whim.chance(1, 20)) {
      flood(other);
    }
  }

  private void put(VirtualNode other, PeerMessage message) {
    super.sendTo(other, message);
  }

  private void passOn(VirtualNode other, PeerMessage.Transactions entries) {
    List<Bytes> left = world.censorship().passedOn(entries.bodies());
    if (!left.isEmpty()) {
      put(other, new PeerMessage.Transactions(entries.request(), left));
    }
  }

  /// Whether a vote is for a proposal that has what is censored.
  private boolean isCondemned(Ballot ballot) {
    ProposalContent content = contents.get(ballot.proposalId());
    return content != null
        && content.transactions().stream()
            .flatMap(each -> pool().transaction(each).stream())
            .anyMatch(world.censorship()::isCensored);
  }

  private void putForged(VirtualNode other, PeerMessage forged) {
    world.truth().forged(forged);
    put(other, forged);
  }

  /// A vote as the key would cast it in another network of the same validators.
  private Vote ofOtherNetwork(Ballot ballot) {
    Hash network = Keccak256.hash(world.genesisHash().toBytes());
    Ballot there = Forgeries.proposal(ballot, network);
    return new Vote(there, account(), key().sign(there.message(network)));
  }

  private static boolean isDisliked(ProposalContent content) {
    return (content.vrfProof().bytes().at(3) & 1) == 0;
  }

  private boolean isSilent() {
    long now = world.timeline().nowMicros();
    if (has(Vice.WITHHOLDS) && now > silentUntilMicros && whim.chance(1, 200)) {
      silentUntilMicros = now + whim.below(3_000_000L);
    }
    return now < silentUntilMicros;
  }

  private boolean favours(VirtualNode other) {
    return (other.index() + index()) % 3 != 0;
  }

  private static boolean isEvenSide(VirtualNode other) {
    return (other.index() & 1) == 0;
  }

  private static boolean saysEven(Vote vote) {
    return isEven(vote.ballot().proposalId());
  }

  private static boolean isEven(Hash proposalId) {
    return (proposalId.firstLong() & 1) == 0;
  }

  /// Half of the others are given another content; one who splits votes gives each half the one
  /// that it votes for there.
  private boolean isGivenSecond(VirtualNode other, Proposal proposal) {
    boolean oddHaveFirst = !has(Vice.SPLITS_VOTES) || !isEven(proposal.content().id());
    return isEvenSide(other) == oddHaveFirst;
  }

  private boolean own(Proposal proposal) {
    return proposal.envelope().proposer().equals(account()) && proposal.prepared().isEmpty();
  }

  private void keep(PeerMessage message) {
    if (has(Vice.FORGES)) {
      if (kept.size() == KEPT_MAX) {
        kept.remove(whim.below(KEPT_MAX));
      }
      kept.add(message);
    }
  }

  /// The same proposal some moments later: another content of the same round, for the other half.
  private Optional<Proposal> second(Proposal first) {
    ProposalContent content = first.content();
    boolean isEven = isEven(content.id());
    ProposalContent later = content;
    for (int millis = 1; isEven(later.id()) == isEven; millis++) {
      later =
          new ProposalContent(
              content.parentHash(),
              content.transactions(),
              content.timestampMillis() + millis,
              content.round(),
              content.maker(),
              content.vrfProof(),
              content.parentCertificate(),
              content.carried());
    }
    return twisted(first, later);
  }

  private static ProposalContent spoilt(ProposalContent content) {
    byte[] proof = content.vrfProof().bytes().toArray();
    proof[1] ^= 1;
    return new ProposalContent(
        content.parentHash(),
        content.transactions(),
        content.timestampMillis(),
        content.round(),
        content.maker(),
        new BlsSignature(Bytes.of(proof)),
        content.parentCertificate(),
        content.carried());
  }

  private Optional<Proposal> twisted(Proposal first, ProposalContent content) {
    ProposalEnvelope before = first.envelope();
    SigningRequest.Envelope request =
        new SigningRequest.Envelope(
            before.height(), before.round(), content.id(), Optional.empty());
    BlsSignature signature = signAnything(request);
    return Optional.of(
        new Proposal(
            new ProposalEnvelope(
                before.height(),
                before.round(),
                content.id(),
                Optional.empty(),
                account(),
                signature),
            content,
            Optional.empty()));
  }

  /// Signs without asking any record.
  private BlsSignature signAnything(SigningRequest request) {
    BlsSignature signature = key().sign(request.message(world.genesisHash()));
    world.truth().signed(this, request);
    return signature;
  }

  // ---- What comes in.

  @Override
  void heard(int from, PeerMessage message) {
    if (message instanceof Proposal proposal && has(Vice.CENSORS)) {
      contents.put(proposal.content().id(), proposal.content());
    }
    switch (message) {
      case Proposal proposal when has(Vice.VOTES_TWICE) || has(Vice.SPLITS_VOTES) ->
          prepareToo(proposal);
      case Vote vote when has(Vice.VOTES_TWICE) || has(Vice.SPLITS_VOTES) || has(Vice.FORGETS) ->
          sayToo(from, vote);
      case Vote vote when has(Vice.SLANDERS) -> slander(from, vote);
      default -> {}
    }
    super.heard(from, message);
    if (has(Vice.FORGES) && !kept.isEmpty() && whim.chance(1, 50)) {
      put(world.node(from), whim.pick(kept)); // Long known, or of an earlier height.
    }
    if (has(Vice.MISTAKES_CHAIN) && whim.chance(1, 50)) {
      archive()
          .certificate(archive().head().height())
          .ifPresent(last -> put(world.node(from), Forgeries.of(whim, world.genesisHash(), last)));
    }
  }

  /// A PREPARE for a proposal, whatever was voted for before.
  private void prepareToo(Proposal proposal) {
    world
        .truth()
        .rules(proposal.height().number())
        .ifPresent(rules ->
            sayToAll(
                new Ballot.Prepare(
                    proposal.height(),
                    proposal.round(),
                    rules.mode(),
                    proposal.content().id(),
                    proposal.envelope().preparedRound())));
  }

  /// The same vote as another validator's.
  private void sayToo(int from, Vote vote) {
    if (said.size() >= SAID_MAX) {
      said.clear();
    }
    if (!said.add(vote.ballot())) {
      return;
    }
    if (has(Vice.VOTES_TWICE) || has(Vice.SPLITS_VOTES)) {
      sayTo(world.node(from), vote.ballot());
      sayToAll(vote.ballot());
    } else if (vote.ballot() instanceof Ballot.Prepare) {
      sayToAll(vote.ballot());
    }
  }

  private void sayToAll(Ballot ballot) {
    Optional<Vote> vote = vote(ballot);
    for (VirtualNode other : world.nodes()) {
      vote.filter(v -> !has(Vice.SPLITS_VOTES) || isEvenSide(other) == saysEven(v))
          .ifPresent(v -> put(other, v));
    }
  }

  private void sayTo(VirtualNode other, Ballot ballot) {
    vote(ballot).ifPresent(vote -> put(other, vote));
  }

  private Optional<Vote> vote(Ballot ballot) {
    if (++extra > EXTRA_MAX) {
      return Optional.empty();
    }
    return Optional.of(new Vote(ballot, account(), signAnything(new SigningRequest.Vote(ballot))));
  }

  /// Evidence against whoever voted: with a second statement that it never signed.
  private void slander(int from, Vote vote) {
    if (vote.ballot() instanceof Ballot.Prepare prepare && slanders++ < EXTRA_MAX) {
      Vote other =
          new Vote(
              new Ballot.Prepare(
                  prepare.height(),
                  prepare.round(),
                  prepare.mode(),
                  world.genesisHash(),
                  prepare.preparedRound()),
              vote.voter(),
              vote.signature());
      Evidence evidence = new Evidence.Equivocation(vote, other);
      world
          .execution()
          .conviction(evidence, archive().head().derived())
          .ifPresent(
              entry -> put(world.node(from), new PeerMessage.Transactions(0, List.of(entry))));
      put(world.node(from), other);
    }
  }

  /// Round changes and votes of rounds and heights far away.
  private void flood(VirtualNode other) {
    Optional<Validator> self =
        world.truth().rules(height() + 1).flatMap(rules -> rules.set().find(account()));
    if (self.isEmpty() || floods++ > EXTRA_MAX) {
      return;
    }
    Height height = new Height(height() + 1 + whim.below(4));
    Round round = new Round(1 + whim.below(1_000_000));
    SigningRequest request = new SigningRequest.ToRound(height, round);
    put(other, new RoundChange(height, round, account(), signAnything(request), Optional.empty()));
    world
        .truth()
        .rules(height() + 1)
        .ifPresent(rules ->
            vote(new Ballot.Prepare(
                    new Height(height() + 1),
                    round,
                    rules.mode(),
                    world.genesisHash(),
                    Optional.empty()))
                .ifPresent(vote -> put(other, vote)));
  }
}
