// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.SigningDecision;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRefusal;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.PinnedTls;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.SignerFrames;
import io.aitbc.signer.SignerReply;
import io.aitbc.signer.SignerRequest;
import io.aitbc.signer.SigningAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

// Protocol §8.3.3: the node's side of a signer in another process, which here does as a test says.
class RemoteSignerIT {
  private static final long WAIT_SECONDS_MAX = 20;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final NodeIdentity NODE = NodeIdentity.create(RANDOM);
  private static final NodeIdentity SIGNER = NodeIdentity.create(RANDOM);
  private static final Hash GENESIS = OneValidator.GENESIS;

  private final List<AutoCloseable> open = new ArrayList<>();

  /// A signer that keeps a record and answers as it is told to.
  private static final class ScriptedSigner implements AutoCloseable {
    private final ServerSocket server;
    private final PinnedTls tls = new PinnedTls(SIGNER, NODE.id());
    private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
    private final AtomicReference<SigningRecord> record =
        new AtomicReference<>(SigningRecord.fresh(GENESIS));
    private volatile BlsPublicKey key = OneValidator.KEY.publicKey();
    private volatile Function<SignerRequest, SignerReply> answer = this::honest;

    ScriptedSigner() throws IOException {
      server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
      Thread _ = Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) server.getLocalSocketAddress();
    }

    SignerReply honest(SignerRequest request) {
      return switch (request) {
        case SignerRequest.Open _ -> new SignerReply.Opened(key, record.get(), false);
        case SignerRequest.SignBlock _ -> new SignerReply.WrongKind();
        case SignerRequest.Sign(SigningRequest wanted) ->
            switch (record.get().advanceTo(GENESIS, wanted)) {
              case SigningDecision.Refuse(SigningRefusal reason) -> new SignerReply.Refused(reason);
              case SigningDecision.Advance(SigningRecord next) -> {
                record.set(next);
                yield new SignerReply.Signed(OneValidator.KEY.sign(wanted.message(GENESIS)));
              }
            };
      };
    }

    private void accept() {
      try {
        while (true) {
          Socket plain = server.accept();
          sockets.add(plain);
          Thread _ = Thread.ofVirtual().start(() -> serve(plain));
        }
      } catch (IOException closed) {
        dropAll();
      }
    }

    private void serve(Socket plain) {
      try (Socket socket = tls.accept(plain, WAIT)) {
        socket.setSoTimeout(0);
        for (Optional<Bytes> next = SignerFrames.read(socket.getInputStream());
            next.isPresent();
            next = SignerFrames.read(socket.getInputStream())) {
          SignerReply reply = answer.apply(SignerRequest.decode(next.get()));
          SignerFrames.write(socket.getOutputStream(), reply);
        }
      } catch (IOException | MalformedException gone) {
        sockets.remove(plain);
      }
    }

    void dropAll() {
      for (Socket next = sockets.poll(); next != null; next = sockets.poll()) {
        try {
          next.close();
        } catch (IOException gone) {
          throw new IllegalStateException(gone);
        }
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      dropAll();
    }
  }

  private ScriptedSigner scripted() throws IOException {
    ScriptedSigner signer = new ScriptedSigner();
    open.add(signer);
    return signer;
  }

