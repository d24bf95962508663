// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.AuthorityStart;
import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
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
  private static final AuthorityInput.Verdict HOLDS = AuthorityInput.Verdict.HOLDS;
  private static final Instant BEGIN = Instant.ofEpochSecond(1_000);

  /// By a monotonic clock, whose numbers run over during the tests.
  private static final long AT = Long.MAX_VALUE - 5;

  private static final long PATIENCE = BranchFetch.PATIENCE.toNanos();
  private static final Hash GENESIS = NodeValues.hash(0);
  private static final Peer ONE = new Peer(NodeValues.hash(21).toBytes());
  private static final Peer OTHER = new Peer(NodeValues.hash(22).toBytes());
  private static final Peer RESERVED = new Peer(NodeValues.hash(23).toBytes());

  private final List<Sent> sent = new ArrayList<>();
  private final AuthorityChain core =
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
              BEGIN));
  private final BranchFetch fetch =
      new BranchFetch(core, (peer, message) -> sent.add(new Sent(peer, message)), RESERVED::equals);

  private record Sent(Peer to, PeerMessage message) {}

  private static AuthorityPorts.Tip head(int height) {
    return new AuthorityPorts.Tip(new Height(height), NodeValues.hash(height));
  }

  private static PeerMessage range() {
    return new PeerMessage.BlocksRequest(0, new Height(1), BranchFetch.BATCH_BLOCKS);
  }

  @Test
  void aPeerThatIsOneBlockAheadIsAskedForThatBlockOnce() {
    fetch.heard(ONE, head(1), AT);
    fetch.heard(OTHER, head(1), AT);
    assertEquals(List.of(new Sent(ONE, new SlotBlockRequest(head(1).hash()))), sent);
    assertFalse(fetch.isBehind());
    fetch.look(AT + PATIENCE);
    assertEquals(2, sent.size());
  }

  @Test
  void aPeerThatIsFurtherAheadIsAskedForTheBlocksAboveTheOwnHead() {
    fetch.heard(ONE, head(5), AT);
    assertEquals(List.of(new Sent(ONE, range())), sent);
  }

  @Test
  void whoIsSilentIsAskedAfterTheOthers() {
    fetch.heard(ONE, head(5), AT);
    fetch.heard(OTHER, head(6), AT);
    fetch.look(AT + PATIENCE - 1);
    assertEquals(1, sent.size());
    fetch.look(AT + PATIENCE);
    assertEquals(new Sent(OTHER, range()), sent.getLast());
    fetch.heard(ONE, head(5), AT + PATIENCE);
    assertEquals(2, sent.size());
    fetch.lost(OTHER);
    fetch.look(AT + PATIENCE);
    assertEquals(new Sent(ONE, range()), sent.getLast());
  }

  @Test
  void nobodyIsAskedWhoIsNotAhead() {
    fetch.heard(ONE, new AuthorityPorts.Tip(Height.GENESIS, GENESIS), AT);
    assertEquals(List.of(), sent);
  }

  @Test
  void aWordCountsOnceItsBlocksAreInTheChainAndUntilItIsSilent() {
    fetch.heard(ONE, head(1_000), AT);
    assertFalse(fetch.isBehind());
    assertEquals(0, fetch.blocksBehind());
    fetch.proved(ONE);
    assertTrue(fetch.isBehind());
    assertEquals(1_000, fetch.blocksBehind());
    fetch.look(AT + PATIENCE);
    fetch.heard(ONE, head(1_000), AT + PATIENCE);
    assertFalse(fetch.isBehind(), "it was asked, and brought nothing");
  }

  @Test
  void whoBroughtBlocksIsAskedFirstThenWhoHasAPlaceOfItsOwn() {
    fetch.heard(ONE, head(5), AT); // The only one, and silent from here on.
    fetch.heard(OTHER, head(6), AT);
    fetch.heard(RESERVED, head(7), AT);
    fetch.look(AT + PATIENCE);
    assertEquals(new Sent(RESERVED, range()), sent.getLast());
    fetch.proved(OTHER);
    fetch.look(AT + 2 * PATIENCE);
    assertEquals(new Sent(OTHER, range()), sent.getLast());
  }

  @Test // A stranger would keep a node from the chain with a word.
  void aBlockThatNobodyHasHoldsUpNobodyElse() {
    fetch.heard(ONE, head(1), AT);
    fetch.heard(OTHER, head(500), AT);
    assertEquals(new Sent(OTHER, range()), sent.getLast());
    fetch.lost(OTHER);
    fetch.look(AT + PATIENCE);
    assertEquals(2, sent.size(), "it did not bring the block of which it spoke");
  }

  private static Hash hash(int height) {
    return height == 0 ? GENESIS : Keccak256.hash(Bytes.of((byte) 1, (byte) height));
  }

  /// Has a block of the only chain that there is come from `ONE`, and executed.
  private void brings(int height) {
    AuthoredBlock block =
        new AuthoredBlock(
            new Height(height),
            height,
            hash(height - 1),
            hash(height),
            Bytes.EMPTY,
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])));
    List<AuthorityEffect> _ = core.on(new AuthorityInput.Received(ONE, block));
    List<AuthorityEffect> _ = core.on(new AuthorityInput.Verified(ONE, hash(height), HOLDS));
    List<AuthorityEffect> _ = core.on(new AuthorityInput.Executed(hash(height), true));
    fetch.proved(ONE);
  }

  /// Twenty liars speak of blocks that nobody has, and `ONE` of its own.
  private void everybodySpeaks(int heightOfOne, long now) {
    for (int i = 0; i < 20; i++) {
      fetch.heard(new Peer(NodeValues.hash(100 + i).toBytes()), head(5_000 + i), now);
    }
    fetch.heard(ONE, new AuthorityPorts.Tip(new Height(heightOfOne), hash(heightOfOne)), now);
  }

  @Test
  void twentySilentPeersDelayTheFirstBlocksOnceByAPatienceEach() {
    List<AuthorityEffect> _ = core.on(new AuthorityInput.TimePassed(BEGIN.plusSeconds(2_000)));
    long now = AT;
    everybodySpeaks(200, now);
    while (now - AT < 20 * PATIENCE) {
      assertFalse(sent.getLast().to().equals(ONE));
      now += PATIENCE / 5;
      everybodySpeaks(200, now);
    }
    assertEquals(new Sent(ONE, range()), sent.getLast());

    for (int height = 1; height <= 200; height++) { // No time passes any more.
      brings(height);
      everybodySpeaks(200, now);
      if (height < 200) {
        int from = height - height % BranchFetch.BATCH_BLOCKS + 1;
        assertEquals(
            new Sent(
                ONE, new PeerMessage.BlocksRequest(0, new Height(from), BranchFetch.BATCH_BLOCKS)),
            sent.getLast());
      }
    }
    assertEquals(new Height(200), core.head().height());
  }

  @Test
  void whoPassesTheNewestBlockOnDoesNotTakeThePlaceOfWhoBringsTheOthers() {
    fetch.heard(OTHER, head(500), AT);
    for (int i = 1; i < 10; i++) {
      fetch.rangeUnlessWaiting(ONE, Height.GENESIS, AT + i * PATIENCE / 10);
    }
    assertEquals(List.of(new Sent(OTHER, range())), sent);
    fetch.rangeUnlessWaiting(ONE, Height.GENESIS, AT + PATIENCE);
    assertEquals(new Sent(ONE, range()), sent.getLast());
  }
}
