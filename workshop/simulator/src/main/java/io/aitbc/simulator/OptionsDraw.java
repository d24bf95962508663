// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;

/// Draws the options of a run from its seed: every part from a stream of its own, so that one can
/// be changed without moving the others.
final class OptionsDraw {
  /// One run in so many has real signatures.
  static final int REAL_SIGNATURES_ONE_IN = 50;

  /// One run in so many is small and quick, and so comes through several epochs.
  private static final int FAR_ONE_IN = 6;

  /// One in so many of these executes in the real rooms: one run in 50.
  private static final int REAL_EXECUTION_ONE_IN = 8;

  /// What a unit of drawn stake is there: 1,000 AITBC, the least that the contracts know.
  private static final long REAL_STAKE = 1_000_000_000;

  /// One in so many of the quick ones has an authority that is convicted and leaves the set two
  /// epochs later, while evidence against it still comes.
  private static final int CONVICTS_ONE_IN = 4;

  /// What that authority does.
  static final List<Vice> CONVICTED = List.of(Vice.EQUIVOCATES, Vice.VOTES_TWICE);

  /// How many validators there are in the end where the set grows.
  private static final int GROWN = 1_000;

  /// Between its blocks: two epochs are longer than the cooldown after a sync (Protocol §5.8).
  private static final int GROWTH_INTERVAL_MILLIS = 100;

  /// Far more than the 420 blocks of such a run take.
  private static final long GROWTH_STEPS_MAX = 200_000_000;

  /// Authorities among so many.
  private static final int AUTHORITIES_PER_GROWN = 21;

  private static final long STAKE = 1_000;
  private static final int SIZE_MAX = 21;

  private final long number;
  private final Seed sizes;
  private final Seed rules;
  private final Seed vices;
  private final Seed rest;
  private final Seed rooms;

  private OptionsDraw(long number) {
    this.number = number;
    Seed seed = Seed.of(number);
    sizes = seed.fork();
    rules = seed.fork();
    vices = seed.fork();
    rest = seed.fork();
    rooms = seed.fork();
  }

  /// The options of a seed.
  static Options of(long seed, Profile profile) {
    OptionsDraw draw = new OptionsDraw(seed);
    return switch (profile) {
      case SWARM -> draw.swarm();
      case CALM -> draw.calm(4, 3, Mode.BALANCED, Profile.CALM);
      case LARGE, LARGE_BLS -> draw.calm(21, 979, Mode.SECURE, profile);
      case GROWTH -> growth(seed, GROWN);
      case CONTROL -> draw.control();
    };
  }

  /// What may be corrupted in a run whose blocks must all the same agree.
  private enum Corruption {
    /// Fewer than a third of both classes.
    BELOW_THIRD,
    /// Any stake, while BALANCED is pinned and has no fallback: the authorities keep it safe.
    STAKE,
    /// Any authorities, while BALANCED is pinned: the stake keeps it safe.
    AUTHORITIES
  }

  private Options swarm() {
    boolean real = rest.chance(1, REAL_SIGNATURES_ONE_IN);
    boolean far = !real && rest.chance(1, FAR_ONE_IN);
    boolean convicts = far && rest.chance(1, CONVICTS_ONE_IN);
    boolean realExecution = far && rooms.chance(1, REAL_EXECUTION_ONE_IN);
    List<Member> drawn =
        real || convicts
            ? members(convicts ? 4 : 3, 1, Skew.EQUAL)
            : far
                ? members(sizes.between(1, 4), sizes.between(0, 4), sizes.pick(Skew.values()))
                : members();
    List<Member> members = realExecution ? staking(drawn, REAL_STAKE) : drawn;
    boolean mixed =
        members.stream().anyMatch(m -> m.validatorClass().isAuthority())
            && members.stream().anyMatch(m -> m.validatorClass().isStaker());
    Corruption corruption =
        mixed && rules.chance(1, 6)
            ? rules.pick(Corruption.STAKE, Corruption.AUTHORITIES)
            : Corruption.BELOW_THIRD;
    ConsensusParameters parameters = parameters(members, corruption, far, realExecution);
    boolean capped = parameters.balanced().validatorsMax() < members.size();
    List<Member> corrupted =
        convicts
            ? Corrupting.first(members, CONVICTED)
            : capped ? members : Corrupting.drawn(vices, members, budget(corruption));
    int followers = rest.chance(1, 4) ? 1 : 0;
    long drawnMicros = rest.pick(3_000_000L, 10_000_000L, 40_000_000L);
    long faultyMicros = convicts ? 40_000_000L : drawnMicros;
    Options calm =
        new Options(
            number,
            Profile.SWARM,
            real ? Signing.Kind.BLS : Signing.Kind.KEYED_HASHES,
            realExecution,
            corrupted,
            followers,
            parameters,
            far ? Weather.mild(rest.fork()) : Weather.drawn(rest.fork()),
            far ? Wear.CALM : Wear.drawn(rest.fork()),
            far ? Workload.busy(rest.fork()) : Workload.drawn(rest.fork()),
            rest.pick(Timeline.Ties.values()),
            real ? 800 : convicts ? 60_000 : far ? 30_000 : rest.pick(4_000L, 10_000L, 20_000L),
            faultyMicros,
            List.of());
    int authorities = (int) members.stream().filter(m -> m.validatorClass().isAuthority()).count();
    return calm.withFaults(Faults.drawn(rest.fork(), calm.nodes(), authorities, faultyMicros));
  }

