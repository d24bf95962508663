// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.VotingPower;
import io.aitbc.signer.ValidatorKey;
import io.aitbc.testkit.Seed;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// One run: nodes start, things go wrong, then the world heals, a core that can decide must decide,
/// and all must converge.
final class Simulation {
  /// Blocks that must follow after the world has healed.
  private static final int BLOCKS_AFTER = 2;

  private static final long MICROS = 1_000;

  /// What one node holds is measured after so many steps, of one after the other: it costs as much
  /// as some ten of them.
  private static final long LOOK_EVERY_STEPS = 500;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /// How often old evidence is brought.
  private static final long EVIDENCE_MICROS = 700_000;

  private final Options options;
  private final World world;
  private final Seed faults;
  private final Seed work;
  private final TreeMap<Integer, byte[][]> oldRecords = new TreeMap<>();
  private final TreeMap<Integer, OldChain> oldChains = new TreeMap<>();
  private final TreeMap<Long, List<Runnable>> troubles = new TreeMap<>();
  private final int[] nonces = new int[Execution.PURSES];
  private final long beganNanos;
  private long struckHeight = Long.MAX_VALUE;
  private long convergedMicros;
  private long lookedAt;
  private int lookedAtNode;
  private boolean healed;
  private final Growth growth;

  private record OldChain(long height, SortedMap<String, byte[]> log) {}

  private Simulation(Options options) {
    beganNanos = THREADS.getCurrentThreadCpuTime();
    this.options = options;
    Signing signing = Signing.of(options.signing());
    List<VirtualNode.Keyed> keys = new ArrayList<>();
    for (int i = 0; i < options.members().size(); i++) {
      Address account = options.realExecution() ? RealExecution.account(i) : account(i);
      keys.add(new VirtualNode.Keyed(account, signing.key(i)));
    }
    EpochSnapshot snapshot = snapshot(options, keys.subList(0, Growth.first(options)));
    Execution execution =
        options.realExecution()
            ? new RealExecution(
                RealExecution.free(snapshot, VirtualClock.BEGIN.toEpochMilli()), signing.scheme())
            : new Ledger(
                options.seed(), snapshot, options.workload().gasPerEntry(), signing.scheme());
    world = new World(options, signing.scheme(), execution, genesis(execution, snapshot));
    faults = world.stream();
    work = world.stream();
    for (int i = 0; i < keys.size(); i++) {
      if (!options.members().get(i).isHonest()) {
        world.truth().corrupted(keys.get(i).account());
      }
      if (options.members().get(i).vices().contains(Vice.CENSORS)) {
        world.censorship().censors(keys.get(i).account());
      }
    }
    for (int i = 0; i < keys.size(); i++) {
      add(options.members().get(i), keys.get(i));
    }
    for (int i = 0; i < keys.size(); i++) {
      if (options.members().get(i).vices().contains(Vice.TWIN)) {
        add(options.members().get(i), keys.get(i));
      }
    }
    for (int i = 0; i < options.followers(); i++) {
      world.add(new VirtualNode(world, world.nodes().size(), Optional.empty()));
    }
    growth = new Growth(world, candidates(options, keys));
  }

  private void add(Member member, VirtualNode.Keyed key) {
    int index = world.nodes().size();
    world.add(
        member.isHonest()
            ? new VirtualNode(world, index, Optional.of(key))
            : new ByzantineNode(world, index, key, member.vices()));
  }

  /// Accounts in an order that is not that of their numbers.
  private static Address account(int index) {
    Hash hash = Keccak256.hash(Bytes.of((byte) (index >> 8), (byte) index));
    return new Address(hash.toBytes().slice(0, Address.BYTES));
  }

  /// The first candidates: a run's first members, with these keys.
  static EpochSnapshot snapshot(Options options, List<VirtualNode.Keyed> keys) {
    List<Candidate> candidates = candidates(options, keys);
    candidates.sort(Comparator.comparing(Candidate::account));
    return new EpochSnapshot(candidates, options.parameters(), 0);
  }

