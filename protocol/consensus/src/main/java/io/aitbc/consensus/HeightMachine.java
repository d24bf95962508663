// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.Certificate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Phase;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.RoundChangeCertificate;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import io.aitbc.model.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One height, from its parent's finality to its own. Protocol §5.
///
/// Inputs only write down what they bring; {@link #progress} then applies the rules of the height
/// in a fixed order until none applies any more. So each rule stands in one place and does not ask
/// which message made it true: {@link #certify} (§5.4), {@link #jump} (§5.6), {@link #supply} and
/// {@link OwnVotes} (§5.2, §5.3, §5.5), {@link #propose} (§5.1, §5.6).
final class HeightMachine {
  /// Rounds behind the present one whose votes and contents are kept: they can still decide.
  static final int ROUNDS_KEPT = 8;

  private static final List<Phase> PHASES = List.of(Phase.values());

  private final HeightView view;
  private final HeightRules rules;
  private final Height height;
  private final Surroundings around;
  private final Optional<Validator> self;
  private final TreeMap<Round, RoundTally> tallies = new TreeMap<>();
  private final Contents contents = new Contents();
  private final Certificates certificates;
  private final Proposals proposals;
  private final RoundChanges roundChanges;
  private final Voting voting = new Voting();
  private final Proposing proposing;
  private final RoundClock clock;
  private final ContentSupply supply;
  private final EvidenceSearch search;
  private final OwnVotes ownVotes;
  private final Routes routes;
  private final TreeMap<Address, Round> answered = new TreeMap<>();
  private Round round = Round.ZERO;
  private boolean mayProposeAnyway;
  private boolean mayProposeFresh;
  private Optional<RoundChange> ownRoundChange = Optional.empty();

  /// A decided height.
  ///
  /// @param certificate proof that its block is final
  /// @param content what was proposed
  /// @param result what execution gave
  /// @param prepared the prepare certificates of a height that took more than one round
  record Decided(
      CommitCertificate certificate,
      Contents.Entry content,
      Input.Executed result,
      List<PrepareCertificate> prepared) {}

  HeightMachine(
      HeightView view,
      Surroundings around,
      Optional<CommitCertificate> parentCertificate,
      Proposing.Carrying carrying) {
    this.view = view;
    this.around = around;
    rules = view.rules();
    height = rules.height();
    self =
        rules.set().validators().stream()
            .filter(validator -> around.identity().is(validator.account()))
            .findFirst();
    roundChanges = new RoundChanges(view.genesisHash(), rules, around);
    certificates = new Certificates(view, around);
    proposals = new Proposals(view, around, contents, parentCertificate, certificates);
    supply = new ContentSupply(view, around, contents);
    search = new EvidenceSearch(view.genesisHash(), height, around, new VoteWatch(tallies));
    ownVotes = new OwnVotes(view, around, self, contents, voting);
    routes = new Routes(view, around);
    clock = new RoundClock(view, around);
    proposing = new Proposing(view, around, contents, voting, carrying);
  }

  /// The height that is to be decided.
  Height height() {
    return height;
  }

  /// The present round.
  Round round() {
    return round;
  }

  // ---- Beginning, also after a crash. Protocol §8.3.

  /// Takes over what the signer and the log remember of this height.
  void recall(SigningRecord signed, List<LogRecord> log) {
    voting.recall(signed, height);
    for (LogRecord entry : log) {
      switch (entry) {
        case LogRecord.OwnProposal own -> {
          keep(own.proposal(), own.transactions());
          proposals.acceptOwn(own.proposal());
          proposing.recall(own);
        }
        case LogRecord.Lock lock -> {
          keep(lock.proposal(), lock.transactions());
          voting.recall(lock);
          certificates.learn(lock.certificate());
        }
        case LogRecord.Allowance(Height _, Hash blockHash) -> voting.allow(blockHash);
      }
    }
    round = voting.lastRound();
  }

  /// What was logged was judged before.
  private void keep(Proposal proposal, List<Bytes> transactions) {
    Contents.Entry entry = contents.add(proposal.content());
    entry.carriedBy(proposal);
    entry.expectChecks(0);
    entry.complete(transactions);
  }

