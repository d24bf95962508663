// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.TestValidators;
import io.aitbc.model.ValidatorSet;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What consensus derives from the chain is one record. Protocol §3.1.
class DerivedStateTest {
  private static final ConsensusParameters PARAMETERS =
      TestChain.parameters(ModePolicy.OPERATIONAL, Mode.BALANCED);

  private static EpochSnapshot snapshot(Seed seed, int authorities) {
    long[] stakes = new long[seed.between(2, 8)];
    for (int i = 0; i < stakes.length; i++) {
      stakes[i] = seed.between(1, 100);
    }
    return TestChain.snapshot(PARAMETERS, authorities, stakes);
  }

  /// A chain in which validators come and go, rounds pass, load changes.
  private static TestChain busy(Seed seed, int blocks) {
    int authorities = seed.between(4, 9);
    TestChain chain = new TestChain(snapshot(seed, authorities));
    for (int i = 0; i < blocks; i++) {
      if (seed.chance(1, 10)) {
        chain.without(seed.below(12), seed.below(12)).load(seed.below(1_000));
      }
      if (seed.chance(1, 20)) {
        chain.reporting(snapshot(seed, seed.between(4, 9)));
      }
      chain.decidedIn(seed.chance(1, 60) ? 3 : 0).block(seed.chance(1, 8) ? seed.below(5) : 0);
    }
    return chain;
  }

  private static DerivedState rebuilt(DerivedState from, List<FinalizedBlock> blocks) {
    DerivedState state = from;
    for (FinalizedBlock block : blocks) {
      state = state.after(block);
    }
    return state;
  }

  @Test // Protocol §3.1: rebuilt from blocks or taken from a snapshot, it is the same.
  void aSnapshotIsAsGoodAsReplay() {
    Seed.forAll(
        0xd5,
        4,
        seed -> {
          TestChain chain = busy(seed, 240);
          int cut = seed.between(0, 200);
          DerivedState half = rebuilt(chain.genesis(), chain.blocks().subList(0, cut));
          DerivedState taken = DerivedState.decode(half.encoded());
          assertEquals(half, taken);
          assertEquals(half.hash(), taken.hash());
          DerivedState replayed = rebuilt(half, chain.blocks().subList(cut, 240));
          DerivedState followed = rebuilt(taken, chain.blocks().subList(cut, 240));
          assertEquals(chain.state(), replayed);
          assertEquals(chain.state(), followed);
        });
  }

  @Test // Protocol §3.1: its hash stands in the header, so every part of it counts.
  void everyPartOfTheStateMovesItsHash() {
    TestChain chain = TestChain.of(PARAMETERS, 4, 10, 10).upTo(30);
    Hash before = chain.state().hash();
    DerivedState withAll = chain.state().after(next(chain, List.of()));
    DerivedState withConviction =
        chain.state().after(next(chain, List.of(TestValidators.account(1))));
    assertNotEquals(before, withAll.hash());
    assertNotEquals(withAll.hash(), withConviction.hash());
  }

  @Test // Protocol §11.11: what another implementation must make of the same chain.
  void theHashIsThatOfTheFieldsWithHashesForPlansAndBlocks() throws MalformedException {
    DerivedState state = TestChain.of(PARAMETERS, 4, 10, 10).upTo(130).state();
    RlpReader fields = RlpReader.of(state.encoded()).list();
    RlpWriter hashed = new RlpWriter(4_096).begin();
    copy(9, fields, hashed);
    for (int plan = 0; plan < 3; plan++) {
      hashed.hash(Keccak256.hash(fields.encoded()));
    }
    List<Hash> window = new ArrayList<>();
    RlpReader blocks = fields.list();
    while (blocks.hasNext()) {
      window.add(Keccak256.hash(blocks.encoded()));
    }
    assertEquals(100, window.size());
    hashed.list(window, RlpWriter::hash);
    copy(8, fields, hashed);
    fields.finish();
    assertEquals(Keccak256.hash(hashed.end().toBytes()), state.hash());
  }

  private static void copy(int items, RlpReader from, RlpWriter to) throws MalformedException {
    for (int i = 0; i < items; i++) {
      to.encoded(from.encoded());
    }
  }

