// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.Receipt;
import io.aitbc.rpc.ChainReader;
import io.aitbc.state.FinalState;
import io.aitbc.state.StateView;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.Head;
import io.aitbc.storage.Retention;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The chain store as JSON-RPC reads it.
record StoredChain(ChainStore store) implements ChainReader {
  @Override
  public long height() {
    return store.head().height().number();
  }

  @Override
  public Optional<Block> block(long height) {
    return store.block(new Height(height));
  }

  @Override
  public Optional<BlockHeader> header(long height) {
    Head head = store.head(); // Each call on the last state asks for it.
    return head.height().number() == height
        ? Optional.of(head.header())
        : store.header(new Height(height));
  }

  @Override
  public Optional<Long> heightOf(Hash block) {
    return store.height(block).map(Height::number);
  }

  @Override
  public Optional<List<Receipt>> receipts(long height) {
    return store.receipts(new Height(height));
  }

  @Override
  public Kept kept() {
    long states = store.oldestState().number();
    long proofs = store.oldestProvable().number();
    long bodies = store.oldestBody().number();
    return switch (store.retention()) {
      case Retention.Archive _ ->
          new Kept(
              new Window(states, OptionalLong.empty()),
              new Window(proofs, OptionalLong.of(Retention.ARCHIVE_CHANGES)),
              new Window(bodies, OptionalLong.empty()));
      case Retention.Pruned pruned ->
          new Kept(
              new Window(states, OptionalLong.of(pruned.states())),
              new Window(proofs, OptionalLong.of(pruned.states())),
              new Window(bodies, OptionalLong.of(pruned.bodies())));
    };
  }

  @Override
  public Optional<Place> place(Hash transaction) {
    return store.place(transaction).map(place -> new Place(place.height().number(), place.index()));
  }

  @Override
  public Optional<CommitCertificate> certificate(long height) {
    return store.certificate(new Height(height));
  }

  @Override
  public Optional<ConsensusExtension> extension(long height) {
    return store.extension(new Height(height));
  }

  @Override
  public Optional<StateView> state(long height) {
    return store.state(new Height(height));
  }

  @Override
  public Optional<FinalState> provable(long height) {
    return store.provableState(new Height(height));
  }
}