  private static List<Member> staking(List<Member> members, long unit) {
    return members.stream()
        .map(each -> new Member(each.validatorClass(), each.stake() * unit, each.vices()))
        .toList();
  }

  private static Corrupting.Budget budget(Corruption corruption) {
    return switch (corruption) {
      case BELOW_THIRD -> Corrupting.Budget.BELOW_THIRD;
      case STAKE -> Corrupting.Budget.ANY_STAKE;
      case AUTHORITIES -> Corrupting.Budget.ANY_AUTHORITIES;
    };
  }

  /// How stakes differ.
  private enum Skew {
    EQUAL,
    ZIPF,
    ONE_BELOW_THIRD,
    ANY
  }

  private List<Member> members() {
    int kind = sizes.below(10);
    int authorities = kind < 2 ? 0 : size();
    int stakers = kind >= 2 && kind < 4 ? 0 : size();
    return members(authorities, stakers, sizes.pick(Skew.values()));
  }

  private int size() {
    int draw = sizes.below(20);
    return draw < 12
        ? sizes.between(1, 5)
        : draw < 19 ? sizes.between(4, 8) : sizes.between(9, SIZE_MAX);
  }

  private List<Member> members(int authorities, int stakers, Skew skew) {
    List<Member> members = new ArrayList<>();
    int both = sizes.chance(1, 4) ? sizes.below(Math.min(authorities, stakers) + 1) : 0;
    for (int i = 0; i < authorities; i++) {
      boolean stakes = i < both;
      members.add(
          new Member(
              stakes ? ValidatorClass.BOTH : ValidatorClass.AUTHORITY,
              stakes ? stake(skew, i, stakers) : 0,
              List.of()));
    }
    for (int i = both; i < stakers; i++) {
      members.add(new Member(ValidatorClass.STAKER, stake(skew, i, stakers), List.of()));
    }
    return members;
  }

  private long stake(Skew skew, int index, int stakers) {
    return switch (skew) {
      case EQUAL -> STAKE;
      case ZIPF -> STAKE / (index + 1) + 1;
      // 32.9 % of the whole: x = 0.329 (x + (n - 1) STAKE).
      case ONE_BELOW_THIRD -> index == 0 ? Math.max(1, (stakers - 1) * STAKE * 329 / 671) : STAKE;
      case ANY -> sizes.between(1, STAKE);
    };
  }

  private ConsensusParameters parameters(
      List<Member> members, Corruption corruption, boolean far, boolean realExecution) {
    boolean free = corruption == Corruption.BELOW_THIRD;
    // Only with a cap, or after a conviction, do sets change.
    int capped = free && rules.chance(1, far ? 2 : 8) ? Math.max(1, members.size() - 2) : 1_000;
    int authorities = (int) members.stream().filter(m -> m.validatorClass().isAuthority()).count();
    int cap = Math.min(1_000, Math.max(capped, authorities + 1));
    ModePolicy policy = free ? rules.pick(ModePolicy.values()) : ModePolicy.PINNED;
    Mode start = free ? rules.pick(Mode.values()) : Mode.BALANCED;
    boolean forbids = policy != ModePolicy.PINNED && rules.chance(1, 6);
    Fallback fallback =
        corruption == Corruption.STAKE || rules.chance(1, 4) ? Fallback.OFF : Fallback.ON;
    return new ConsensusParameters(
        policy,
        start,
        forbids ? List.of(rules.pick(Mode.values())) : List.of(),
        rules.pick(RotationStrategy.values()),
        rules.pick(ProposerStrategy.values()),
        fallback,
        VotingPower.ZERO,
        Amount.aitbc(rules.pick(100L, 100_000L, 10_000_000L)),
        rules.pick(50, 200, 1_000, 2_000),
        rules.pick(300, 1_000, 3_000),
        mode(cap, far, realExecution),
        mode(cap, far, realExecution),
        mode(cap, far, realExecution));
  }

