// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.aitbc.consensus.Epochs;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.EvidenceCheck;
import io.aitbc.model.EvidenceVerdict;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is really so, as nobody in the run knows it: everything that was ever signed, decided and
/// made durable. Compares it with the invariants as it learns. The tables are only looked up, never
/// walked through.
final class Truth {
  /// What was signed for a ballot so far.
  private static final class Tally {
    final Set<Address> voters = new HashSet<>();
    int authorities;
    long stake;
    boolean quorum;
  }

  /// What is known of one height.
  private static final class AtHeight {
    final HeightRules rules;
    final Map<Ballot, Tally> tallies = new HashMap<>();
    final Map<Address, Ballot.Commit> lastCommits = new HashMap<>();
    Optional<Hash> decided = Optional.empty();
    Optional<CommitCertificate> decidedBy = Optional.empty();
    Optional<Ballot.Commit> certified = Optional.empty();

    AtHeight(HeightRules rules) {
      this.rules = rules;
    }
  }

  private record Place(Address signer, long height, int round, int step) {}

  private record Lock(int node, Hash proposalId, Hash blockHash) {}

  private final World world;
  private final TreeMap<Long, AtHeight> heights = new TreeMap<>();
  private final Map<Place, SigningRequest> signed = new HashMap<>();
  private final Set<Lock> locks = new HashSet<>();
  private final Set<Hash> ownProposals = new HashSet<>();
  private final Set<Address> guilty = new HashSet<>();
  private final TreeSet<Address> accused = new TreeSet<>();
  private final TreeMap<Long, Evidence> evidence = new TreeMap<>();
  private long farthest;
  private boolean forked;
  private boolean forkedForGood;

  Truth(World world) {
    this.world = world;
  }

  /// A validator is Byzantine.
  void corrupted(Address account) {
    guilty.add(account);
  }

  boolean isGuilty(Address account) {
    return guilty.contains(account);
  }

  private boolean forksAllowed() {
    return world.options().profile() == Profile.CONTROL;
  }

  @FormatMethod
  private static Violation violation(Invariant invariant, @FormatString String what, Object... of) {
    return new Violation(invariant, what.formatted(of));
  }

  /// The highest height that was decided anywhere.
  long farthest() {
    return farthest;
  }

  /// The rules of a height, as every honest node must have them.
  Optional<HeightRules> rules(long height) {
    return Optional.ofNullable(heights.get(height)).map(at -> at.rules);
  }

  /// Whether there was a fork.
  boolean forked() {
    return forked;
  }

  /// Whether two nodes have different blocks as final.
  boolean forkedForGood() {
    return forkedForGood;
  }

  /// Whom evidence has convicted by the set of its height, in the order of their accounts.
  List<Address> accused() {
    return List.copyOf(accused);
  }

  // ---- What nodes say about the chain.

  /// A node has come to a height: what its chain says of it.
  void expects(VirtualNode node, HeightRules rules) {
    if (forked) {
      return; // Beyond a fork there are two truths.
    }
    AtHeight at = heights.get(rules.height().number());
    if (at == null) {
      begins(rules);
    } else if (node.isHonest() && !at.rules.equals(rules)) {
      throw violation(
          Invariant.ONE_MODE, "node %d has %s, others %s", node.index(), rules, at.rules);
    }
  }

  private void begins(HeightRules rules) {
    long height = rules.height().number();
    heights.put(height, new AtHeight(rules));
    AtHeight before = heights.get(height - 1);
    if (before == null) {
      return;
    }
    if (before.rules.mode() != rules.mode()) {
      world.coverage().count(Coverage.MODE_CHANGED);
      if (world.network().isSplit()) {
        world.coverage().count(Coverage.MODE_CHANGED_UNDER_PARTITION);
      }
    }
    if (height > 1 && Epochs.isLast(new Height(height - 1))) {
      world.coverage().count(Coverage.EPOCH_PASSED);
    }
    if (!before.rules.set().equals(rules.set())) {
      world.coverage().count(Coverage.SET_CHANGED);
    }
  }

