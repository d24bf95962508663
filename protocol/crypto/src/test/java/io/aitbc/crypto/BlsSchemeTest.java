// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.SignatureScheme.Claim;
import io.aitbc.crypto.ValidatorMessage.Purpose;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;

class BlsSchemeTest {
  private static final Hash GENESIS = Keccak256.EMPTY;

  private final BlsScheme scheme = new BlsScheme();

  private static BlsSecretKey key(int index) {
    byte[] seed = new byte[32];
    seed[30] = (byte) (index >>> 8);
    seed[31] = (byte) index;
    return BlsSecretKey.fromSeed(seed);
  }

  private static ValidatorMessage message(Purpose purpose, String fields) {
    return new ValidatorMessage(purpose, GENESIS, Bytes.fromHex(fields));
  }

  @Test // EIP-2333, test case 0.
  void keyOfASeedIsTheMasterKeyOfEip2333() {
    byte[] seed =
        Bytes.fromHex(
                "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
                    + "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04")
            .toArray();
    assertEquals(
        new BigInteger(
            "6083874454709270928345386274498605044986640685124978867557563392430687146096"),
        new BigInteger(1, BlsSecretKey.fromSeed(seed).exportSecret()));
  }

  @Test // Ethereum's bls12-381-tests, sign_case_84d45c9c7cca6b92.
  void signsThePublicTestVector() {
    BlsSecretKey key =
        BlsSecretKey.fromSecret(
                Hash.fromHex("263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3")
                    .toArray())
            .orElseThrow();
    assertEquals(
        "0xa491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20f"
            + "d6e10c1b77654d067c0618f6e5a7f79a",
        key.publicKey().bytes().toHex());
    BlsSignature signature = key.sign(new byte[32], BlsScheme.SIGNATURE_SUITE);
    assertEquals(
        "0xb6ed936746e01f8ecf281f020953fbf1f01debd5657c4a383940b020b26507f6"
            + "076334f91e2366c96e9ab279fb5158090352ea1c5b0c9274504f4f0e7053af24"
            + "802e51e4568d164fe986834f41e55c8e850ce1f98458c0cfc9ab380b55285a55",
        signature.bytes().toHex());
    assertTrue(scheme.verify(key.publicKey(), new byte[32], BlsScheme.SIGNATURE_SUITE, signature));
  }

  @Test // Protocol §12.1: purpose, network and fields are all part of what is signed.
  void aSignatureHoldsForItsMessageAndKeyOnly() {
    BlsSecretKey key = key(1);
    ValidatorMessage message = message(Purpose.PREPARE, "01");
    BlsSignature signature = key.sign(message);
    assertTrue(scheme.verify(key.publicKey(), message, signature));
    assertFalse(scheme.verify(key(2).publicKey(), message, signature));
    assertFalse(scheme.verify(key.publicKey(), message(Purpose.COMMIT, "01"), signature));
    assertFalse(scheme.verify(key.publicKey(), message(Purpose.PREPARE, "02"), signature));
    ValidatorMessage elsewhere =
        new ValidatorMessage(Purpose.PREPARE, Hash.ZERO, Bytes.fromHex("01"));
    assertFalse(scheme.verify(key.publicKey(), elsewhere, signature));
  }

  @Test // Protocol §12.1: no tag begins with another, so no two purposes share signed bytes.
  void purposesHaveTagsOfTheirOwn() {
    for (Purpose one : Purpose.values()) {
      for (Purpose other : Purpose.values()) {
        String first = Bytes.of(one.tag()).toHex();
        String second = Bytes.of(other.tag()).toHex();
        assertTrue(one == other || !first.startsWith(second), one + " and " + other);
      }
    }
  }