  private ModeParameters mode(int validatorsMax, boolean far, boolean realExecution) {
    int interval = far ? 5 : rules.pick(5, 20, 100, 500);
    int transactions = rules.pick(1, 3, 100);
    int bytes = rules.pick(1_000, 1 << 16);
    // The contracts refuse less than these.
    return new ModeParameters(
        interval,
        validatorsMax,
        realExecution ? new VotingPower(1) : VotingPower.ZERO,
        transactions,
        realExecution ? 1 << 17 : bytes);
  }

  private Options calm(int authorities, int stakers, Mode mode, Profile profile) {
    long stepsMax = authorities + stakers > 100 ? 2_000_000 : 200_000;
    return calm(authorities, stakers, mode, profile, 20, stepsMax);
  }

  private Options calm(
      int authorities, int stakers, Mode mode, Profile profile, int intervalMillis, long stepsMax) {
    ModeParameters each = new ModeParameters(intervalMillis, 1_000, VotingPower.ZERO, 100, 1 << 16);
    return new Options(
        number,
        profile,
        profile == Profile.LARGE_BLS ? Signing.Kind.BLS : Signing.Kind.KEYED_HASHES,
        false,
        members(authorities, stakers, Skew.EQUAL),
        0,
        new ConsensusParameters(
            ModePolicy.PINNED,
            mode,
            List.of(),
            RotationStrategy.HYBRID,
            ProposerStrategy.VRF_HYBRID,
            Fallback.ON,
            VotingPower.ZERO,
            Amount.aitbc(1_000_000),
            200,
            3_000,
            each,
            each,
            each),
        Weather.CALM,
        Wear.CALM,
        Workload.CALM,
        Timeline.Ties.FIRST_COME,
        stepsMax,
        600_000_000L,
        List.of());
  }

  /// A network in SECURE and without faults, to which most of its stake comes later.
  ///
  /// @param grown how many validators there are in the end
  static Options growth(long seed, int grown) {
    int authorities = Math.max(1, grown * AUTHORITIES_PER_GROWN / GROWN);
    return new OptionsDraw(seed)
        .calm(
            authorities,
            grown - authorities,
            Mode.SECURE,
            Profile.GROWTH,
            GROWTH_INTERVAL_MILLIS,
            GROWTH_STEPS_MAX);
  }

  /// Four authorities in FAST on a calm network, but for some faults.
  ///
  /// @param steps after which the faults have struck
  static Options troubled(long seed, List<Fault> faults, long steps) {
    Options calm = new OptionsDraw(seed).calm(4, 0, Mode.FAST, Profile.SWARM);
    return new Options(
        seed,
        Profile.SWARM,
        calm.signing(),
        calm.realExecution(),
        calm.members(),
        0,
        calm.parameters(),
        calm.weather(),
        calm.wear(),
        calm.workload(),
        calm.ties(),
        steps,
        1_000_000,
        faults);
  }

  /// A third or more of the class that decides is Byzantine, as few as a fork needs, and gives each
  /// half of the others another block.
  private Options control() {
    return control(rules.pick(Mode.values()));
  }

  /// The same in one mode.
  static Options control(long seed, Mode mode) {
    return new OptionsDraw(seed).control(mode);
  }

  private Options control(Mode mode) {
    // With n = 3 f + 1 a fork takes f + 1; with others more.
    int size = sizes.pick(4, 7);
    int liars = size / 3 + 1;
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < size && mode != Mode.SECURE; i++) {
      members.add(new Member(ValidatorClass.AUTHORITY, 0, liars(i, liars)));
    }
    for (int i = 0; i < size && mode != Mode.FAST; i++) {
      members.add(new Member(ValidatorClass.STAKER, STAKE, liars(i, liars)));
    }
    return new Options(
        number,
        Profile.CONTROL,
        Signing.Kind.KEYED_HASHES,
        false,
        members,
        0,
        calm(0, 1, mode, Profile.CONTROL).parameters(),
        Weather.CALM,
        Wear.CALM,
        Workload.CALM,
        Timeline.Ties.DRAWN,
        20_000,
        20_000_000L,
        List.of());
  }

  private static List<Vice> liars(int index, int liars) {
    return index < liars ? List.of(Vice.EQUIVOCATES, Vice.SPLITS_VOTES) : List.of();
  }
}
