// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.Oversight;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

// Protocol §3.2, §5.5: who voted late is credited all the same.
class LateVotesTest {
  private static boolean names(Cluster cluster, AggregateSignature aggregate, int index) {
    return cluster.set.members(aggregate.signers()).stream()
        .map(Validator::account)
        .anyMatch(Cluster.account(index)::equals);
  }

  /// Whether some content of the chain credits node `index` for `height`.
  private static boolean credits(Cluster cluster, int index, long height) {
    List<AggregateSignature> credits = new ArrayList<>();
    for (ProposalContent content : cluster.node(0).contents) {
      content
          .parentCertificate()
          .filter(c -> c.height().number() == height)
          .ifPresent(c -> credits.add(c.aggregate()));
      for (CarriedCommits commits : content.carried().commits()) {
        if (commits.height().number() == height) {
          credits.add(commits.aggregate());
        }
      }
    }
    return credits.stream().anyMatch(aggregate -> names(cluster, aggregate, index));
  }

  @Test // Protocol §5.5
  void everyVoterOfAHealthyNetworkIsCredited() {
    Cluster cluster = Cluster.balanced(4, 4).start();
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 12), cluster::standing);
    for (int node = 0; node < 8; node++) {
      for (long height = 1; height <= 6; height++) {
        assertTrue(credits(cluster, node, height), node + " at " + height);
      }
    }
  }

  @Test // Protocol §5.5
  void aValidatorBehindASlowLinkIsCredited() {
    Cluster cluster = Cluster.balanced(4, 4);
    cluster.node(7).extraDelayMillis = 2_300;
    cluster.start();
    cluster.nodes.forEach(node -> node.submit(Cluster.transaction(node.index)));
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 12), cluster::standing);
    for (long height = 1; height <= 6; height++) {
      assertTrue(credits(cluster, 7, height), "at " + height);
    }
    boolean carried =
        cluster.node(0).contents.stream().anyMatch(c -> !c.carried().commits().isEmpty());
    assertTrue(carried, "nothing was late");
  }

  @Test // Protocol §3.2: what is carried brings somebody.
  void nobodyIsCarriedTwice() {
    Cluster cluster = Cluster.balanced(4, 4);
    cluster.node(7).extraDelayMillis = 2_300;
    cluster.start();
    cluster.nodes.forEach(node -> node.submit(Cluster.transaction(node.index)));
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 12), cluster::standing);
    TreeMap<Height, Signers> credited = new TreeMap<>();
    int carried = 0;
    for (ProposalContent content : cluster.node(0).contents) {
      content.parentCertificate().ifPresent(c -> credited.put(c.height(), c.aggregate().signers()));
      for (CarriedCommits commits : content.carried().commits()) {
        Signers signers = commits.aggregate().signers();
        Signers before = Objects.requireNonNull(credited.put(commits.height(), signers));
        assertTrue(LateVotes.bringsMore(signers, before), "at " + content.height());
        credited.put(commits.height(), before.or(signers));
        carried++;
      }
    }
    assertTrue(carried > 0, "nothing was late");
  }

  @Test // Protocol §5.4: its own COMMIT that the certificate does not hold goes to who proposes
  // next.
  void whoCommitsAfterTheCertificateTellsTheNextProposer() {
    Script script = Script.fast();
    ProposalContent content = script.content(0);
    script.give(1, script.proposal(0, content)).give(script.prepare(0, content), 1, 2);
    assertEquals(script.commit(0, content), script.votes().getLast());
    script.give(1, script.certificate(script.commit(0, content), 1, 2, 3));
    assertEquals(1, script.node.height());
    Vote own = script.vote(0, script.commit(0, content));
    Address next = script.node.chain.next().proposer(Round.ZERO).account();
    assertTrue(
        script
            .node
            .effects(Effect.Send.class)
            .contains(new Effect.Send(new Recipients.Validators(List.of(next)), own)));
  }

  /// What a script's validators vote for the block of `height`.
  private static Ballot.Commit commit(long height) {
    return new Ballot.Commit(
        new Height(height), Round.ZERO, Mode.FAST, FixedChain.GENESIS, FixedChain.GENESIS);
  }

  private static HeightRules rules(Script script, long height) {
    return new HeightRules(
        new Height(height), Mode.FAST, Fallback.ON, Oversight.REQUIRED, script.cluster.set);
  }

  private static List<Effect.Verify> checks(Surroundings around) {
    return around.outbox().drain().stream()
        .filter(Effect.Verify.class::isInstance)
        .map(Effect.Verify.class::cast)
        .toList();
  }

  @Test // Protocol §3.2: credited if one of the 5 blocks after its block carries it.
  void votesForTheLastFiveBlocksAreKept() {
    Script script = Script.fast();
    Surroundings around =
        new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN);
    LateVotes late = new LateVotes(FixedChain.GENESIS, around);
    for (long height = 1; height <= 6; height++) {
      late.add(rules(script, height), script.certificate(commit(height), 1, 2, 3), Map.of());
    }
    Signers three = script.certificate(commit(1), 1, 2, 3).aggregate().signers();
    Map<Height, Signers> credited =
        LongStream.rangeClosed(1, 5).boxed().collect(Collectors.toMap(Height::new, _ -> three));
    late.offer(Cluster.peer(0), script.vote(0, commit(1)));
    late.check(new LateVotes.Credits(new Height(7), credited));
    assertEquals(List.of(), checks(around));
    late.offer(Cluster.peer(0), script.vote(0, commit(2)));
    assertEquals(1, checks(around).size());
  }

  @Test // Protocol §3.2: what is carried brings somebody.
  void whoIsCreditedAlreadyIsNotChecked() {
    Script script = Script.fast();
    Surroundings around =
        new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN);
    LateVotes late = new LateVotes(FixedChain.GENESIS, around);
    for (long height = 1; height <= 3; height++) {
      late.add(rules(script, height), script.certificate(commit(height), 1, 2, 3), Map.of());
      late.offer(Cluster.peer(0), script.vote(0, commit(height)));
    }
    Signers three = script.certificate(commit(1), 1, 2, 3).aggregate().signers();
    Signers all = script.certificate(commit(1), 0, 1, 2, 3).aggregate().signers();
    late.check(
        new LateVotes.Credits(new Height(4), Map.of(new Height(1), all, new Height(2), three)));
    List<ValidatorMessage> checked = checks(around).stream().map(Effect.Verify::message).toList();
    assertEquals(
        List.of(commit(2).message(FixedChain.GENESIS), commit(3).message(FixedChain.GENESIS)),
        checked);
  }

  @Test // Protocol §5.1: with every signer known by then.
  void theParentsCertificateIsCarriedWithWhoeverCameLater() {
    Script script = Script.fast();
    Surroundings around =
        new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN);
    LateVotes late = new LateVotes(FixedChain.GENESIS, around);
    Ballot.Commit ballot = commit(1);
    SignatureCollector votes =
        new SignatureCollector(ballot.height(), ballot.message(FixedChain.GENESIS), around);
    for (int voter = 1; voter < 4; voter++) {
      Validator signer = script.cluster.set.find(Cluster.account(voter)).orElseThrow();
      votes.addVerified(signer, script.vote(voter, ballot).signature());
    }
    CommitCertificate known = script.certificate(ballot, 1, 2, 3);
    late.add(rules(script, 1), known, Map.of(ballot, votes));
    assertEquals(known, late.fullest(known));
    late.offer(Cluster.peer(0), script.vote(0, ballot));
    late.check(new LateVotes.Credits(new Height(2), Map.of()));
    Effect.Verify check = checks(around).getFirst();
    around
        .outbox()
        .answered(new Input.Verified(check.id(), new KeyedHashes().aggregate(check.signatures())));
    assertEquals(script.certificate(ballot, 0, 1, 2, 3), late.fullest(known));
  }

  @Test // Protocol §5.7: a certificate holds a checked sum as a whole or not at all.
  void aSignerCountedMeanwhileIsInNoSumTwice() {
    Script script = Script.fast();
    Surroundings around =
        new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN);
    Outbox outbox = around.outbox();
    Ballot.Commit ballot = commit(1);
    SignatureCollector votes =
        new SignatureCollector(ballot.height(), ballot.message(FixedChain.GENESIS), around);
    for (int voter = 1; voter < 3; voter++) {
      Validator signer = script.cluster.set.find(Cluster.account(voter)).orElseThrow();
      votes.offer(
          new SignatureCollector.Candidate(
              signer, script.vote(voter, ballot).signature(), Cluster.peer(voter)));
    }
    votes.check();
    Effect.Verify check = (Effect.Verify) outbox.drain().getFirst();
    Validator first = script.cluster.set.find(Cluster.account(1)).orElseThrow();
    votes.addVerified(first, script.vote(1, ballot).signature());
    outbox.answered(
        new Input.Verified(check.id(), new KeyedHashes().aggregate(check.signatures())));
    assertEquals(
        script.certificate(ballot, 1).aggregate(),
        votes.aggregate(script.cluster.set).orElseThrow());
    votes.check();
    Effect.Verify again = (Effect.Verify) outbox.drain().getFirst();
    outbox.answered(
        new Input.Verified(again.id(), new KeyedHashes().aggregate(again.signatures())));
    assertEquals(
        script.certificate(ballot, 1, 2).aggregate(),
        votes.aggregate(script.cluster.set).orElseThrow());
  }

  @Test // Protocol §3.2
  void stakersAnchorEveryTwentiethBlockOfFast() {
    Cluster cluster = Cluster.fast(4, 3).start();
    assertTrue(cluster.allReach(Duration.ofMinutes(3), 24));
    List<CarriedAnchors> anchors =
        cluster.node(0).contents.stream().flatMap(c -> c.carried().anchors().stream()).toList();
    assertTrue(anchors.size() > 0);
    for (int staker = 4; staker < 7; staker++) {
      int index = staker;
      assertTrue(anchors.stream().anyMatch(a -> names(cluster, a.aggregate(), index)));
    }
    assertEquals(0, cluster.evidence().size());
  }
}