  /// A block is final and durable at an honest node.
  void finalized(VirtualNode node, CertifiedBlock block, Execution.Result result) {
    Hash hash = result.hash();
    long height = block.height().number();
    AtHeight at = heights.get(height);
    if (at == null || forkedForGood) {
      return;
    }
    if (at.decided.isPresent() && !at.decided.get().equals(hash)) {
      forked = true;
      forkedForGood = true;
      if (!forksAllowed()) {
        throw violation(
            Invariant.AGREEMENT,
            "height %d: node %d has %s, another %s",
            height,
            node.index(),
            hash,
            at.decided.get());
      }
      accuse(at, at.decidedBy.orElseThrow(), block.certificate());
      return;
    }
    at.decided = Optional.of(hash);
    at.decidedBy = Optional.of(block.certificate());
    farthest = Math.max(farthest, height);
    world.censorship().finalized(block, result);
    if (world.options().realExecution() && Epochs.isLast(block.height())) {
      world.coverage().count(Coverage.CONTRACTS_SETTLED);
    }
    holds(at, block.certificate());
    if (at.rules.rule(block.certificate().round()) != at.rules.rule(Round.ZERO)) {
      world.coverage().count(Coverage.FALLBACK_DECIDED);
    }
    if (block.certificate().round().number() > 0) {
      world.coverage().count(Coverage.LATER_ROUND_DECIDED);
    }
    if (!block.carried().commits().isEmpty()) {
      world.coverage().count(Coverage.LATE_VOTES_CARRIED);
    }
    if (!block.carried().anchors().isEmpty()) {
      world.coverage().count(Coverage.ANCHORED);
    }
  }

  private void holds(AtHeight at, CommitCertificate certificate) {
    Tally tally = new Tally();
    for (Validator member : at.rules.set().members(certificate.aggregate().signers())) {
      add(tally, at.rules, certificate.round(), member);
      boolean said =
          Optional.ofNullable(at.tallies.get((Ballot) certificate.ballot()))
              .filter(votes -> votes.voters.contains(member.account()))
              .isPresent();
      if (!said) {
        throw violation(
            Invariant.NOT_FORGED, "%s never said %s", member.account(), certificate.ballot());
      }
    }
    if (!tally.quorum) {
      throw violation(Invariant.CERTIFICATE_HOLDS, "%s by %s", certificate, at.rules);
    }
  }

  private static void add(Tally tally, HeightRules rules, Round round, Validator voter) {
    if (tally.voters.add(voter.account())) {
      tally.authorities += voter.isAuthority() ? 1 : 0;
      tally.stake += voter.stake().units();
      tally.quorum =
          tally.quorum || Reference.isQuorum(rules, round, tally.authorities, tally.stake);
    }
  }

  // ---- What keys sign.

  /// A key signed, whoever holds it.
  void signed(VirtualNode node, SigningRequest request) {
    Address account = node.account();
    if (!isGuilty(account)) {
      once(account, request);
      boolean leavesTrace = !(request instanceof SigningRequest.Randomness);
      if (leavesTrace && request.height().number() > node.height() + 1) {
        throw violation(
            Invariant.DURABLE_BEFORE_SENT,
            "node %d signs %s above its last durable block %d",
            node.index(),
            request,
            node.height());
      }
    }
    if (request instanceof SigningRequest.Vote(Ballot ballot)) {
      AtHeight at = heights.get(ballot.height().number());
      Validator voter = at == null ? null : at.rules.set().find(account).orElse(null);
      if (at != null && voter != null) {
        if (!isGuilty(account)) {
          honestly(node, at, ballot);
        }
        voted(at, ballot, voter);
      }
    }
  }

  private void once(Address account, SigningRequest request) {
    Optional<Place> place = place(account, request);
    if (place.isPresent()) {
      SigningRequest before = signed.putIfAbsent(place.get(), request);
      if (before != null && !before.equals(request)) {
        throw violation(Invariant.VOTE_ONCE, "%s signed %s and %s", account, before, request);
      }
    }
  }

  private static Optional<Place> place(Address account, SigningRequest request) {
    long height = request.height().number();
    return switch (request) {
      case SigningRequest.Envelope envelope ->
          Optional.of(new Place(account, height, envelope.round().number(), 0));
      case SigningRequest.Vote(Ballot.Prepare ballot) ->
          Optional.of(new Place(account, height, ballot.round().number(), 1));
      case SigningRequest.Vote(Ballot.Commit ballot) ->
          Optional.of(new Place(account, height, ballot.round().number(), 2));
      case SigningRequest.ToAnchor _ -> Optional.of(new Place(account, height, 0, 3));
      case SigningRequest.ToRound _, SigningRequest.Randomness _ -> Optional.empty();
    };
  }

