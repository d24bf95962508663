// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Evidence;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Validator;
import java.util.List;
import java.util.Optional;

/// What the nodes of a run execute: the {@link Ledger} in most, the {@link RealExecution} in a few.
interface Execution {
  /// Purses there are, from which users send money.
  int PURSES = 8;

  /// Most AITBC of one transfer.
  int TRANSFER_MAX = 1_000_000;

  /// What every purse begins with, in AITBC.
  long PURSE_START = 1_000_000;

  /// What there is after a block. Immutable.
  interface State {}

  /// What was found of evidence.
  ///
  /// @param evidence what was judged
  /// @param offenders whom it convicts; nobody if it does not hold
  record Judgement(Evidence evidence, List<Validator> offenders) {}

  /// What executing a content gave.
  ///
  /// @param header of the block
  /// @param included encodings of the entries that were not dropped
  /// @param hash of the block
  /// @param block as peers exchange it
  /// @param after the state
  /// @param facts for consensus
  /// @param judgements of evidence that was brought, also of what was dropped, as far as the
  ///   execution tells
  record Result(
      BlockHeader header,
      List<Bytes> included,
      Hash hash,
      Bytes block,
      State after,
      BlockFacts facts,
      List<Judgement> judgements) {}

  /// A block from a peer.
  ///
  /// @param header its header
  /// @param entries encodings of its entries
  record Decoded(BlockHeader header, List<Bytes> entries) {}

  /// The block before the first one.
  Hash genesisHash();

  /// What there is before the first block.
  State genesis();

  /// Executes entries after a block.
  ///
  /// @param before what there is after that block
  /// @param derived what consensus derives from the chain up to that block
  /// @throws Violation if money comes from nowhere or goes nowhere, or the contracts fail
  Result execute(BlockContext context, State before, DerivedState derived, List<Bytes> entries);

  /// Reads a block.
  Decoded decode(Bytes block) throws MalformedException;

  /// Whether a pool takes this.
  boolean isEntry(Bytes encoding);

  /// Whether an entry is a transfer from this purse.
  boolean isFrom(Bytes encoding, int purse);

  /// Moves money between two purses.
  ///
  /// @param from number of the purse that pays
  /// @param to number of the one that is paid
  /// @param amount how much, in AITBC
  /// @param nonce how many transfers the purse made before
  Bytes transfer(int from, int to, int amount, int nonce);

  /// Brings evidence; empty if `derived` does not know the set of its height.
  Optional<Bytes> conviction(Evidence evidence, DerivedState derived);

  /// A candidate says that it is ready.
  ///
  /// @param now what there is
  /// @param candidate its account
  /// @param epoch the epoch in which it says so
  Bytes ready(State now, Address candidate, long epoch);
}
