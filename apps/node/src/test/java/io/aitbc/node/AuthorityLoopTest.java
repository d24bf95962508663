// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.AuthorityStart;
import io.aitbc.consensus.poa.BlockRefusal;
import io.aitbc.consensus.poa.Schedule;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.SlotBlockRequest;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AuthorityLoopTest { // Protocol §10.4
  private static final Instant BEGIN = Instant.ofEpochSecond(1_000);
  private static final Hash GENESIS = NodeValues.hash(0);
  private static final Peer ONE = new Peer(NodeValues.hash(21).toBytes());
  private static final Peer OTHER = new Peer(NodeValues.hash(22).toBytes());

  private final Ports ports = new Ports();
  private final AuthorityLoop loop =
      new AuthorityLoop(
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
          ports);

  @Test
  void aClockThatIsSetForwardEndsNoWaitForAPeer() {
    bothSpeak();
    ports.wall = BEGIN.plusSeconds(3_600);
    loop.look();
    assertEquals(List.of(ONE), ports.asked);
  }

  @Test
  void aClockThatIsSetBackProlongsNoWaitForAPeer() {
    bothSpeak();
    ports.wall = BEGIN.minusSeconds(3_600);
    ports.nanos += BranchFetch.PATIENCE.toNanos();
    loop.look();
    assertEquals(List.of(ONE, OTHER), ports.asked);
  }

  private void bothSpeak() {
    loop.start();
    loop.heard(ONE, new AuthorityPorts.Tip(new Height(5), NodeValues.hash(5)));
    loop.heard(OTHER, new AuthorityPorts.Tip(new Height(5), NodeValues.hash(5)));
    assertEquals(List.of(ONE), ports.asked);
  }

  /// Two clocks, and whom the loop asks for blocks.
  private static final class Ports implements AuthorityPorts {
    private final List<Peer> asked = new ArrayList<>();
    private Instant wall = BEGIN;
    private long nanos;

    @Override
    public Instant now() {
      return wall;
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void after(Duration delay, Runnable task) {
      // No slot begins in these tests.
    }

    @Override
    public void send(Peer to, PeerMessage message) {
      if (message instanceof PeerMessage.BlocksRequest) {
        boolean _ = asked.add(to);
      }
    }

    @Override
    public void broadcast(PeerMessage message) {
      // Nobody hears it.
    }

    @Override
    public Tip head() {
      return new Tip(Height.GENESIS, GENESIS);
    }

    @Override
    public Height oldestBody() {
      return Height.GENESIS.next();
    }

    @Override
    public void verify(AuthorityEffect.Verify check, Consumer<AuthorityInput.Verdict> answer) {
      throw new AssertionError("no block comes");
    }

    @Override
    public void sign(AuthorityEffect.Sign request, Consumer<BlsSignature> answer) {
      throw new AssertionError("no block is made");
    }

    @Override
    public Optional<AuthoredBlock> read(SlotBlock message) {
      throw new AssertionError("no block comes");
    }

    @Override
    public void serve(Peer to, SlotBlockRequest request) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void serve(Peer to, PeerMessage.BlocksRequest request) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void offended(Peer peer) {
      throw new AssertionError("no block comes");
    }

    @Override
    public void blame(Peer peer, BlockRefusal reason) {
      throw new AssertionError("no block comes");
    }

    @Override
    public boolean keepsOwnChain(Hash ownHead, Hash otherHead) {
      throw new AssertionError("no block comes");
    }

    @Override
    public void execute(AuthoredBlock block, Consumer<Boolean> answer) {
      throw new AssertionError("no block comes");
    }

    @Override
    public void build(long slot, Hash parentHash, Consumer<AuthorityInput.Built> answer) {
      throw new AssertionError("no block is made");
    }

    @Override
    public void append(AuthoredBlock block) {
      throw new AssertionError("no block comes");
    }

    @Override
    public void rollBack(Height to) {
      throw new AssertionError("no block comes");
    }
  }
}
