// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import io.aitbc.attestation.Attestation;
import io.aitbc.attestation.AttestationResult;
import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Inquiry;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Genuine evidence of every platform, to measure what judging it costs. Protocol §18.
public final class TeeCosts {
  private static final List<String> GENUINE =
      List.of(
          "sgx/real-v3-a067",
          "tdx/real-v4-b0c06f",
          "tdx/real-v5-td15-alibaba",
          "snp/real-v3-genoa-vcek",
          "snp/real-v3-milan-vlek",
          "psa/tfm-2_0_0-sign1",
          "cca/veraison-good",
          "nvidia/real-hopper-h100");

  private TeeCosts() {}

  /// One piece of evidence.
  ///
  /// @param name as in the vectors' index
  /// @param judge judges it whole, from its bytes, and fails if it is not accepted
  /// @param inquiry the same as a contract asks it; empty for a GPU's, which no contract asks for
  ///   alone. The evidence is bound to nothing, which is found after all its signatures
  public record Case(String name, Runnable judge, Optional<Bytes> inquiry) {}

  /// One or two cases a platform.
  ///
  /// @throws IOException if they cannot be read
  public static List<Case> read(Path vectors) throws IOException {
    List<Case> costs = new ArrayList<>();
    for (TeeCase one : TeeVectors.read(vectors)) {
      if (GENUINE.contains(one.name())) {
        costs.add(new Case(one.name(), () -> judge(one), inquiry(one)));
      }
    }
    return costs;
  }

  private static void judge(TeeCase one) {
    AttestationResult result =
        Attestation.authenticate(
            one.evidence().orElseThrow(), one.collateral(), one.policy(), one.seconds());
    if (!result.isAccepted()) {
      throw new IllegalStateException(one.name() + ": " + result.reason());
    }
  }

  private static Optional<Bytes> inquiry(TeeCase one) {
    Evidence evidence = one.evidence().orElseThrow();
    if (evidence instanceof Evidence.Gpu) {
      return Optional.empty();
    }
    Hash zero = Hash.ZERO;
    TeeClaim claim = new TeeClaim(evidence, List.of());
    return Optional.of(
        new Inquiry.OfClaim(
                claim.platform(),
                0,
                one.seconds(),
                1,
                new Binding(zero, zero, zero, 1, zero, zero, zero, zero),
                claim.encoded(),
                one.approving(zero),
                one.items())
            .encoded());
  }
}
