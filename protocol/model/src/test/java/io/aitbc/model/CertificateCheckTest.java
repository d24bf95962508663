// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static io.aitbc.model.TestValidators.GENESIS;
import static io.aitbc.model.TestValidators.accounts;
import static io.aitbc.model.TestValidators.aggregate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Protocol §5.4.
class CertificateCheckTest {
  private static final Height HEIGHT = new Height(7);
  private static final Hash ID = Hash.fromHex("11".repeat(32));
  private static final Hash BLOCK = Hash.fromHex("22".repeat(32));
  private static final CertificateCheck CHECK = new CertificateCheck(GENESIS, new KeyedScheme());

  /// 4 authorities (0 to 3) and 4 stakers (4 to 7) with a stake of 1 each.
  private static final ValidatorSet SET = TestValidators.set(4, 1, 1, 1, 1);

  private static HeightRules rules(Mode mode) {
    return new HeightRules(HEIGHT, mode, Fallback.ON, Oversight.REQUIRED, SET);
  }

  private static Ballot.Commit ballot(Mode mode, int round) {
    return new Ballot.Commit(HEIGHT, new Round(round), mode, ID, BLOCK);
  }

  private static CommitCertificate certificate(Mode mode, int round, List<Address> signers) {
    Ballot.Commit ballot = ballot(mode, round);
    return new CommitCertificate(ballot, aggregate(SET, signers, ballot.message(GENESIS)));
  }

  private static CertificateRejection rejection(Mode mode, Certificate certificate) {
    return CHECK.reject(rules(mode), certificate).orElseThrow();
  }

  @Test // Protocol §5.4.
  void aQuorumsSignaturesHold() {
    assertEquals(
        Optional.empty(),
        CHECK.reject(rules(Mode.BALANCED), certificate(Mode.BALANCED, 0, accounts(1, 6))));
    assertEquals(
        Optional.empty(),
        CHECK.reject(rules(Mode.FAST), certificate(Mode.FAST, 0, accounts(0, 2))));
    assertEquals(
        Optional.empty(),
        CHECK.reject(rules(Mode.FAST), certificate(Mode.FAST, 3, accounts(1, 6))));
    assertEquals(
        Optional.empty(),
        CHECK.reject(rules(Mode.SECURE), certificate(Mode.SECURE, 4, accounts(4, 6))));
  }

  @Test // Protocol §4.
  void tooFewSignersAreNoQuorum() {
    assertEquals(
        new CertificateRejection.NoQuorum(
            QuorumRule.BALANCED, 3, new VotingPower(4), new Weight(2, new VotingPower(4))),
        rejection(Mode.BALANCED, certificate(Mode.BALANCED, 0, accounts(2, 7))));
    assertInstanceOf(
        CertificateRejection.NoQuorum.class,
        rejection(Mode.SECURE, certificate(Mode.SECURE, 0, accounts(4, 7))));
  }

  @Test // Protocol §3.1: the mode is the chain's, never the certificate's own word.
  void aCertificateOfAnotherModeIsRefused() {
    assertEquals(
        new CertificateRejection.WrongMode(Mode.BALANCED, Mode.FAST),
        rejection(Mode.BALANCED, certificate(Mode.FAST, 0, accounts(0, 7))));
  }

  @Test // Protocol §5.4.
  void aCertificateOfAnotherHeightIsRefused() {
    Ballot.Commit other = new Ballot.Commit(HEIGHT.next(), Round.ZERO, Mode.BALANCED, ID, BLOCK);
    CommitCertificate certificate =
        new CommitCertificate(other, aggregate(SET, accounts(0, 7), other.message(GENESIS)));
    assertEquals(
        new CertificateRejection.WrongHeight(HEIGHT, HEIGHT.next()),
        rejection(Mode.BALANCED, certificate));
  }

  @Test // Protocol §5.4.
  void aBitForSomebodyWhoDidNotSignIsFound() {
    Ballot.Commit ballot = ballot(Mode.BALANCED, 0);
    AggregateSignature six = aggregate(SET, accounts(1, 6), ballot.message(GENESIS));
    CommitCertificate padded =
        new CommitCertificate(
            ballot, new AggregateSignature(SET.signers(accounts(0, 7)), six.signature()));
    assertInstanceOf(CertificateRejection.WrongSignature.class, rejection(Mode.BALANCED, padded));
  }

  @Test // Protocol §11.7.
  void bitmapsOfAnotherSetAreRefused() {
    Ballot.Commit ballot = ballot(Mode.BALANCED, 0);
    ValidatorSet other = TestValidators.set(9, 1, 1, 1, 1);
    CommitCertificate foreign =
        new CommitCertificate(ballot, aggregate(other, accounts(0, 12), ballot.message(GENESIS)));
    assertInstanceOf(CertificateRejection.WrongBitmaps.class, rejection(Mode.BALANCED, foreign));
  }

  @Test // Protocol §12.1: signatures of another network are worth nothing.
  void aCertificateOfAnotherNetworkIsRefused() {
    CertificateCheck elsewhere = new CertificateCheck(ID, new KeyedScheme());
    assertInstanceOf(
        CertificateRejection.WrongSignature.class,
        elsewhere
            .reject(rules(Mode.BALANCED), certificate(Mode.BALANCED, 0, accounts(0, 7)))
            .orElseThrow());
  }

  @Test // Protocol §5.4: the two votes never stand for each other.
  void aPrepareSignatureMakesNoCommitCertificate() {
    Ballot.Prepare prepare =
        new Ballot.Prepare(HEIGHT, Round.ZERO, Mode.BALANCED, ID, Optional.empty());
    AggregateSignature prepared = aggregate(SET, accounts(0, 7), prepare.message(GENESIS));
    assertInstanceOf(
        CertificateRejection.WrongSignature.class,
        rejection(Mode.BALANCED, new CommitCertificate(ballot(Mode.BALANCED, 0), prepared)));
  }

  @Test // Protocol §5.4.
  void nobodysSignatureIsNoAggregate() {
    AggregateSignature nobody =
        new AggregateSignature(
            SET.signers(List.of()), new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])));
    assertEquals(
        Optional.of(new CertificateRejection.NoSigners()),
        CHECK.rejectSignature(SET, ballot(Mode.FAST, 0).message(GENESIS), nobody));
  }

  @Test // Protocol §5.4: with real keys; one in both classes is added once.
  void oneSignatureOfAValidatorInBothClassesCountsInBoth() {
    List<BlsSecretKey> secrets = new ArrayList<>();
    List<Validator> validators = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      secrets.add(BlsSecretKey.fromSeed(Keccak256.hash(new byte[] {(byte) i}).toArray()));
      validators.add(
          new Validator(
              TestValidators.account(i),
              secrets.get(i).publicKey(),
              ValidatorClass.BOTH,
              new VotingPower(10)));
    }
    ValidatorSet set = ValidatorSet.of(validators);
    BlsScheme scheme = new BlsScheme();
    Ballot.Commit ballot = ballot(Mode.BALANCED, 0);
    List<BlsSignature> signatures =
        secrets.subList(0, 3).stream().map(s -> s.sign(ballot.message(GENESIS))).toList();
    CommitCertificate certificate =
        new CommitCertificate(
            ballot,
            new AggregateSignature(
                set.signers(accounts(0, 2)), scheme.aggregate(signatures).orElseThrow()));
    HeightRules rules =
        new HeightRules(HEIGHT, Mode.BALANCED, Fallback.ON, Oversight.REQUIRED, set);
    assertEquals(
        Optional.empty(), new CertificateCheck(GENESIS, scheme).reject(rules, certificate));
  }
}
