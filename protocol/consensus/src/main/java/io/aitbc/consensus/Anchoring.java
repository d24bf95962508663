// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Anchor;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Anchors of the block that stakers sign at present: every twentieth of FAST. Stakers send theirs
/// to the authorities, who propose; proposers carry them like late votes. Protocol §3.2.
final class Anchoring {
  private final Hash genesisHash;
  private final Surroundings around;
  private Optional<Open> open = Optional.empty();
  private Optional<EvidenceSearch> search = Optional.empty();

  /// The block that is anchored at present.
  ///
  /// @param others anchors of another block, by staker and who brought them
  private record Open(
      Height height,
      Hash blockHash,
      ValidatorSet set,
      SignatureCollector anchors,
      TreeMap<Address, LinkedHashMap<Peer, Anchor>> others) {
    /// An anchor of another block than the final one is evidence as soon as the same staker's
    /// anchor of the final one is at hand. Protocol §8.1.
    Optional<EvidenceSearch.Suspicion> contradiction(
        Validator staker, Predicate<EvidenceSearch.Said> mayHold) {
      Optional<EvidenceSearch.Said> first =
          anchors.of(staker).stream()
              .map(candidate ->
                  new EvidenceSearch.Said(
                      new Anchor(height, blockHash, staker.account(), candidate.signature()),
                      candidate.from()))
              .filter(mayHold)
              .findFirst();
      return first.flatMap(said ->
          others.getOrDefault(staker.account(), new LinkedHashMap<>()).entrySet().stream()
              .map(entry -> new EvidenceSearch.Said(entry.getValue(), entry.getKey()))
              .filter(mayHold)
              .findFirst()
              .map(other ->
                  new EvidenceSearch.Suspicion(
                      new Evidence.Equivocation(said.statement(), other.statement()),
                      said,
                      other)));
    }
  }

  Anchoring(Hash genesisHash, Surroundings around) {
    this.genesisHash = genesisHash;
    this.around = around;
  }

  /// A height begins. If the block before is to be anchored and this node is one of its stakers, it
  /// signs.
  void enter(HeightView view) {
    Optional<Height> anchored = view.openAnchors().map(Map.Entry::getKey);
    if (anchored.isEmpty()) {
      open = Optional.empty();
      return;
    }
    if (open.isPresent() && open.get().height().equals(anchored.get())) {
      return;
    }
    open =
        view.finalBlock(anchored.get())
            .map(block ->
                new Open(
                    anchored.get(),
                    block.blockHash(),
                    block.rules().set(),
                    new SignatureCollector(
                        anchored.get(),
                        Anchor.message(genesisHash, anchored.get(), block.blockHash()),
                        around),
                    new TreeMap<>()));
    search =
        open.map(
            block -> new EvidenceSearch(genesisHash, block.height(), around, block::contradiction));
    open.ifPresent(this::sign);
  }

  private void sign(Open block) {
    boolean staker =
        block.set().stakers().stream().anyMatch(v -> around.identity().is(v.account()));
    if (staker) {
      around
          .outbox()
          .add(new Effect.Sign(new SigningRequest.ToAnchor(block.height(), block.blockHash())));
    }
  }

  /// The key signed this node's anchor.
  void signed(SigningRequest.ToAnchor request, BlsSignature signature) {
    if (open.isEmpty() || !open.get().height().equals(request.height())) {
      return;
    }
    open.get().set().stakers().stream()
        .filter(v -> around.identity().is(v.account()))
        .findFirst()
        .ifPresent(self -> {
          open.get().anchors().addVerified(self, signature);
          List<Address> proposers =
              open.get().set().authorities().stream()
                  .map(Validator::account)
                  .filter(account -> !around.identity().is(account))
                  .toList();
          around
              .outbox()
              .add(
                  new Effect.Send(
                      new Recipients.Validators(proposers),
                      new Anchor(
                          request.height(), request.blockHash(), self.account(), signature)));
        });
  }

  /// An anchor that nobody has checked.
  void offer(Peer from, Anchor anchor) {
    if (open.isEmpty() || !open.get().height().equals(anchor.height())) {
      return;
    }
    Open block = open.get();
    Optional<Validator> staker = block.set().find(anchor.staker()).filter(Validator::isStaker);
    if (staker.isEmpty()) {
      return;
    }
    if (anchor.blockHash().equals(block.blockHash())) {
      block
          .anchors()
          .offer(new SignatureCollector.Candidate(staker.get(), anchor.signature(), from));
    } else {
      var _ =
          block
              .others()
              .computeIfAbsent(anchor.staker(), _ -> new LinkedHashMap<>())
              .putIfAbsent(from, anchor);
    }
    search.orElseThrow().look(staker.get());
  }

  /// Drops what a peer brought and nobody has checked.
  void forget(Peer peer) {
    open.ifPresent(block -> {
      block.anchors().forget(peer);
      block.others().values().forEach(brought -> brought.remove(peer));
    });
  }

  /// Starts the check of everything unchecked: this node is about to propose.
  void check() {
    open.ifPresent(block -> block.anchors().check());
  }

  /// What a content may carry, if it brings somebody who was not credited yet.
  List<CarriedAnchors> carried(HeightView view) {
    if (open.isEmpty() || view.openAnchors().isEmpty()) {
      return List.of();
    }
    Open block = open.get();
    Signers credited = view.openAnchors().get().getValue();
    return block
        .anchors()
        .aggregate(block.set())
        .filter(aggregate -> LateVotes.bringsMore(aggregate.signers(), credited))
        .map(aggregate -> new CarriedAnchors(block.height(), block.blockHash(), aggregate))
        .stream()
        .toList();
  }
}
