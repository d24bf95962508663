// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.Certificate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.RoundChangeCertificate;
import io.aitbc.model.TransactionsAhead;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// How one node agrees with the others: inputs in, effects out, height after height. Protocol §5.
///
/// It has no clock, key, disk, socket or thread; belongs to one thread; and answers the same inputs
/// with the same effects on every machine. {@link HeightMachine} holds the rules of a height; here
/// heights follow each other, and messages find the height they belong to.
public final class Consensus {
  /// How long a node that was behind waits before it proposes, and how much of the chain's time it
  /// must have been behind for that. Who lags by a moment does not wait: its turns would be lost.
  public static final Duration COOLDOWN = Duration.ofSeconds(5);

  /// Peers that are gone and of whom what was not checked is kept, the last ones: a vote is sent
  /// once, and its sender's connection may end behind it. Of each there may be 3 MiB.
  static final int GONE_KEPT_MAX = 16;

  private final Surroundings around;
  private final LinkedHashSet<Peer> gone = new LinkedHashSet<>();

  /// The greatest height that each peer has spoken of since the present one was entered, where it
  /// asked for a sync.
  private final TreeMap<Peer, Height> farthest = new TreeMap<>();

  private final FutureMessages future = new FutureMessages();
  private final LateVotes lateVotes;
  private final Anchoring anchoring;
  private ChainView chain;
  private HeightMachine machine;
  private Round roundSeen = Round.ZERO;
  private Optional<CommitCertificate> certificate;
  private Optional<Proposal> lastProposal = Optional.empty();
  private boolean stopped;

  private Consensus(Start start) {
    around = new Surroundings(start.identity(), start.scheme(), start.now());
    chain = start.chain();
    lateVotes = new LateVotes(chain.next().genesisHash(), around);
    anchoring = new Anchoring(chain.next().genesisHash(), around);
    certificate = start.certificate();
    machine = machine();
    Height height = machine.height();
    machine.recall(
        start.signed(), start.log().stream().filter(r -> r.height().equals(height)).toList());
  }

  /// Begins where the chain, the key's memory and the log say that this node stands. Nothing
  /// happens before {@link #start}.
  public static Consensus recover(Start start) {
    return new Consensus(start);
  }

  /// The first effects. Called once, before any input.
  public List<Effect> start() {
    machine.start();
    return settle();
  }

  /// The height that is to be decided.
  public Height height() {
    return machine.height();
  }

  /// The present round of that height.
  public Round round() {
    return machine.round();
  }

  /// Why the height is not decided yet; empty while the chain idles for want of transactions.
  /// Asking changes nothing. Protocol §6.
  public Optional<Stall> whyStalled() {
    return machine.stall();
  }

  /// The transactions, in order, of a content in play at the present height, for who asks for them;
  /// empty unless all are in hand. That of a lock is always there: nobody else may have them.
  /// Asking changes nothing. Protocol §5.6.
  public Optional<List<Bytes>> transactions(Hash proposalId) {
    return machine.transactions(proposalId);
  }

  /// Takes an input and gives back what is to be done because of it, in order.
  public List<Effect> on(Input input) {
    if (stopped && !(input instanceof Input.OperatorAllowed)) {
      return List.of();
    }
    switch (input) {
      case Input.TimePassed(Instant now) -> {
        around.timeIs(now); // Timers wake the rules; the clock alone moves none.
        return List.of();
      }
      case Input.Received(Peer from, ConsensusMessage message) -> {
        gone.remove(from);
        received(from, message);
      }
      case Input.PeerLost(Peer peer) -> lost(peer);
      case Input.TimerFired(Timer timer) -> fired(timer);
      case Input.Verified verified -> around.outbox().answered(verified);
      case Input.Signed signed -> signed(signed);
      case Input.SigningRefused(SigningRequest request, SigningRefusal _) -> {
        if (request.height().equals(height())) {
          machine.refused(request);
        }
      }
      case Input.TransactionsGathered batch -> {
        if (batch.height().equals(height())) {
          machine.gathered(batch);
        }
      }
      case Input.ProposalCompleted completed -> machine.completed(completed);
      case Input.Executed result -> machine.executed(result);
      case Input.TransactionsPending _ -> {
        if (!around.transactionsPending()) {
          around.poolHas(true);
          machine.transactionsPending();
        }
      }
      case Input.NothingPending _ -> around.poolHas(false);
      case Input.Synced synced -> synced(synced);
      case Input.OperatorAllowed word -> {
        if (word.height().equals(height())) {
          stopped = false;
          machine.allowed(word);
        }
      }
    }
    return settle();
  }