  private static List<Candidate> candidates(Options options, List<VirtualNode.Keyed> keys) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Member member = options.members().get(i);
      ValidatorKey key = keys.get(i).key();
      candidates.add(
          new Candidate(
              keys.get(i).account(),
              key.publicKey(),
              member.validatorClass(),
              new VotingPower(member.stake()),
              Candidate.Standing.ACTIVE,
              0,
              OptionalLong.empty()));
    }
    return candidates;
  }

  /// The tip of a network without a block.
  static Archive.Tip genesis(Execution execution, EpochSnapshot snapshot) {
    Hash hash = execution.genesisHash();
    return new Archive.Tip(
        Optional.empty(),
        hash,
        execution.genesis(),
        DerivedState.genesis(
            new ConsensusGenesis(hash, VirtualClock.BEGIN.toEpochMilli(), snapshot)));
  }

  /// Runs it.
  static Outcome run(Options options) {
    Simulation simulation = new Simulation(options);
    Optional<Violation> violation = Optional.empty();
    try {
      simulation.play();
    } catch (Violation found) {
      violation = Optional.of(found);
    }
    return simulation.outcome(violation);
  }

  private Outcome outcome(Optional<Violation> violation) {
    List<String> lines = new ArrayList<>(world.trace().lines());
    world.nodes().forEach(node -> lines.add(node.standing()));
    boolean struck = world.truth().farthest() > struckHeight;
    if (struck) {
      world.coverage().count(Coverage.STRUCK);
    }
    return new Outcome(
        options,
        violation,
        world.trace().hash(),
        world.steps(),
        world.trace().count(),
        world.truth().farthest(),
        world.timeline().nowMicros() / MICROS,
        convergedMicros / MICROS,
        (THREADS.getCurrentThreadCpuTime() - beganNanos) / MICROS,
        world.coverage(),
        struck,
        world.truth().forkedForGood(),
        world.truth().accused(),
        lines,
        growth.story());
  }

  // ---- The phases.

  private void play() {
    boolean grows = options.profile() == Profile.GROWTH;
    int first = grows ? Growth.first(options) : world.nodes().size();
    for (VirtualNode node : world.nodes().subList(0, first)) {
      world.timeline().after(work.below(20_000L), node::start);
    }
    planWork(grows);
    options.faults().forEach(this::plan);
    while (world.timeline().nowMicros() < options.faultyMicros()
        && world.steps() < options.stepsMax()
        && !ended()) {
      while (!troubles.isEmpty() && troubles.firstKey() <= troubledMicros()) {
        troubles.pollFirstEntry().getValue().forEach(Runnable::run);
      }
      long next = troubles.isEmpty() ? Long.MAX_VALUE : troubles.firstKey();
      boolean _ = world.timeline().step(Math.min(options.faultyMicros(), next));
      lookAtMemory();
    }
    if (options.profile() == Profile.SWARM) {
      heal();
    }
    if (grows && !growth.isOver()) {
      throw new Violation(Invariant.LIVENESS, "the set did not grow: " + growth.story());
    }
  }

  /// The moment by which faults go: that of the timeline, or a later one when the steps that a run
  /// has will be used up before its time. So all of its faults strike.
  private long troubledMicros() {
    long bySteps = options.faultyMicros() * world.steps() / options.stepsMax();
    return Math.max(world.timeline().nowMicros(), bySteps);
  }

  private void lookAtMemory() {
    if (world.steps() >= lookedAt + LOOK_EVERY_STEPS) {
      lookedAt = world.steps();
      lookedAtNode = (lookedAtNode + 1) % world.nodes().size();
      VirtualNode node = world.node(lookedAtNode);
      long held = node.held();
      world.coverage().held(held);
      if (held > world.heldMax()) {
        throw new Violation(
            Invariant.BOUNDED_MEMORY, "node %d holds %d things".formatted(node.index(), held));
      }
    }
  }

  /// Where forks are allowed it goes on until nodes have different final blocks.
  private boolean ended() {
    if (options.profile() == Profile.GROWTH && growth.isOver()) {
      return true;
    }
    return options.profile() == Profile.CONTROL
        ? world.truth().forkedForGood()
        : world.truth().forked();
  }

  /// The faults end for a core; then for everybody.
  private void heal() {
    healed = true;
    world.network().heal();
    List<VirtualNode> honest = world.nodes().stream().filter(VirtualNode::isHonest).toList();
    List<VirtualNode> whole =
        honest.stream().filter(node -> !isLost(node) && !node.isOwing()).toList();
    DerivedState chain = mostAdvanced(honest).archive().head().derived();
    if (!new Core(chain).suffices(whole)) {
      return; // Too much is corrupted for any promise of progress.
    }
    List<VirtualNode> core = Core.drawn(faults, chain, whole);
    for (VirtualNode node : honest) {
      node.clock().correct(faults.between(-50L, 50L));
      node.pause(0);
      if (!core.contains(node)) {
        node.retire();
      }
    }
    // A block that only a retired node has is still decided: the others must find the same.
    core.forEach(VirtualNode::start);
    world.greetAll();
    converge(core);
    for (VirtualNode node : honest) {
      node.unretire();
      node.start();
    }
    world.greetAll();
    converge(honest.stream().filter(node -> !isLost(node)).toList());
  }

  private static boolean isLost(VirtualNode node) {
    return node.isUp() && !node.isWhole();
  }

  static VirtualNode mostAdvanced(List<VirtualNode> nodes) {
    return nodes.stream().max(Comparator.comparingLong(VirtualNode::height)).orElseThrow();
  }

  /// All of a group must come to two blocks above the highest of them.
  private void converge(List<VirtualNode> group) {
    long began = world.timeline().nowMicros();
    long goal = mostAdvanced(group).height() + BLOCKS_AFTER;
    long end = began + boundMicros();
    while (!group.stream().allMatch(node -> node.height() >= goal)) {
      lookAtMemory();
      if (!world.timeline().step(end) || world.truth().forked()) {
        if (world.truth().forked()) {
          return;
        }
        throw new Violation(
            Invariant.LIVENESS,
            "%d ms after the faults ended not all of %d nodes have come to height %d"
                .formatted(boundMicros() / MICROS, group.size(), goal));
      }
    }
    convergedMicros = Math.max(convergedMicros, world.timeline().nowMicros() - began);
  }

  /// How long two decisions and all catching up may take: a round of the greatest timer for every
  /// Byzantine validator that may propose and for the fallback rounds between, four for finding
  /// together, the cooldown and the intervals; twice, for two blocks.
  private long boundMicros() {
    long liars = options.members().stream().filter(member -> !member.isHonest()).count();
    long timer = options.parameters().roundTimerMillisMax();
    long rounds = 2 * (liars + 2) + 4;
    long cooldown = 5_000;
    return 2
        * MICROS
        * (rounds * timer * 2
            + cooldown
            + 2L * options.parameters().emptyBlockIntervalMillis()
            + 6_000);
  }

  // ---- What users do.

  private void planWork(boolean grows) {
    if (options.workload().betweenMicros() > 0) {
      world.timeline().after(work.below(2 * options.workload().betweenMicros()), this::userSends);
    }
    if (world.censorship().isOn()) {
      Seed whim = world.stream();
      world.timeline().after(work.below(100_000L), () -> world.censorship().sends(whim));
    }
    // Where the set grows who comes says so by itself.
    world.timeline().after(100_000, grows ? growth::begin : this::candidatesAreReady);
    world.timeline().after(EVIDENCE_MICROS, this::evidenceComesLate);
  }

  private void userSends() {
    // A purse that is censored is its sender's alone.
    int from = Math.max(world.censorship().isOn() ? 1 : 0, work.below(Execution.PURSES));
    // Now and then a user is mistaken about his nonce.
    int nonce = work.chance(1, 20) ? nonces[from] + 1 : nonces[from]++;
    int amount = 1 + work.below(options.workload().amountMax());
    Bytes entry = world.execution().transfer(from, work.below(Execution.PURSES), amount, nonce);
    world.node(work.below(world.nodes().size())).enter(entry);
    planAgain();
  }

  private void planAgain() {
    if (!healed) {
      world.timeline().after(work.below(2 * options.workload().betweenMicros()), this::userSends);
    }
  }

  /// Somebody brings evidence of the epoch before.
  private void evidenceComesLate() {
    DerivedState derived = mostAdvanced(world.nodes()).archive().head().derived();
    world
        .truth()
        .evidence(derived.currentPlan().epoch() - 1)
        .flatMap(late -> world.execution().conviction(late, derived))
        .ifPresent(entry -> world.node(work.below(world.nodes().size())).enter(entry));
    world.timeline().after(EVIDENCE_MICROS, this::evidenceComesLate);
  }

  private void candidatesAreReady() {
    VirtualNode node = mostAdvanced(world.nodes());
    Archive.Tip head = node.archive().head();
    long epoch = head.derived().currentPlan().epoch();
    for (VirtualNode each : world.nodes()) {
      if (each.isKeyed() && each.isUp()) {
        each.enter(world.execution().ready(head.state(), each.account(), epoch));
      }
    }
    world.timeline().after(3_000_000, this::candidatesAreReady);
  }

  // ---- What goes wrong.

  private void plan(Fault fault) {
    switch (fault) {
      case Fault.OldDisk old ->
          at(
              old.atMicros() - old.ageMicros(),
              () -> {
                VirtualNode node = world.node(old.node());
                oldChains.put(old.node(), new OldChain(node.height(), node.disks().log().image()));
              });
      case Fault.RecordLost lost ->
          at(
              lost.atMicros() / 2,
              () -> oldRecords.put(lost.node(), world.node(lost.node()).disks().slots().image()));
      default -> {}
    }
    at(fault.atMicros(), () -> strike(fault));
  }

  private void at(long micros, Runnable trouble) {
    troubles.computeIfAbsent(micros, _ -> new ArrayList<>()).add(trouble);
  }

  private void strike(Fault fault) {
    world.note(Math.max(0, Faults.nodeOf(fault)), "suffers", fault, fault.atMicros());
    if (strikes(fault)) {
      struckHeight = Math.min(struckHeight, world.truth().farthest());
    }
  }

  /// Lets it happen.
  ///
  /// @return whether it found anything to strike
  private boolean strikes(Fault fault) {
    boolean up = Faults.nodeOf(fault) < 0 || world.node(Faults.nodeOf(fault)).isUp();
    return switch (fault) {
      case Fault.Crash crash -> {
        world.node(crash.node()).crashSoon(crash.moment(), crash.boundaries(), crash.downMicros());
        yield up;
      }
      case Fault.PowerCut cut -> {
        world.coverage().count(Coverage.POWER_CUT);
        for (VirtualNode node : world.nodes()) {
          if (node.isUp()) {
            node.crash(cut.downMicros() + faults.below(50_000L));
          }
        }
        yield true;
      }
      case Fault.RecordLost lost -> loseRecord(lost);
      case Fault.OldDisk old -> putOldDisk(old);
      case Fault.SyncFails fails -> {
        if (up) {
          world.node(fails.node()).disks().failNext(fails.where());
        }
        yield up;
      }
      case Fault.Pause pause -> {
        world.node(pause.node()).pause(pause.forMicros());
        yield up;
      }
      case Fault.ClockJump jump -> {
        world.coverage().count(Coverage.CLOCK_JUMPED);
        world.node(jump.node()).clock().jump(jump.millis());
        yield up;
      }
      case Fault.Split split -> {
        world.network().split(split);
        world.timeline().after(split.forMicros(), () -> world.network().join(split));
        yield true;
      }
    };
  }

  /// Records are lost only as far as the others can go on without that key for three heights.
  private boolean loseRecord(Fault.RecordLost lost) {
    VirtualNode node = world.node(lost.node());
    List<VirtualNode> others =
        world.nodes().stream()
            .filter(other -> !other.equals(node) && other.isHonest() && !other.isOwing())
            .toList();
    boolean bearable =
        node.isUp()
            && node.isKeyed()
            && node.isHonest()
            && !others.isEmpty()
            && mostAdvanced(others).height() > 0
            && new Core(mostAdvanced(others).archive().head().derived()).suffices(others);
    if (bearable) {
      node.crash(lost.downMicros());
      node.owe();
      byte[][] old = oldRecords.getOrDefault(lost.node(), node.disks().slots().image());
      node.disks().loseRecord(lost.manner(), old);
    }
    return bearable;
  }

  /// An older chain is put in only if another node keeps the blocks.
  private boolean putOldDisk(Fault.OldDisk old) {
    VirtualNode node = world.node(old.node());
    OldChain image = oldChains.get(old.node());
    boolean kept =
        world.nodes().stream()
            .anyMatch(
                other -> !other.equals(node) && other.isHonest() && other.height() > node.height());
    if (image == null || !kept || !node.isUp() || node.height() < image.height()) {
      return false;
    }
    node.crash(old.downMicros());
    world.coverage().count(Coverage.OLD_DISK);
    node.archive().rewind(image.height());
    node.disks().log().restore(image.log());
    node.rewound();
    return true;
  }
}
