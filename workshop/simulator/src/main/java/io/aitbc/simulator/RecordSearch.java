// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.LostRecord;
import io.aitbc.model.Address;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.util.Optional;
import java.util.TreeMap;

/// What an operator does about a lost signing record: asks the others for their latest certificates
/// until enough have answered, and has the key sign again from a height on that is safe. Protocol
/// §8.4.
final class RecordSearch {
  private static final long AGAIN_MICROS = 500_000;

  private final VirtualNode node;
  private final TreeMap<Address, Height> answers = new TreeMap<>();

  RecordSearch(VirtualNode node) {
    this.node = node;
  }

  /// Asks everybody, again and again.
  void ask() {
    for (VirtualNode other : node.world.nodes()) {
      node.sendTo(other, new PeerMessage.CertificateRequest(Height.GENESIS));
    }
    node.world.timeline().after(AGAIN_MICROS, node.guarded(this::ask));
  }

  /// A node answers. It is known which validator's node it is.
  void heard(int from, CommitCertificate certificate) {
    VirtualNode other = node.world.node(from);
    if (!other.isKeyed()) {
      return;
    }
    // A certificate counts when the node has come to it, and so has checked it.
    answers.merge(other.account(), certificate.height(), (a, b) -> a.isAbove(b) ? a : b);
  }

  /// Looks whether enough have answered for what this node has come to.
  void look() {
    LostRecord search = new LostRecord(node.archive().head().derived().rules());
    boolean behind = false;
    for (var answer : answers.entrySet()) {
      behind |= answer.getValue().number() > node.height();
      search.answered(answer.getKey(), answer.getValue());
    }
    Optional<Height> first = behind ? Optional.empty() : search.firstSafe();
    if (first.isPresent()) {
      node.world.coverage().count(Coverage.RECORD_REPLACED);
      node.foundFirst(first.get());
    }
  }
}
