// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.consensus.poa.AuthorityStart;
import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlockRequest;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BranchFetchTest { // Protocol §10.4
  private static final Instant BEGIN = Instant.ofEpochSecond(1_000);
  private static final Hash GENESIS = NodeValues.hash(0);
  private static final Peer ONE = new Peer(NodeValues.hash(21).toBytes());
  private static final Peer OTHER = new Peer(NodeValues.hash(22).toBytes());

  private final List<Sent> sent = new ArrayList<>();
  private final BranchFetch fetch =
      new BranchFetch(
          AuthorityChain.recover(
              new AuthorityStart(
                  GENESIS,
                  new Identity.Following(),
                  new Schedule(
                      BEGIN,
                      Duration.ofSeconds(2),
                      List.of(
                          new Validator(
                              OneValidator.ACCOUNT,
                              OneValidator.KEY.publicKey(),
                              ValidatorClass.AUTHORITY,
                              VotingPower.ZERO))),
                  new AuthorityStart.Position(Height.GENESIS, -1, GENESIS),
                  List.of(),
                  -1,
                  BEGIN)),
          (peer, message) -> sent.add(new Sent(peer, message)));

  private record Sent(Peer to, PeerMessage message) {}

  private static AuthorityPorts.Tip head(int height) {
    return new AuthorityPorts.Tip(new Height(height), NodeValues.hash(height));
  }

  private static PeerMessage range() {
    return new PeerMessage.BlocksRequest(0, new Height(1), BranchFetch.BATCH_BLOCKS);
  }

  @Test
  void aPeerThatIsOneBlockAheadIsAskedForThatBlockOnce() {
    fetch.heard(ONE, head(1), BEGIN);
    fetch.heard(OTHER, head(1), BEGIN);
    assertEquals(List.of(new Sent(ONE, new SlotBlockRequest(head(1).hash()))), sent);
    assertFalse(fetch.isBehind(_ -> true));
    fetch.look(BEGIN.plus(BranchFetch.PATIENCE));
    assertEquals(2, sent.size());
  }

  @Test
  void aPeerThatIsFurtherAheadIsAskedForTheBlocksAboveTheOwnHead() {
    fetch.heard(ONE, head(5), BEGIN);
    assertEquals(List.of(new Sent(ONE, range())), sent);
    assertTrue(fetch.isBehind(_ -> true));
  }

  @Test
  void whoIsSilentIsAskedAfterTheOthers() {
    fetch.heard(ONE, head(5), BEGIN);
    fetch.heard(OTHER, head(6), BEGIN);
    fetch.look(BEGIN.plus(BranchFetch.PATIENCE).minusMillis(1));
    assertEquals(1, sent.size());
    fetch.look(BEGIN.plus(BranchFetch.PATIENCE));
    assertEquals(new Sent(OTHER, range()), sent.getLast());
    fetch.heard(ONE, head(5), BEGIN.plus(BranchFetch.PATIENCE));
    assertEquals(2, sent.size());
    fetch.lost(OTHER);
    fetch.look(BEGIN.plus(BranchFetch.PATIENCE));
    assertEquals(new Sent(ONE, range()), sent.getLast());
  }

  @Test
  void nobodyIsAskedWhoIsNotAhead() {
    fetch.heard(ONE, new AuthorityPorts.Tip(Height.GENESIS, GENESIS), BEGIN);
    assertEquals(List.of(), sent);
  }

  @Test
  void aStrangersWordCountsOnceItsBlocksAreInTheChainAndUntilItIsSilent() {
    fetch.heard(ONE, head(1_000), BEGIN);
    assertFalse(fetch.isBehind(OTHER::equals));
    assertEquals(0, fetch.blocksBehind(OTHER::equals));
    assertTrue(fetch.isBehind(ONE::equals));
    fetch.heard(OTHER, head(7), BEGIN);
    assertEquals(7, fetch.blocksBehind(OTHER::equals));
    fetch.lost(OTHER);
    fetch.proved(ONE);
    assertEquals(1_000, fetch.blocksBehind(OTHER::equals));
    fetch.look(BEGIN.plus(BranchFetch.PATIENCE));
    fetch.heard(ONE, head(1_000), BEGIN.plus(BranchFetch.PATIENCE));
    assertFalse(fetch.isBehind(OTHER::equals), "it was asked, and brought nothing");
  }
}
