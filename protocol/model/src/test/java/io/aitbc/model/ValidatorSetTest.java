// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static io.aitbc.model.TestValidators.account;
import static io.aitbc.model.TestValidators.authority;
import static io.aitbc.model.TestValidators.both;
import static io.aitbc.model.TestValidators.key;
import static io.aitbc.model.TestValidators.staker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Protocol §2, Protocol §11.7, Protocol §11.9.
class ValidatorSetTest {
  private static final ValidatorSet SET =
      ValidatorSet.of(List.of(staker(3, 5), authority(0), both(2, 7), authority(1)));

  @Test // Protocol §1: one account may hold both roles; its one signature counts in both.
  void aValidatorInBothClassesCountsInBoth() {
    assertEquals(new Weight(1, new VotingPower(7)), SET.weightOf(account(2)));
    assertEquals(new Weight(3, new VotingPower(12)), SET.totalWeight());
    Signers signers = SET.signers(List.of(account(2)));
    assertEquals(1, SET.members(signers).size());
    assertEquals(new Weight(1, new VotingPower(7)), SET.weightOf(signers));
  }

  @Test // Protocol §11.9: the order is by account, whoever came first.
  void theOrderIsByAccount() {
    assertEquals(
        List.of(account(0), account(1), account(2), account(3)),
        SET.validators().stream().map(Validator::account).toList());
    assertEquals(
        SET.hash(),
        ValidatorSet.of(List.of(both(2, 7), authority(1), staker(3, 5), authority(0))).hash());
  }

  @Test // Protocol §11.7.
  void aValidatorInBothClassesHasBothBitsOrNone() {
    Signers half = new Signers(SignerBitmap.of(3, List.of(2)), SignerBitmap.of(2, List.of()));
    assertFalse(SET.fits(half));
    Signers whole = new Signers(SignerBitmap.of(3, List.of(2)), SignerBitmap.of(2, List.of(0)));
    assertTrue(SET.fits(whole));
  }

  @Test // Protocol §11.7: one encoding for a group.
  void bitsBeyondTheEndAndOtherLengthsDoNotFit() {
    SignerBitmap none = SignerBitmap.of(2, List.of());
    assertTrue(SET.fits(new Signers(SignerBitmap.of(3, List.of()), none)));
    assertFalse(SET.fits(new Signers(new SignerBitmap(Bytes.fromHex("08")), none)));
    assertFalse(SET.fits(new Signers(new SignerBitmap(Bytes.fromHex("0000")), none)));
    assertFalse(SET.fits(new Signers(new SignerBitmap(Bytes.EMPTY), none)));
  }

  @Test // Protocol §11.7.
  void indicesOfABitmapAscend() {
    SignerBitmap bits = SignerBitmap.of(20, List.of(19, 0, 8, 7));
    assertEquals("0x810108", bits.bits().toHex());
    assertEquals(List.of(0, 7, 8, 19), java.util.Arrays.stream(bits.indices()).boxed().toList());
    assertEquals(4, bits.count());
    assertFalse(bits.contains(500));
  }

  @Test // Protocol §12.2: a key belongs to one account for good.
  void noKeyStandsTwice() {
    Validator copy = new Validator(account(9), key(0), ValidatorClass.AUTHORITY, VotingPower.ZERO);
    assertThrows(
        IllegalArgumentException.class, () -> ValidatorSet.of(List.of(authority(0), copy)));
  }

  @Test // Protocol §2: never an empty set.
  void anEmptySetIsNone() {
    assertThrows(IllegalArgumentException.class, () -> ValidatorSet.of(List.of()));
  }

  @Test // Protocol §2.
  void moreThanTwentyOneAuthoritiesAreRefused() {
    assertEquals(21, TestValidators.set(21).authorities().size());
    assertThrows(IllegalArgumentException.class, () -> TestValidators.set(22));
  }

  @Test // Protocol §1: the total stays within the bound.
  void moreStakeThanCanBeWeighedIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> TestValidators.set(0, VotingPower.UNITS_MAX, 1));
  }

  @Test // Protocol §1.
  void stakeBelongsToStakersAlone() {
    assertThrows(IllegalArgumentException.class, () -> staker(1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Validator(account(1), key(1), ValidatorClass.AUTHORITY, new VotingPower(1)));
  }

  @Test // Protocol §11.9.
  void aSetOutOfOrderIsMalformed() {
    RlpWriter writer = new RlpWriter();
    writer.list(List.of(authority(1), authority(0)), (w, validator) -> validator.writeTo(w));
    assertThrows(
        MalformedException.class, () -> Encodable.decode(writer.toBytes(), ValidatorSet::readFrom));
  }
}
