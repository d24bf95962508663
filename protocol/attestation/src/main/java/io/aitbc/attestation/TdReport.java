// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;

/// The report body of a trust domain, 584 bytes, or 648 in TDX 1.5, little-endian. Protocol §18.4.
///
/// @param versions TEE_TCB_SVN, 16 bytes
/// @param attributes TDATTRIBUTES, 8 bytes
/// @param measurement MRTD, 48 bytes: the virtual firmware only
/// @param registers RTMR0 to RTMR3: kernel, initial disk and command line are in 1 and 2
/// @param service MRSERVICETD; zero bytes in TDX 1.0
/// @param data what the domain chose, 64 bytes
record TdReport(
    Bytes versions,
    Bytes seamSigner,
    Bytes seamAttributes,
    Bytes attributes,
    Bytes measurement,
    List<Bytes> registers,
    Bytes service,
    Bytes data) {
  static final int BYTES_1_0 = 584;
  static final int BYTES_1_5 = 648;

  private static final int DIGEST = 48;

  TdReport {
    registers = List.copyOf(registers);
  }

  static TdReport of(Bytes body) throws RefusedException {
    ByteCursor cursor = new ByteCursor(body);
    Bytes versions = cursor.take(16);
    cursor.skip(DIGEST); // MRSEAM: judged by signer and version
    Bytes seamSigner = cursor.take(DIGEST);
    Bytes seamAttributes = cursor.take(8);
    Bytes attributes = cursor.take(8);
    cursor.skip(8); // XFAM
    Bytes measurement = cursor.take(DIGEST);
    cursor.skip(3 * DIGEST); // MRCONFIGID, MROWNER, MROWNERCONFIG: chosen by the host
    List<Bytes> registers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      registers.add(cursor.take(DIGEST));
    }
    Bytes data = cursor.take(64);
    Bytes service = Bytes.EMPTY;
    if (cursor.remaining() > 0) {
      cursor.skip(16); // TEE_TCB_SVN2
      service = cursor.take(DIGEST);
    }
    return new TdReport(
        versions, seamSigner, seamAttributes, attributes, measurement, registers, service, data);
  }

  /// Whether the machine's owner can read and change the domain (bit 0).
  boolean debug() {
    return (attributes.at(0) & 0x01) != 0;
  }

  /// Whether one of the other bits of the group "under debug" is set, which are reserved.
  boolean hasReservedDebugBits() {
    return (attributes.at(0) & 0xfe) != 0;
  }

  /// Whether page faults by the host stay invisible to the domain's code (bit 28).
  boolean disablesFaults() {
    return (attributes.at(3) & 0x10) != 0;
  }
}
