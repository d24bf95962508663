// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.model.TestValidators.GENESIS;
import static io.aitbc.model.TestValidators.accounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Protocol §10.2, Protocol §10.3.
class LightClientTest {
  private static final long TIME = 1_700_000_000_000L;
  private static final ValidatorSet NOW = TestValidators.set(4, 1, 1, 1, 1);
  private static final ValidatorSet NEXT = TestValidators.set(5, 1, 1, 1);
  private static final TrustedHead TRUSTED =
      new TrustedHead(new Height(50), GENESIS, TIME, 0, NOW, NEXT.hash());
  private static final LightClient CLIENT = client(LightClient.Assurance.CLAIMED_MODE, List.of());

  private record Signed(
      BlockHeader header, ConsensusExtension extension, CommitCertificate certificate) {}

  private static LightClient client(LightClient.Assurance assurance, List<Checkpoint> checkpoints) {
    return new LightClient(
        new CertificateCheck(GENESIS, new KeyedScheme()), assurance, checkpoints);
  }

  private static ConsensusExtension extension(
      long height, Mode mode, ValidatorSet set, long timestampMillis) {
    return new ConsensusExtension(
        ModeSetting.settled(mode),
        Fallback.ON,
        Oversight.REQUIRED,
        Epochs.of(new Height(height)),
        Address.ZERO,
        Round.ZERO,
        new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
        GENESIS,
        set.hash(),
        NEXT.hash(),
        GENESIS,
        timestampMillis);
  }

  private static Signed signed(
      long height, ConsensusExtension extension, ValidatorSet set, List<Address> signers) {
    return signed(height, extension, set, signers, extension.timestampMillis() / 1_000, height);
  }

  private static Signed signed(
      long height,
      ConsensusExtension extension,
      ValidatorSet set,
      List<Address> signers,
      long timestampSeconds,
      long heightSigned) {
    BlockHeader header =
        new BlockHeader(
            GENESIS,
            Address.ZERO,
            GENESIS,
            GENESIS,
            GENESIS,
            Bloom.EMPTY,
            height,
            30_000_000,
            0,
            timestampSeconds,
            extension.hash().toBytes(),
            GENESIS,
            Amount.ZERO,
            BlockHeader.EMPTY_TRIE_ROOT,
            0,
            0,
            GENESIS,
            Optional.of(BlockHeader.NO_REQUESTS_HASH));
    Ballot.Commit ballot =
        new Ballot.Commit(
            new Height(heightSigned),
            Round.ZERO,
            extension.mode().quorumMode(),
            GENESIS,
            header.hash());
    return new Signed(
        header,
        extension,
        new CommitCertificate(
            ballot, TestValidators.aggregate(set, signers, ballot.message(GENESIS))));
  }

  private static Signed signed(long height, Mode mode, ValidatorSet set) {
    return signed(height, extension(height, mode, set, TIME + 1_000), set, accounts(0, 7));
  }

  private static LightVerdict judge(LightClient client, Signed signed, ValidatorSet set) {
    return client.judge(
        TRUSTED, signed.header, signed.extension, signed.certificate, set, TIME + 2_000);
  }

  private static LightRejection rejection(Signed signed, ValidatorSet set) {
    return assertInstanceOf(LightVerdict.Rejected.class, judge(CLIENT, signed, set)).reason();
  }

  @Test // Protocol §10.3.
  void aCertifiedHeaderOfTheSameEpochIsFollowed() {
    Signed signed = signed(99, Mode.BALANCED, NOW);
    assertEquals(
        new LightVerdict.Accepted(
            new TrustedHead(
                new Height(99), signed.header.hash(), TIME + 1_000, 0, NOW, NEXT.hash())),
        judge(CLIENT, signed, NOW));
  }

  @Test // Protocol §10.3: sets are followed by certificates.
  void theNextEpochIsFollowedByTheSetThatWasNamed() {
    assertInstanceOf(
        LightVerdict.Accepted.class, judge(CLIENT, signed(150, Mode.SECURE, NEXT), NEXT));
    assertEquals(
        new LightRejection.WrongSet(NEXT.hash(), NOW.hash()),
        rejection(signed(150, Mode.BALANCED, NOW), NOW));
  }

  @Test // Protocol §10.3.
  void noEpochIsSkipped() {
    assertEquals(
        new LightRejection.SkippedEpochs(0, 2), rejection(signed(201, Mode.SECURE, NEXT), NEXT));
  }

  @Test // Protocol §10.2: 14 days, two thirds of the unbonding period.
  void whatIsTooOldIsTrustedNoMore() {
    Signed signed = signed(99, Mode.BALANCED, NOW);
    long late = TIME + Checkpoint.TRUSTING_PERIOD_MILLIS;
    assertEquals(
        new LightVerdict.Rejected(new LightRejection.Expired(TIME, late)),
        CLIENT.judge(TRUSTED, signed.header, signed.extension, signed.certificate, NOW, late));
  }

