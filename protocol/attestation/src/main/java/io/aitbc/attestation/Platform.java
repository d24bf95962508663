// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

/// The platforms whose evidence is judged. The codes enter the chain's state. Protocol §18.1.
public enum Platform {
  /// Intel SGX: an enclave, quoted by Intel's quoting enclave.
  SGX(1),
  /// Intel TDX: a whole virtual machine.
  TDX(2),
  /// AMD SEV-SNP: a whole virtual machine.
  SEV_SNP(3),
  /// A PSA token (RFC 9783): a secure partition of a device with TrustZone.
  PSA(4),
  /// Arm CCA: a realm.
  CCA(5),
  /// A GPU of NVIDIA; a companion of another platform, never alone.
  NVIDIA_GPU(6);

  private final int code;

  Platform(int code) {
    this.code = code;
  }

  /// The number that stands in the chain's state.
  public int code() {
    return code;
  }
}
