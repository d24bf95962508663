// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Anchor;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Quorums;
import io.aitbc.model.Round;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// One step of {@link DerivedState}: what a final block changes, in the order of Protocol §3.2.
final class ChainStep {
  private final DerivedState.Fields before;
  private final FinalizedBlock block;
  private final TreeMap<Address, AccountRecord> accounts;
  private final List<BlockTrace> window;
  private final List<AnchorTrace> anchors;
  private Availability availability;
  private Height anchored;

  ChainStep(DerivedState.Fields before, FinalizedBlock block) {
    if (!block.height().equals(before.height().next())) {
      throw new IllegalArgumentException("block " + block.height() + " after " + before.height());
    }
    if (block.facts().snapshot().isPresent() != Epochs.isLast(block.height())) {
      throw new IllegalArgumentException("snapshot at " + block.height());
    }
    this.before = before;
    this.block = block;
    accounts = new TreeMap<>(before.accounts());
    window = new ArrayList<>(before.window());
    anchors = new ArrayList<>(before.anchors());
    availability = before.availability();
    anchored = before.anchored();
  }

  DerivedState.Fields result() {
    if (Epochs.isLast(block.height())) {
      endEpoch();
    }
    certifyParent();
    block.carried().commits().forEach(this::creditCommits);
    block.carried().anchors().forEach(this::creditAnchors);
    countMisses();
    remember();
    closeBlock();
    closeAnchor();
    forget();
    Hash beacon = Beacon.next(before.beacon(), block.vrfOutput());
    EpochPlan current = before.current();
    EpochPlan previous = before.previous();
    EpochPlan next = before.next();
    JailTotals jail = before.jail();
    if (Epochs.isLast(block.height())) {
      EpochSnapshot snapshot = block.facts().snapshot().orElseThrow();
      previous = current;
      current = next;
      next = draw(snapshot, beacon, previous, current);
      jail = JailTotals.of(snapshot);
      beginEpoch(previous, current, next, snapshot);
    }
    ModeStep.Outcome mode = mode(current);
    return new DerivedState.Fields(
        before.genesisHash(),
        block.height(),
        block.blockHash(),
        block.timestampMillis(),
        beacon,
        mode.setting(),
        mode.changedAt(),
        mode.oversight(),
        anchored,
        previous,
        current,
        next,
        List.copyOf(window),
        List.copyOf(anchors),
        accounts,
        availability,
        jail);
  }

  /// What the block's own report told the contracts begins anew.
  private void endEpoch() {
    accounts.replaceAll((_, account) -> account.nextEpoch());
    if (availability.isOver(before.height(), before.timestampMillis())) {
      accounts.replaceAll((_, account) -> account.nextWindow());
      availability = new Availability(before.height(), before.timestampMillis());
    }
  }

  private void certifyParent() {
    CommitCertificate certificate = block.parentCertificate().orElse(null);
    if (certificate == null || window.isEmpty()) {
      return;
    }
    BlockTrace parent = window.getLast();
    ValidatorSet set = before.plan(parent.height()).set();
    Signers signers = certificate.aggregate().signers();
    if (certificate.blockHash().equals(parent.blockHash()) && set.fits(signers)) {
      credit(parent, set, signers);
      window.set(window.size() - 1, parent.certified(certificate.ballot(), signers));
    }
  }

  private void creditCommits(CarriedCommits commits) {
    long age = block.height().number() - commits.height().number();
    BlockTrace trace = DerivedState.trace(window, commits.height()).orElse(null);
    if (trace == null || age < 1 || age > CarriedCommits.BLOCKS_MAX) {
      return;
    }
    ValidatorSet set = before.plan(trace.height()).set();
    Signers signers = commits.aggregate().signers();
    if (trace.ballot().equals(Optional.of(commits.ballot())) && set.fits(signers)) {
      credit(trace, set, signers);
      int index = (int) (trace.height().number() - window.getFirst().height().number());
      window.set(index, trace.credit(trace.credited().or(signers)));
    }
  }

