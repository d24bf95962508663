// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.Misconduct;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.Network;
import io.aitbc.network.Offence;
import io.aitbc.network.PeerId;
import io.aitbc.network.TrafficClass;
import io.aitbc.signer.SigningAnswer;
import io.aitbc.storage.WriteAheadLog;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real world around the loop: this machine's clock, disk, key, network and threads.
final class NodePorts implements Ports {
  /// Transactions passed to a proposer at once: enough to start a block; gossip brings the rest.
  private static final int FORWARDED_MAX = 512;

  private static final int FORWARDED_BYTES_MAX = 1 << 20;

  /// Until the signer is asked again for what it gave no answer to.
  private static final Duration ASK_AGAIN = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger(NodePorts.class);

  private final LoopThread loop;
  private final SignatureScheme scheme;
  private final ExecutorService verifiers;
  private final WriteAheadLog log;
  private final Optional<NodeSigner> signer;
  private final Network network;
  private final AnswerThread blocks;
  private final ValidatorNodes nodes;
  private final Pool pool;
  private final Chain chain;
  private final FinalityLog finality;
  private final Consumer<Evidence> evidence;
  private final Consumer<String> stop;
  private Consumer<Input> give = _ -> {};
  private Optional<SigningRequest> lastToRound = Optional.empty();

  NodePorts(
      LoopThread loop,
      SignatureScheme scheme,
      ExecutorService verifiers,
      WriteAheadLog log,
      Optional<NodeSigner> signer,
      Network network,
      AnswerThread blocks,
      ValidatorNodes nodes,
      Pool pool,
      Chain chain,
      FinalityLog finality,
      Consumer<Evidence> evidence,
      Consumer<String> stop) {
    this.loop = loop;
    this.scheme = scheme;
    this.verifiers = verifiers;
    this.log = log;
    this.signer = signer;
    this.network = network;
    this.blocks = blocks;
    this.nodes = nodes;
    this.pool = pool;
    this.chain = chain;
    this.finality = finality;
    this.evidence = evidence;
    this.stop = stop;
  }

  /// Says where answers go; before anything else.
  void answersTo(Consumer<Input> answers) {
    give = answers;
  }

