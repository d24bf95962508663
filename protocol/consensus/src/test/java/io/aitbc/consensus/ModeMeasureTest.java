// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import org.junit.jupiter.api.Test;

/// What the policies look at. Protocol §3.2.
class ModeMeasureTest {
  private static TestChain chain(Mode mode) {
    return TestChain.of(TestChain.parameters(ModePolicy.PINNED, mode), 4, 10, 10, 10, 10);
  }

  private static ModeInputs inputs(TestChain chain) {
    DerivedState.Fields fields = chain.state().fields();
    return ModeMeasure.inputs(
        fields.window(), fields.anchors(), fields.height(), _ -> fields.current());
  }

  @Test // Protocol §3.2: a block counts once its time to be credited has ended.
  void availabilityIsThatOfSettledBlocks() {
    TestChain chain = chain(Mode.BALANCED).upTo(20).without(0).upTo(24);
    assertEquals(1_000_000, inputs(chain).availabilityMillionths());
    // Settled are blocks 1 to 21; no certificate of the last two names authority 0.
    chain.upTo(26);
    assertEquals((21 * 4 - 2) * 1_000_000L / (21 * 4), inputs(chain).availabilityMillionths());
  }

  @Test // Protocol §3.2: mean over the settled blocks of the share of the stake that signed.
  void participationIsTheShareOfTheStakeThatSigned() {
    TestChain chain = chain(Mode.BALANCED).without(4).upTo(25);
    assertEquals(750_000, inputs(chain).participationMillionths());
    assertEquals(1_000_000, inputs(chain).availabilityMillionths());
  }

  @Test // Protocol §3.2: in FAST over the settled anchors.
  void participationInFastIsTheShareThatAnchored() {
    TestChain chain = chain(Mode.FAST).upTo(41).anchoredBy(_ -> false).upTo(59);
    assertEquals(1_000_000, inputs(chain).participationMillionths());
    chain.upTo(60);
    assertEquals(500_000, inputs(chain).participationMillionths());
  }
}
