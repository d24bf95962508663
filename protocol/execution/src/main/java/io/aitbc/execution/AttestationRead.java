// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Hash;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;

/// Questions to the contracts RuntimeRegistry and CollateralRegistry. Protocol §18.9.
public final class AttestationRead {
  private AttestationRead() {}

  /// Whom and what the chain trusts.
  public static ContractRead<TrustPolicy> policy() {
    return ContractRead.of(
        EconomyContract.COLLATERAL_REGISTRY,
        CallData.of("policy()"),
        words -> words.bytesAt(0).flatMap(TrustPolicy::decode));
  }

  /// The newest item about something; empty if there is none.
  public static ContractRead<CollateralState> collateral(Hash subject) {
    return ContractRead.of(
        EconomyContract.COLLATERAL_REGISTRY,
        CallData.of("itemOf(bytes32)").hash(subject),
        CollateralState::of);
  }

  /// What may run under a code hash; no element if the hash is not approved.
  public static ContractRead<List<ApprovedCode>> approvals(Hash code) {
    return ContractRead.of(
        EconomyContract.RUNTIME_REGISTRY,
        CallData.of("approvals(bytes32)").hash(code),
        words -> words.bytesAt(0).flatMap(ApprovedCode::listOf));
  }

  /// Whether the keys of a machine are known to be lost.
  public static ContractRead<Boolean> isDenied(Hash hardware) {
    return ContractRead.of(
        EconomyContract.RUNTIME_REGISTRY,
        CallData.of("isDenied(bytes32)").hash(hardware),
        words -> words.has(0) ? Optional.of(words.number(0) == 1) : Optional.empty());
  }

  /// What evidence is worth after the last block; empty if there is no judgement: the anchor or an
  /// item of collateral is not kept, or the machine was denied.
  ///
  /// @param binding what it must be bound to
  public static ContractRead<AttestationVerdict> judge(
      Binding binding, WorkCall.Evidence evidence) {
    return ContractRead.of(
        EconomyContract.RUNTIME_REGISTRY,
        CallData.of(
                "judge(uint8,uint8,(bytes32,uint64,bytes32,bytes32,bytes32,bytes32),bytes,"
                    + "bytes32[])")
            .number(evidence.platform())
            .number(evidence.gpuReports())
            .hash(binding.task())
            .number(evidence.anchorHeight())
            .hash(binding.code())
            .hash(binding.input())
            .hash(binding.output())
            .hash(binding.worker())
            .bytes(evidence.evidence())
            .numbers(evidence.subjects().stream().map(UInt256::of).toList()),
        AttestationVerdict::of);
  }
}
