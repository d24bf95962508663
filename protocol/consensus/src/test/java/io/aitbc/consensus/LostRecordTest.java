// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §8.4: a key whose record is lost.
class LostRecordTest {
  private static LostRecord of(int authorities, int stakers) {
    Mode mode = authorities > 0 ? Mode.FAST : Mode.SECURE;
    return new LostRecord(FixedChain.genesis(Cluster.set(authorities, stakers), mode).rules());
  }

  private static void answer(LostRecord lost, int validator, long height) {
    lost.answered(Cluster.account(validator), new Height(height));
  }

  @Test // Protocol §8.4
  void theFirstSafeHeightIsTheThirdAboveTheHighestOfAQuorum() {
    LostRecord lost = of(4, 0);
    answer(lost, 1, 7);
    answer(lost, 2, 9);
    assertEquals(Optional.empty(), lost.firstSafe());
    answer(lost, 3, 8);
    assertEquals(Optional.of(new Height(12)), lost.firstSafe());
  }

  @Test // Protocol §8.4
  void theSameValidatorCountsOnceAndStrangersNever() {
    LostRecord lost = of(4, 0);
    for (int i = 0; i < 5; i++) {
      answer(lost, 1, i);
      answer(lost, 50 + i, 1_000);
    }
    assertEquals(Optional.empty(), lost.firstSafe());
  }

  @Test // Protocol §8.4: a late answer takes nothing back.
  void ofSeveralAnswersOfAValidatorTheHighestCounts() {
    LostRecord lost = of(4, 0);
    answer(lost, 1, 9);
    answer(lost, 1, 4);
    answer(lost, 2, 5);
    answer(lost, 3, 5);
    assertEquals(Optional.of(new Height(12)), lost.firstSafe());
  }

  @Test // Protocol §8.4
  void bothClassesAreAsked() {
    LostRecord lost = of(4, 3);
    for (int i = 0; i < 3; i++) {
      answer(lost, i, 5);
    }
    assertEquals(Optional.empty(), lost.firstSafe());
    for (int i = 4; i < 7; i++) {
      answer(lost, i, 6);
    }
    assertEquals(Optional.of(new Height(9)), lost.firstSafe());
  }

  @Test // Protocol §8.4: the others go on, and the key says nothing before it is safe.
  void aNodeWithALostRecordVotesAgainFromItsFirstSafeHeight() {
    Cluster cluster = Cluster.fast(4, 0).start();
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 3));
    Cluster.Node node = cluster.node(1);
    node.crash();
    node.record = SigningRecord.afterLoss(FixedChain.GENESIS, new Height(8));
    node.log.clear();
    int before = node.effects.size();
    node.start();
    assertTrue(cluster.allReach(Duration.ofMinutes(2), 12));
    assertTrue(
        node.effects.stream()
            .skip(before)
            .filter(effect -> effect instanceof Effect.Send(Recipients _, io.aitbc.model.Vote _))
            .map(effect -> ((Effect.Send) effect).message().height())
            .allMatch(height -> height.number() >= 8));
    assertEquals(0, cluster.evidence().size());
    assertEquals(8, node.record.first().number());
    assertTrue(node.record.last().isPresent());
  }
}