  @Test // Protocol §12.2
  void oneAggregateStandsForAThousandSignersOfOneMessage() {
    ValidatorMessage message = message(Purpose.COMMIT, "cafe");
    List<BlsPublicKey> keys = new ArrayList<>();
    List<BlsSignature> signatures = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      BlsSecretKey key = key(i);
      keys.add(key.publicKey());
      signatures.add(key.sign(message));
    }
    BlsSignature aggregate = scheme.aggregate(signatures).orElseThrow();
    assertTrue(scheme.verifyAggregate(keys, message, aggregate));
    assertTrue(scheme.verifyAggregate(keys.reversed(), message, aggregate));
    assertFalse(scheme.verifyAggregate(keys.subList(1, 1000), message, aggregate));
    assertFalse(scheme.verifyAggregate(keys, message(Purpose.COMMIT, "caff"), aggregate));
  }

  @Test // Protocol §12.2: an aggregate counts a key as often as it was added.
  void aKeyThatStandsTwiceMustHaveBeenAddedTwice() {
    ValidatorMessage message = message(Purpose.ANCHOR, "");
    BlsSignature signature = key(1).sign(message);
    BlsSignature twice = scheme.aggregate(List.of(signature, signature)).orElseThrow();
    BlsPublicKey key = key(1).publicKey();
    assertTrue(scheme.verifyAggregate(List.of(key, key), message, twice));
    assertFalse(scheme.verifyAggregate(List.of(key), message, twice));
    assertFalse(scheme.verifyAggregate(List.of(key, key), message, signature));
  }

  @Test // Protocol §12.2
  void nothingIsProvenByNobody() {
    ValidatorMessage message = message(Purpose.COMMIT, "");
    assertFalse(scheme.verifyAggregate(List.of(), message, identitySignature()));
    assertTrue(scheme.aggregate(List.of()).isEmpty());
    assertTrue(scheme.verifyAll(List.of()));
  }

  @Test // Protocol §12.2
  void aBatchHoldsExactlyIfEveryClaimHolds() {
    Seed.forAll(
        100,
        12,
        random -> {
          List<Claim> claims = claims(random, random.between(1, 9));
          assertTrue(scheme.verifyAll(claims));
          int damaged = random.below(claims.size());
          Claim claim = claims.get(damaged);
          BlsSignature other = key(500).sign(claim.message());
          claims.set(damaged, new Claim(claim.key(), claim.message(), other));
          assertFalse(scheme.verifyAll(claims));
        });
  }

  private static List<Claim> claims(Seed random, int count) {
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BlsSecretKey key = key(random.below(50));
      ValidatorMessage message =
          message(
              random.pick(Purpose.PREPARE, Purpose.COMMIT, Purpose.POSSESSION),
              random.pick("", "01", "0203"));
      claims.add(new Claim(key.publicKey(), message, key.sign(message)));
    }
    return claims;
  }

  @Test // Protocol §12.2: two wrong signatures whose errors cancel out in the plain sum.
  void aBatchDoesNotFallForErrorsThatCancelOut() {
    ValidatorMessage one = message(Purpose.PREPARE, "01");
    ValidatorMessage two = message(Purpose.PREPARE, "02");
    P2 shift = new P2(P2_Affine.generator());
    BlsSignature first = shifted(key(1).sign(one), shift);
    BlsSignature second = shifted(key(2).sign(two), shift.dup().neg());
    assertFalse(
        scheme.verifyAll(
            List.of(
                new Claim(key(1).publicKey(), one, first),
                new Claim(key(2).publicKey(), two, second))));
  }

  private static BlsSignature shifted(BlsSignature signature, P2 shift) {
    P2 point = new P2(signature.bytes().toArray());
    return new BlsSignature(Bytes.wrap(point.add(shift).compress()));
  }

  @Test // Protocol §12.2: a key made as the negative of others' sum plus one's own.
  void aRogueKeyForgesAnAggregateButHasNoProofOfPossession() {
    BlsSecretKey honest = key(1);
    BlsSecretKey attacker = key(2);
    P1 rogue = new P1(attacker.publicKey().bytes().toArray());
    rogue.add(new P1(honest.publicKey().bytes().toArray()).neg());
    BlsPublicKey rogueKey = new BlsPublicKey(Bytes.wrap(rogue.compress()));
    ValidatorMessage message = message(Purpose.COMMIT, "0bad");
    // The attack works on keys whose possession nobody checked: this is why it is checked.
    assertTrue(
        scheme.verifyAggregate(
            List.of(honest.publicKey(), rogueKey), message, attacker.sign(message)));
    Bytes address = Bytes.fromHex("11".repeat(20));
    ValidatorMessage possession = ProofOfPossession.message(GENESIS, address, rogueKey);
    assertFalse(scheme.verify(rogueKey, possession, attacker.sign(possession)));
    assertFalse(
        scheme.verify(rogueKey, possession, ProofOfPossession.prove(attacker, GENESIS, address)));
  }

  @Test // Protocol §12.2: a copied proof of possession is none.
  void aProofOfPossessionNamesNetworkAccountAndKey() {
    BlsSecretKey key = key(1);
    Bytes address = Bytes.fromHex("11".repeat(20));
    BlsSignature proof = ProofOfPossession.prove(key, GENESIS, address);
    BlsPublicKey publicKey = key.publicKey();
    assertTrue(
        scheme.verify(publicKey, ProofOfPossession.message(GENESIS, address, publicKey), proof));
    Bytes other = Bytes.fromHex("22".repeat(20));
    assertFalse(
        scheme.verify(publicKey, ProofOfPossession.message(GENESIS, other, publicKey), proof));
    assertFalse(
        scheme.verify(publicKey, ProofOfPossession.message(Hash.ZERO, address, publicKey), proof));
  }

  @Test // Protocol §12.2: possession has a suite of its own.
  void aSignatureOverTheSameBytesIsNoProofOfPossession() {
    BlsSecretKey key = key(1);
    ValidatorMessage possession =
        ProofOfPossession.message(GENESIS, Bytes.fromHex("11".repeat(20)), key.publicKey());
    BlsSignature signature = key.sign(possession.signingBytes(), BlsScheme.SIGNATURE_SUITE);
    assertFalse(scheme.verify(key.publicKey(), possession, signature));
  }

  @Test // Protocol §12.2: hostile keys.
  void keysThatAreNoPointsOfTheSubgroupVerifyNothing() {
    ValidatorMessage message = message(Purpose.COMMIT, "");
    BlsSignature signature = key(1).sign(message);
    for (BlsPublicKey hostile : hostileKeys()) {
      assertFalse(scheme.verify(hostile, message, signature));
      assertFalse(scheme.verify(hostile, message, identitySignature()));
      assertFalse(scheme.verifyAggregate(List.of(key(1).publicKey(), hostile), message, signature));
      assertFalse(
          scheme.verifyAll(
              List.of(
                  new Claim(key(1).publicKey(), message, signature),
                  new Claim(hostile, message, signature))));
    }
  }

  @Test // Protocol §12.2: hostile signatures.
  void signaturesThatAreNoPointsOfTheSubgroupAreRefused() {
    ValidatorMessage message = message(Purpose.COMMIT, "");
    BlsPublicKey key = key(1).publicKey();
    BlsSignature good = key(1).sign(message);
    for (BlsSignature hostile : hostileSignatures()) {
      assertFalse(scheme.verify(key, message, hostile));
      assertFalse(scheme.verifyAggregate(List.of(key), message, hostile));
      assertTrue(scheme.aggregate(List.of(good, hostile)).isEmpty());
      assertFalse(
          scheme.verifyAll(
              List.of(new Claim(key, message, good), new Claim(key, message, hostile))));
    }
  }

  @Test // Protocol §12.2
  void keysThatCancelOutVerifyNothing() {
    P1 negative = new P1(key(1).publicKey().bytes().toArray()).neg();
    BlsPublicKey opposite = new BlsPublicKey(Bytes.wrap(negative.compress()));
    assertFalse(
        scheme.verifyAggregate(
            List.of(key(1).publicKey(), opposite),
            message(Purpose.COMMIT, ""),
            identitySignature()));
  }

  private static BlsSignature identitySignature() {
    return new BlsSignature(Bytes.fromHex("c0" + "00".repeat(95)));
  }

  private static List<BlsPublicKey> hostileKeys() {
    List<BlsPublicKey> keys = new ArrayList<>();
    keys.add(new BlsPublicKey(Bytes.fromHex("c0" + "00".repeat(47)))); // identity
    keys.add(new BlsPublicKey(Bytes.fromHex("c0" + "00".repeat(46) + "01"))); // its false twin
    keys.add(new BlsPublicKey(Bytes.fromHex("ff".repeat(48))));
    keys.add(new BlsPublicKey(Bytes.fromHex("00".repeat(48)))); // not marked as compressed
    keys.add(new BlsPublicKey(onCurveOutsideOfTheSubgroup(48)));
    return keys;
  }

  private static List<BlsSignature> hostileSignatures() {
    List<BlsSignature> signatures = new ArrayList<>();
    signatures.add(identitySignature());
    signatures.add(new BlsSignature(Bytes.fromHex("ff".repeat(96))));
    signatures.add(new BlsSignature(Bytes.fromHex("00".repeat(96))));
    signatures.add(new BlsSignature(onCurveOutsideOfTheSubgroup(96)));
    return signatures;
  }

  /// The first compressed point with a small x that lies on the curve but not in the subgroup.
  private static Bytes onCurveOutsideOfTheSubgroup(int length) {
    byte[] bytes = new byte[length];
    bytes[0] = (byte) 0x80;
    while (!liesOutside(bytes)) {
      bytes[length - 1]++;
    }
    return Bytes.of(bytes);
  }

  private static boolean liesOutside(byte[] bytes) {
    try {
      return bytes.length == BlsPublicKey.BYTES
          ? !new P1_Affine(bytes).in_group()
          : !new P2_Affine(bytes).in_group();
    } catch (RuntimeException notOnCurve) {
      return false;
    }
  }

  @Test // Protocol §12.2: what is remembered never changes an answer.
  void moreSignaturesThanAreRememberedStillVerify() {
    BlsScheme scheme = new BlsScheme();
    ValidatorMessage message = message(Purpose.COMMIT, "01");
    BlsSignature first = key(1).sign(message);
    BlsSignature twice = scheme.aggregate(List.of(first, first)).orElseThrow();
    for (int i = 0; i < BlsScheme.SIGNATURES_MAX; i++) {
      twice = scheme.aggregate(List.of(twice, first)).orElseThrow();
      assertFalse(scheme.verify(key(1).publicKey(), message, twice));
    }
    assertTrue(scheme.verify(key(1).publicKey(), message, first));
    assertTrue(scheme.aggregate(List.of(twice, first)).isPresent());
  }

  @Test // Protocol §12.2: no sum makes the identity a signature.
  void signaturesThatCancelOutAreNone() {
    BlsScheme scheme = new BlsScheme();
    ValidatorMessage message = message(Purpose.COMMIT, "01");
    BlsSignature signature = key(1).sign(message);
    P2 negative = new P2(signature.bytes().toArray()).neg();
    BlsSignature opposite = new BlsSignature(Bytes.wrap(negative.compress()));
    BlsSignature identity = scheme.aggregate(List.of(signature, opposite)).orElseThrow();
    assertTrue(scheme.aggregate(List.of(identity)).isEmpty());
    assertFalse(scheme.verify(key(1).publicKey(), message, identity));
  }

  @Test // Protocol §12.2: a secret is a number from 1 to r - 1.
  void secretsOutOfRangeAreRefused() {
    assertTrue(BlsSecretKey.fromSecret(new byte[32]).isEmpty());
    assertTrue(
        BlsSecretKey.fromSecret(
                Hash.fromHex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001")
                    .toArray())
            .isEmpty());
    byte[] exported = key(3).exportSecret();
    assertEquals(
        Optional.of(key(3).publicKey()),
        BlsSecretKey.fromSecret(exported).map(BlsSecretKey::publicKey));
  }

  @Test // Protocol §12.1: no key ever reaches a log.
  void secretKeysDoNotShowThemselvesAndCanBeDestroyed() {
    BlsSecretKey key = key(1);
    assertEquals("BlsSecretKey(hidden)", key.toString());
    key.destroy();
    assertThrows(IllegalStateException.class, key::exportSecret);
    assertThrows(IllegalStateException.class, () -> key.sign(message(Purpose.COMMIT, "")));
  }

  @Test // Protocol §12.3
  void theVrfHasOneOutputPerKeyAndInput() {
    BlsVrf vrf = new BlsVrf(scheme);
    ValidatorMessage input = message(Purpose.VRF, "07");
    Bytes key = key(1).publicKey().bytes();
    Bytes proof = vrf.prove(key(1), input);
    Hash output = vrf.output(key, input, proof).orElseThrow();
    assertEquals(scheme.vrfOutput(new BlsSignature(proof)), output);
    assertEquals(proof, vrf.prove(key(1), input));
    assertNotEquals(
        Optional.of(output),
        vrf.output(key(2).publicKey().bytes(), input, vrf.prove(key(2), input)));
    assertTrue(vrf.output(key, message(Purpose.VRF, "08"), proof).isEmpty());
    assertTrue(vrf.output(key, input, proof.slice(0, 95)).isEmpty());
    assertTrue(vrf.output(key(2).publicKey().bytes(), input, proof).isEmpty());
  }

  @Test // Protocol §12.1: a vote is no proof of randomness.
  void theVrfTakesOnlyItsOwnPurpose() {
    BlsVrf vrf = new BlsVrf(scheme);
    ValidatorMessage vote = message(Purpose.COMMIT, "07");
    assertThrows(IllegalArgumentException.class, () -> vrf.prove(key(1), vote));
    assertTrue(vrf.output(key(1).publicKey().bytes(), vote, key(1).sign(vote).bytes()).isEmpty());
  }
}
