// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.SigningDecision;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.network.PinnedTls;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SignerReply;
import io.aitbc.signer.SignerRequest;
import io.aitbc.signer.SigningAnswer;
import io.aitbc.signer.Witnessed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The key in another process. While that one is gone or too slow, nothing is signed; there is no
/// other key. A connection that gave no answer in time is not used again, so that no reply meets
/// another question. Protocol §8.3.3.
///
/// One thread owns the connection and makes it anew; questions wait for it in a bounded queue. It
/// keeps a copy of the record, advanced by the same rule, and does not use a signer again whose
/// record is behind the copy: it would sign what contradicts.
final class RemoteSigner implements NodeSigner {
  /// Longest wait for an answer: a record's fsync on a slow disk takes 100 ms, and a vote that is
  /// later than the shortest round has nobody who waits for it.
  static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  /// Longest wait for a connection, and for each step of its handshake.
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

  /// How long a start waits for the signer: long enough for both machines to come up together.
  private static final Duration START_MAX = Duration.ofSeconds(20);

  /// Questions that may wait: a height has fewer than ten, and those of a round before are useless.
  private static final int QUESTIONS_MAX = 32;

  private static final long RETRY_MILLIS_MIN = 100;
  private static final long RETRY_MILLIS_MAX = 2_000;
  private static final Logger LOG = LoggerFactory.getLogger(RemoteSigner.class);

  private record Question(
      SignerRequest request, long latestNanos, Consumer<Optional<SignerReply>> answer) {}

  private final PinnedTls tls;
  private final InetSocketAddress address;
  private final Hash genesisHash;
  private final BlsPublicKey publicKey;
  private final boolean moved;
  private final BlockingQueue<Question> questions = new ArrayBlockingQueue<>(QUESTIONS_MAX);
  private final Thread thread;
  private Optional<String> told = Optional.empty();
  private volatile SigningRecord record;
  private volatile boolean reachable = true;
  private volatile boolean running = true;

  private RemoteSigner(
      PinnedTls tls, InetSocketAddress address, SignerLink first, SignerReply.Opened opened) {
    this.tls = tls;
    this.address = address;
    publicKey = opened.publicKey();
    moved = opened.isMoved();
    record = opened.record();
    genesisHash = record.genesisHash();
    thread = Thread.ofVirtual().name("signer").unstarted(() -> run(first));
  }

  /// Meets the signer at `address`, waiting a while for it.
  ///
  /// @throws ConfigurationException if it is of another network
  /// @throws IOException if it does not answer, or is somebody else
  static RemoteSigner meet(PinnedTls tls, InetSocketAddress address, Hash genesisHash)
      throws IOException, ConfigurationException {
    long latest = System.nanoTime() + START_MAX.toNanos();
    while (true) {
      try {
        SignerLink link = new SignerLink(tls.dial(address, CONNECT_MAX));
        try {
          SignerReply.Opened opened = link.open(genesisHash, CONNECT_MAX);
          RemoteSigner signer = new RemoteSigner(tls, address, link, opened);
          signer.thread.start();
          return signer;
        } catch (IOException | ConfigurationException | RuntimeException unusable) {
          link.close();
          throw unusable;
        }
      } catch (IOException failed) {
        if (System.nanoTime() - latest > 0 || Thread.currentThread().isInterrupted()) {
          throw new IOException(
              "the signer at %s does not answer: %s".formatted(address, failed.getMessage()),
              failed);
        }
        pause(RETRY_MILLIS_MIN);
      }
    }
  }

  @Override
  public BlsPublicKey publicKey() {
    return publicKey;
  }

  @Override
  public SigningRecord record() {
    return record;
  }

  @Override
  public boolean isMoved() {
    return moved;
  }

  @Override
  public void sign(SigningRequest request, Consumer<Optional<SigningAnswer>> answer) {
    ask(
        new SignerRequest.Sign(request),
        reply ->
            answer.accept(
                reply.flatMap(each ->
                    switch (each) {
                      case SignerReply.Signed(var signature) ->
                          Optional.of(new SigningAnswer.Signed(signature));
                      case SignerReply.Refused(var reason) ->
                          Optional.of(new SigningAnswer.Refused(reason));
                      default -> Optional.empty();
                    })));
  }

  @Override
  public void sign(AuthorityEffect.Sign request, Consumer<Optional<BlsSignature>> answer) {
    ask(
        new SignerRequest.SignBlock(request),
        reply ->
            answer.accept(
                reply.flatMap(each ->
                    each instanceof SignerReply.Signed(var signature)
                        ? Optional.of(signature)
                        : Optional.empty())));
  }

  @Override
  public boolean isReachable() {
    return reachable;
  }

  @Override
  public String place() {
    return "signer at " + address;
  }

  @Override
  public void close() {
    running = false;
    thread.interrupt();
  }

