// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.BlockRefusal;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.SlotBlockRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Carries out what {@link AuthorityChain} asks for, in order, through {@link AuthorityPorts}: the
/// same loop in a node and in a simulator. Belongs to one thread, which calls everything here.
/// Protocol §10.4.
public final class AuthorityLoop {
  private final AuthorityChain core;
  private final AuthorityPorts ports;
  private final BranchFetch fetch;
  private final ArrayDeque<AuthorityInput> inputs = new ArrayDeque<>();

  /// Whom to tell when a block was checked.
  private final Map<Brought, Runnable> checking = new HashMap<>();

  /// A block that a peer brought.
  private record Brought(Peer from, Hash blockHash) {}

  private boolean running;
  private Hash announced;

  /// A loop around `core`.
  public AuthorityLoop(AuthorityChain core, AuthorityPorts ports) {
    this.core = core;
    this.ports = ports;
    this.fetch = new BranchFetch(core, ports::send, ports::isReserved);
    this.announced = core.head().hash();
  }

  /// Begins: carries out what the core asks for at its start.
  public void start() {
    running = true;
    core.start().forEach(this::carryOut);
    drain();
  }

  /// The head of the longer chain for which the node has stopped.
  public Optional<Hash> split() {
    return core.split();
  }

  /// Whether the chain goes on here: not every proposer has had a turn since the head was made.
  public boolean isCurrent() {
    return core.isCurrent();
  }

  /// Whether a peer that brought blocks of the own chain says that its own is longer by more than
  /// the block that is on its way.
  public boolean isBehind() {
    return fetch.isBehind();
  }

  /// How many blocks above this node's head peers say they have that brought blocks of its chain.
  public long blocksBehind() {
    return fetch.blocksBehind();
  }

  /// A peer has connected or said how far it is.
  public void heard(Peer peer, AuthorityPorts.Tip head) {
    fetch.heard(peer, head, ports.nanos());
  }

  /// A peer is gone.
  public void lost(Peer peer) {
    fetch.lost(peer);
  }

  /// Takes a peer's message.
  public void received(Peer from, PeerMessage message) {
    switch (message) {
      case SlotBlock block -> received(from, block, () -> {});
      case SlotBlockRequest request -> ports.serve(from, request);
      case PeerMessage.BlocksRequest request -> ports.serve(from, request);
      case PeerMessage.Status status ->
          heard(from, new AuthorityPorts.Tip(status.head(), status.headHash()));
      default -> {} // The network's own business, or of networks with votes.
    }
  }

  /// Takes a peer's block. `handled` is called when it was checked, or needed no check: what waits
  /// until then counts against the peer.
  public void received(Peer from, SlotBlock message, Runnable handled) {
    Optional<AuthoredBlock> read = ports.read(message);
    if (read.isEmpty()) {
      ports.offended(from);
      handled.run();
      return;
    }
    Hash hash = read.get().blockHash();
    boolean cameBefore = core.isChecking(from, hash);
    give(new AuthorityInput.Received(from, read.get()));
    if (cameBefore || !core.isChecking(from, hash)) {
      handled.run();
    } else {
      checking.put(new Brought(from, hash), handled);
    }
  }

  private void verified(Peer from, Hash blockHash, AuthorityInput.Verdict verdict) {
    give(new AuthorityInput.Verified(from, blockHash, verdict));
    Runnable handled = checking.remove(new Brought(from, blockHash));
    if (handled != null) {
      handled.run();
    }
  }

  /// Asks for what is missing, and tells peers of a new head if they were not told yet. Called
  /// again and again.
  public void look() {
    fetch.look(ports.nanos());
    announce();
  }

  /// The head on disk is another one. Peers are told at once, for those that its maker does not
  /// reach ask for it; but not of each block while this node catches up.
  public void headChanged() {
    if (isCurrent()) {
      announce();
    }
  }

  private void announce() {
    AuthorityPorts.Tip head = ports.head();
    if (!head.hash().equals(announced)) {
      announced = head.hash();
      ports.broadcast(new PeerMessage.Status(head.height(), head.hash(), ports.oldestBody()));
    }
  }

  private void give(AuthorityInput input) {
    inputs.add(new AuthorityInput.TimePassed(ports.now()));
    inputs.add(input);
    if (!running) {
      drain();
    }
  }

  private void drain() {
    running = true;
    try {
      for (AuthorityInput next = inputs.poll(); next != null; next = inputs.poll()) {
        core.on(next).forEach(this::carryOut);
      }
    } finally {
      running = false;
    }
  }

  private void carryOut(AuthorityEffect effect) {
    switch (effect) {
      case AuthorityEffect.Verify check ->
          ports.verify(
              check, verdict -> verified(check.from(), check.block().blockHash(), verdict));
      case AuthorityEffect.Execute(AuthoredBlock block) ->
          ports.execute(
              block, holds -> give(new AuthorityInput.Executed(block.blockHash(), holds)));
      case AuthorityEffect.Append(AuthoredBlock block, Optional<Peer> from) -> {
        from.ifPresent(fetch::proved);
        ports.append(block);
      }
      case AuthorityEffect.RollBack(Height to) -> ports.rollBack(to);
      case AuthorityEffect.Build(long slot, Height _, Hash parent) ->
          ports.build(slot, parent, this::give);
      case AuthorityEffect.Sign request ->
          ports.sign(
              request,
              signature -> give(new AuthorityInput.Signed(request.blockHash(), signature)));
      case AuthorityEffect.Broadcast(AuthoredBlock block) ->
          ports.broadcast(new SlotBlock(block.slot(), block.body(), block.signature()));
      case AuthorityEffect.Fetch(Peer peer, Hash blockHash) ->
          fetch.block(peer, blockHash, ports.nanos());
      case AuthorityEffect.CatchUp(Peer peer, Height above) ->
          fetch.rangeUnlessWaiting(peer, above, ports.nanos());
      case AuthorityEffect.WakeAt(long slot, var time) -> {
        Duration wait = Duration.between(ports.now(), time);
        ports.after(
            wait.isNegative() ? Duration.ZERO : wait,
            () -> give(new AuthorityInput.SlotBegan(slot)));
      }
      case AuthorityEffect.Blame(Peer peer, BlockRefusal reason) -> ports.blame(peer, reason);
      case AuthorityEffect.StopSplit(Hash own, Hash other) -> {
        if (ports.keepsOwnChain(own, other)) {
          give(new AuthorityInput.OperatorKeeps());
        }
      }
    }
  }
}