  /// The height begins.
  void start() {
    clock.start();
    if (around.identity().is(view.proposer(round).account())) {
      proposing.getReady();
    }
    if (round.number() > 0) {
      enter(round);
    } else if (around.transactionsPending()) {
      transactionsPending();
    }
  }

  // ---- Inputs.

  /// Whether votes and proposals of `given` must wait until the node gets there.
  boolean isAhead(Round given) {
    return given.isAbove(round);
  }

  /// A proposal of the present round or an earlier one.
  void proposal(Peer from, Proposal proposal) {
    supply.cameFrom(from, proposal.content().id());
    proposals.offer(from, proposal);
  }

  /// A vote of the present round or an earlier one.
  void vote(Peer from, Vote vote) {
    Optional<Validator> voter = rules.set().find(vote.voter());
    if (voter.isEmpty()) {
      around.blame(from, height, new Rejection.NoValidator(vote.voter()));
    } else if (vote.ballot().mode() != rules.mode()) {
      around.blame(from, height, new Rejection.WrongMode(rules.mode(), vote.ballot().mode()));
    } else if (!around.identity().is(vote.voter()) && !oldestKept().isAbove(vote.round())) {
      tally(vote.round()).offer(vote, voter.get(), from);
      search.look(voter.get());
      Hash proposalId = vote.ballot().proposalId();
      if (certificates.name(proposalId) && !supply.isComplete(proposalId)) {
        supply.heldBy(proposalId, List.of(from));
      } else if (vote.ballot().phase() == Phase.PREPARE
          && vote.round().equals(round)
          && proposals.accepted(round).isEmpty()) {
        supply.announcedBy(proposalId, from);
      }
    }
  }

  /// A round change to any round.
  void roundChange(Peer from, RoundChange message) {
    Optional<Validator> validator = rules.set().find(message.validator());
    if (validator.isEmpty()) {
      around.blame(from, height, new Rejection.NoValidator(message.validator()));
      return;
    }
    message.highest().ifPresent(certificate -> certificate(from, certificate));
    if (!around.identity().is(message.validator())) {
      roundChanges.offer(message, validator.get(), from);
      answerIfBehind(from, message);
    }
  }

  /// Merged round changes to any round.
  void roundChanges(Peer from, RoundChangeCertificate message) {
    message.highest().ifPresent(certificate -> certificate(from, certificate));
    roundChanges.offer(message, from);
  }

  /// Drops what a peer brought and nobody has checked.
  void forget(Peer peer) {
    tallies.values().forEach(tally -> tally.forget(peer));
    roundChanges.forget(peer);
    supply.forget(peer);
  }

  /// A validator that asks for a round below this node's is told once where this node is.
  private void answerIfBehind(Peer from, RoundChange message) {
    if (ownRoundChange.isEmpty() || !round.isAbove(message.round())) {
      return;
    }
    Round before = answered.getOrDefault(message.validator(), Round.ZERO);
    if (round.isAbove(before)) {
      answered.put(message.validator(), round);
      around.sendTo(from, ownRoundChange.get());
    }
  }

  /// A certificate of this height, of any round.
  void certificate(Peer from, Certificate certificate) {
    certificates.offer(
        from, certificate, held -> supply.provenBy(held.proposalId(), List.of(from)));
  }

  /// Someone asks for a content.
  void proposalRequest(Peer from, ProposalRequest request) {
    contents
        .find(request.proposalId())
        .flatMap(Contents.Entry::proposal)
        .ifPresent(proposal -> around.sendTo(from, proposal));
  }

  /// The pool has something to order.
  void transactionsPending() {
    if (self.isPresent() && round.number() == 0) {
      clock.somethingToOrder();
      Validator proposer = view.proposer(round);
      if (!around.identity().is(proposer.account())) {
        around.outbox().add(new Effect.ForwardTransactions(proposer.account()));
      }
    }
  }