  private RemoteSigner meet(ScriptedSigner signer, Hash genesisHash) throws Exception {
    RemoteSigner remote =
        RemoteSigner.meet(new PinnedTls(NODE, SIGNER.id()), signer.address(), genesisHash);
    open.add(remote);
    return remote;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private static SigningRequest commit(long height, int block) {
    return new SigningRequest.Vote(
        new Ballot.Commit(
            new Height(height),
            Round.ZERO,
            Mode.BALANCED,
            NodeValues.hash(block),
            NodeValues.hash(block + 1)));
  }

  private static Optional<SigningAnswer> ask(RemoteSigner remote, SigningRequest request)
      throws InterruptedException {
    BlockingQueue<Optional<SigningAnswer>> answers = new LinkedBlockingQueue<>();
    remote.sign(request, answers::add);
    Optional<SigningAnswer> answer = answers.poll(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    assertTrue(answer != null, "no answer at all");
    return answer;
  }

  private static void awaitReachable(RemoteSigner remote) throws InterruptedException {
    long latest = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!remote.isReachable()) {
      assertTrue(System.nanoTime() < latest, "the signer is not met again");
      Thread.sleep(10);
    }
  }

  private static void assertSigned(SigningRequest request, Optional<SigningAnswer> answer) {
    assertEquals(
        Optional.of(new SigningAnswer.Signed(OneValidator.KEY.sign(request.message(GENESIS)))),
        answer);
  }

  @Test
  void whatTheSignerSignsAndRefusesComesBack() throws Exception {
    RemoteSigner remote = meet(scripted(), GENESIS);
    assertEquals(OneValidator.KEY.publicKey(), remote.publicKey());
    assertSigned(commit(1, 1), ask(remote, commit(1, 1)));
    var refused =
        assertInstanceOf(SigningAnswer.Refused.class, ask(remote, commit(1, 7)).orElseThrow());
    assertInstanceOf(SigningRefusal.Contradiction.class, refused.reason());
    assertEquals(new Height(1), remote.record().last().orElseThrow().height());
  }

  @Test
  void aSignerThatIsGoneSignsNothingUntilItIsBack() throws Exception {
    ScriptedSigner signer = scripted();
    RemoteSigner remote = meet(signer, GENESIS);
    signer.dropAll();
    assertEquals(Optional.empty(), ask(remote, commit(1, 1)));
    awaitReachable(remote);
    assertSigned(commit(1, 1), ask(remote, commit(1, 1)));
  }

  @Test
  void aSlowSignerCostsItsVoteAndNoLateReplyMeetsAnotherQuestion() throws Exception {
    ScriptedSigner signer = scripted();
    RemoteSigner remote = meet(signer, GENESIS);
    CountDownLatch isGivenUp = new CountDownLatch(1);
    signer.answer =
        request -> {
          SignerReply reply = signer.honest(request);
          awaitOpen(isGivenUp);
          return reply;
        };
    // Nobody waits for the reply, which does not come before that.
    assertEquals(Optional.empty(), ask(remote, commit(1, 1)));
    signer.answer = signer::honest;
    isGivenUp.countDown();
    awaitReachable(remote);
    // It was signed and never left the signer; the copy of the record knows it now.
    assertEquals(new Height(1), remote.record().last().orElseThrow().height());
    assertInstanceOf(SigningAnswer.Refused.class, ask(remote, commit(1, 7)).orElseThrow());
    assertSigned(commit(2, 1), ask(remote, commit(2, 1)));
  }

  @Test // Protocol §8.3.1: an old copy of the record.
  void aSignerWhoseRecordIsBehindIsNotUsedAgain() throws Exception {
    ScriptedSigner signer = scripted();
    RemoteSigner remote = meet(signer, GENESIS);
    assertSigned(commit(5, 1), ask(remote, commit(5, 1)));
    signer.record.set(SigningRecord.fresh(GENESIS));
    signer.dropAll();
    assertEquals(Optional.empty(), ask(remote, commit(5, 7)));
    Thread.sleep(1_000);
    assertFalse(remote.isReachable());
    assertEquals(Optional.empty(), ask(remote, commit(5, 7)));
  }

  @Test
  void anotherKeyIsNeverUsed() throws Exception {
    ScriptedSigner signer = scripted();
    RemoteSigner remote = meet(signer, GENESIS);
    signer.key = BlsValidatorKey.generate(RANDOM).publicKey();
    signer.dropAll();
    assertEquals(Optional.empty(), ask(remote, commit(1, 1)));
    Thread.sleep(1_000);
    assertFalse(remote.isReachable());
  }

  @Test
  void aSignatureAgainstTheRecordIsNotUsed() throws Exception {
    ScriptedSigner signer = scripted();
    RemoteSigner remote = meet(signer, GENESIS);
    assertSigned(commit(5, 1), ask(remote, commit(5, 1)));
    signer.answer =
        request ->
            request instanceof SignerRequest.Sign(SigningRequest wanted)
                ? new SignerReply.Signed(OneValidator.KEY.sign(wanted.message(GENESIS)))
                : signer.honest(request);
    assertEquals(Optional.empty(), ask(remote, commit(5, 7)));
  }

  @Test
  void aSignerOfAnotherNetworkIsRefusedAtTheStart() throws Exception {
    ScriptedSigner signer = scripted();
    assertThrows(ConfigurationException.class, () -> meet(signer, NodeValues.hash(99)));
  }

  @Test
  void aStrangerIsNotAnswered() throws Exception {
    ScriptedSigner signer = scripted();
    PinnedTls stranger = new PinnedTls(NodeIdentity.create(RANDOM), SIGNER.id());
    assertThrows(
        IOException.class,
        () -> {
          try (SignerLink link = new SignerLink(stranger.dial(signer.address(), WAIT))) {
            SignerReply.Opened _ = link.open(GENESIS, WAIT);
          }
        });
    PinnedTls deceived = new PinnedTls(NODE, NodeIdentity.create(RANDOM).id());
    assertThrows(IOException.class, () -> deceived.dial(signer.address(), WAIT).close());
  }

  @Test // Protocol §8.3.1
  void aKeyThatCameFromElsewhereSignsNothingForAWhile() throws Exception {
    RemoteSigner remote = meet(scripted(), GENESIS);
    long[] nanos = {Long.MAX_VALUE - 1};
    WaitingSigner waiting = new WaitingSigner(remote, () -> nanos[0]);
    BlockingQueue<Optional<SigningAnswer>> answers = new LinkedBlockingQueue<>();
    nanos[0] += WaitingSigner.WAIT.toNanos() - 1;
    waiting.sign(commit(1, 1), answers::add);
    assertEquals(Optional.empty(), answers.take());
    assertFalse(waiting.isReachable());
    nanos[0]++;
    waiting.sign(commit(1, 1), answers::add);
    assertSigned(commit(1, 1), answers.take());
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }
}
