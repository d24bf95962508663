// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Hash;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.HeightRules;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Signers;
import io.aitbc.rpc.LiveNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How the last blocks became final, for those who ask. Safe for use by several threads.
final class FinalityLog {
  /// Blocks that are remembered: some minutes in every mode.
  private static final int BLOCKS_MAX = 1_024;

  /// By proposal, not by height: anybody may send something for a height before its proposer does,
  /// and nobody knows the name of what that one will propose.
  private final Map<Hash, Long> seenNanos = new LinkedHashMap<>();

  private final Map<Long, LiveNode.Finality> finalities = new LinkedHashMap<>();

  /// A proposal came, or was made here.
  synchronized void proposed(ProposalEnvelope envelope) {
    if (!finalities.containsKey(envelope.height().number())) {
      seenNanos.putIfAbsent(envelope.proposalId(), System.nanoTime());
      trim(seenNanos);
    }
  }

  /// The block of `height` is final and durable; its certificate was judged by `rules`.
  synchronized Optional<LiveNode.Finality> decided(
      long height, CommitCertificate certificate, HeightRules rules) {
    Long seen = seenNanos.remove(certificate.proposalId());
    if (seen == null) {
      return Optional.empty(); // It came from a peer, final already.
    }
    Signers signers = certificate.aggregate().signers();
    LiveNode.Finality finality =
        new LiveNode.Finality(
            height,
            (System.nanoTime() - seen) / 1_000_000,
            certificate.round().number(),
            signers.authorities().count(),
            rules.set().authorities().size(),
            signers.stakers().count(),
            rules.set().stakers().size());
    finalities.put(height, finality);
    trim(finalities);
    return Optional.of(finality);
  }

  synchronized Optional<LiveNode.Finality> of(long height) {
    return Optional.ofNullable(finalities.get(height));
  }

  private static void trim(Map<?, ?> map) {
    if (map.size() > BLOCKS_MAX) {
      map.remove(map.keySet().iterator().next());
    }
  }
}