  /// A timer of this height fired.
  void timer(Timer timer) {
    switch (timer) {
      case Timer.EmptyBlockInterval _ -> {
        if (self.isPresent()) {
          clock.emptyIntervalIsOver();
        }
      }
      case Timer.BlockInterval _ -> clock.intervalIsOver();
      case Timer.Cooldown _ -> {} // It is the same at all heights.
      case Timer.ProposeAnyway late -> mayProposeAnyway |= late.round().equals(round);
      case Timer.ProposeFresh late -> mayProposeFresh |= late.round().equals(round);
      case Timer.NextHolder late -> supply.nobodySent(late);
      case Timer.RoundEnd end -> {
        if (self.isPresent() && clock.isCurrent(end)) {
          endRound();
        }
      }
    }
  }

  /// Nobody runs ahead: into the next round only after a group that brings all others has got to
  /// the present one. Otherwise the node says once more where it is. Protocol §5.6.
  private void endRound() {
    if (certificates.decision().isPresent()) {
      catchUp(certificates.decision().get());
      return;
    }
    if (round.number() == 0 || rules.bringsOthers(roundChanges.reached(round))) {
      enter(round.next());
    } else {
      clock.again();
      requestRoundChange();
    }
  }

  /// The height is decided, and its block is still missing here: others have it.
  private void catchUp(CommitCertificate decision) {
    clock.again();
    for (Peer peer : supply.holders(decision.proposalId())) {
      around.outbox().add(new Effect.CatchUp(peer, height));
    }
  }

  /// The key signed a vote.
  void signed(SigningRequest.Vote request, BlsSignature signature) {
    Validator voter = self.orElseThrow();
    Vote vote = new Vote(request.ballot(), voter.account(), signature);
    tally(vote.round()).addOwn(vote, voter);
    routes.send(vote.round(), vote);
  }

  /// The key signed an envelope.
  void signed(SigningRequest.Envelope request, BlsSignature signature) {
    proposing.signed(request, signature, self.orElseThrow()).ifPresent(this::send);
  }

  private void send(Proposal proposal) {
    proposals.acceptOwn(proposal);
    around.sendToAll(proposal);
    clock.proposalAccepted();
  }

  /// The key signed a round change.
  void signed(SigningRequest.ToRound request, BlsSignature signature) {
    RoundChange message =
        new RoundChange(
            height,
            request.round(),
            self.orElseThrow().account(),
            signature,
            certificates
                .highest()
                .filter(certificate -> request.round().isAbove(certificate.round())));
    boolean again = ownRoundChange.filter(own -> own.round().equals(message.round())).isPresent();
    ownRoundChange = Optional.of(message);
    roundChanges.addOwn(message, self.orElseThrow());
    if (again) {
      around.sendToAll(message); // Whoever should have merged it may be gone.
    } else {
      routes.send(message.round(), message);
    }
  }

  /// The key made a proof of randomness.
  void signed(BlsSignature randomness) {
    proposing.randomness(randomness);
  }

  /// The key refused. What it guards is more than this node remembers, so nothing is tried again.
  void refused(SigningRequest request) {
    if (request instanceof SigningRequest.Envelope) {
      proposing.refused();
    }
  }

  /// The pool gave transactions for a proposal.
  void gathered(Input.TransactionsGathered batch) {
    self.ifPresent(
        proposer -> proposing.gathered(batch, toProposeAgain(), proposer, clock.emptyBlockIsDue()));
  }

  /// All transactions of a content are in hand.
  void completed(Input.ProposalCompleted completed) {
    contents
        .find(completed.proposalId())
        .ifPresent(entry -> {
          long bytes = completed.transactions().stream().mapToLong(Bytes::length).sum();
          if (bytes > view.limits().bytesMax()) {
            entry.condemn();
          } else {
            entry.complete(completed.transactions());
          }
        });
  }

  /// A content was executed.
  void executed(Input.Executed result) {
    contents.find(result.proposalId()).ifPresent(entry -> entry.executed(result));
  }

