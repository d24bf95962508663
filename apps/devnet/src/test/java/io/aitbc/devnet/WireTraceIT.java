// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Ballot;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Phase;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Vote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The frames by which four processes decide a height, as they are on the wire.
@Tag("long")
class WireTraceIT { // Protocol §5, §5.1 to §5.4, §5.7, §5.9, §15.2
  private static final int NODES = 4;

  /// Of four equal validators; in stake and in authorities.
  private static final int QUORUM = 3;

  private static final int PORT_SHIFT = 300;
  private static final long WAIT_NANOS_MAX = 240_000_000_000L;

  @TempDir private Path folder;

  /// The accounts of the validators, by the number of their node.
  private final List<Address> accounts = new ArrayList<>();

  @Test
  void aHeightIsProposedPreparedExecutedAndCommittedOverTheWire() throws Exception {
    DevnetFiles files = new DevnetFiles(folder.resolve("network"), PORT_SHIFT);
    files.create(NODES);
    files
        .genesisFile()
        .validators()
        .forEach(validator -> accounts.add(validator.candidate().account()));
    List<WireTap.Sent> height;
    try (WireTap tap = new WireTap(files, NODES);
        Devnet _ = Devnet.start(files, tap)) {
      height = awaitWhole(tap);
      assertEquals(List.of(), tap.faults());
      everyVoteCameFromItsVoter(tap.sent());
    }
    print(height);
    theProposalCameFirst(height);
    for (int node = 0; node < NODES; node++) {
      aCommitFollowsAQuorumOfPrepares(height, node);
      whoSaysThatItIsFinalHasAQuorumOfCommits(height, node);
    }
  }

  /// The frames of the first height above 2 that all four took part in and told of. Who hears of a
  /// block before it has voted need not vote before it is final (Protocol §5.4 rule 4), so not
  /// every height is such a one.
  private List<WireTap.Sent> awaitWhole(WireTap tap) throws InterruptedException {
    long end = System.nanoTime() + WAIT_NANOS_MAX;
    while (System.nanoTime() < end) {
      TreeMap<Long, List<WireTap.Sent>> heights = new TreeMap<>();
      for (WireTap.Sent each : tap.sent()) {
        heightOf(each.message())
            .ifPresent(height -> heights.computeIfAbsent(height, _ -> new ArrayList<>()).add(each));
      }
      for (List<WireTap.Sent> height : heights.tailMap(3L).values()) {
        if (isWhole(height)) {
          return height;
        }
      }
      Thread.sleep(500);
    }
    throw new AssertionError("no height with all votes of all validators to all others");
  }

  private static Optional<Long> heightOf(PeerMessage message) {
    return switch (message) {
      case ConsensusMessage told -> Optional.of(told.height().number());
      case PeerMessage.Status told -> Optional.of(told.head().number());
      default -> Optional.empty();
    };
  }

  private static boolean isWhole(List<WireTap.Sent> height) {
    boolean simple =
        height.stream()
            .noneMatch(each ->
                each.message() instanceof CommitCertificate
                    || each.message() instanceof ProposalRequest
                    || (each.message() instanceof Vote vote && vote.round().number() > 0)
                    || (each.message() instanceof Proposal proposal
                        && proposal.round().number() > 0));
    return simple
        && count(height, WireTraceIT::isProposal) == NODES - 1
        && count(height, each -> isVote(each, Phase.PREPARE)) == NODES * (NODES - 1)
        && count(height, each -> isVote(each, Phase.COMMIT)) == NODES * (NODES - 1)
        && count(height, WireTraceIT::isStatus) == NODES * (NODES - 1);
  }

  private static long count(List<WireTap.Sent> height, Predicate<WireTap.Sent> which) {
    return height.stream().filter(which).count();
  }

  private static boolean isProposal(WireTap.Sent each) {
    return each.message() instanceof Proposal;
  }

  private static boolean isStatus(WireTap.Sent each) {
    return each.message() instanceof PeerMessage.Status;
  }

  private static boolean isVote(WireTap.Sent each, Phase phase) {
    return each.message() instanceof Vote vote && vote.phase() == phase;
  }

