// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.network.NodeIdentity;
import io.aitbc.network.PeerId;
import io.aitbc.network.PinnedTls;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordDiskException;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SignerSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running signer: holds a validator's key and its record, and answers the one node it knows.
/// Protocol §8.3.3.
public final class SignerService implements AutoCloseable {
  /// Connections that may be proving who they are: strangers cost a handshake each.
  private static final int HANDSHAKES_MAX = 8;

  /// Longest handshake, however slowly a stranger speaks: two P-256 checks on a slow link.
  private static final Duration HANDSHAKE_MAX = Duration.ofSeconds(3);

  private static final Logger LOG = LoggerFactory.getLogger(SignerService.class);

  private final StoppedValidator validator;
  private final LocalValidatorSigner signer;
  private final NetworkKind kind;
  private final PinnedTls tls;
  private final ServerSocket server;
  private final Semaphore handshakes = new Semaphore(HANDSHAKES_MAX);
  private final AtomicReference<Socket> present = new AtomicReference<>(new Socket());
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean broken;

  private SignerService(
      SignerConfiguration configuration,
      StoppedValidator validator,
      LocalValidatorSigner signer,
      NetworkKind kind)
      throws IOException, ConfigurationException {
    this.validator = validator;
    this.signer = signer;
    this.kind = kind;
    NodeIdentity identity = NodeFiles.identity(configuration.folder());
    tls = new PinnedTls(identity, PeerId.fromHex(configuration.node()));
    server = new ServerSocket();
    server.bind(configuration.listen());
    LOG.atInfo()
        .addKeyValue("key", signer.publicKey())
        .addKeyValue("identity", identity.id())
        .addKeyValue("listen", server.getLocalSocketAddress())
        .addKeyValue("node", configuration.node())
        .log("signer started");
    Thread _ = Thread.ofPlatform().name("accept").start(this::accept);
  }

  /// Starts a signer.
  ///
  /// @throws ConfigurationException if key, record, identity and genesis do not fit, or the record
  ///   may not sign
  /// @throws IOException if a file or the address cannot be used
  public static SignerService start(SignerConfiguration configuration)
      throws IOException, ConfigurationException {
    NodeGenesis genesis = NodeGenesis.read(configuration.genesis());
    StoppedValidator validator = StoppedValidator.open(configuration.key(), genesis);
    try {
      RecordOpening opening = validator.record();
      if (!(opening instanceof RecordOpening.Ready ready)) {
        throw new ConfigurationException(
            configuration.key().signingRecord() + ": " + RecordText.of(opening));
      }
      return new SignerService(
          configuration, validator, ready.signer(), genesis.file().genesis().kind());
    } catch (IOException | ConfigurationException | RuntimeException failed) {
      validator.close();
      throw failed;
    }
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /// Waits for its end.
  ///
  /// @return whether it was asked for
  public boolean awaitEnd() throws InterruptedException {
    ended.await();
    return !broken;
  }

  private void accept() {
    while (!closing.get()) {
      try {
        Socket socket = server.accept();
        if (handshakes.tryAcquire()) {
          Thread _ = Thread.ofVirtual().name("session").start(() -> meet(socket));
        } else {
          socket.close();
        }
      } catch (IOException failed) {
        if (!closing.get()) {
          LOG.atWarn().addKeyValue("reason", failed.toString()).log("no connection was accepted");
        }
      }
    }
  }

  /// Has the other side prove who it is, and serves it if it is the node.
  private void meet(Socket plain) {
    try (plain) {
      serve(plain, proven(plain));
    } catch (IOException refused) {
      LOG.atDebug()
          .addKeyValue("from", plain.getRemoteSocketAddress())
          .addKeyValue("reason", refused.toString())
          .log("a connection ended");
    }
  }

  private Socket proven(Socket plain) throws IOException {
    CountDownLatch proven = new CountDownLatch(1);
    Thread _ = Thread.ofVirtual().name("handshake").start(() -> closeUnless(proven, plain));
    try {
      return tls.accept(plain, HANDSHAKE_MAX);
    } finally {
      proven.countDown();
      handshakes.release();
    }
  }

  private static void closeUnless(CountDownLatch proven, Socket plain) {
    try {
      if (!proven.await(HANDSHAKE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        plain.close();
      }
    } catch (IOException | InterruptedException gone) {
      LOG.atDebug().addKeyValue("reason", gone.toString()).log("a slow stranger");
    }
  }

  private void serve(Socket plain, Socket node) throws IOException {
    present.getAndSet(plain).close(); // The node has come again: its old connection is dead.
    if (closing.get()) {
      return;
    }
    LOG.atInfo().addKeyValue("from", node.getRemoteSocketAddress()).log("the node is here");
    node.setSoTimeout(0);
    try {
      new SignerSession(signer, kind).serve(node.getInputStream(), node.getOutputStream());
      LOG.atInfo().log("the node is gone");
    } catch (MalformedException malformed) {
      LOG.atWarn().addKeyValue("reason", malformed.reason()).log("the node sent no request");
    } catch (RecordDiskException failed) {
      if (!closing.get()) {
        LOG.atError().setCause(failed).log("the disk failed under the record; the signer stops");
        broken = true;
        close();
      }
    }
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    try {
      server.close();
      present.get().close();
    } catch (IOException failed) {
      LOG.atWarn().setCause(failed).log("a socket did not close");
    }
    validator.close();
    ended.countDown();
  }
}