  /// An operator's word.
  void allowed(Input.OperatorAllowed word) {
    ownVotes.allow(word.blockHash());
  }

  // ---- The rules.

  /// Applies the rules until none applies any more.
  void progress() {
    boolean moved = true;
    while (moved && !ownVotes.isDiverged()) {
      supply();
      moved = certify() || jump() || vote() || propose();
    }
  }

  /// §5.4: a quorum of checked votes is a certificate.
  private boolean certify() {
    boolean moved = false;
    for (RoundTally tally : tallies.values()) {
      for (Phase phase : PHASES) {
        Optional<Ballot> ballot = tally.quorum(phase);
        if (ballot.isPresent()
            && certificates.form(ballot.get(), tally.signatures(ballot.get()).orElseThrow())) {
          moved = true;
          if (routes.aggregates(ballot.get().round())) {
            around.sendToAll(certificates.of(phase));
          }
        }
      }
      tally.check();
    }
    return moved;
  }

  /// §5.6: to the highest round that a group with an honest validator in it has reached; a prepare
  /// certificate proves such a group.
  private boolean jump() {
    roundChanges.update(round);
    for (Round given : roundChanges.rounds()) {
      if (routes.aggregates(given)) {
        roundChanges.toAnnounce(given, certificates.highest()).ifPresent(around::sendToAll);
      }
    }
    Round byHonest = roundChanges.reachedByHonest();
    Round prepared = certificates.highest().map(PrepareCertificate::round).orElse(Round.ZERO);
    Round target = prepared.isAbove(byHonest) ? prepared : byHonest;
    if (!target.isAbove(round)) {
      if (clock.isAhead() && rules.bringsOthers(roundChanges.reached(round))) {
        clock.othersCame();
      }
      return false;
    }
    enter(target);
    return true;
  }

  private void enter(Round entered) {
    round = entered;
    mayProposeAnyway = false;
    mayProposeFresh = false;
    proposing.enter(round);
    tallies.headMap(oldestKept()).clear();
    contents.keepOnly(this::isWorthKeeping);
    supply.keepOnly(this::isWorthKeeping);
    if (self.isPresent()) {
      clock.enter(round);
      requestRoundChange();
      if (around.identity().is(view.proposer(round).account())) {
        clock.startTimer(new Timer.ProposeAnyway(height, round), clock.roundTimer().dividedBy(4));
        clock.startTimer(new Timer.ProposeFresh(height, round), clock.roundTimer().dividedBy(2));
      }
    }
  }

  private Round oldestKept() {
    return new Round(Math.max(0, round.number() - ROUNDS_KEPT));
  }

  private void requestRoundChange() {
    around.outbox().add(new Effect.Sign(new SigningRequest.ToRound(height, round)));
  }

  private boolean isWorthKeeping(Hash proposalId) {
    return certificates.name(proposalId)
        || voting.lock().filter(lock -> lock.proposalId().equals(proposalId)).isPresent()
        || proposals.isRecent(proposalId, oldestKept());
  }

  /// §5.2, §5.3: contents in play are fetched, completed and executed.
  private void supply() {
    proposals
        .accepted(round)
        .ifPresent(accepted -> {
          clock.proposalAccepted();
          Hash proposalId = accepted.envelope().proposalId();
          if (certificates.highest().filter(c -> !c.proposalId().equals(proposalId)).isPresent()) {
            supply.fetch(proposalId);
          } else {
            supply.advance(proposalId);
          }
        });
    certificates.highest().ifPresent(this::supplyCertified);
    certificates.decision().ifPresent(this::supplyCertified);
  }

  private void supplyCertified(Certificate certificate) {
    Hash proposalId = certificate.proposalId();
    if (!supply.isComplete(proposalId)) {
      supply.provenBy(proposalId, tally(certificate.round()).provenHolders(proposalId));
      if (supply.isSoughtNow(proposalId)) {
        tallies.values().forEach(tally -> supply.heldBy(proposalId, tally.holders(proposalId)));
      }
    }
    if (mayProposeAnyway) {
      supply.askAgain(proposalId, round);
    }
    supply.advance(proposalId);
  }

