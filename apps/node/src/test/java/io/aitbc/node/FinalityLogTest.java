// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.DerivedChain;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.rpc.LiveNode;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FinalityLogTest { // docs/json-rpc.md, aitbc_finality
  private static final HeightRules RULES =
      new DerivedChain(OneValidator.DERIVED, new BlsScheme()).next().rules();
  private static final long EARLY_MILLIS = 50;

  private final FinalityLog log = new FinalityLog();

  private static ProposalEnvelope proposal(long height, Hash id) {
    return new ProposalEnvelope(
        new Height(height),
        Round.ZERO,
        id,
        Optional.empty(),
        Address.ZERO,
        NodeValues.NO_SIGNATURE);
  }

  private Optional<LiveNode.Finality> decided(long height) {
    return log.decided(height, NodeValues.certificate(height), RULES);
  }

  @Test
  void whatAStrangerSendsEarlyForAHeightSaysNothing() throws InterruptedException {
    log.proposed(proposal(1, NodeValues.hash(7)));
    Thread.sleep(EARLY_MILLIS);
    long began = System.nanoTime();
    log.proposed(proposal(1, NodeValues.certificate(1).proposalId()));
    long millis = decided(1).orElseThrow().millis();
    assertTrue(millis <= (System.nanoTime() - began) / 1_000_000, () -> millis + " ms");
    assertEquals(millis, log.of(1).orElseThrow().millis());
  }

  @Test
  void whatCameFinalAlreadyHasNoTime() {
    assertEquals(Optional.empty(), decided(1));
    assertEquals(Optional.empty(), log.of(1));
  }
}
