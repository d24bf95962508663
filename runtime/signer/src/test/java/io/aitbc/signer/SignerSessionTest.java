// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRefusal;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Encodable;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Round;
import io.aitbc.testkit.DecoderTorture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §8.3.3: a signer in another process.
class SignerSessionTest {
  private static final SignerRequest OPEN = new SignerRequest.Open(Votes.GENESIS);
  private static final AuthorityEffect.Sign BLOCK =
      new AuthorityEffect.Sign(7, new Height(3), Votes.hash(1), Votes.hash(2));
  private static final List<SigningRequest> REQUESTS =
      List.of(
          Votes.envelope(1, 0, 1),
          new SigningRequest.Envelope(
              new Height(1), new Round(3), Votes.hash(1), Optional.of(new Round(2))),
          Votes.prepare(1, 4, 1, Optional.of(new Round(2))),
          Votes.commit(1, 4, 1),
          Votes.anchor(0, 9),
          new SigningRequest.ToRound(new Height(1), new Round(5)),
          new SigningRequest.Randomness(new Height(2), Votes.hash(4)));

  private final MemorySlots slots = new MemorySlots();
  private final LocalValidatorSigner signer =
      assertInstanceOf(
              RecordOpening.Ready.class,
              LocalValidatorSigner.start(
                  Votes.KEY,
                  Votes.GENESIS,
                  Votes.HOST,
                  slots,
                  Witnessed.NOTHING,
                  new SigningStart.NeverSigned()))
          .signer();
  private final SignerSession votes = new SignerSession(signer, new NetworkKind.Hybrid());

  /// Slots in memory.
  private static final class MemorySlots implements SlotMedium {
    private final List<byte[]> content = new ArrayList<>(List.of(new byte[512], new byte[512]));
    private int writes;

    @Override
    public byte[] read(int slot) {
      return content.get(slot).clone();
    }

    @Override
    public void write(int slot, byte[] bytes) {
      var _ = content.set(slot, bytes.clone());
      writes++;
    }

    @Override
    public void close() {}
  }

  private static SignerReply ask(SignerSession session, SigningRequest request) {
    return session.answer(new SignerRequest.Sign(request));
  }

  @Test
  void everyRequestOfConsensusIsSignedAndItsRecordIsDurableBefore() {
    assertEquals(
        new SignerReply.Opened(Votes.KEY.publicKey(), SigningRecord.fresh(Votes.GENESIS), false),
        votes.answer(OPEN));
    for (SigningRequest request : REQUESTS) {
      assertEquals(
          new SignerReply.Signed(Votes.KEY.sign(request.message(Votes.GENESIS))),
          ask(votes, request));
      LocalValidatorSigner stored =
          assertInstanceOf(
                  RecordOpening.Ready.class,
                  LocalValidatorSigner.open(
                      Votes.KEY, Votes.GENESIS, Votes.HOST, slots, Witnessed.NOTHING))
              .signer();
      assertEquals(signer.record(), stored.record());
    }
  }

  @Test
  void nothingIsSignedBeforeTheNetworkIsNamed() {
    int writes = slots.writes;
    assertEquals(new SignerReply.NotOpened(), ask(votes, Votes.commit(1, 0, 1)));
    assertEquals(
        new SignerReply.OtherNetwork(Votes.GENESIS),
        votes.answer(new SignerRequest.Open(Votes.hash(5))));
    assertEquals(new SignerReply.NotOpened(), ask(votes, Votes.commit(1, 0, 1)));
    assertEquals(writes, slots.writes);
  }

  @Test
  void theRecordRefusesWhateverAsks() {
    SignerReply _ = votes.answer(OPEN);
    SignerReply _ = ask(votes, Votes.commit(1, 1, 1));
    SignerSession another = new SignerSession(signer, new NetworkKind.Hybrid());
    SignerReply _ = another.answer(OPEN);
    var refused = assertInstanceOf(SignerReply.Refused.class, ask(another, Votes.commit(1, 1, 3)));
    assertInstanceOf(SigningRefusal.Contradiction.class, refused.reason());
    var forgotten =
        assertInstanceOf(SignerReply.Refused.class, ask(another, Votes.prepare(1, 2, 3)));
    assertInstanceOf(SigningRefusal.ForgottenLock.class, forgotten.reason());
  }

