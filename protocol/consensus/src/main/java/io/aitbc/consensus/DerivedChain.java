// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The finalized chain as {@link DerivedState} knows it, for the round machine. Protocol §3.1.
///
/// @param state what the chain says after its last block
/// @param scheme gives the outputs of the verifiable random function
public record DerivedChain(DerivedState state, SignatureScheme scheme)
    implements ChainView, HeightView {
  @Override
  public HeightView next() {
    return this;
  }

  @Override
  public DerivedChain extended(ProposalContent content, Hash blockHash, BlockFacts facts) {
    FinalizedBlock block = FinalizedBlock.of(content, blockHash, facts, scheme);
    return new DerivedChain(state.after(block), scheme);
  }

  @Override
  public Hash genesisHash() {
    return state.genesisHash();
  }

  @Override
  public HeightRules rules() {
    return state.rules();
  }

  @Override
  public Optional<HeightRules> parentRules() {
    return state.parentRules();
  }

  @Override
  public Optional<Recent> recent(Height height) {
    return state.recent(height);
  }

  @Override
  public Map<Height, Signers> credited() {
    return state.credited();
  }

  @Override
  public Optional<Map.Entry<Height, Signers>> openAnchors() {
    return state.openAnchors();
  }

  @Override
  public Hash parentHash() {
    return state.parentHash();
  }

  @Override
  public long parentTimestampMillis() {
    return state.parentTimestampMillis();
  }

  @Override
  public Hash beacon() {
    return state.beacon();
  }

  @Override
  public Validator proposer(Round round) {
    return state.proposer(round);
  }

  @Override
  public Duration blockInterval() {
    return state.blockInterval();
  }

  @Override
  public Duration emptyBlockInterval() {
    return state.emptyBlockInterval();
  }

  @Override
  public Duration roundTimerMax() {
    return state.roundTimerMax();
  }

  @Override
  public ModeParameters limits() {
    return state.limits();
  }

  @Override
  public BlockContext context(ProposalContent content) {
    return state.context(content, scheme);
  }
}
