// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// The signer's side of one connection: answers each request out of the record, which is durable
/// before a reply leaves. Who is at the other end was proven before. Belongs to one thread; several
/// may share the signer. Protocol §8.3.3.
public final class SignerSession {
  private final LocalValidatorSigner signer;
  private final NetworkKind kind;
  private final Hash genesisHash;
  private boolean opened;

  /// A session that signs with `signer`.
  ///
  /// @param kind how blocks are decided in its network
  public SignerSession(LocalValidatorSigner signer, NetworkKind kind) {
    this.signer = signer;
    this.kind = kind;
    genesisHash = signer.record().genesisHash();
  }

  /// Answers until the other side closes.
  ///
  /// @throws IOException if the connection breaks or a message is too long
  /// @throws MalformedException if something comes that is no request
  /// @throws RecordDiskException if the record cannot be made durable: nothing is signed any more
  public void serve(InputStream in, OutputStream out) throws IOException, MalformedException {
    for (Optional<Bytes> next = SignerFrames.read(in);
        next.isPresent();
        next = SignerFrames.read(in)) {
      SignerFrames.write(out, answer(SignerRequest.decode(next.get())));
    }
  }

  /// The reply to `request`.
  SignerReply answer(SignerRequest request) {
    if (request instanceof SignerRequest.Open(Hash asked)) {
      opened = asked.equals(genesisHash);
      return opened
          ? new SignerReply.Opened(signer.publicKey(), signer.record(), signer.isMoved())
          : new SignerReply.OtherNetwork(genesisHash);
    }
    if (!opened) {
      return new SignerReply.NotOpened();
    }
    if (kind instanceof NetworkKind.Hybrid != request instanceof SignerRequest.Sign) {
      return new SignerReply.WrongKind();
    }
    return switch (request) {
      case SignerRequest.Open _ -> throw new IllegalStateException("answered above");
      case SignerRequest.Sign(var wanted) ->
          switch (signer.sign(wanted)) {
            case SigningAnswer.Signed(var signature) -> new SignerReply.Signed(signature);
            case SigningAnswer.Refused(var reason) -> new SignerReply.Refused(reason);
          };
      case SignerRequest.SignBlock(AuthorityEffect.Sign wanted) ->
          signer
              .sign(wanted)
              .<SignerReply>map(SignerReply.Signed::new)
              .orElse(new SignerReply.SlotPassed());
    };
  }
}