  @Test // Protocol §10.3.
  void anOlderHeaderIsNotFollowed() {
    assertEquals(
        new LightRejection.NotAbove(new Height(50), new Height(50)),
        rejection(signed(50, Mode.BALANCED, NOW), NOW));
  }

  @Test // Protocol §10.3.
  void timeDoesNotRunBackwardsOrFarAhead() {
    Signed early = signed(99, extension(99, Mode.BALANCED, NOW, TIME - 1), NOW, accounts(0, 7));
    assertInstanceOf(LightRejection.WrongTime.class, rejection(early, NOW));
    long ahead = TIME + 2_000 + LightClient.AHEAD_MILLIS_MAX + 1;
    Signed future = signed(99, extension(99, Mode.BALANCED, NOW, ahead), NOW, accounts(0, 7));
    assertInstanceOf(LightRejection.WrongTime.class, rejection(future, NOW));
  }

  @Test // Protocol §10.3.
  void anExtensionBesideTheHeaderIsRefused() {
    Signed signed = signed(99, Mode.BALANCED, NOW);
    ConsensusExtension other = extension(99, Mode.FAST, NOW, TIME + 1_000);
    assertEquals(
        new LightRejection.WrongExtension(other.hash()),
        rejection(new Signed(signed.header, other, signed.certificate), NOW));
  }

  @Test // Protocol §10.3.
  void aCertificateOfAnotherBlockIsRefused() {
    Signed signed = signed(99, Mode.BALANCED, NOW);
    Signed other = signed(98, Mode.BALANCED, NOW);
    assertEquals(
        new LightRejection.WrongBlock(signed.header.hash(), other.certificate.blockHash()),
        rejection(new Signed(signed.header, signed.extension, other.certificate), NOW));
  }

  private static Signed signedWith(long timestampSeconds, long heightSigned) {
    ConsensusExtension extension = extension(99, Mode.BALANCED, NOW, TIME + 1_000);
    return signed(99, extension, NOW, accounts(0, 7), timestampSeconds, heightSigned);
  }

  @Test // Protocol §10.3: the certificate is of the header's height, which has the whole seconds.
  void aHeaderOfAnotherHeightOrTimeThanWasSignedIsRefused() {
    long seconds = (TIME + 1_000) / 1_000;
    assertInstanceOf(LightVerdict.Accepted.class, judge(CLIENT, signedWith(seconds, 99), NOW));
    assertEquals(
        new LightRejection.BadCertificate(
            new CertificateRejection.WrongHeight(new Height(99), new Height(98))),
        rejection(signedWith(seconds, 98), NOW));
    assertInstanceOf(LightRejection.WrongTime.class, rejection(signedWith(seconds - 1, 99), NOW));
  }

  @Test // Protocol §10.3: the epoch is that of the height.
  void anExtensionOfAnotherEpochIsRefused() {
    Signed signed = signed(150, extension(99, Mode.SECURE, NEXT, TIME), NEXT, accounts(0, 7));
    assertEquals(new LightRejection.WrongEpoch(1, 0), rejection(signed, NEXT));
  }

  @Test // Protocol §10.3: trusted header and extension name one set.
  void anExtensionThatNamesAnotherSetIsRefused() {
    Signed signed = signed(99, extension(99, Mode.BALANCED, NEXT, TIME), NOW, accounts(0, 7));
    assertInstanceOf(LightRejection.WrongSet.class, rejection(signed, NOW));
  }

  @Test // Protocol §10.3: who follows must be given the set that was named, not one that signed.
  void aSetBesideTheOneThatWasNamedIsRefused() {
    Signed signed =
        signed(99, extension(99, Mode.BALANCED, NOW, TIME + 1_000), NEXT, accounts(0, 8));
    assertEquals(new LightRejection.WrongSet(NOW.hash(), NEXT.hash()), rejection(signed, NEXT));
  }

  @Test // Protocol §10.3.
  void tooFewSignersAreRefused() {
    Signed few = signed(99, extension(99, Mode.BALANCED, NOW, TIME + 1_000), NOW, accounts(2, 7));
    LightRejection.BadCertificate bad =
        assertInstanceOf(LightRejection.BadCertificate.class, rejection(few, NOW));
    assertInstanceOf(CertificateRejection.NoQuorum.class, bad.reason());
  }

  @Test // Protocol §10.3: a bridge asks for the stake.
  void whoAsksForTheStakeIsNotContentWithAuthorities() {
    Signed fast = signed(99, extension(99, Mode.FAST, NOW, TIME + 1_000), NOW, accounts(0, 3));
    assertInstanceOf(LightVerdict.Accepted.class, judge(CLIENT, fast, NOW));
    LightVerdict verdict = judge(client(LightClient.Assurance.STAKE, List.of()), fast, NOW);
    assertInstanceOf(
        LightRejection.StakeMissing.class,
        assertInstanceOf(LightVerdict.Rejected.class, verdict).reason());
  }

