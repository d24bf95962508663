// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Height;

/// How one validator fares; from its signatures and proposals in the chain. Protocol §2.5.
///
/// @param windowExpected blocks it should have signed since the window of availability began
/// @param windowCredited those it was credited for
/// @param epochExpected blocks it should have signed whose time to be credited ended in this epoch
/// @param epochCredited those it was credited for
/// @param authoritiesBrought blocks that authorities are credited for by signatures that its
///   contents of this epoch were the first to carry
/// @param stakeBrought the same of stakers, each block times the stake that signed, in units
/// @param misses rounds of this epoch in which it should have proposed and another had to
/// @param reputation from 0 to {@link io.aitbc.model.ValidatorReport#REPUTATION_MAX}
/// @param lastExpected the last block it should have signed whose time to be credited ended, or
///   where it joined
/// @param lastCredited the last block it was credited for, or where it joined
record AccountRecord(
    long windowExpected,
    long windowCredited,
    long epochExpected,
    long epochCredited,
    long authoritiesBrought,
    long stakeBrought,
    long misses,
    int reputation,
    Height lastExpected,
    Height lastCredited) {
  /// Blocks within which a signature shows that a validator is there.
  static final int PRESENCE_BLOCKS = 20;

  /// A validator that joins at `height`.
  static AccountRecord joining(Height height) {
    return new AccountRecord(0, 0, 0, 0, 0, 0, 0, EpochDraw.REPUTATION_START, height, height);
  }

  /// Whether it signed one of the last {@link #PRESENCE_BLOCKS} blocks that it should have signed.
  boolean isPresent() {
    return lastCredited.number() > lastExpected.number() - PRESENCE_BLOCKS;
  }

  /// Whether it was to sign or to propose, or proposed, in this epoch.
  boolean hadPart() {
    return epochExpected > 0 || authoritiesBrought > 0 || stakeBrought > 0 || misses > 0;
  }

  /// It joins a set again: nothing is held against it before its first chances have passed.
  AccountRecord rejoining(Height height) {
    return new AccountRecord(
        windowExpected,
        windowCredited,
        epochExpected,
        epochCredited,
        authoritiesBrought,
        stakeBrought,
        misses,
        reputation,
        height,
        height);
  }

  /// The time to be credited for a block that stands for `blocks` has ended.
  AccountRecord expected(Height height, long blocks) {
    return new AccountRecord(
        windowExpected + blocks,
        windowCredited,
        epochExpected + blocks,
        epochCredited,
        authoritiesBrought,
        stakeBrought,
        misses,
        reputation,
        max(lastExpected, height),
        lastCredited);
  }

  /// As {@link #expected}, and it was credited.
  AccountRecord credited(Height height, long blocks) {
    AccountRecord expected = expected(height, blocks);
    return new AccountRecord(
        expected.windowExpected,
        windowCredited + blocks,
        expected.epochExpected,
        epochCredited + blocks,
        authoritiesBrought,
        stakeBrought,
        misses,
        reputation,
        expected.lastExpected,
        max(lastCredited, height));
  }

  /// A signature of it on `height` was carried.
  AccountRecord seen(Height height) {
    return new AccountRecord(
        windowExpected,
        windowCredited,
        epochExpected,
        epochCredited,
        authoritiesBrought,
        stakeBrought,
        misses,
        reputation,
        lastExpected,
        max(lastCredited, height));
  }

  /// Its content was the first to carry signatures of authorities for so many blocks, and of
  /// stakers for so much stake.
  AccountRecord brought(long authorities, long stake) {
    return new AccountRecord(
        windowExpected,
        windowCredited,
        epochExpected,
        epochCredited,
        authoritiesBrought + authorities,
        Shares.plus(stakeBrought, stake),
        misses,
        reputation,
        lastExpected,
        lastCredited);
  }

  AccountRecord missed() {
    return new AccountRecord(
        windowExpected,
        windowCredited,
        epochExpected,
        epochCredited,
        authoritiesBrought,
        stakeBrought,
        misses + 1,
        reputation,
        lastExpected,
        lastCredited);
  }

  /// The reputation after this epoch: three parts of what it was and one of this epoch's
  /// availability, less 0.1 for each miss. Who was not expected is as available as before.
  int nextReputation() {
    long available =
        epochExpected == 0 ? reputation : Shares.scale(epochCredited, 1_000, epochExpected);
    long score = Math.max(0, available - 100 * Math.min(misses, 10));
    return (int) ((3L * reputation + score) / 4);
  }

  AccountRecord nextEpoch() {
    return new AccountRecord(
        windowExpected,
        windowCredited,
        0,
        0,
        0,
        0,
        0,
        nextReputation(),
        lastExpected,
        lastCredited);
  }

  AccountRecord nextWindow() {
    return new AccountRecord(
        0,
        0,
        epochExpected,
        epochCredited,
        authoritiesBrought,
        stakeBrought,
        misses,
        reputation,
        lastExpected,
        lastCredited);
  }

  private static Height max(Height first, Height second) {
    return first.isAbove(second) ? first : second;
  }
}