  private void honestly(VirtualNode node, AtHeight at, Ballot ballot) {
    if (ballot.mode() != at.rules.mode()) {
      throw violation(Invariant.ONE_MODE, "%s by %s", ballot, at.rules);
    }
    Ballot.Commit before = at.lastCommits.get(node.account());
    switch (ballot) {
      case Ballot.Commit commit -> {
        if (!locks.contains(new Lock(node.index(), commit.proposalId(), commit.blockHash()))) {
          throw violation(
              Invariant.DURABLE_BEFORE_SENT, "no lock of node %d for %s", node.index(), commit);
        }
        boolean decided =
            at.certified.filter(c -> c.proposalId().equals(commit.proposalId())).isPresent();
        if (!decided && !isPrepared(at, commit.round(), commit.proposalId())) {
          throw violation(Invariant.LOCK_RULE, "%s before its prepare certificate", commit);
        }
        if (before != null && !before.proposalId().equals(commit.proposalId())) {
          world.coverage().count(Coverage.LOCK_MOVED);
        }
        at.lastCommits.put(node.account(), commit);
      }
      case Ballot.Prepare prepare -> {
        Optional<Round> prepared = prepare.preparedRound();
        if (prepared.isPresent() && !isPrepared(at, prepared.get(), prepare.proposalId())) {
          throw violation(Invariant.LOCK_RULE, "no certificate justifies %s", prepare);
        }
        boolean free =
            before == null
                || (before.proposalId().equals(prepare.proposalId())
                    ? prepared.filter(v -> !before.round().isAbove(v)).isPresent()
                    : prepared.filter(v -> v.isAbove(before.round())).isPresent());
        if (!free) {
          throw violation(Invariant.LOCK_RULE, "%s after %s", prepare, String.valueOf(before));
        }
      }
    }
  }

  private static boolean isPrepared(AtHeight at, Round round, Hash proposalId) {
    // The certificate names a v of its own, which is below its round.
    for (int v = -1; v < round.number(); v++) {
      Optional<Round> prepared = v < 0 ? Optional.empty() : Optional.of(new Round(v));
      Ballot ballot =
          new Ballot.Prepare(at.rules.height(), round, at.rules.mode(), proposalId, prepared);
      Tally tally = at.tallies.get(ballot);
      if (tally != null && tally.quorum) {
        return true;
      }
    }
    return false;
  }

  private void voted(AtHeight at, Ballot ballot, Validator voter) {
    Tally tally = at.tallies.computeIfAbsent(ballot, _ -> new Tally());
    add(tally, at.rules, ballot.round(), voter);
    if (!tally.quorum || !(ballot instanceof Ballot.Commit commit)) {
      return;
    }
    if (at.certified.isEmpty()) {
      at.certified = Optional.of(commit);
    } else if (!at.certified.get().blockHash().equals(commit.blockHash())) {
      forked = true;
      if (!forksAllowed()) {
        throw violation(
            Invariant.ONE_CERTIFICATE, "votes make %s and %s", at.certified.get(), commit);
      }
    }
  }

  // ---- What is durable, and what leaves.

  /// A record is durable at a node.
  void persisted(VirtualNode node, LogRecord logRecord) {
    switch (logRecord) {
      case LogRecord.Lock lock ->
          locks.add(new Lock(node.index(), lock.proposal().content().id(), lock.blockHash()));
      case LogRecord.OwnProposal own -> ownProposals.add(id(own.proposal()));
      case LogRecord.Allowance _ -> {}
    }
  }

  private static Hash id(Proposal proposal) {
    return io.aitbc.crypto.Keccak256.hash(proposal.envelope().encoded());
  }

  /// A message leaves an honest node.
  void sent(VirtualNode node, PeerMessage message) {
    if (message instanceof Vote || message instanceof Proposal) {
      if (!node.isDurable()) {
        throw violation(Invariant.DURABLE_BEFORE_SENT, "node %d sends %s", node.index(), message);
      }
    }
    if (message instanceof Proposal proposal
        && node.speaksFor(proposal.envelope().proposer())
        && !ownProposals.contains(id(proposal))) {
      throw violation(Invariant.DURABLE_BEFORE_SENT, "node %d sends %s", node.index(), message);
    }
  }