  private void creditAnchors(CarriedAnchors carried) {
    long age = block.height().number() - carried.height().number();
    for (int i = 0; i < anchors.size() && age <= CarriedAnchors.BLOCKS_MAX; i++) {
      AnchorTrace anchor = anchors.get(i);
      ValidatorSet set = before.plan(anchor.height()).set();
      Signers signers = carried.aggregate().signers();
      if (anchor.height().equals(carried.height())
          && anchor.blockHash().equals(carried.blockHash())
          && set.fits(signers)) {
        List<Validator> expected = expectedToAnchor(set);
        credit(anchor.height(), Anchor.INTERVAL_BLOCKS, set, expected, anchor.credited(), signers);
        Signers all = anchor.credited().or(signers);
        int share = DerivedState.stakeMillionths(set, all);
        anchors.set(i, new AnchorTrace(anchor.height(), anchor.blockHash(), all, share));
        if (set.weightOf(all).stake().isQuorumOf(set.totalStake())) {
          anchored = anchor.height();
        }
      }
    }
  }

  private void credit(BlockTrace trace, ValidatorSet set, Signers signers) {
    credit(trace.height(), 1, set, expectedToVote(trace, set), trace.credited(), signers);
  }

  /// Credits those who are in `signers` and not in `known`, and whoever brought them with what they
  /// are credited for: signatures of who was not `expected` earn nothing.
  private void credit(
      Height height,
      long blocks,
      ValidatorSet set,
      List<Validator> expected,
      Signers known,
      Signers signers) {
    TreeSet<Address> old = new TreeSet<>();
    set.members(known).forEach(member -> old.add(member.account()));
    TreeSet<Address> brought = new TreeSet<>();
    for (Validator member : set.members(signers)) {
      if (!old.contains(member.account())) {
        update(member.account(), account -> account.seen(height));
        brought.add(member.account());
      }
    }
    long authorities = 0;
    long stake = 0;
    for (Validator member : expected) {
      if (brought.contains(member.account())) {
        authorities += member.isAuthority() ? blocks : 0;
        stake = Shares.plus(stake, Shares.times(member.stake().units(), blocks));
      }
    }
    long allAuthorities = authorities;
    long allStake = stake;
    update(block.maker(), account -> account.brought(allAuthorities, allStake));
  }

  private static List<Validator> expectedToVote(BlockTrace trace, ValidatorSet set) {
    boolean fast = trace.setting().quorumMode() == Mode.FAST;
    return fast ? set.authorities() : set.validators();
  }

  private static List<Validator> expectedToAnchor(ValidatorSet set) {
    return set.stakers().stream().filter(staker -> !staker.isAuthority()).toList();
  }

  private void update(Address address, java.util.function.UnaryOperator<AccountRecord> change) {
    accounts.computeIfPresent(address, (_, account) -> change.apply(account));
  }

  private void countMisses() {
    int rounds = Math.min(block.round().number(), DerivedState.MISSES_ROUNDS_MAX);
    for (int round = 0; round < rounds; round++) {
      Validator absent =
          before
              .current()
              .proposer(before.beacon(), block.height(), new Round(round), before.setting());
      if (!absent.account().equals(block.maker())) {
        update(absent.account(), AccountRecord::missed);
      }
    }
  }

  /// Remembers this block.
  private void remember() {
    BlockFacts facts = block.facts();
    ValidatorSet set = before.current().set();
    int convictedAuthorities = 0;
    long convictedStake = 0;
    for (Address convicted : facts.convicted()) {
      Validator offender =
          set.find(convicted).or(() -> before.previous().set().find(convicted)).orElse(null);
      if (offender != null) {
        convictedAuthorities += offender.isAuthority() ? 1 : 0;
        convictedStake += offender.stake().units();
      }
    }
    window.add(
        new BlockTrace(
            block.height(),
            block.blockHash(),
            before.setting(),
            before.oversight(),
            block.maker(),
            Shares.millionths(facts.gasUsed(), facts.gasLimit()),
            facts.valueMoved(),
            convictedAuthorities,
            new VotingPower(Math.min(convictedStake, VotingPower.UNITS_MAX)),
            Optional.empty(),
            set.signers(List.of()),
            0));
    boolean fast = before.setting().quorumMode() == Mode.FAST;
    if (fast && Anchor.isAnchored(block.height()) && !set.stakers().isEmpty()) {
      anchors.add(new AnchorTrace(block.height(), block.blockHash(), set.signers(List.of()), 0));
    }
  }

