// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;

/// The report of an SEV-SNP guest, 1,184 bytes, little-endian. Protocol §18.4.
///
/// @param version 2, 3 or 5
/// @param guestVersion security version that the guest's owner gave
/// @param policy the guest policy's bits
/// @param privilege VMPL of whoever asked
/// @param signingKey 0 for a chip's key (VCEK), 1 for a cloud's (VLEK)
/// @param data what the guest chose, 64 bytes
/// @param measurement of the launch image, 48 bytes
/// @param idKeyDigest 48 bytes
/// @param authorKeyDigest 48 bytes
/// @param reportId 32 bytes
/// @param reported firmware versions that the key was derived from, 8 bytes
/// @param family CPUID family, and model after it; 0 in version 2
/// @param chipId 64 bytes; zero under a cloud's key
/// @param committed firmware versions below which the machine cannot go back
/// @param launch firmware versions when the guest was started
/// @param signed the bytes that are signed
/// @param r big-endian
/// @param s big-endian
record SnpReport(
    int version,
    long guestVersion,
    long policy,
    long privilege,
    int signingKey,
    Bytes data,
    Bytes measurement,
    Bytes idKeyDigest,
    Bytes authorKeyDigest,
    Bytes reportId,
    Bytes reported,
    int family,
    int model,
    Bytes chipId,
    Bytes committed,
    Bytes launch,
    Bytes signed,
    Bytes r,
    Bytes s) {
  static final int BYTES = 1_184;

  private static final int SIGNED_BYTES = 672;
  private static final int NUMBER_BYTES = 72;
  private static final int ECDSA_P384_SHA384 = 1;

  static SnpReport of(Bytes bytes) throws RefusedException {
    RefusedException.unless(bytes.length() >= BYTES, Reason.MALFORMED);
    RefusedException.unless(bytes.length() == BYTES, Reason.TRAILING_DATA);
    int version = (int) little(bytes, 0, 4);
    RefusedException.unless(
        version == 2 || version == 3 || version == 5, Reason.UNSUPPORTED_VERSION);
    RefusedException.unless(little(bytes, 52, 4) == ECDSA_P384_SHA384, Reason.UNSUPPORTED_KEY_TYPE);
    int numbersEnd = SIGNED_BYTES + 2 * NUMBER_BYTES;
    RefusedException.unless(
        ByteCursor.isZero(bytes.slice(numbersEnd, BYTES - numbersEnd)), Reason.MALFORMED);
    return new SnpReport(
        version,
        little(bytes, 4, 4),
        little(bytes, 8, 8),
        little(bytes, 48, 4),
        (int) (little(bytes, 72, 4) >> 2 & 7),
        bytes.slice(80, 64),
        bytes.slice(144, 48),
        bytes.slice(224, 48),
        bytes.slice(272, 48),
        bytes.slice(320, 32),
        bytes.slice(384, 8),
        version >= 3 ? bytes.at(392) & 0xff : 0,
        version >= 3 ? bytes.at(393) & 0xff : 0,
        bytes.slice(416, 64),
        bytes.slice(480, 8),
        bytes.slice(496, 8),
        bytes.slice(0, SIGNED_BYTES),
        ByteCursor.reversed(bytes.slice(SIGNED_BYTES, NUMBER_BYTES)),
        ByteCursor.reversed(bytes.slice(SIGNED_BYTES + NUMBER_BYTES, NUMBER_BYTES)));
  }

  private static long little(Bytes bytes, int at, int count) {
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | (bytes.at(at + i) & 0xff);
    }
    return value;
  }

  /// Whether the machine's owner can read and change the guest.
  boolean debug() {
    return policyBit(19);
  }

  /// Whether a migration agent may move the guest's secrets elsewhere.
  boolean mayMigrate() {
    return policyBit(18);
  }

  /// Whether the bit that must be 1 is 1.
  boolean hasReservedOne() {
    return policyBit(17);
  }

  private boolean policyBit(int bit) {
    return (policy >> bit & 1) != 0;
  }
}
