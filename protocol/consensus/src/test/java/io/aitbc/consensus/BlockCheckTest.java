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
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// A block from others is the next one only as the chain before it says. Protocol §10.1.
class BlockCheckTest {
  private static final KeyedScheme SCHEME = new KeyedScheme();
  private static final BlockCheck CHECK =
      new BlockCheck(new CertificateCheck(GENESIS, SCHEME), List.of());
  private static final TestChain CHAIN =
      TestChain.of(TestChain.parameters(ModePolicy.PINNED, Mode.BALANCED), 4, 10, 10, 10, 10)
          .upTo(30);
  private static final DerivedState PARENT = CHAIN.state();

  private static ProposalContent content(long timestampMillis, Address maker) {
    return new ProposalContent(
        PARENT.parentHash(),
        List.of(),
        timestampMillis,
        Round.ZERO,
        maker,
        new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
        CHAIN.certificate(),
        CarriedSignatures.NONE);
  }

  private static ProposalContent content() {
    return content(PARENT.parentTimestampMillis() + 500, PARENT.proposer(Round.ZERO).account());
  }

  private static BlockHeader header(ProposalContent content, ConsensusExtension extension) {
    return header(content, extension, PARENT.nextHeight().number(), content.maker());
  }

  private static BlockHeader header(
      ProposalContent content, ConsensusExtension extension, long number, Address beneficiary) {
    return header(
        content,
        number,
        beneficiary,
        content.timestampMillis() / 1_000,
        extension.hash().toBytes(),
        PARENT.context(content, SCHEME).beacon());
  }

  private static BlockHeader header(
      ProposalContent content,
      long number,
      Address beneficiary,
      long timestampSeconds,
      Bytes extraData,
      Hash beacon) {
    return new BlockHeader(
        content.parentHash(),
        beneficiary,
        GENESIS,
        GENESIS,
        GENESIS,
        Bloom.EMPTY,
        number,
        30_000_000,
        0,
        timestampSeconds,
        extraData,
        beacon,
        Amount.ZERO,
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        content.parentCertificate().orElseThrow().hash(),
        Optional.of(BlockHeader.NO_REQUESTS_HASH));
  }

  private static CommitCertificate certificate(Hash blockHash, List<Address> signers) {
    Ballot.Commit ballot =
        new Ballot.Commit(PARENT.nextHeight(), Round.ZERO, Mode.BALANCED, GENESIS, blockHash);
    return new CommitCertificate(
        ballot, TestValidators.aggregate(PARENT.set(), signers, ballot.message(GENESIS)));
  }

  private static CertifiedBlock block(
      ProposalContent content, ConsensusExtension extension, CommitCertificate certificate) {
    return new CertifiedBlock(
        Bytes.EMPTY, extension, content.parentCertificate(), content.carried(), certificate);
  }

  private static Optional<BlockRejection> judged(
      ProposalContent content, UnaryOperator<ConsensusExtension> change) {
    ConsensusExtension extension = change.apply(PARENT.extension(content));
    BlockHeader header = header(content, extension);
    return CHECK.reject(
        PARENT, header, block(content, extension, certificate(header.hash(), accounts(0, 7))));
  }

  @Test // Protocol §10.1.
  void theNextBlockIsAccepted() {
    assertEquals(Optional.empty(), judged(content(), extension -> extension));
  }

  @Test // Protocol §10.1.
  void aBlockWithoutAQuorumIsRefused() {
    ProposalContent content = content();
    ConsensusExtension extension = PARENT.extension(content);
    BlockHeader header = header(content, extension);
    CertifiedBlock few = block(content, extension, certificate(header.hash(), accounts(0, 5)));
    assertInstanceOf(
        BlockRejection.BadCertificate.class, CHECK.reject(PARENT, header, few).orElseThrow());
  }