  @Test // Protocol §10.4
  void aSignerSignsForTheKindOfItsNetworkAlone() {
    SignerReply _ = votes.answer(OPEN);
    assertEquals(new SignerReply.WrongKind(), votes.answer(new SignerRequest.SignBlock(BLOCK)));
    SignerSession blocks = new SignerSession(signer, new NetworkKind.Poa(2_000));
    SignerReply _ = blocks.answer(OPEN);
    assertEquals(new SignerReply.WrongKind(), ask(blocks, Votes.commit(1, 0, 1)));
    assertInstanceOf(SignerReply.Signed.class, blocks.answer(new SignerRequest.SignBlock(BLOCK)));
    assertEquals(new SignerReply.SlotPassed(), blocks.answer(new SignerRequest.SignBlock(BLOCK)));
  }

  @Test
  void aRecordThatAnOperatorBeganSaysSoUntilItSigned() {
    LocalValidatorSigner moved =
        assertInstanceOf(
                RecordOpening.Ready.class,
                LocalValidatorSigner.start(
                    Votes.KEY,
                    Votes.GENESIS,
                    Votes.HOST,
                    new MemorySlots(),
                    Witnessed.NOTHING,
                    new SigningStart.AfterLoss(new Height(4))))
            .signer();
    assertTrue(moved.isMoved());
    assertInstanceOf(SigningAnswer.Signed.class, moved.sign(Votes.prepare(4, 0, 1)));
    assertTrue(!moved.isMoved());
  }

  @Test
  void everyMessageIsReadBackAndFitsAFrame() throws Exception {
    List<SignerRequest> requests =
        new ArrayList<>(List.of(OPEN, new SignerRequest.SignBlock(BLOCK)));
    REQUESTS.forEach(each -> requests.add(new SignerRequest.Sign(each)));
    for (SignerRequest request : requests) {
      assertEquals(request, SignerRequest.decode(throughAFrame(request)));
    }
    for (SignerReply reply : replies()) {
      assertEquals(reply, SignerReply.decode(throughAFrame(reply)));
    }
  }

  private List<SignerReply> replies() {
    SignerReply _ = votes.answer(OPEN);
    for (SigningRequest each : REQUESTS) {
      SignerReply _ = ask(votes, each);
    }
    return List.of(
        votes.answer(OPEN),
        ask(votes, Votes.commit(9, 1, 1)),
        ask(votes, Votes.commit(8, 1, 1)),
        ask(votes, Votes.commit(9, 1, 5)),
        ask(votes, Votes.prepare(9, 2, 5)),
        new SignerReply.Refused(
            new SigningRefusal.RecordLost(new Height(Height.NUMBER_MAX), Height.GENESIS)),
        new SignerReply.Refused(new SigningRefusal.OtherNetwork(Votes.hash(1), Votes.hash(2))),
        new SignerReply.OtherNetwork(Votes.hash(1)),
        new SignerReply.NotOpened(),
        new SignerReply.SlotPassed(),
        new SignerReply.WrongKind());
  }

  @Test
  void hostileMessagesAreRefusedWithinBounds() {
    List<byte[]> requests =
        new ArrayList<>(
            List.of(
                OPEN.encoded().toArray(), new SignerRequest.SignBlock(BLOCK).encoded().toArray()));
    REQUESTS.forEach(each -> requests.add(new SignerRequest.Sign(each).encoded().toArray()));
    new DecoderTorture(
            input -> SignerRequest.decode(Bytes.of(input)), e -> e instanceof MalformedException)
        .run(8_331, 500, requests);
    List<byte[]> replies = replies().stream().map(each -> each.encoded().toArray()).toList();
    new DecoderTorture(
            input -> SignerReply.decode(Bytes.of(input)), e -> e instanceof MalformedException)
        .run(8_332, 500, replies);
    new DecoderTorture(
            input -> SignerFrames.read(new ByteArrayInputStream(input)),
            e -> e instanceof ProtocolException || e instanceof EOFException)
        .run(8_333, 500, List.of(new byte[] {0, 0, 0, 2, (byte) 0xc1, 1}));
  }

  private static Bytes throughAFrame(Encodable message) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SignerFrames.write(out, message);
    return SignerFrames.read(new ByteArrayInputStream(out.toByteArray())).orElseThrow();
  }

  @Test
  void whatIsNoMessageIsRefused() {
    assertThrows(
        MalformedException.class, () -> SignerRequest.decode(Bytes.of((byte) 0xc1, (byte) 8)));
    byte[] endless = {0, 0, 4, 1};
    assertThrows(
        ProtocolException.class, () -> SignerFrames.read(new ByteArrayInputStream(endless)));
    byte[] cut = {0, 0, 0, 9, 1};
    assertThrows(EOFException.class, () -> SignerFrames.read(new ByteArrayInputStream(cut)));
  }
}
