// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.MalformedException;
import io.aitbc.signer.SignerFrames;
import io.aitbc.signer.SignerReply;
import io.aitbc.signer.SignerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;

/// One connection to a signer, whose identity was proven: a request, its reply, the next request.
/// Belongs to one thread. Whatever is thrown, the connection is of no use any more.
final class SignerLink implements AutoCloseable {
  private final Socket socket;

  SignerLink(Socket socket) {
    this.socket = socket;
  }

  /// What the signer says of itself.
  ///
  /// @throws ConfigurationException if it is of another network than that of `genesisHash`
  /// @throws IOException if it does not say within `wait`
  SignerReply.Opened open(Hash genesisHash, Duration wait)
      throws IOException, ConfigurationException {
    return switch (ask(new SignerRequest.Open(genesisHash), wait)) {
      case SignerReply.Opened opened -> requireNetwork(opened, genesisHash);
      case SignerReply.OtherNetwork(Hash other) -> throw otherNetwork(other, genesisHash);
      case SignerReply unfitting -> throw new ProtocolException("the signer says " + unfitting);
    };
  }

  private static SignerReply.Opened requireNetwork(SignerReply.Opened opened, Hash genesisHash)
      throws ConfigurationException {
    SigningRecord record = opened.record();
    if (!record.genesisHash().equals(genesisHash)) {
      throw otherNetwork(record.genesisHash(), genesisHash);
    }
    return opened;
  }

  private static ConfigurationException otherNetwork(Hash other, Hash genesisHash) {
    return new ConfigurationException(
        "the signer is of network %s, the genesis file gives %s".formatted(other, genesisHash));
  }

  /// The reply to `request`.
  ///
  /// @throws IOException if there is none within `wait`, or something that is none
  SignerReply ask(SignerRequest request, Duration wait) throws IOException {
    socket.setSoTimeout((int) Math.max(1, wait.toMillis()));
    SignerFrames.write(socket.getOutputStream(), request);
    Bytes encoding =
        SignerFrames.read(socket.getInputStream())
            .orElseThrow(() -> new EOFException("the signer has closed"));
    try {
      return SignerReply.decode(encoding);
    } catch (MalformedException malformed) {
      throw new ProtocolException("the signer sent no reply: " + malformed.reason());
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      // It is closed all the same.
    }
  }
}