  @Test // Protocol §10.3.
  void aModeThatTheSetCannotCarryIsRefused() {
    ValidatorSet authorities = TestValidators.set(4);
    TrustedHead trusted =
        new TrustedHead(new Height(50), GENESIS, TIME, 0, authorities, NEXT.hash());
    Signed secure =
        signed(
            99, extension(99, Mode.SECURE, authorities, TIME + 1_000), authorities, accounts(0, 3));
    assertEquals(
        new LightVerdict.Rejected(new LightRejection.ImpossibleMode(Mode.SECURE)),
        CLIENT.judge(
            trusted,
            secure.header,
            secure.extension,
            secure.certificate,
            authorities,
            TIME + 2_000));
  }

  @Test // Protocol §10.2: a chain without the checkpoint is refused.
  void aChainWithoutTheCheckpointIsRefused() {
    Checkpoint checkpoint = Checkpoint.parse("99:" + "ab".repeat(32)).orElseThrow();
    Signed signed = signed(99, Mode.BALANCED, NOW);
    LightClient careful = client(LightClient.Assurance.CLAIMED_MODE, List.of(checkpoint));
    assertEquals(
        new LightVerdict.Rejected(
            new LightRejection.NotOnCheckpoint(checkpoint, signed.header.hash())),
        judge(careful, signed, NOW));
  }

  @Test // Protocol §10.3: the hash of a checkpoint commits to all that a client begins with.
  void aClientBeginsWithACheckpoint() {
    Signed signed = signed(99, Mode.BALANCED, NOW);
    Checkpoint checkpoint = new Checkpoint(new Height(99), signed.header.hash());
    TrustedHead begun =
        new TrustedHead(new Height(99), signed.header.hash(), TIME + 1_000, 0, NOW, NEXT.hash());
    assertEquals(
        new LightVerdict.Accepted(begun),
        CLIENT.begin(checkpoint, signed.header, signed.extension, NOW, TIME + 2_000));
    Signed next = signed(150, Mode.SECURE, NEXT);
    assertInstanceOf(
        LightVerdict.Accepted.class,
        CLIENT.judge(begun, next.header, next.extension, next.certificate, NEXT, TIME + 2_000));
  }

  private static LightRejection refusedBeginning(
      LightClient client, Checkpoint at, Signed signed, ValidatorSet set, long nowMillis) {
    LightVerdict verdict = client.begin(at, signed.header, signed.extension, set, nowMillis);
    return assertInstanceOf(LightVerdict.Rejected.class, verdict).reason();
  }

  @Test // Protocol §10.3.
  void nothingButTheCheckpointsOwnIsBegunWith() {
    Signed signed = signed(99, Mode.BALANCED, NOW);
    Hash hash = signed.header.hash();
    Checkpoint at = new Checkpoint(new Height(99), hash);
    long now = TIME + 2_000;
    Checkpoint other = new Checkpoint(new Height(99), GENESIS);
    Checkpoint above = new Checkpoint(new Height(100), hash);
    assertEquals(
        new LightRejection.NotOnCheckpoint(other, hash),
        refusedBeginning(CLIENT, other, signed, NOW, now));
    assertEquals(
        new LightRejection.NotOnCheckpoint(above, hash),
        refusedBeginning(CLIENT, above, signed, NOW, now));
    ConsensusExtension fast = extension(99, Mode.FAST, NOW, TIME + 1_000);
    assertEquals(
        new LightRejection.WrongExtension(fast.hash()),
        refusedBeginning(
            CLIENT, at, new Signed(signed.header, fast, signed.certificate), NOW, now));
    assertEquals(
        new LightRejection.WrongSet(NOW.hash(), NEXT.hash()),
        refusedBeginning(CLIENT, at, signed, NEXT, now));
    assertEquals(
        new LightRejection.NotOnCheckpoint(other, hash),
        refusedBeginning(
            client(LightClient.Assurance.CLAIMED_MODE, List.of(other)), at, signed, NOW, now));
    long late = TIME + 1_000 + Checkpoint.TRUSTING_PERIOD_MILLIS;
    assertEquals(
        new LightRejection.Expired(TIME + 1_000, late),
        refusedBeginning(CLIENT, at, signed, NOW, late));
  }

  @Test // Protocol §10.2.
  void checkpointsAreWrittenAsHeightAndHash() {
    Hash hash = Hash.fromHex("ab".repeat(32));
    Checkpoint checkpoint = new Checkpoint(new Height(100_000), hash);
    assertEquals(Optional.of(checkpoint), Checkpoint.parse(checkpoint.toString()));
    assertEquals(Optional.empty(), Checkpoint.parse("100000"));
    assertEquals(Optional.empty(), Checkpoint.parse("-1:" + hash));
    assertEquals(Optional.empty(), Checkpoint.parse("1:0xabc"));
    assertEquals(true, Checkpoint.isCheckpoint(new Height(100_000)));
    assertEquals(true, Checkpoint.isCheckpoint(new Height(200_000)));
    assertEquals(false, Checkpoint.isCheckpoint(new Height(150_000)));
    assertEquals(false, Checkpoint.isCheckpoint(Height.GENESIS));
  }
}
