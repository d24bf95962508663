// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.consensus.SigningRequest;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.Vote;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.HostMark;
import io.aitbc.signer.LocalValidatorSigner;
import io.aitbc.signer.RecordLoss;
import io.aitbc.signer.RecordOpening;
import io.aitbc.signer.SigningAnswer;
import io.aitbc.signer.SigningStart;
import io.aitbc.signer.SlotMedium;
import io.aitbc.signer.Witnessed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §8.3.1: a signature of the own key above its record, whenever one arrives.
class OwnKeyWatchTest {
  private static final BlsValidatorKey TWIN = OneValidator.KEY;
  private static final BlsValidatorKey STRANGER = BlsValidatorKey.fromSeed(filled());

  private final List<RecordLoss> found = new ArrayList<>();
  private final LocalValidatorSigner signer =
      assertInstanceOf(
              RecordOpening.Ready.class,
              LocalValidatorSigner.start(
                  OneValidator.KEY,
                  OneValidator.GENESIS,
                  HostMark.named("here"),
                  new MemorySlots(),
                  Witnessed.NOTHING,
                  new SigningStart.NeverSigned()))
          .signer();
  private final OwnKeyWatch watch =
      new OwnKeyWatch(
          new LocalSigner(signer),
          OneValidator.ACCOUNT,
          OneValidator.GENESIS,
          new BlsScheme(),
          Runnable::run,
          () -> OneValidator.DERIVED,
          found::add);

  /// Slots in memory.
  private static final class MemorySlots implements SlotMedium {
    private final List<byte[]> content = new ArrayList<>(List.of(new byte[512], new byte[512]));

    @Override
    public byte[] read(int slot) {
      return content.get(slot).clone();
    }

    @Override
    public void write(int slot, byte[] bytes) {
      byte[] _ = content.set(slot, bytes.clone());
    }

    @Override
    public void close() {}
  }

  private static byte[] filled() {
    byte[] seed = new byte[32];
    seed[0] = 1;
    return seed;
  }

  private static Ballot.Commit commit(long height, int block) {
    return new Ballot.Commit(
        new Height(height),
        Round.ZERO,
        Mode.BALANCED,
        NodeValues.hash(block),
        NodeValues.hash(block + 1));
  }

  private static Vote vote(Ballot ballot, BlsValidatorKey by) {
    return new Vote(ballot, OneValidator.ACCOUNT, by.sign(ballot.message(OneValidator.GENESIS)));
  }

  @Test
  void whatItSignedItselfIsItsOwn() {
    assertInstanceOf(
        SigningAnswer.Signed.class, signer.sign(new SigningRequest.Vote(commit(3, 1))));
    watch.saw(vote(commit(3, 1), TWIN));
    watch.saw(vote(commit(2, 7), TWIN));
    assertEquals(List.of(), found);
  }

  @Test
  void aVoteOfATwinIsFound() {
    assertInstanceOf(
        SigningAnswer.Signed.class, signer.sign(new SigningRequest.Vote(commit(3, 1))));
    watch.saw(vote(commit(4, 1), TWIN));
    watch.saw(vote(commit(3, 5), TWIN));
    assertEquals(2, found.size());
  }

  @Test
  void aForgedVoteAndThoseOfOthersAreNot() {
    watch.saw(vote(commit(4, 1), STRANGER));
    Ballot ballot = commit(4, 1);
    Address other = Address.fromHex("0x0000000000000000000000000000000000000002");
    watch.saw(new Vote(ballot, other, STRANGER.sign(ballot.message(OneValidator.GENESIS))));
    assertEquals(List.of(), found);
    watch.saw(vote(commit(4, 1), TWIN)); // A forger does not keep a true one out.
    assertEquals(1, found.size());
  }

  @Test
  void anAnchorOfATwinIsFound() {
    Height height = new Height(Anchor.INTERVAL_BLOCKS);
    BlsSignature signature =
        TWIN.sign(Anchor.message(OneValidator.GENESIS, height, NodeValues.hash(5)));
    watch.saw(new Anchor(height, NodeValues.hash(5), OneValidator.ACCOUNT, signature));
    assertEquals(1, found.size());
  }

  @Test
  void aCertificateWithTheSignatureOfATwinIsFound() {
    watch.saw(certificate(STRANGER));
    assertEquals(List.of(), found);
    watch.saw(certificate(TWIN));
    assertEquals(1, found.size());
  }

  private static CommitCertificate certificate(BlsValidatorKey by) {
    Ballot.Commit ballot = commit(1, 1);
    return new CommitCertificate(
        ballot,
        new AggregateSignature(
            OneValidator.DERIVED.set().signers(List.of(OneValidator.ACCOUNT)),
            by.sign(ballot.message(OneValidator.GENESIS))));
  }
}
