// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Encodings of consensus. Protocol §11.4, Protocol §11.6 to §11.10.
class ConsensusCodecTest {
  private static <T extends Encodable> void goesBackAndForth(
      Function<ConsensusValues, T> values, RlpReader.Element<T> element) {
    Seed.forAll(
        0xc0de,
        200,
        seed -> {
          T value = values.apply(new ConsensusValues(seed));
          T read = Encodable.decode(value.encoded(), element);
          assertEquals(value, read);
          assertEquals(value.encoded(), read.encoded());
        });
    List<byte[]> samples = new ArrayList<>();
    ConsensusValues sampled = new ConsensusValues(Seed.of(4));
    for (int i = 0; i < 8; i++) {
      samples.add(values.apply(sampled).encoded().toArray());
    }
    torture(input -> Encodable.decode(Bytes.of(input), element), samples);
  }

  private static void torture(DecoderTorture.Decoder decoder, List<byte[]> samples) {
    new DecoderTorture(decoder, failure -> failure instanceof MalformedException)
        .run(0xbad, 800, samples);
  }

  @ParameterizedTest // Protocol §11.10.
  @EnumSource
  void messagesGoBackAndForth(FrameType type) {
    goesBackAndForth(
        values -> values.message(type), reader -> PeerMessage.decode(type, reader.encoded()));
    assertEquals(type, new ConsensusValues(Seed.of(1)).message(type).frameType());
  }

  @Test // Protocol §11.10.
  void everyFrameTypeHasItsOwnByte() {
    for (FrameType type : FrameType.values()) {
      assertEquals(type, FrameType.of(type.code()).orElseThrow());
      assertTrue(type.code() > 0 && type.code() < 128);
    }
    assertTrue(FrameType.of(0).isEmpty());
  }

  @Test // Protocol §11.10.
  void aLongerFrameThanItsTypeAllowsIsRefused() {
    Bytes tooLong = Bytes.wrap(new byte[FrameType.VOTE.payloadBytesMax() + 1]);
    Malformed reason =
        assertThrows(MalformedException.class, () -> PeerMessage.decode(FrameType.VOTE, tooLong))
            .reason();
    assertEquals(
        new Malformed.WrongLength(0, tooLong.length(), 0, FrameType.VOTE.payloadBytesMax()),
        reason);
  }

  @Test // Protocol §11.10.
  void theLargestMessagesFitTheirFrames() {
    ConsensusValues values = new ConsensusValues(Seed.of(3));
    AggregateSignature largest =
        new AggregateSignature(
            new Signers(
                new SignerBitmap(Bytes.wrap(new byte[SignerBitmap.BYTES_MAX])),
                new SignerBitmap(Bytes.wrap(new byte[SignerBitmap.BYTES_MAX]))),
            values.signature());
    Height height = new Height(Height.NUMBER_MAX - 1);
    Round round = new Round(Round.NUMBER_MAX);
    CommitCertificate commit =
        new CommitCertificate(
            new Ballot.Commit(height, round, Mode.SECURE, values.hash(), values.hash()), largest);
    PrepareCertificate prepare =
        new PrepareCertificate(
            new Ballot.Prepare(
                height,
                new Round(Round.NUMBER_MAX - 1),
                Mode.SECURE,
                values.hash(),
                java.util.Optional.of(new Round(Round.NUMBER_MAX - 2))),
            largest);
    List<CarriedCommits> commits = new ArrayList<>();
    for (int age = 0; age < CarriedCommits.BLOCKS_MAX; age++) {
      Ballot.Commit ballot =
          new Ballot.Commit(
              new Height(height.number() - age), round, Mode.SECURE, values.hash(), values.hash());
      commits.add(new CarriedCommits(ballot, largest));
    }
    Height anchored = new Height(height.number() - height.number() % Anchor.INTERVAL_BLOCKS);
    ProposalContent content =
        new ProposalContent(
            commit.blockHash(),
            java.util.Collections.nCopies(ProposalContent.TRANSACTIONS_MAX, values.hash()),
            ProposalContent.TIMESTAMP_MILLIS_MAX,
            round,
            values.address(),
            values.signature(),
            java.util.Optional.of(commit),
            new CarriedSignatures(
                commits, List.of(new CarriedAnchors(anchored, values.hash(), largest))));
    ProposalEnvelope envelope =
        new ProposalEnvelope(
            content.height(),
            round,
            content.id(),
            java.util.Optional.empty(),
            content.maker(),
            values.signature());
    assertFits(new Proposal(envelope, content, java.util.Optional.empty()));
    assertFits(commit);
    assertFits(prepare);
    assertFits(new RoundChangeCertificate(height, round, largest, java.util.Optional.of(prepare)));
    assertFits(new Evidence.Equivocation(commit, commit));
    assertFits(new TransactionsAhead(height, content.transactions()));
    assertFits(new PeerMessage.MissingTransactionsRequest(content.id(), content.transactions()));
    Bytes body =
        Bytes.wrap(new byte[PeerMessage.BODIES_BYTES_MAX / ProposalContent.TRANSACTIONS_MAX]);
    assertFits(
        new PeerMessage.MissingTransactions(
            content.id(), java.util.Collections.nCopies(ProposalContent.TRANSACTIONS_MAX, body)));
  }

  private static void assertFits(PeerMessage message) {
    int length = message.encoded().length();
    assertTrue(
        length <= message.frameType().payloadBytesMax(),
        () -> message.frameType() + " needs " + length);
  }

  @Test // Protocol §11.9.
  void validatorSetsGoBackAndForth() {
    goesBackAndForth(ConsensusValues::validatorSet, ValidatorSet::readFrom);
  }

  @Test // Protocol §11.4.
  void extensionsGoBackAndForth() {
    goesBackAndForth(ConsensusValues::extension, ConsensusExtension::readFrom);
  }

  @Test // Protocol §11.6.
  void contentsGoBackAndForth() {
    goesBackAndForth(ConsensusValues::content, ProposalContent::readFrom);
  }

  @Test // Protocol §14.8.
  void factsGoBackAndForth() {
    goesBackAndForth(ConsensusValues::facts, BlockFacts::readFrom);
  }

  @Test // Protocol §19.
  void parametersGoBackAndForth() {
    goesBackAndForth(ConsensusValues::parameters, ConsensusParameters::readFrom);
  }

  @Test // Protocol §11.6: a re-proposed content is unchanged to the bit.
  void theProposalIdIsTheHashOfTheEncodingAsItCame() throws MalformedException {
    ProposalContent made = new ConsensusValues(Seed.of(9)).content();
    ProposalContent came = Encodable.decode(made.encoded(), ProposalContent::readFrom);
    assertEquals(made.id(), came.id());
  }
}
