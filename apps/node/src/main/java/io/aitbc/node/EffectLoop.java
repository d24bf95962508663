// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Consensus;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.SlotBlockRequest;
import io.aitbc.model.SnapshotMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Carries out what consensus asks for, in order, through {@link Ports}: the same loop in a node
/// and in a simulator. Belongs to one thread, which calls everything here.
///
/// Answers that come at once (a signature, a batch from the pool) wait until all effects of the
/// present input are carried out, so that consensus sees one input at a time.
public final class EffectLoop {
  /// The least time between two certificates for one peer. One is enough until its node has taken
  /// it in.
  static final Duration CERTIFICATE_PAUSE = Duration.ofMillis(50);

  private final Consensus consensus;
  private final Ports ports;
  private final ProposalCompletion completion;
  private final CatchUp catchUp;
  private final ArrayDeque<Input> inputs = new ArrayDeque<>();
  private final ArrayDeque<SigningRequest> unsigned = new ArrayDeque<>();
  private final Map<Peer, Instant> answeredAt = new HashMap<>();
  private boolean running;

  /// A loop around `consensus`.
  public EffectLoop(Consensus consensus, Ports ports) {
    this.consensus = consensus;
    this.ports = ports;
    this.completion =
        new ProposalCompletion(
            ports,
            consensus::transactions,
            (id, bodies) -> give(new Input.ProposalCompleted(id, bodies)));
    this.catchUp =
        new CatchUp(
            ports,
            further -> give(new Input.Synced(further.chain(), Optional.of(further.certificate()))));
  }

  /// Begins: carries out what consensus asks for at its start.
  public void start() {
    running = true;
    consensus.start().forEach(this::carryOut);
    drain();
  }

  /// Gives consensus an input, and the time before it.
  public void give(Input input) {
    inputs.add(new Input.TimePassed(ports.now()));
    inputs.add(input);
    if (!running) {
      drain();
    }
  }

  /// A peer has connected or said how far it is.
  public void heard(Peer peer, Height head) {
    catchUp.heard(peer, head);
  }

  /// A peer is gone.
  public void lost(Peer peer) {
    catchUp.lost(peer);
    answeredAt.remove(peer);
    give(new Input.PeerLost(peer));
  }

  /// Whether the node is appending blocks of others, or was a moment ago.
  public boolean isCatchingUp() {
    return catchUp.isRunning();
  }

  /// How many blocks above this node's head peers say they have that brought blocks which hold.
  public long blocksBehind() {
    return catchUp.blocksBehind();
  }

  /// Takes a peer's message: consensus's go to consensus, the rest is answered here.
  public void received(Peer from, PeerMessage message) {
    switch (message) {
      case ConsensusMessage spoken -> give(new Input.Received(from, spoken));
      case PeerMessage.MissingTransactionsRequest request -> completion.serve(from, request);
      case PeerMessage.MissingTransactions answer -> completion.received(from, answer);
      case PeerMessage.BlocksRequest request -> ports.serve(from, request);
      case PeerMessage.Blocks answer -> catchUp.received(from, answer);
      case PeerMessage.Status status -> catchUp.heard(from, status.head());
      case PeerMessage.CertificateRequest request -> answerWithCertificate(from, request.height());
      case PeerMessage.Hello _,
          PeerMessage.Goodbye _,
          PeerMessage.Ping _,
          PeerMessage.Pong _,
          PeerMessage.PeersRequest _,
          PeerMessage.Peers _,
          PeerMessage.TransactionHashes _,
          PeerMessage.TransactionsRequest _,
          PeerMessage.Transactions _ -> {} // The network's own business.
      case SlotBlock _, SlotBlockRequest _ -> {} // There are none where votes decide.
      case SnapshotMessage _ -> {} // Answered on another thread.
    }
  }

  private void drain() {
    running = true;
    try {
      for (Input next = inputs.poll(); next != null; next = inputs.poll()) {
        consensus.on(next).forEach(this::carryOut);
      }
    } finally {
      running = false;
    }
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Verify request -> ports.verify(request);
      case Effect.Persist(LogRecord logRecord) -> persist(logRecord);
      case Effect.Sign(var request) -> sign(request);
      case Effect.Send(Recipients to, ConsensusMessage message) -> ports.send(to, message);
      case Effect.GatherTransactions request -> gather(request);
      case Effect.FetchTransactions(var content, var holders) ->
          completion.complete(content, holders);
      case Effect.Execute proposal -> ports.chain().execute(proposal, this::give);
      case Effect.StartTimer(var timer, var delay) ->
          ports.after(delay, () -> give(new Input.TimerFired(timer)));
      case Effect.Commit block -> commit(block);
      case Effect.ReportEvidence(var evidence) -> ports.report(evidence);
      case Effect.Blame(var peer, var misconduct) -> ports.blame(peer, misconduct);
      case Effect.AnswerWithCertificate(var peer, var height) ->
          answerWithCertificate(peer, height);
      case Effect.CatchUp(var peer, var height) -> catchUp.heard(peer, height);
      case Effect.ForwardTransactions(var proposer) -> ports.forwardTransactions(proposer);
      case Effect.StopDiverged difference -> ports.stopDiverged(difference);
    }
  }

  /// Nothing that leaves a trace is signed for a height before the block below is durable: after a
  /// loss of power everywhere, keys that have signed above a block which nobody has any more could
  /// never sign for it again. Protocol §8.3.
  private void sign(SigningRequest request) {
    boolean leavesTrace = !(request instanceof SigningRequest.Randomness);
    if (leavesTrace && request.height().number() > ports.chain().head().number() + 1) {
      unsigned.add(request);
    } else {
      ports.sign(request, this::give);
    }
  }

  /// A block is durable: what waited for it is signed.
  private void signWaiting() {
    List<SigningRequest> waiting = List.copyOf(unsigned);
    unsigned.clear();
    waiting.forEach(this::sign);
  }

  private void persist(LogRecord logRecord) {
    ports.persist(logRecord);
    if (logRecord instanceof LogRecord.OwnProposal own) {
      completion.own(own.proposal().content(), own.transactions());
    }
  }

  private void gather(Effect.GatherTransactions request) {
    Ports.Pool.Batch batch = ports.pool().select(request.countMax(), request.bytesMax());
    give(
        new Input.TransactionsGathered(
            request.height(), request.round(), batch.hashes(), batch.transactions()));
  }

  private void commit(Effect.Commit block) {
    ports.pool().decided(block.content().transactions());
    ports.chain().commit(block, this::signWaiting);
    completion.decided(block.content().height());
  }

  /// Reading one takes the loop longer than asking for it takes a peer.
  private void answerWithCertificate(Peer peer, Height height) {
    Instant now = ports.now();
    Instant last = answeredAt.getOrDefault(peer, Instant.MIN);
    if (!last.isAfter(now) && now.isBefore(last.plus(CERTIFICATE_PAUSE))) {
      return;
    }
    if (answeredAt.size() >= CatchUp.PEERS_MAX) {
      answeredAt.clear();
    }
    answeredAt.put(peer, now);
    Height wanted = height.number() == 0 ? ports.chain().head() : height;
    ports
        .chain()
        .certificate(wanted)
        .ifPresent(certificate -> ports.send(new Recipients.One(peer), certificate));
  }
}