  @Test // Protocol §10.2.
  void aChainWithoutACheckpointIsRefused() {
    ProposalContent content = content();
    ConsensusExtension extension = PARENT.extension(content);
    BlockHeader header = header(content, extension);
    CertifiedBlock block = block(content, extension, certificate(header.hash(), accounts(0, 7)));
    Checkpoint own = new Checkpoint(PARENT.nextHeight(), header.hash());
    Checkpoint other = new Checkpoint(PARENT.nextHeight(), GENESIS);
    Checkpoint later = new Checkpoint(PARENT.nextHeight().next(), GENESIS);
    CertificateCheck certificates = new CertificateCheck(GENESIS, SCHEME);
    assertEquals(
        Optional.empty(),
        new BlockCheck(certificates, List.of(own, later)).reject(PARENT, header, block));
    assertEquals(
        Optional.of(new BlockRejection.NotOnCheckpoint(other, header.hash())),
        new BlockCheck(certificates, List.of(later, other)).reject(PARENT, header, block));
  }

  @Test // Protocol §3.1: mode, sets and derived state are the chain's.
  void anExtensionThatSaysOtherwiseIsRefused() {
    Optional<BlockRejection> rejection =
        judged(
            content(),
            e ->
                new ConsensusExtension(
                    e.mode(),
                    e.fallback(),
                    e.oversight(),
                    e.epoch(),
                    e.proposer(),
                    e.round(),
                    e.vrfProof(),
                    e.carriedHash(),
                    e.setHash(),
                    e.nextSetHash(),
                    GENESIS,
                    e.timestampMillis()));
    assertInstanceOf(BlockRejection.WrongExtension.class, rejection.orElseThrow());
  }

  @Test // Protocol §7.2.
  void aContentOfSomebodyElseIsRefused() {
    Address proposer = PARENT.proposer(Round.ZERO).account();
    Address other =
        PARENT.set().validators().stream()
            .map(v -> v.account())
            .filter(account -> !account.equals(proposer))
            .findFirst()
            .orElseThrow();
    assertEquals(
        Optional.of(new BlockRejection.WrongProposer(Round.ZERO, proposer, other)),
        judged(content(PARENT.parentTimestampMillis(), other), extension -> extension));
  }

  @Test // Protocol §5.1: a timestamp is not below the parent's.
  void aBlockBeforeItsParentIsRefused() {
    ProposalContent early =
        content(PARENT.parentTimestampMillis() - 1, PARENT.proposer(Round.ZERO).account());
    assertInstanceOf(
        BlockRejection.WrongTime.class, judged(early, extension -> extension).orElseThrow());
  }

  @Test // Protocol §10.1.
  void aBlockOfAnotherHeightIsRefused() {
    ProposalContent content = content();
    ConsensusExtension extension = PARENT.extension(content);
    BlockHeader header = header(content, extension, 32, content.maker());
    assertEquals(
        Optional.of(new BlockRejection.NotNext(new Height(31), new Height(32))),
        CHECK.reject(
            PARENT, header, block(content, extension, certificate(header.hash(), accounts(0, 7)))));
  }

  /// The verdict on a block of which only the header is not what it should be.
  private static Optional<BlockRejection> judged(ProposalContent content, BlockHeader header) {
    return CHECK.reject(
        PARENT,
        header,
        block(content, PARENT.extension(content), certificate(header.hash(), accounts(0, 7))));
  }

  private static Optional<BlockRejection> wrong(
      BlockRejection.Part part, Hash expected, Hash given) {
    return Optional.of(new BlockRejection.WrongPart(part, expected, given));
  }

  @Test // Protocol §10.1: the certificate is of the header's hash.
  void aCertificateOfAnotherBlockIsRefused() {
    ProposalContent content = content();
    ConsensusExtension extension = PARENT.extension(content);
    BlockHeader header = header(content, extension);
    CertifiedBlock other = block(content, extension, certificate(GENESIS, accounts(0, 7)));
    assertEquals(
        wrong(BlockRejection.Part.BLOCK, header.hash(), GENESIS),
        CHECK.reject(PARENT, header, other));
  }

  @Test // Protocol §10.1.
  void aBlockOnAnotherParentIsRefused() {
    ProposalContent sound = content();
    HeightRules rules = PARENT.parentRules().orElseThrow();
    CommitCertificate ofAnother =
        new CommitCertificate(
            TestChain.ballot(rules, GENESIS, Round.ZERO),
            TestChain.aggregate(rules, accounts(0, 7)));
    ProposalContent content =
        new ProposalContent(
            GENESIS,
            List.of(),
            sound.timestampMillis(),
            sound.round(),
            sound.maker(),
            sound.vrfProof(),
            Optional.of(ofAnother),
            sound.carried());
    assertEquals(
        wrong(BlockRejection.Part.PARENT, PARENT.parentHash(), GENESIS),
        judged(content, extension -> extension));
  }

