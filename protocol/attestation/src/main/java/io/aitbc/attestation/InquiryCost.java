// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

/// What an inquiry costs by signatures, in checks of ECDSA over P-256: P-384 counts 6, P-521 12,
/// RSA-PSS of 4,096 bits 1. A chain's own links may be of any of them, so a chain that is not from
/// the state counts one dear link beside its honest ones. Protocol §18.8.
final class InquiryCost {
  private static final int P256 = 1;
  private static final int P384 = 6;
  private static final int P521 = 12;

  private InquiryCost() {}

  /// Of a claim: 3 links of the platform's certificates, 2 lists, 2 signers with 2 links and a
  /// signature each, quoting enclave and quote for Intel's; 3 links, a list and a report for AMD's;
  /// a token for PSA, two for CCA; 5 links and a report for a GPU.
  static int ofClaim(int platform, int gpus) {
    int primary =
        switch (platform) {
          case 1, 2 -> P521 + 3 * P256 + 2 * P256 + 2 * 3 * P256 + 2 * P256;
          case 3 -> P521 + 4 * P256 + P384;
          case 4 -> P521;
          case 5 -> P521 + P384;
          default -> 0;
        };
    return primary + gpus * (P521 + 6 * P384);
  }

  /// Of an item: at most two links and a signature.
  static int ofItem(int kind) {
    return kind == 5 ? 0 : P521 + 3 * P384;
  }
}
