// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.compute.Attester;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this worker's hardware says of its claims of class ATTESTED. Belongs to one thread.
/// Protocol §17.13, §18.2.
public final class HardwareEvidence {
  /// Blocks below the last final one that evidence is bound to: the reveal comes some blocks later,
  /// and a contract knows the hashes of 256.
  private static final long ANCHOR_BLOCKS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(HardwareEvidence.class);

  private final Attester attester;
  private final List<Hash> subjects;

  /// Hardware of one machine.
  ///
  /// @param subjects what its evidence is judged against, in the order of Protocol §18.5: what
  ///   CollateralRegistry answered when it was submitted
  public HardwareEvidence(Attester attester, List<Hash> subjects) {
    this.attester = attester;
    this.subjects = List.copyOf(subjects);
  }

  /// Evidence for the outputs of a claim; empty if the hardware gives none.
  ///
  /// @param outputs their root
  Optional<WorkCall.Evidence> of(WorkChain chain, ClaimId claim, WorkJob job, Hash outputs)
      throws IOException {
    long anchor = Math.max(0, chain.height() - ANCHOR_BLOCKS);
    Binding binding =
        new Binding(
            chain.blockHash(0),
            WorkCall.boundTask(job.task(), claim),
            chain.blockHash(anchor),
            anchor,
            job.code(),
            job.inputs(),
            outputs,
            WorkCall.boundWorker(chain.account()));
    List<Evidence> said;
    try {
      said = attester.attest(binding);
    } catch (EngineRefusedException refused) {
      LOG.atWarn()
          .addKeyValue("claim", claim)
          .addKeyValue("refusal", refused.refusal())
          .log("the hardware gives no evidence");
      return Optional.empty();
    }
    List<Evidence.Gpu> gpus = said.stream().skip(1).map(Evidence.Gpu.class::cast).toList();
    TeeClaim whole = new TeeClaim(said.getFirst(), gpus);
    return Optional.of(
        new WorkCall.Evidence(
            whole.platform().code(), gpus.size(), anchor, whole.encoded(), subjects));
  }
}
