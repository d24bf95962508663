// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Proposal;
import io.aitbc.testkit.Seed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A sender whose transfers some validators leave out. It pays more than all others, so whoever is
/// honest orders it first; it sends one transfer after another, each again until it is final. The
/// first final block whose honest maker had the transfer when it proposed must hold it. Protocol
/// §7.4.
final class Censorship {
  /// The purse of that sender.
  static final int PURSE = 0;

  /// How often a transfer that is not final is sent again.
  private static final long AGAIN_MICROS = 100_000;

  private final World world;
  private final boolean isOn;
  private final Set<Address> censors = new TreeSet<>();
  private final Map<Hash, Hash> offered = new HashMap<>(); // Only looked up.
  private Optional<Bytes> transfer = Optional.empty();
  private int nonce;
  private int waited;
  private boolean wasLeftOut;

  Censorship(World world) {
    this.world = world;
    isOn =
        world.options().members().stream()
            .anyMatch(member -> member.vices().contains(Vice.CENSORS));
  }

  /// Whether somebody censors.
  boolean isOn() {
    return isOn;
  }

  /// A validator censors.
  void censors(Address account) {
    censors.add(account);
  }

  /// An empty pool of a node.
  VirtualPool pool(VirtualNode node) {
    return new VirtualPool(
        world.execution(),
        world.options().workload().pendingMax(),
        this::isCensored,
        () -> node.isKeyed() && censors.contains(node.account()));
  }

  /// Whether an entry is one that censors leave out.
  boolean isCensored(Bytes entry) {
    return isOn && world.execution().isFrom(entry, PURSE);
  }

  /// The sender goes on.
  ///
  /// @param whim which nodes it sends to
  void sends(Seed whim) {
    Bytes entry = transfer.orElseGet(this::next);
    transfer = Optional.of(entry);
    world.node(whim.below(world.nodes().size())).enter(entry);
    world.timeline().after(AGAIN_MICROS, () -> sends(whim));
  }

  private Bytes next() {
    return world.execution().transfer(PURSE, PURSE + 1, 1, nonce++);
  }

  /// A node has made a proposal: what an honest one had first when it chose what to order.
  void proposed(VirtualNode node, Proposal proposal, VirtualPool pool) {
    boolean own = node.isKeyed() && node.speaksFor(proposal.envelope().proposer());
    if (own && node.isHonest() && proposal.prepared().isEmpty()) {
      pool.hadFirst().ifPresent(first -> offered.putIfAbsent(proposal.content().id(), first));
    }
  }

  /// A block is final: called once for every height.
  void finalized(CertifiedBlock block, Execution.Result result) {
    if (transfer.isEmpty()) {
      return;
    }
    waited++;
    Hash wanted = Keccak256.hash(transfer.get());
    Hash proposalId = block.certificate().proposalId();
    if (result.included().contains(transfer.get())) {
      if (wasLeftOut) {
        world.coverage().count(Coverage.CENSORED_AND_FINAL);
      }
      world.coverage().waited(waited);
      transfer = Optional.empty();
      waited = 0;
      wasLeftOut = false;
    } else if (wanted.equals(offered.getOrDefault(proposalId, Hash.ZERO))) {
      throw new Violation(
          Invariant.NOT_CENSORED,
          "height %s by %s has no place for %s, which paid the most"
              .formatted(block.height(), block.extension().proposer(), wanted));
    } else if (censors.contains(block.extension().proposer())) {
      world.coverage().count(Coverage.LEFT_OUT);
      wasLeftOut = true;
    }
  }

  /// What is left of entries when a censor passes them on.
  List<Bytes> passedOn(List<Bytes> entries) {
    return entries.stream().filter(entry -> !isCensored(entry)).toList();
  }
}
