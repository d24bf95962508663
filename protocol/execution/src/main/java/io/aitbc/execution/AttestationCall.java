// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;

/// What is sent to the contracts RuntimeRegistry and CollateralRegistry: by anybody, by endorsers,
/// and, as actions of a proposal, by the Timelock. Protocol §18.9.
public final class AttestationCall {
  private AttestationCall() {}

  /// Brings what a vendor has signed. Anybody may.
  ///
  /// @param item of kind 1 to 4, encoded (Protocol §18.5)
  public static EconomyCall submit(Bytes item) {
    return of(CallData.of("submit(bytes)").bytes(item));
  }

  /// Vouches for a key. Whom governance admitted may.
  ///
  /// @param key a SubjectPublicKeyInfo, DER
  public static EconomyCall endorse(Bytes key) {
    return of(CallData.of("endorse(bytes)").bytes(key));
  }

  /// Takes the sender's endorsement back.
  public static EconomyCall withdrawEndorsement(Hash subject) {
    return of(CallData.of("withdraw(bytes32)").hash(subject));
  }

  /// Sets another policy.
  public static EconomyCall.Action setPolicy(TrustPolicy policy) {
    return collateral(CallData.of("setPolicy(bytes)").bytes(policy.encoded()));
  }

  /// Admits somebody who vouches for keys, or admits it no more.
  ///
  /// @param standing whether it may from then on
  public static EconomyCall.Action setEndorser(Address endorser, Standing standing) {
    return collateral(
        CallData.of("setEndorser(address,bool)").address(endorser).number(standing.bit()));
  }

  /// Takes an item of collateral away.
  public static EconomyCall.Action remove(Hash subject) {
    return collateral(CallData.of("remove(bytes32)").hash(subject));
  }

  /// Lets code run.
  ///
  /// @param code what claims name it by
  public static EconomyCall.Action approve(Hash code, ApprovedCode approved) {
    return runtimes(
        CallData.of("approve(bytes32,uint8,uint32,bytes)")
            .hash(code)
            .number(approved.platform().code())
            .number(approved.versionMin())
            .bytes(approved.measurement()));
  }

  /// Strikes an approval off.
  ///
  /// @param index among those of the code, from 0 on; the last one takes its place
  public static EconomyCall.Action strikeOff(Hash code, int index) {
    return runtimes(CallData.of("strikeOff(bytes32,uint256)").hash(code).number(index));
  }

  /// Denies a machine, or lets it be used again.
  public static EconomyCall.Action setDenied(Hash hardware, Standing standing) {
    return runtimes(
        CallData.of("setDenied(bytes32,bool)").hash(hardware).number(1 - standing.bit()));
  }

  /// Whether somebody or something is trusted from then on.
  public enum Standing {
    /// It is not.
    REFUSED,
    /// It is.
    ADMITTED;

    private int bit() {
      return this == ADMITTED ? 1 : 0;
    }
  }

  private static EconomyCall of(CallData data) {
    return new EconomyCall(EconomyContract.COLLATERAL_REGISTRY, Amount.ZERO, data.toBytes());
  }

  private static EconomyCall.Action collateral(CallData data) {
    return new EconomyCall.Action(EconomyContract.COLLATERAL_REGISTRY.address(), data.toBytes());
  }

  private static EconomyCall.Action runtimes(CallData data) {
    return new EconomyCall.Action(EconomyContract.RUNTIME_REGISTRY.address(), data.toBytes());
  }
}