  /// The block whose time to be credited ends with this one.
  private void closeBlock() {
    long closing = block.height().number() - CarriedCommits.BLOCKS_MAX;
    if (closing < 1) {
      return;
    }
    BlockTrace trace = DerivedState.trace(window, new Height(closing)).orElseThrow();
    ValidatorSet set = before.plan(trace.height()).set();
    settle(trace.height(), 1, expectedToVote(trace, set), set.members(trace.credited()));
    int index = (int) (closing - window.getFirst().height().number());
    window.set(index, trace.closed(DerivedState.stakeMillionths(set, trace.credited())));
  }

  /// The anchored block whose time to be credited ends with this one.
  private void closeAnchor() {
    long closing = block.height().number() - CarriedAnchors.BLOCKS_MAX;
    for (AnchorTrace anchor : anchors) {
      if (anchor.height().number() == closing) {
        ValidatorSet set = before.plan(anchor.height()).set();
        List<Validator> signed = set.members(anchor.credited());
        settle(anchor.height(), Anchor.INTERVAL_BLOCKS, expectedToAnchor(set), signed);
      }
    }
  }

  private void settle(
      Height height, long blocks, List<Validator> expected, List<Validator> signed) {
    TreeSet<Address> signers = new TreeSet<>();
    signed.forEach(member -> signers.add(member.account()));
    for (Validator member : expected) {
      boolean credited = signers.contains(member.account());
      update(
          member.account(),
          account ->
              credited ? account.credited(height, blocks) : account.expected(height, blocks));
    }
  }

  private void forget() {
    if (window.size() > ModeRule.WINDOW_BLOCKS) {
      window.removeFirst();
    }
    long oldest = block.height().number() - ModeRule.WINDOW_BLOCKS;
    anchors.removeIf(anchor -> anchor.height().number() <= oldest);
  }

  private EpochPlan draw(EpochSnapshot snapshot, Hash beacon, EpochPlan ended, EpochPlan begun) {
    TreeMap<Address, Integer> reputations = new TreeMap<>();
    accounts.forEach((address, account) -> reputations.put(address, account.reputation()));
    return new EpochDraw(
            begun.epoch() + 1,
            snapshot,
            before.setting().to(),
            beacon,
            List.of(ended, begun),
            reputations)
        .draw()
        .orElseThrow();
  }

  /// Newcomers join; who is neither candidate nor member is forgotten.
  private void beginEpoch(
      EpochPlan previous, EpochPlan current, EpochPlan next, EpochSnapshot snapshot) {
    for (Validator member : current.set().validators()) {
      if (!previous.set().contains(member.account())) {
        accounts.compute(
            member.account(),
            (_, known) ->
                known == null
                    ? AccountRecord.joining(block.height())
                    : known.rejoining(block.height()));
      }
    }
    TreeSet<Address> kept = new TreeSet<>();
    snapshot.candidates().forEach(candidate -> kept.add(candidate.account()));
    for (EpochPlan plan : List.of(previous, current, next)) {
      plan.set().validators().forEach(member -> kept.add(member.account()));
    }
    accounts.keySet().retainAll(kept);
  }

  private ModeStep.Outcome mode(EpochPlan plan) {
    return new ModeStep(
            block.height().next(),
            plan,
            before.setting(),
            before.changedAt(),
            decidedByFallback(),
            window.size(),
            () -> ModeMeasure.inputs(window, anchors, block.height(), before::plan),
            DerivedState.headroom(plan, accounts))
        .outcome(presentAuthorities(plan));
  }

  private int presentAuthorities(EpochPlan plan) {
    int present = 0;
    for (Validator authority : plan.set().authorities()) {
      AccountRecord account = accounts.get(authority.account());
      present += account != null && account.isPresent() ? 1 : 0;
    }
    return present;
  }

  /// Whether the certificate that this block carries is of a fallback round with a rule of its own.
  private boolean decidedByFallback() {
    CommitCertificate certificate = block.parentCertificate().orElse(null);
    if (certificate == null || before.window().isEmpty()) {
      return false;
    }
    BlockTrace parent = before.window().getLast();
    EpochPlan plan = before.plan(parent.height());
    Mode mode = parent.setting().quorumMode();
    Quorums quorums = Quorums.of(plan.set(), plan.parameters().fallback());
    Round round = certificate.round();
    return round.isFallback() && quorums.rule(mode, round) != quorums.rule(mode, Round.ZERO);
  }
}
