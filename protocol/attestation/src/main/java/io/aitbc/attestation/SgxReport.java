// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;

/// The report body of an enclave, 384 bytes, little-endian. Protocol §18.4.
///
/// @param encoded the whole body
/// @param attributes 16 bytes
/// @param measurement MRENCLAVE, 32 bytes
/// @param signer MRSIGNER, 32 bytes
/// @param data what the enclave chose, 64 bytes
record SgxReport(
    Bytes encoded,
    Bytes miscSelect,
    Bytes attributes,
    Bytes measurement,
    Bytes signer,
    int product,
    int version,
    Bytes data) {
  static final int BYTES = 384;

  private static final int DEBUG = 0x02;
  private static final int PROVISION_KEY = 0x10;

  static SgxReport of(Bytes body) throws RefusedException {
    ByteCursor cursor = new ByteCursor(body);
    cursor.skip(16); // CPUSVN
    Bytes miscSelect = cursor.take(4);
    Bytes reserved1 = cursor.take(12);
    cursor.skip(16); // ISVEXTPRODID
    Bytes attributes = cursor.take(16);
    Bytes measurement = cursor.take(32);
    Bytes reserved2 = cursor.take(32);
    Bytes signer = cursor.take(32);
    Bytes reserved3 = cursor.take(32);
    cursor.skip(64); // CONFIGID
    int product = cursor.u16Little();
    int version = cursor.u16Little();
    cursor.skip(2); // CONFIGSVN
    Bytes reserved4 = cursor.take(42);
    cursor.skip(16); // ISVFAMILYID
    Bytes data = cursor.take(64);
    RefusedException.unless(
        ByteCursor.isZero(reserved1)
            && ByteCursor.isZero(reserved2)
            && ByteCursor.isZero(reserved3)
            && ByteCursor.isZero(reserved4),
        Reason.MALFORMED);
    return new SgxReport(body, miscSelect, attributes, measurement, signer, product, version, data);
  }

  /// Whether the machine's owner can read and change the enclave.
  boolean debug() {
    return (attributes.at(0) & DEBUG) != 0;
  }

  /// Whether the enclave may derive keys that identify the platform for good.
  boolean holdsProvisionKey() {
    return (attributes.at(0) & PROVISION_KEY) != 0;
  }
}