  /// Lets the rules run, height after height, until nothing moves.
  private List<Effect> settle() {
    around.forgers().found().forEach(this::forget);
    boolean moved = true;
    while (moved) {
      machine.progress();
      moved = decide() || entered();
    }
    stopped |= machine.isDiverged();
    return around.outbox().drain();
  }

  /// Drops what a peer brought and nobody has checked.
  private void forget(Peer peer) {
    future.forget(peer);
    machine.forget(peer);
    lateVotes.forget(peer);
    anchoring.forget(peer);
  }

  private void lost(Peer peer) {
    farthest.remove(peer);
    gone.remove(peer);
    gone.addLast(peer);
    if (gone.size() > GONE_KEPT_MAX) {
      forget(gone.removeFirst());
    }
  }

  /// A new round can judge messages that had to wait.
  private boolean entered() {
    if (machine.round().equals(roundSeen)) {
      return false;
    }
    roundSeen = machine.round();
    replay();
    return true;
  }

  private void replay() {
    for (FutureMessages.Waiting waiting : future.drain()) {
      received(waiting.from(), waiting.message());
    }
  }

  private boolean decide() {
    Optional<HeightMachine.Decided> decided = machine.decided();
    if (decided.isEmpty()) {
      return false;
    }
    HeightMachine.Decided block = decided.get();
    certificate = Optional.of(block.certificate());
    lastProposal = block.content().proposal();
    around
        .outbox()
        .add(
            new Effect.Commit(
                block.content().content(),
                block.certificate().blockHash(),
                block.certificate(),
                block.prepared()));
    lateVotes.add(chain.next().rules(), block.certificate(), machine.commits());
    chain =
        chain.extended(
            block.content().content(), block.certificate().blockHash(), block.result().facts());
    enterHeight();
    return true;
  }

  private HeightMachine machine() {
    return new HeightMachine(chain.next(), around, certificate, new Carrying());
  }

  private void enterHeight() {
    machine = machine();
    roundSeen = Round.ZERO;
    around.turns().clear();
    around.forgers().clear();
    farthest.clear();
    anchoring.enter(chain.next());
    machine.start();
    machine.self().ifPresent(self -> sendUncredited(self.account()));
    replay();
  }

  /// This node's votes that are missing in the chain go to who proposes next.
  private void sendUncredited(Address self) {
    Address proposer = chain.next().proposer(Round.ZERO).account();
    if (!proposer.equals(self)) {
      for (Vote vote : lateVotes.uncredited(chain.next(), self)) {
        sendTo(proposer, vote);
      }
    }
  }

  private void sendTo(Address validator, ConsensusMessage message) {
    around.outbox().add(new Effect.Send(new Recipients.Validators(List.of(validator)), message));
  }

  private void synced(Input.Synced synced) {
    Height reached = synced.chain().next().rules().height();
    if (!reached.isAbove(height())) {
      return;
    }
    boolean wasFarBehind = isFarBeyond(synced.chain());
    chain = synced.chain();
    certificate = synced.certificate();
    if (wasFarBehind) {
      around.fellBehind(reached);
    }
    enterHeight();
    if (wasFarBehind) {
      around.outbox().add(new Effect.StartTimer(new Timer.Cooldown(reached), COOLDOWN));
    }
  }

  /// Whether a chain has several blocks more, and the time of {@link #COOLDOWN} between its last
  /// one and this node's. Protocol §5.8.
  private boolean isFarBeyond(ChainView other) {
    long blocks = other.next().rules().height().number() - height().number();
    long millis = other.next().parentTimestampMillis() - chain.next().parentTimestampMillis();
    return blocks > 1 && millis >= COOLDOWN.toMillis();
  }

  private void fired(Timer timer) {
    if (timer instanceof Timer.Cooldown(Height behind)) {
      around.cooledDown(behind);
    }
    if (timer.height().equals(height())) {
      machine.timer(timer);
    }
  }