  @Test // Protocol §11.11.
  void theStateAfterTheGenesisBlockIsWhatTheSpecificationSays() {
    EpochSnapshot snapshot = TestChain.snapshot(PARAMETERS, 4, 10, 20);
    DerivedState state = new TestChain(snapshot).genesis();
    ValidatorSet set = state.set();
    RlpWriter plans = new RlpWriter(4_096);
    for (int epoch : new int[] {0, 0, 1}) {
      plans.begin().number(epoch);
      set.writeTo(plans);
      PARAMETERS.writeTo(plans);
      plans.number(snapshot.workShareMillionths());
      plans.list(set.validators(), (to, _) -> to.begin().number(700).number(0).end()).end();
    }
    long stake = set.totalStake().units();
    RlpWriter expected = new RlpWriter(4_096).begin();
    expected.hash(TestChain.GENESIS).number(0).hash(TestChain.GENESIS);
    expected.number(state.parentTimestampMillis()).hash(TestChain.GENESIS);
    expected.begin().number(1).number(1).number(0).end(); // BALANCED, settled.
    expected.number(0).number(1).number(0);
    expected.encoded(plans.toBytes());
    expected.begin().end().begin().end(); // No block, no anchor.
    expected.list(
        set.validators(),
        (to, each) -> {
          to.begin().address(each.account());
          for (int zeros = 0; zeros < 7; zeros++) {
            to.number(0);
          }
          to.number(700).number(0).number(0).end();
        });
    expected.number(0).number(state.parentTimestampMillis());
    expected.number(4).number(0).number(stake).number(0).end();
    assertEquals(expected.toBytes(), state.encoded());
  }

  private static FinalizedBlock next(TestChain chain, List<io.aitbc.model.Address> convicted) {
    DerivedState state = chain.state();
    return new FinalizedBlock(
        state.nextHeight(),
        TestChain.GENESIS,
        state.parentTimestampMillis(),
        state.proposer(Round.ZERO).account(),
        Round.ZERO,
        chain.certificate(),
        io.aitbc.model.CarriedSignatures.NONE,
        TestChain.GENESIS,
        new io.aitbc.model.BlockFacts(
            0, 1, io.aitbc.model.Amount.ZERO, convicted, java.util.Optional.empty()));
  }

  @Test // Protocol §7.2: who proposes is a function of the state, not of what was asked before.
  void askingForAnotherRoundChangesNoAnswer() {
    TestChain chain = TestChain.of(PARAMETERS, 7, 10, 10).upTo(30);
    DerivedState asked = chain.state();
    for (int round : new int[] {0, 3, 0, 1, 1, 3, 2, 0}) {
      DerivedState fresh = rebuilt(chain.genesis(), chain.blocks());
      assertEquals(fresh.proposer(new Round(round)), asked.proposer(new Round(round)));
    }
  }

  @Test // Protocol §3.1.
  void aBlockOfAnotherHeightIsNoNextBlock() {
    TestChain chain = TestChain.of(PARAMETERS, 4, 10, 10).upTo(5);
    FinalizedBlock old = chain.blocks().getLast();
    assertThrows(IllegalArgumentException.class, () -> chain.state().after(old));
  }

  @Test // Protocol §2: sets are known one whole epoch ahead.
  void whatTheContractsSayAppliesTwoEpochsLater() {
    TestChain chain = TestChain.of(PARAMETERS, 4, 10, 10);
    Hash first = chain.state().set().hash();
    chain.reporting(TestChain.snapshot(PARAMETERS, 3, 10, 10)).upTo(100);
    assertEquals(first, chain.state().set().hash());
    chain.upTo(199);
    assertEquals(first, chain.state().set().hash());
    Hash next = chain.state().nextPlan().set().hash();
    assertNotEquals(first, next);
    chain.upTo(200);
    assertEquals(next, chain.state().set().hash());
  }