  @Override
  public Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    loop.after(delay, task);
  }

  @Override
  public void verify(Effect.Verify request) {
    verifiers.execute(() -> {
      List<BlsSignature> signatures = request.signatures();
      Optional<BlsSignature> sum =
          signatures.size() == 1 ? Optional.of(signatures.get(0)) : scheme.aggregate(signatures);
      Optional<BlsSignature> holds =
          sum.filter(each -> scheme.verifyAggregate(request.keys(), request.message(), each));
      loop.post(() -> give.accept(new Input.Verified(request.id(), holds)));
    });
  }

  @Override
  public void persist(LogRecord logRecord) {
    log.append(logRecord);
    if (logRecord instanceof LogRecord.OwnProposal own) {
      finality.proposed(own.proposal().envelope());
    }
  }

  @Override
  public void sign(SigningRequest request, Consumer<Input> answer) {
    if (request instanceof SigningRequest.ToRound) {
      lastToRound = Optional.of(request);
    }
    signer
        .orElseThrow(() -> new IllegalStateException("asked to sign without a key: " + request))
        .sign(request, signed -> loop.run(() -> answered(request, signed, answer)));
  }

  private void answered(
      SigningRequest request, Optional<SigningAnswer> signed, Consumer<Input> answer) {
    if (signed.isEmpty()) {
      loop.after(ASK_AGAIN, () -> askAgain(request, answer));
      return;
    }
    switch (signed.get()) {
      case SigningAnswer.Signed(BlsSignature signature) ->
          answer.accept(new Input.Signed(request, signature));
      case SigningAnswer.Refused(var reason) -> {
        LOG.atWarn()
            .addKeyValue("request", request)
            .addKeyValue("reason", reason)
            .log("the signer refuses: this key has signed something else");
        answer.accept(new Input.SigningRefused(request, reason));
      }
    }
  }

  /// A vote that had its time is not asked for again. The proof of randomness and the wish for
  /// another round are: without them a height may never go on.
  private void askAgain(SigningRequest request, Consumer<Input> answer) {
    boolean isNeeded =
        switch (request) {
          case SigningRequest.Randomness _ -> true;
          case SigningRequest.ToRound _ -> lastToRound.equals(Optional.of(request));
          case SigningRequest.Envelope _, SigningRequest.Vote _, SigningRequest.ToAnchor _ -> false;
        };
    if (isNeeded && request.height().isAbove(chain.head())) {
      sign(request, answer);
    }
  }

  @Override
  public boolean isReserved(Peer peer) {
    return network.isReserved(idOf(peer));
  }

  @Override
  public boolean hasRoomForTransactions(Peer peer) {
    return network.hasRoom(idOf(peer), TrafficClass.PROPOSALS);
  }

  @Override
  public void send(Recipients to, PeerMessage message) {
    switch (to) {
      case Recipients.EveryValidator _ -> {
        int _ = network.broadcast(message);
      }
      case Recipients.Validators(List<Address> accounts) ->
          nodes.reached(accounts, connected()).forEach(id -> send(id, message));
      case Recipients.One(Peer peer) -> send(idOf(peer), message);
    }
  }

  @Override
  public void serve(Peer to, PeerMessage.BlocksRequest request) {
    blocks.serve(
        to,
        () -> {
          if (network.hasRoom(idOf(to), TrafficClass.SYNC)) { // Who reads nothing asks in vain.
            Ports.super.serve(to, request);
          }
        });
  }

  @Override
  public void blame(Peer peer, Misconduct misconduct) {
    LOG.atDebug().addKeyValue("peer", peer).addKeyValue("misconduct", misconduct).log("blamed");
    network.offended(idOf(peer), Offence.INVALID);
  }

  @Override
  public void blameForBlock(Peer peer, Height height, String reason) {
    LOG.atInfo()
        .addKeyValue("peer", idOf(peer))
        .addKeyValue("height", height.number())
        .addKeyValue("reason", reason)
        .log("a peer sent a block that does not hold");
    network.offended(idOf(peer), Offence.INVALID);
  }

  @Override
  public void report(Evidence seen) {
    LOG.atWarn()
        .addKeyValue("evidence", seen.encoded().toHex())
        .log("a validator contradicted itself; keep this line");
    evidence.accept(seen);
  }

  @Override
  public void forwardTransactions(Address proposer) {
    Optional<PeerId> node = nodes.of(proposer);
    if (node.isPresent()) {
      Pool.Batch batch = pool.select(FORWARDED_MAX, FORWARDED_BYTES_MAX);
      network.forward(node.get(), batch.hashes(), batch.transactions());
    }
  }

  @Override
  public void stopDiverged(Effect.StopDiverged difference) {
    stop.accept(
        "this node computed block %s from proposal %s, it or a quorum signed %s: its state differs; %s"
            .formatted(
                difference.computed(),
                difference.content().id(),
                difference.other(),
                chain.keepDifference(difference)));
  }

  @Override
  public Pool pool() {
    return pool;
  }

  @Override
  public Chain chain() {
    return chain;
  }

  /// The loop's name of a peer of the network.
  static Peer peer(PeerId id) {
    return new Peer(id.hash().toBytes());
  }

  /// Sends to one peer, if it is connected.
  static void send(Network network, Peer peer, PeerMessage message) {
    Network.Sent _ = network.send(idOf(peer), message);
  }

  static PeerId idOf(Peer peer) {
    Bytes id = peer.id();
    return new PeerId(Hash.of(id.toArray()));
  }

  private Set<PeerId> connected() {
    return network.peers().stream().map(io.aitbc.network.Peer::id).collect(Collectors.toSet());
  }

  private void send(PeerId peer, PeerMessage message) {
    Network.Sent _ = network.send(peer, message);
  }
}