  private void signed(Input.Signed signed) {
    if (signed.request() instanceof SigningRequest.ToAnchor anchor) {
      anchoring.signed(anchor, signed.signature());
      return;
    }
    if (!signed.request().height().equals(height())) {
      signedLate(signed);
      return;
    }
    switch (signed.request()) {
      case SigningRequest.Envelope envelope -> machine.signed(envelope, signed.signature());
      case SigningRequest.Vote vote -> machine.signed(vote, signed.signature());
      case SigningRequest.ToRound round -> machine.signed(round, signed.signature());
      case SigningRequest.Randomness _ -> machine.signed(signed.signature());
      case SigningRequest.ToAnchor _ -> {}
    }
  }

  /// A COMMIT that was signed when its height was decided already goes to who proposes next.
  private void signedLate(Input.Signed signed) {
    if (signed.request() instanceof SigningRequest.Vote(Ballot.Commit ballot)
        && machine.self().isPresent()) {
      Validator self = machine.self().get();
      lateVotes.signed(ballot, self, signed.signature());
      Address proposer = chain.next().proposer(Round.ZERO).account();
      if (!proposer.equals(self.account())) {
        sendTo(proposer, new Vote(ballot, self.account(), signed.signature()));
      }
    }
  }

  private void received(Peer from, ConsensusMessage message) {
    if (around.forgers().contains(from) && !(message instanceof ProposalRequest)) {
      return;
    }
    int order = message.height().compareTo(height());
    if (order < 0) {
      old(from, message);
    } else if (order == 0) {
      present(from, message);
    } else if (message.height().equals(height().next())) {
      next(from, message);
    } else if (message.height().isAbove(farthest.getOrDefault(from, Height.GENESIS))) {
      farthest.put(from, message.height());
      around.outbox().add(new Effect.CatchUp(from, message.height()));
    }
  }

  /// Whoever still asks about a decided height gets its certificate.
  private void old(Peer from, ConsensusMessage message) {
    switch (message) {
      case RoundChange _, Proposal _ ->
          around.outbox().add(new Effect.AnswerWithCertificate(from, message.height()));
      case ProposalRequest request -> {
        around.outbox().add(new Effect.AnswerWithCertificate(from, message.height()));
        lastProposal
            .filter(proposal -> proposal.content().id().equals(request.proposalId()))
            .ifPresent(proposal -> around.sendTo(from, proposal));
      }
      case Vote vote -> lateVotes.offer(from, vote);
      case Anchor anchor -> anchoring.offer(from, anchor);
      case Certificate _, RoundChangeCertificate _, Evidence _, TransactionsAhead _ -> {}
    }
  }

  private void present(Peer from, ConsensusMessage message) {
    switch (message) {
      case Proposal proposal -> {
        if (machine.isAhead(proposal.round())) {
          future.keep(from, proposal);
        } else {
          machine.proposal(from, proposal);
        }
      }
      case Vote vote -> {
        if (machine.isAhead(vote.round())) {
          future.keep(from, vote);
        } else {
          machine.vote(from, vote);
        }
      }
      case Certificate found -> machine.certificate(from, found);
      case RoundChange roundChange -> machine.roundChange(from, roundChange);
      case ProposalRequest request -> machine.proposalRequest(from, request);
      case RoundChangeCertificate merged -> machine.roundChanges(from, merged);
      case Anchor _, Evidence _, TransactionsAhead _ -> {}
    }
  }

  /// Nobody votes at the next height before this one is final here; but its proposal carries the
  /// certificate that makes it so.
  private void next(Peer from, ConsensusMessage message) {
    future.keep(from, message);
    if (message instanceof Proposal proposal) {
      proposal.content().parentCertificate().ifPresent(c -> machine.certificate(from, c));
    }
  }

  /// What a fresh content brings along.
  private final class Carrying implements Proposing.Carrying {
    @Override
    public void collect() {
      lateVotes.check(LateVotes.Credits.of(chain.next()));
      anchoring.check();
    }

    @Override
    public Optional<CommitCertificate> parentCertificate() {
      return certificate.map(lateVotes::fullest);
    }

    @Override
    public CarriedSignatures late(Height height) {
      return new CarriedSignatures(
          lateVotes.carried(chain.next()), anchoring.carried(chain.next()));
    }
  }
}