  @Test // Protocol §11.4: extension, carried signatures and beacon are those the header holds.
  void whatTheHeaderDoesNotHoldIsRefused() {
    ProposalContent content = content();
    ConsensusExtension extension = PARENT.extension(content);
    long number = PARENT.nextHeight().number();
    long seconds = content.timestampMillis() / 1_000;
    Hash beacon = PARENT.context(content, SCHEME).beacon();
    Bytes named = extension.hash().toBytes();
    assertEquals(
        wrong(BlockRejection.Part.EXTENSION, Hash.ZERO, extension.hash()),
        judged(
            content, header(content, number, content.maker(), seconds, GENESIS.toBytes(), beacon)));
    assertEquals(
        wrong(BlockRejection.Part.BEACON, GENESIS, beacon),
        judged(content, header(content, number, content.maker(), seconds, named, GENESIS)));
    CarriedSignatures carried =
        new CarriedSignatures(
            List.of(), List.of(new CarriedAnchors(new Height(20), GENESIS, someone())));
    BlockHeader header = header(content, extension);
    CertifiedBlock swapped =
        new CertifiedBlock(
            Bytes.EMPTY,
            extension,
            content.parentCertificate(),
            carried,
            certificate(header.hash(), accounts(0, 7)));
    assertEquals(
        wrong(BlockRejection.Part.CARRIED, extension.carriedHash(), carried.hash()),
        CHECK.reject(PARENT, header, swapped));
  }

  private static AggregateSignature someone() {
    return TestChain.aggregate(PARENT.rules(), accounts(0, 1));
  }

  @Test // Protocol §10.1: the beneficiary is the proposer.
  void aBlockThatPaysSomebodyElseIsRefused() {
    ProposalContent content = content();
    BlockHeader header =
        header(content, PARENT.extension(content), PARENT.nextHeight().number(), Address.ZERO);
    assertEquals(
        Optional.of(new BlockRejection.WrongProposer(Round.ZERO, content.maker(), Address.ZERO)),
        judged(content, header));
  }

  @Test // Protocol §10.1: and so is the maker in the extension, whoever is paid.
  void aBlockThatNamesAnotherMakerIsRefused() {
    ProposalContent content = content();
    Address proposer = content.maker();
    UnaryOperator<ConsensusExtension> renamed =
        e ->
            new ConsensusExtension(
                e.mode(),
                e.fallback(),
                e.oversight(),
                e.epoch(),
                Address.ZERO,
                e.round(),
                e.vrfProof(),
                e.carriedHash(),
                e.setHash(),
                e.nextSetHash(),
                e.derivedStateHash(),
                e.timestampMillis());
    assertEquals(
        Optional.of(new BlockRejection.WrongProposer(Round.ZERO, proposer, Address.ZERO)),
        judged(content, renamed));
  }

  @Test // Protocol §10.1: the header has the whole seconds of the time.
  void aHeaderWithOtherSecondsIsRefused() {
    ProposalContent content = content();
    BlockHeader header =
        header(
            content,
            PARENT.nextHeight().number(),
            content.maker(),
            content.timestampMillis() / 1_000 + 1,
            PARENT.extension(content).hash().toBytes(),
            PARENT.context(content, SCHEME).beacon());
    assertInstanceOf(BlockRejection.WrongTime.class, judged(content, header).orElseThrow());
  }

  @Test // Protocol §11.7: the certificate that counts is the one in the header.
  void anotherCertificateOfTheParentIsRefused() {
    ProposalContent content = content();
    ConsensusExtension extension = PARENT.extension(content);
    BlockHeader header = header(content, extension);
    CommitCertificate other = CHAIN.without(1).certificate().orElseThrow();
    CHAIN.without();
    CertifiedBlock swapped =
        new CertifiedBlock(
            Bytes.EMPTY,
            extension,
            Optional.of(other),
            content.carried(),
            certificate(header.hash(), accounts(0, 7)));
    assertEquals(
        Optional.of(
            new BlockRejection.WrongPart(
                BlockRejection.Part.PARENT_CERTIFICATE,
                header.parentBeaconBlockRoot(),
                other.hash())),
        CHECK.reject(PARENT, header, swapped));
  }
}
