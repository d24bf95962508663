// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.NistCurve;

/// A quote of Intel's data center attestation primitives, versions 3 (SGX), 4 and 5 (TDX); numbers
/// little-endian, keys and signatures big-endian. Protocol §18.4.
///
/// @param version 3, 4 or 5
/// @param signed header and report body
/// @param body the report body alone
/// @param signature by the attestation key, r and s
/// @param attestationKey x and y
/// @param qeReport the quoting enclave's report
/// @param qeSignature by the platform's key, r and s
/// @param authenticationData hashed into the quoting enclave's report with the attestation key
/// @param chain the platform's key and who issued it, as text
/// @param length of all of it in bytes
record DcapQuote(
    int version,
    boolean tdx,
    Bytes signed,
    Bytes body,
    Bytes signature,
    Bytes attestationKey,
    SgxReport qeReport,
    Bytes qeSignature,
    Bytes authenticationData,
    Bytes chain,
    int length) {
  private static final Bytes INTEL = Bytes.fromHex("939a7233f79c4ca9940a0db3957f0607");
  private static final int HEADER_BYTES = 48;
  private static final int ECDSA_P256 = 2;
  private static final int TEE_SGX = 0;
  private static final int TEE_TDX = 0x81;
  private static final int CERTIFICATES = 5;
  private static final int QE_REPORT = 6;

  /// Reads a quote; bytes may follow it.
  static DcapQuote of(Bytes bytes) throws RefusedException {
    ByteCursor cursor = new ByteCursor(bytes);
    int version = cursor.u16Little();
    RefusedException.unless(version >= 3 && version <= 5, Reason.UNSUPPORTED_VERSION);
    RefusedException.unless(cursor.u16Little() == ECDSA_P256, Reason.UNSUPPORTED_KEY_TYPE);
    long tee = cursor.u32Little();
    RefusedException.unless(tee == (version == 3 ? TEE_SGX : TEE_TDX), Reason.MALFORMED);
    cursor.skip(4); // Versions of the quoting enclave, not signed by anyone who knows them.
    RefusedException.unless(cursor.take(16).equals(INTEL), Reason.UNKNOWN_QE_VENDOR);
    cursor.skip(20); // The quoting enclave's own data.
    int bodyBytes = version == 3 ? SgxReport.BYTES : TdReport.BYTES_1_0;
    if (version == 5) {
      int kind = cursor.u16Little();
      RefusedException.unless(kind == 2 || kind == 3, Reason.UNSUPPORTED_VERSION);
      bodyBytes = kind == 2 ? TdReport.BYTES_1_0 : TdReport.BYTES_1_5;
      RefusedException.unless(cursor.u32Little() == bodyBytes, Reason.MALFORMED);
    }
    int bodyAt = cursor.position();
    RefusedException.unless(bodyAt >= HEADER_BYTES, Reason.MALFORMED);
    Bytes body = cursor.take(bodyBytes);
    Bytes signed = bytes.slice(0, cursor.position());
    ByteCursor parts = new ByteCursor(cursor.take(cursor.u32Little()));
    int length = cursor.position();

    Bytes signature = parts.take(64);
    Bytes attestationKey = parts.take(64);
    RefusedException.unless(NistCurve.P256.isKey(attestationKey), Reason.MALFORMED);
    if (version > 3) {
      RefusedException.unless(parts.u16Little() == QE_REPORT, Reason.UNSUPPORTED_CERT_DATA);
      Bytes inner = parts.take(parts.u32Little());
      RefusedException.unless(parts.remaining() == 0, Reason.MALFORMED);
      parts = new ByteCursor(inner);
    }
    SgxReport qeReport = SgxReport.of(parts.take(SgxReport.BYTES));
    Bytes qeSignature = parts.take(64);
    Bytes authenticationData = parts.take(parts.u16Little());
    RefusedException.unless(parts.u16Little() == CERTIFICATES, Reason.UNSUPPORTED_CERT_DATA);
    Bytes chain = parts.take(parts.u32Little());
    RefusedException.unless(parts.remaining() == 0, Reason.MALFORMED);
    return new DcapQuote(
        version,
        version > 3,
        signed,
        body,
        signature,
        attestationKey,
        qeReport,
        qeSignature,
        authenticationData,
        chain,
        length);
  }
}
