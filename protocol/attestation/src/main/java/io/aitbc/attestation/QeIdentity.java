// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.List;

/// What Intel's quoting enclave must be ("QE identity"). Protocol §18.4.
///
/// @param id QE for SGX, TD_QE for TDX
/// @param issueDate first second in which it counts
/// @param nextUpdate last second in which it counts
/// @param evaluation Intel's counter of re-ratings
/// @param miscSelect 4 bytes, compared under their mask
/// @param attributes 16 bytes, compared under their mask
/// @param signer 32 bytes
/// @param versions the best first
record QeIdentity(
    String id,
    long issueDate,
    long nextUpdate,
    int evaluation,
    TcbInfo.Masked miscSelect,
    TcbInfo.Masked attributes,
    Bytes signer,
    int product,
    List<TcbInfo.VersionLevel> versions) {
  QeIdentity {
    versions = List.copyOf(versions);
  }

  static QeIdentity parse(String text) throws RefusedException {
    JsonObject json = JsonObject.parse(text);
    RefusedException.unless(json.number("version") == 2, Reason.UNSUPPORTED_VERSION);
    return new QeIdentity(
        json.text("id"),
        json.seconds("issueDate"),
        json.seconds("nextUpdate"),
        json.number("tcbEvaluationDataNumber"),
        new TcbInfo.Masked(
            ByteCursor.reversed(json.hex("miscselect", 4)),
            ByteCursor.reversed(json.hex("miscselectMask", 4))),
        new TcbInfo.Masked(json.hex("attributes", 16), json.hex("attributesMask", 16)),
        json.hex("mrsigner", 32),
        json.number("isvprodid"),
        TcbInfo.versions(json));
  }
}
