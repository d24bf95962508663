// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.model.TestValidators.GENESIS;
import static io.aitbc.model.TestValidators.account;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Anchor;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.TestValidators;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a proposer does with the anchors that stakers send. Authorities 0 to 3, stakers 4 to 7.
/// Protocol §3.2.
class AnchoringTest {
  private static final Height HEIGHT = new Height(40);

  private final TestChain chain =
      TestChain.of(TestChain.parameters(ModePolicy.PINNED, Mode.FAST), 4, 10, 10, 10, 10)
          .anchoredBy(_ -> false)
          .upTo(40);
  private final Surroundings around =
      new Surroundings(new Identity.Following(), new KeyedScheme(), Instant.EPOCH);
  private int checks;
  private final Anchoring anchoring = new Anchoring(GENESIS, around);

  AnchoringTest() {
    anchoring.enter(view());
  }

  private HeightView view() {
    return new DerivedChain(chain.state(), new KeyedScheme());
  }

  private Hash blockHash() {
    return view().finalBlock(HEIGHT).orElseThrow().blockHash();
  }

  private static Anchor anchor(int validator, Hash blockHash) {
    return new Anchor(
        HEIGHT,
        blockHash,
        account(validator),
        KeyedScheme.sign(
            TestValidators.key(validator), Anchor.message(GENESIS, HEIGHT, blockHash)));
  }

  private void offer(Anchor anchor) {
    anchoring.offer(Cluster.peer(9), anchor);
  }

  /// Answers the checks that were asked for, and those that follow; the other effects.
  private List<Effect> settled() {
    KeyedScheme scheme = new KeyedScheme();
    List<Effect> others = new ArrayList<>();
    for (List<Effect> effects = around.outbox().drain();
        !effects.isEmpty();
        effects = around.outbox().drain()) {
      for (Effect effect : effects) {
        if (effect instanceof Effect.Verify check) {
          checks++;
          var sum = scheme.aggregate(check.signatures());
          boolean holds = scheme.verifyAggregate(check.keys(), check.message(), sum.orElseThrow());
          around.outbox().answered(new Input.Verified(check.id(), sum.filter(_ -> holds)));
        } else {
          others.add(effect);
        }
      }
    }
    return others;
  }

  private List<CarriedAnchors> carried() {
    anchoring.check();
    assertEquals(List.of(), settled());
    return anchoring.carried(view());
  }

  @Test
  void anchorsOfStakersAreCarried() {
    offer(anchor(5, blockHash()));
    offer(anchor(6, blockHash()));
    CarriedAnchors carried = carried().getFirst();
    assertEquals(
        view().rules().set().signers(List.of(account(5), account(6))),
        carried.aggregate().signers());
    assertEquals(blockHash(), carried.blockHash());
  }

  @Test
  void anchorsOfAuthoritiesAndStrangersAreNot() {
    offer(anchor(1, blockHash()));
    offer(anchor(77, blockHash()));
    assertEquals(List.of(), carried());
  }

  @Test // Protocol §3.2: what is carried brings somebody.
  void whoWasCreditedIsNotCarriedAgain() {
    offer(anchor(5, blockHash()));
    assertEquals(1, carried().size());
    chain.anchoredBy(account(5)::equals).blocks(2);
    assertEquals(List.of(), carried());
    offer(anchor(6, blockHash()));
    assertEquals(1, carried().size());
  }

  @Test // Protocol §8.1.
  void twoAnchorsOfOneHeightAreEvidence() {
    offer(anchor(5, blockHash()));
    offer(anchor(5, GENESIS));
    assertEquals(
        List.of(
            new Effect.ReportEvidence(
                new Evidence.Equivocation(anchor(5, blockHash()), anchor(5, GENESIS)))),
        settled());
  }

  @Test // Protocol §5.7: one check of the true one, one of a forged one.
  void aForgerOfAnchorsCostsOneCheck() {
    offer(anchor(5, blockHash()));
    for (int i = 0; i < 1_000; i++) {
      Hash other = Keccak256.hash(Cluster.transaction(i));
      Anchor forged = new Anchor(HEIGHT, other, account(5), anchor(6, GENESIS).signature());
      anchoring.offer(Cluster.peer(77), forged);
    }
    List<Effect> others = settled();
    assertEquals(2, checks);
    assertEquals(
        List.of(new Effect.Blame(Cluster.peer(77), new Misconduct.BadSignature(HEIGHT))), others);
  }
}
