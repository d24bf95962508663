// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ValidatorSet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A block of the preset `classic` has 500 transactions and 1,000,000 bytes of them, in every mode.
class ClassicLimitsTest { // Protocol §5.1, §19.4
  private static final int COUNT_MAX = 500;
  private static final int BYTES_MAX = 1_000_000;

  private static final ValidatorSet SET = Cluster.set(4, 4);

  private static Script script(Mode mode) {
    Script script = Script.of(ConsensusParameters.CLASSIC, SET, mode);
    assertNotEquals(script.node.index, script.proposer(0));
    return script;
  }

  /// Different ones, of so many bytes together.
  private static List<Bytes> transactions(int count, int bytes) {
    return IntStream.range(0, count)
        .mapToObj(number -> {
          int length = bytes / count + (number < bytes % count ? 1 : 0);
          return Bytes.wrap(ByteBuffer.allocate(length).putInt(number).array());
        })
        .toList();
  }

  /// What the node votes about a proposal with these transactions, which come to it.
  private static int votes(Script script, List<Bytes> transactions) {
    ProposalContent content = script.content(0, transactions.toArray(Bytes[]::new));
    script.give(script.proposer(0), script.proposal(0, content));
    script.node.on(new Input.ProposalCompleted(content.id(), transactions));
    script.cluster.runFor(Duration.ofMillis(20));
    return script.votes().size();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void fiveHundredTransactionsOfAMillionBytesGetAPrepare(Mode mode) {
    List<Bytes> transactions = transactions(COUNT_MAX, BYTES_MAX);
    assertEquals(BYTES_MAX, transactions.stream().mapToInt(Bytes::length).sum());
    assertEquals(1, votes(script(mode), transactions));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aByteMoreGetsNone(Mode mode) {
    assertEquals(0, votes(script(mode), transactions(COUNT_MAX, BYTES_MAX + 1)));
    assertEquals(0, votes(script(mode), transactions(1, BYTES_MAX + 1)));
    assertEquals(1, votes(script(mode), transactions(1, BYTES_MAX)));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aTransactionMoreGetsNoneAndIsRefused(Mode mode) {
    Script script = script(mode);
    assertEquals(0, votes(script, transactions(COUNT_MAX + 1, BYTES_MAX / 2)));
    assertEquals(
        new Misconduct.BadMessage(
            script.proposal(0, script.content(0)).height(),
            new Rejection.TooMuch(COUNT_MAX, COUNT_MAX + 1)),
        script.node.effects(Effect.Blame.class).getLast().misconduct());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aProposerAsksForNoMore(Mode mode) {
    Cluster cluster =
        new Cluster(SET, mode, FixedChain.genesis(ConsensusParameters.CLASSIC, SET, mode)).start();
    cluster.nodes.forEach(node -> node.submit(Cluster.transaction(1)));
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 1), cluster::standing);
    List<Effect.GatherTransactions> gathered =
        cluster.nodes.stream()
            .flatMap(node -> node.effects(Effect.GatherTransactions.class).stream())
            .toList();
    assertTrue(!gathered.isEmpty());
    for (Effect.GatherTransactions each : gathered) {
      assertEquals(COUNT_MAX, each.countMax());
      assertEquals(BYTES_MAX, each.bytesMax());
    }
  }
}
