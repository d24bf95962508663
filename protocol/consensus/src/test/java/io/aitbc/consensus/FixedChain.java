// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A chain whose set and mode never change; proposers take turns, stakers in fallback rounds.
///
/// @param parameters the network's
/// @param set the validators
/// @param mode the mode
/// @param height the next height
/// @param parentHash hash of the last block
/// @param parentTimestampMillis its time
/// @param ballots of the certificates carried, by height
/// @param signers who was credited, by height
record FixedChain(
    ConsensusParameters parameters,
    ValidatorSet set,
    Mode mode,
    Height height,
    Hash parentHash,
    long parentTimestampMillis,
    TreeMap<Height, Ballot.Commit> ballots,
    TreeMap<Height, Signers> signers)
    implements ChainView, HeightView {
  static final Hash GENESIS =
      Keccak256.hash("genesis".getBytes(java.nio.charset.StandardCharsets.UTF_8));

  static FixedChain genesis(ValidatorSet set, Mode mode) {
    return genesis(ConsensusParameters.DEFAULT, set, mode);
  }

  static FixedChain genesis(ConsensusParameters parameters, ValidatorSet set, Mode mode) {
    return new FixedChain(
        parameters, set, mode, new Height(1), GENESIS, 0, new TreeMap<>(), new TreeMap<>());
  }

  @Override
  public HeightView next() {
    return this;
  }

  @Override
  public ChainView extended(ProposalContent content, Hash blockHash, BlockFacts facts) {
    TreeMap<Height, Ballot.Commit> carried = new TreeMap<>(ballots);
    TreeMap<Height, Signers> credited = new TreeMap<>(signers);
    content
        .parentCertificate()
        .ifPresent(c -> {
          carried.put(c.height(), c.ballot());
          credited.put(c.height(), c.aggregate().signers());
        });
    content
        .carried()
        .commits()
        .forEach(c -> credited.merge(c.height(), c.aggregate().signers(), Signers::or));
    return new FixedChain(
        parameters,
        set,
        mode,
        height.next(),
        blockHash,
        content.timestampMillis(),
        carried,
        credited);
  }

  @Override
  public Map<Height, Signers> credited() {
    TreeMap<Height, Signers> credited = new TreeMap<>(signers);
    credited.keySet().removeIf(h -> height.number() - h.number() > CarriedCommits.BLOCKS_MAX);
    return credited;
  }

  @Override
  public Optional<Map.Entry<Height, Signers>> openAnchors() {
    long last = (height.number() - 1) / Anchor.INTERVAL_BLOCKS * Anchor.INTERVAL_BLOCKS;
    return last == 0 || mode != Mode.FAST
        ? Optional.empty()
        : Optional.of(Map.entry(new Height(last), set.signers(List.of())));
  }

  @Override
  public Hash genesisHash() {
    return GENESIS;
  }

  @Override
  public HeightRules rules() {
    return rules(height);
  }

  private HeightRules rules(Height of) {
    return new HeightRules(of, mode, Fallback.ON, Oversight.REQUIRED, set);
  }

  @Override
  public Optional<HeightRules> parentRules() {
    return height.number() == 1 ? Optional.empty() : Optional.of(rules(height.previous()));
  }

  @Override
  public Optional<Recent> recent(Height of) {
    return Optional.ofNullable(ballots.get(of)).map(ballot -> new Recent(rules(of), ballot));
  }

  @Override
  public Hash beacon() {
    return Keccak256.hash(parentHash.toBytes());
  }

  @Override
  public Validator proposer(Round round) {
    boolean staker =
        set.authorities().isEmpty()
            || mode == Mode.SECURE
            || (round.isFallback() && !set.stakers().isEmpty());
    List<Validator> turn = staker ? set.stakers() : set.authorities();
    return turn.get((int) ((height.number() + round.number()) % turn.size()));
  }

  @Override
  public Duration blockInterval() {
    return Duration.ofMillis(limits().blockIntervalMillis());
  }

  @Override
  public Duration emptyBlockInterval() {
    return Duration.ofMillis(parameters.emptyBlockIntervalMillis());
  }

  @Override
  public Duration roundTimerMax() {
    return Duration.ofMillis(ConsensusParameters.DEFAULT.roundTimerMillisMax());
  }

  @Override
  public ModeParameters limits() {
    return parameters.of(mode);
  }

  @Override
  public BlockContext context(ProposalContent content) {
    return new BlockContext(
        height,
        parentHash,
        content.id(),
        beacon(),
        content.parentCertificate(),
        new ConsensusExtension(
            ModeSetting.settled(mode),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            content.maker(),
            content.round(),
            content.vrfProof(),
            content.carried().hash(),
            set.hash(),
            set.hash(),
            Hash.ZERO,
            content.timestampMillis()),
        Optional.empty());
  }
}
