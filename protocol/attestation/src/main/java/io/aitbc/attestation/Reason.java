// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

/// Why evidence was judged as it was. The codes enter the chain's state: new ones are added at the
/// end, none is ever given to another reason. Protocol §18.7.
public enum Reason {
  /// Authentic, and accepted by the policy.
  OK(0),
  /// The bytes are not of the format.
  MALFORMED(1),
  /// Bytes follow the evidence: they would give one claim many encodings.
  TRAILING_DATA(2),
  /// Larger than the bounds of §18.2.
  TOO_LARGE(3),
  /// The platform is not enabled.
  UNSUPPORTED_PLATFORM(4),
  /// A version that is not judged.
  UNSUPPORTED_VERSION(5),
  /// A kind of key or algorithm that is not judged.
  UNSUPPORTED_KEY_TYPE(6),
  /// Certification data of another kind than a chain of certificates.
  UNSUPPORTED_CERT_DATA(7),
  /// A quoting enclave that is not Intel's.
  UNKNOWN_QE_VENDOR(8),
  /// The chain ends in a root that is not pinned.
  UNTRUSTED_ROOT(9),
  /// A development root, where the network is a production network.
  DEV_ROOT_FORBIDDEN(10),
  /// A certificate is not signed by the next, or may not sign.
  CHAIN_INVALID(11),
  /// A certificate's time is over.
  CERT_EXPIRED(12),
  /// A certificate's time has not come.
  CERT_NOT_YET_VALID(13),
  /// A certificate is on its issuer's revocation list.
  CERT_REVOKED(14),
  /// A revocation list that is not the issuer's.
  CRL_INVALID(15),
  /// A revocation list that is not current.
  CRL_EXPIRED(16),
  /// Collateral of the platform was not given.
  COLLATERAL_MISSING(17),
  /// Collateral whose signature does not hold.
  COLLATERAL_SIGNATURE_INVALID(18),
  /// Collateral whose time is over.
  COLLATERAL_EXPIRED(19),
  /// Collateral whose time has not come.
  COLLATERAL_NOT_YET_VALID(20),
  /// Collateral of another platform.
  COLLATERAL_MISMATCH(21),
  /// The quoting enclave's report is not signed by the platform's key.
  QE_SIGNATURE_INVALID(22),
  /// Another quoting enclave than the vendor's.
  QE_IDENTITY_MISMATCH(23),
  /// The attestation key is not the one that the platform vouches for.
  ATTESTATION_KEY_BINDING_INVALID(24),
  /// The evidence's own signature does not hold.
  EVIDENCE_SIGNATURE_INVALID(25),
  /// A realm token's signature does not hold.
  REALM_SIGNATURE_INVALID(26),
  /// Firmware versions in the report and in the key's certificate differ.
  TCB_EXTENSION_MISMATCH(27),
  /// Chip ids in the report and in the key's certificate differ.
  CHIP_ID_MISMATCH(28),
  /// No level of the vendor's list covers the platform.
  TCB_NOT_SUPPORTED(29),
  /// The platform's level is below the policy's.
  TCB_UNACCEPTABLE(30),
  /// The owner of the machine can read and change what runs.
  DEBUG_ENABLED(31),
  /// A life cycle state in which the device does not protect its keys.
  LIFECYCLE_NOT_SECURED(32),
  /// Attributes that the policy forbids.
  POLICY_VIOLATION(33),
  /// Code that is not in the registry.
  CODE_NOT_APPROVED(34),
  /// The evidence is bound to something else than the claim.
  BINDING_MISMATCH(35),
  /// The claim's anchor block is too old.
  STALE_ANCHOR(36),
  /// The same evidence was used before.
  REPLAY(37),
  /// The machine has had its share of claims.
  HWID_QUOTA(38),
  /// The machine is on the list of those whose keys are known to be lost.
  HWID_DENIED(39),
  /// Nobody whom the chain trusts has vouched for the key.
  ENDORSEMENT_MISSING(40),
  /// A GPU whose driver and firmware are not registered.
  GPU_MEASUREMENT_UNKNOWN(41);

  private final int code;

  Reason(int code) {
    this.code = code;
  }

  /// The number that stands in the chain's state.
  public int code() {
    return code;
  }
}