  @Test // Protocol §3.1, §4: a mode that the set does not carry has no quorum.
  void aSnapshotWhoseSetsDoNotCarryItsModesIsRefused() {
    DerivedState.Fields sound = TestChain.of(PARAMETERS, 4).upTo(30).state().fields();
    ModeSetting secure = ModeSetting.settled(Mode.SECURE);
    assertRefused(with(sound, secure, sound.window(), sound.anchors()), "mode of the next height");
    BlockTrace eighth = sound.window().get(7);
    BlockTrace impossible =
        new BlockTrace(
            eighth.height(),
            eighth.blockHash(),
            secure,
            eighth.oversight(),
            eighth.maker(),
            eighth.loadMillionths(),
            eighth.valueMoved(),
            eighth.convictedAuthorities(),
            eighth.convictedStake(),
            eighth.ballot(),
            eighth.credited(),
            eighth.stakeMillionths());
    List<BlockTrace> window = new ArrayList<>(sound.window());
    window.set(7, impossible);
    assertRefused(
        with(sound, sound.setting(), window, sound.anchors()), "mode or signers of height 8");
  }

  @Test // Protocol §3.1: bitmaps that do not fit the set name nobody.
  void aSnapshotWhoseSignersAreOfAnotherSetIsRefused() {
    DerivedState.Fields sound = TestChain.of(PARAMETERS, 4).upTo(30).state().fields();
    Signers foreign = TestValidators.set(21).signers(TestValidators.accounts(0, 20));
    List<BlockTrace> window = new ArrayList<>(sound.window());
    window.set(7, window.get(7).credit(foreign));
    assertRefused(
        with(sound, sound.setting(), window, sound.anchors()), "mode or signers of height 8");
    AnchorTrace anchor = new AnchorTrace(new Height(20), TestChain.GENESIS, foreign, 0);
    assertRefused(
        with(sound, sound.setting(), sound.window(), List.of(anchor)), "anchors of height 20");
  }

  private static DerivedState.Fields with(
      DerivedState.Fields fields,
      ModeSetting setting,
      List<BlockTrace> window,
      List<AnchorTrace> anchors) {
    return new DerivedState.Fields(
        fields.genesisHash(),
        fields.height(),
        fields.blockHash(),
        fields.timestampMillis(),
        fields.beacon(),
        setting,
        fields.changedAt(),
        fields.oversight(),
        fields.anchored(),
        fields.previous(),
        fields.current(),
        fields.next(),
        window,
        anchors,
        fields.accounts(),
        fields.availability(),
        fields.jail());
  }

  private static void assertRefused(DerivedState.Fields fields, String why) {
    Bytes encoding = new DerivedState(fields).encoded();
    MalformedException refusal =
        assertThrows(MalformedException.class, () -> DerivedState.decode(encoding));
    assertTrue(String.valueOf(refusal.getMessage()).contains(why), refusal.getMessage());
  }

  /// Decodes a snapshot and asks it what a node that begins with it asks.
  private static DerivedState begun(Bytes encoding) throws MalformedException {
    DerivedState state = DerivedState.decode(encoding);
    DerivedChain chain = new DerivedChain(state, new KeyedScheme());
    assertTrue(chain.rules().quorums().carries(chain.rules().mode()));
    assertTrue(state.set().contains(state.proposer(Round.ZERO).account()));
    for (Height height : chain.credited().keySet()) {
      chain.recent(height).ifPresent(block -> assertEquals(height, block.rules().height()));
    }
    chain
        .openAnchors()
        .flatMap(open -> chain.finalBlock(open.getKey()))
        .ifPresent(
            block -> assertTrue(block.rules().height().number() < state.nextHeight().number()));
    chain.parentRules().ifPresent(rules -> assertEquals(state.nextHeight(), rules.height().next()));
    for (Mode mode : Mode.values()) {
      assertTrue(state.headroom(mode) >= -1);
    }
    return state;
  }

  @Test // Protocol §3.1: a snapshot comes from a stranger.
  void hostileSnapshotsCostNoMoreThanGoodOnes() {
    List<byte[]> samples =
        List.of(
            TestChain.of(PARAMETERS, 4, 10, 10).state().encoded().toArray(),
            TestChain.of(PARAMETERS, 4, 10, 10).upTo(130).state().encoded().toArray());
    new DecoderTorture(
            input -> begun(Bytes.of(input)), failure -> failure instanceof MalformedException)
        .run(0x5a, 300, samples);
  }
}