  private void ask(SignerRequest request, Consumer<Optional<SignerReply>> answer) {
    Question question = new Question(request, System.nanoTime() + ANSWER_MAX.toNanos(), answer);
    if (!reachable || !questions.offer(question)) {
      answer.accept(Optional.empty());
    }
  }

  private void run(SignerLink first) {
    Optional<SignerLink> link = Optional.of(first);
    while (running) {
      if (link.isPresent()) {
        answerOver(link.get());
      }
      link = running ? again() : Optional.empty();
    }
    refuseAll();
  }

  /// Answers questions until the connection is of no use any more.
  private void answerOver(SignerLink link) {
    reachable = true;
    try (link) {
      while (running) {
        answer(link, questions.take());
      }
    } catch (IOException failed) {
      if (running) {
        LOG.atWarn()
            .addKeyValue("signer", address)
            .addKeyValue("reason", failed.toString())
            .log("the signer is gone or too slow; this node does not vote until it is back");
      }
    } catch (InterruptedException closing) {
      running = false;
    } finally {
      reachable = false;
    }
  }

  private void answer(SignerLink link, Question question) throws IOException {
    Optional<SignerReply> reply = Optional.empty();
    try {
      long left = question.latestNanos() - System.nanoTime();
      if (left > 0) {
        reply = Optional.of(link.ask(question.request(), Duration.ofNanos(left)));
        advance(question.request(), reply.get());
      }
    } catch (IOException failed) {
      reachable = false; // Before anybody hears of it.
      reply = Optional.empty();
      throw failed;
    } finally {
      question.answer().accept(reply);
    }
  }

  /// Keeps the copy of the record as it is there now.
  private void advance(SignerRequest request, SignerReply reply) throws IOException {
    switch (reply) {
      case SignerReply.Signed _ -> {
        if (!(signed(request) instanceof SigningDecision.Advance(SigningRecord next))) {
          throw new ProtocolException("the signer signed against its record: " + request);
        }
        record = next;
      }
      case SignerReply.Refused _, SignerReply.SlotPassed _ -> {}
      default -> throw new ProtocolException("the signer says " + reply);
    }
  }

  private SigningDecision signed(SignerRequest request) {
    return switch (request) {
      case SignerRequest.Open _ -> new SigningDecision.Advance(record);
      case SignerRequest.Sign(SigningRequest wanted) -> record.advanceTo(genesisHash, wanted);
      case SignerRequest.SignBlock(AuthorityEffect.Sign wanted) ->
          new SigningDecision.Advance(
              SigningRecord.afterLoss(genesisHash, new Height(wanted.slot()).next()));
    };
  }

  /// Tries once more after a while, again and again.
  private Optional<SignerLink> again() {
    for (long millis = RETRY_MILLIS_MIN; running; millis = Math.min(RETRY_MILLIS_MAX, 2 * millis)) {
      refuseAll();
      pause(millis);
      if (!running) {
        break;
      }
      try {
        SignerLink link = new SignerLink(tls.dial(address, CONNECT_MAX));
        if (opens(link)) {
          LOG.atInfo().addKeyValue("signer", address).log("the signer is back");
          return Optional.of(link);
        }
        link.close();
      } catch (IOException stillGone) {
        LOG.atDebug().addKeyValue("reason", stillGone.toString()).log("no signer");
      }
    }
    return Optional.empty();
  }

  /// Whether what is at the other end holds the key, and all that this node knows it signed. Says
  /// once why it does not.
  private boolean opens(SignerLink link) throws IOException {
    Optional<String> problem;
    try {
      SignerReply.Opened opened = link.open(genesisHash, CONNECT_MAX);
      problem = problem(opened);
      if (problem.isEmpty()) {
        record = opened.record();
      }
    } catch (ConfigurationException otherNetwork) {
      problem = Optional.of(String.valueOf(otherNetwork.getMessage()));
    }
    if (!problem.equals(told)) {
      told = problem;
      problem.ifPresent(
          each -> LOG.atError().addKeyValue("reason", each).log("the signer is not used"));
    }
    return problem.isEmpty();
  }

  private Optional<String> problem(SignerReply.Opened opened) {
    if (!opened.publicKey().equals(publicKey)) {
      return Optional.of(
          "it holds key %s now, not %s".formatted(opened.publicKey().bytes(), publicKey.bytes()));
    }
    Optional<RecordLoss> loss = Witnessed.of(record).above(opened.record());
    if (loss.isPresent()) {
      return Optional.of(RecordText.of(new RecordOpening.Lost(loss.get())));
    }
    return record.first().isAbove(opened.record().first())
        ? Optional.of(
            "its record begins at %s, it was %s before"
                .formatted(opened.record().first(), record.first()))
        : Optional.empty();
  }

  private void refuseAll() {
    for (Question next = questions.poll(); next != null; next = questions.poll()) {
      next.answer().accept(Optional.empty());
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }
}