  /// §5.2, §5.3: a PREPARE for the round's proposal, a COMMIT on its prepare certificate.
  private boolean vote() {
    return ownVotes.prepare(round, proposals.accepted(round))
        || certificates
            .highest()
            .filter(certificate -> certificate.round().equals(round))
            .filter(ownVotes::commit)
            .isPresent();
  }

  /// §5.1, §5.6: the proposer of the round proposes when enough others are in it: to fewer it would
  /// propose in vain, and whoever comes later hears nothing of it. Once the round has a prepare
  /// certificate, its key has proposed already, from here or from elsewhere.
  private boolean propose() {
    if (self.isEmpty()
        || certificates.decision().isPresent()
        || certificates.highest().filter(c -> !round.isAbove(c.round())).isPresent()
        || !around.identity().is(view.proposer(round).account())) {
      return false;
    }
    boolean due;
    if (round.number() == 0) {
      due =
          clock.untilInterval().isZero()
              && (around.transactionsPending() || clock.emptyBlockIsDue());
    } else {
      Weight reached = roundChanges.reached(round);
      due = rules.isQuorum(round, reached) || (mayProposeAnyway && rules.bringsOthers(reached));
    }
    if (round.number() > 0 && !due) {
      return false;
    }
    Optional<Proposal> again = proposing.propose(toProposeAgain(), due);
    again.ifPresent(this::send);
    return again.isPresent();
  }

  /// The highest certificate, unless its content cannot be had: then nobody who answers is locked
  /// on it, since a lock is kept together with its content, and a fresh content may pass.
  private Optional<PrepareCertificate> toProposeAgain() {
    return certificates
        .highest()
        .filter(certificate ->
            !mayProposeFresh
                || contents
                    .find(certificate.proposalId())
                    .flatMap(Contents.Entry::transactions)
                    .isPresent());
  }

  private RoundTally tally(Round given) {
    return tallies.computeIfAbsent(
        given,
        r -> new RoundTally(view.genesisHash(), around, weight -> rules.isQuorum(r, weight)));
  }

  /// The decision, once this node holds the block itself. Casts this node's own COMMIT if it has
  /// not and may: a slow link is not an absence.
  Optional<Decided> decided() {
    if (certificates.decision().isEmpty() || ownVotes.isDiverged()) {
      return Optional.empty();
    }
    CommitCertificate certificate = certificates.decision().get();
    Optional<Contents.Entry> entry = contents.find(certificate.proposalId());
    Optional<Input.Executed> result = entry.flatMap(Contents.Entry::result);
    if (result.isEmpty()) {
      return Optional.empty();
    }
    if (!result.get().blockHash().equals(certificate.blockHash())) {
      ownVotes.diverge(entry.get(), result.get().blockHash(), certificate.blockHash());
      return Optional.empty();
    }
    ownVotes.commitLate(certificate, entry.get());
    clock.decided();
    return Optional.of(
        new Decided(certificate, entry.get(), result.get(), certificates.ofManyRounds()));
  }

  /// Whether this node stopped because it computed another block than was signed or decided.
  boolean isDiverged() {
    return ownVotes.isDiverged();
  }

  /// Why the height is not decided yet; empty while it idles.
  Optional<Stall> stall() {
    return new StallReport(view, round, proposals, certificates, roundChanges, clock)
        .of(Optional.ofNullable(tallies.get(round)));
  }

  /// The transactions of a content in play, if all are in hand.
  Optional<List<Bytes>> transactions(Hash proposalId) {
    return contents.find(proposalId).flatMap(Contents.Entry::transactions);
  }

  /// The COMMIT votes of every round, for those that come late.
  Map<Ballot, SignatureCollector> commits() {
    LinkedHashMap<Ballot, SignatureCollector> commits = new LinkedHashMap<>();
    tallies.values().forEach(tally -> commits.putAll(tally.ballots(Phase.COMMIT)));
    return commits;
  }

  /// This node among the validators of the height.
  Optional<Validator> self() {
    return self;
  }
}