  // Protocol §5.7 rule 1: up to 64 voters nobody stands between a voter and who counts.
  private void everyVoteCameFromItsVoter(List<WireTap.Sent> sent) {
    for (WireTap.Sent each : sent) {
      if (each.message() instanceof Vote vote) {
        assertEquals(accounts.get(each.from()), vote.voter(), each.toString());
      }
    }
  }

  // Protocol §5.7 rule 4, §5.2.
  private void theProposalCameFirst(List<WireTap.Sent> height) {
    List<WireTap.Sent> proposals = height.stream().filter(WireTraceIT::isProposal).toList();
    int proposer = proposals.getFirst().from();
    TreeSet<Integer> reached = new TreeSet<>();
    for (WireTap.Sent each : proposals) {
      assertEquals(proposer, each.from(), "one proposer");
      assertEquals(accounts.get(proposer), ((Proposal) each.message()).envelope().proposer());
      assertTrue(reached.add(each.to()), "to each once");
      assertTrue(
          first(height, vote -> vote.from() == each.to() && isVote(vote, Phase.PREPARE))
              > height.indexOf(each),
          "node" + (each.to() + 1) + " PREPAREs what it was sent");
    }
    assertTrue(
        first(height, vote -> vote.from() == proposer && vote.message() instanceof Vote)
            > first(height, WireTraceIT::isProposal));
  }

  // Protocol §5.3 rule 2: with its own, PREPAREs of a quorum.
  private static void aCommitFollowsAQuorumOfPrepares(List<WireTap.Sent> height, int node) {
    int commit = first(height, each -> each.from() == node && isVote(each, Phase.COMMIT));
    assertTrue(
        count(height.subList(0, commit), each -> each.to() == node && isVote(each, Phase.PREPARE))
            >= QUORUM - 1);
    assertTrue(first(height, each -> each.from() == node && isVote(each, Phase.PREPARE)) < commit);
  }

  // Protocol §5.4 rule 1.
  private static void whoSaysThatItIsFinalHasAQuorumOfCommits(List<WireTap.Sent> height, int node) {
    int status = first(height, each -> each.from() == node && isStatus(each));
    assertTrue(
        count(height.subList(0, status), each -> each.to() == node && isVote(each, Phase.COMMIT))
            >= QUORUM - 1);
  }

  private static int first(List<WireTap.Sent> height, Predicate<WireTap.Sent> which) {
    return IntStream.range(0, height.size())
        .filter(i -> which.test(height.get(i)))
        .findFirst()
        .orElseThrow();
  }

  private static void print(List<WireTap.Sent> height) {
    System.out.printf(
        "%nThe wire of height %d, %d processes (docs/protocol.md)%n%8s  %-14s  %-35s %s%n",
        heightOf(height.getFirst().message()).orElseThrow(), NODES, "ms", "", "", "rule");
    long begin = height.getFirst().nanos();
    for (WireTap.Sent each : height) {
      System.out.printf(
          "%8.1f  node%d -> node%d  0x%02x %-30s %s%n",
          (each.nanos() - begin) / 1e6,
          each.from() + 1,
          each.to() + 1,
          each.message().frameType().code(),
          what(each.message()),
          rule(each.message()));
    }
  }

  private static String what(PeerMessage message) {
    return switch (message) {
      case Proposal proposal -> "PROPOSAL of " + shortly(proposal.envelope().proposalId());
      case Vote vote ->
          switch (vote.ballot()) {
            case Ballot.Prepare prepare -> "PREPARE of " + shortly(prepare.proposalId());
            case Ballot.Commit commit -> "COMMIT to block " + shortly(commit.blockHash());
          };
      case PeerMessage.Status status -> "status " + shortly(status.headHash());
      default -> message.frameType().name();
    };
  }

  private static String rule(PeerMessage message) {
    return switch (message) {
      case Proposal _ -> "§5.9 propose, §5.7 rule 4: from the proposer to every validator";
      case Vote vote when vote.phase() == Phase.PREPARE ->
          "§5.2, §5.7 rule 1: every vote goes to every validator";
      case Vote _ -> "§5.3 rule 2: after PREPAREs of a quorum and the own execution";
      case PeerMessage.Status _ -> "§5.4, §15.5: final here, and told";
      default -> "";
    };
  }

  private static String shortly(Object hash) {
    return hash.toString().substring(0, 10);
  }
}