  // ---- Blame.

  /// The two certificates of a fork convict who made it, if they are of one round.
  private void accuse(AtHeight at, CommitCertificate first, CommitCertificate second) {
    if (first.round().equals(second.round())) {
      judged(new Evidence.Equivocation(first, second), at.rules.set(), "the fork");
    }
  }

  /// An honest node reports evidence. Beyond a fork there are two truths; one set holds in both
  /// until the epoch ends.
  void reported(VirtualNode node, Evidence evidence) {
    AtHeight at = heights.get(evidence.height().number());
    if (at != null) {
      judged(evidence, at.rules.set(), "node " + node.index());
    }
  }

  private void judged(Evidence evidence, ValidatorSet set, String by) {
    switch (new EvidenceCheck(world.genesisHash(), world.scheme()).judge(evidence, set)) {
      case EvidenceVerdict.Rejected rejected ->
          throw violation(
              Invariant.EVIDENCE_AGAINST_GUILTY, "%s brings %s: %s", by, evidence, rejected);
      case EvidenceVerdict.Convicted(var offenders) -> {
        world.coverage().count(Coverage.EQUIVOCATED);
        this.evidence.putIfAbsent(Epochs.of(evidence.height()), evidence);
        offenders.forEach(offender -> {
          guilty(offender.account(), evidence);
          accused.add(offender.account());
        });
      }
    }
  }

  private void guilty(Address account, Object why) {
    if (!isGuilty(account)) {
      throw violation(Invariant.EVIDENCE_AGAINST_GUILTY, "%s is innocent of %s", account, why);
    }
  }

  /// The ledger judged evidence: just as the set of its height judges it.
  void judged(Execution.Judgement judgement) {
    Evidence evidence = judgement.evidence();
    AtHeight at = heights.get(evidence.height().number());
    if (at == null || forked) {
      return;
    }
    if (!at.rules.set().equals(heights.lastEntry().getValue().rules.set())) {
      world.coverage().count(Coverage.EVIDENCE_OF_FORMER_SET);
    }
    EvidenceCheck check = new EvidenceCheck(world.genesisHash(), world.scheme());
    List<Validator> offenders =
        switch (check.judge(evidence, at.rules.set())) {
          case EvidenceVerdict.Convicted(var found) -> found;
          case EvidenceVerdict.Rejected _ -> List.of();
        };
    if (!offenders.equals(judgement.offenders())) {
      throw violation(
          Invariant.EVIDENCE_AGAINST_GUILTY, "the ledger finds %s, not %s", judgement, offenders);
    }
  }

  /// Evidence that was reported of an epoch.
  Optional<Evidence> evidence(long epoch) {
    return Optional.ofNullable(evidence.get(epoch));
  }

  /// The ledger accepted evidence.
  void convicted(BlockFacts facts) {
    for (Address account : facts.convicted()) {
      guilty(account, facts);
      world.coverage().count(Coverage.EVIDENCE_ACCEPTED);
    }
  }

  /// An honest node scores another down.
  void blamed(VirtualNode node, VirtualNode peer, Object why) {
    if (peer.isHonest()) {
      if (!forked) {
        throw violation(
            Invariant.NO_HONEST_BLAMED, "node %d by node %d: %s", peer.index(), node.index(), why);
      }
    } else {
      world.coverage().count(Coverage.FORGERY_REFUSED);
    }
  }

  /// A message was made that its signer never signed: it must not hold.
  void forged(PeerMessage message) {
    if (!(message instanceof Vote vote)) {
      return;
    }
    Optional<Validator> voter =
        rules(vote.height().number()).flatMap(rules -> rules.set().find(vote.voter()));
    boolean holds =
        voter
            .filter(v ->
                world.scheme().verify(v.key(), vote.message(world.genesisHash()), vote.signature()))
            .isPresent();
    if (holds && !wasSaid(vote)) {
      throw violation(Invariant.NOT_FORGED, "%s holds, and was never cast", vote);
    }
  }

  private boolean wasSaid(Vote vote) {
    return Optional.ofNullable(heights.get(vote.height().number()))
        .map(at -> at.tallies.get(vote.ballot()))
        .filter(tally -> tally.voters.contains(vote.voter()))
        .isPresent();
  }
}
