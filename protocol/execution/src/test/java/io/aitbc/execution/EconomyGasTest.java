// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.evm.HaltReason;
import io.aitbc.evm.Step;
import io.aitbc.evm.Tracer;
import io.aitbc.execution.Governance.Action;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Fork;
import io.aitbc.model.Height;
import io.aitbc.model.Log;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Round;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What the calls at the end of an epoch cost with the largest sets. Protocol §16.10.
class EconomyGasTest {
  /// Least margin below the gas that a call is given.
  private static final long GAS_MAX = 30_000_000;

  /// What no call of people needs: one in sixteen of what a transaction may have.
  private static final long PEOPLE_GAS_MAX = 1_000_000;

  @Test // Protocol §16.10
  void theLargestSetIsSettledBelowItsGas() {
    measure(21, 2_000, 1_000);
  }

  @Test // Protocol §16.10
  void aSetOfAHundredIsSettledBelowItsGas() {
    measure(21, 79, 100);
  }

  @Test // Protocol §16.10
  void whatPeopleCallCostsLittleWithAndWithoutAnOpenBallot() {
    EconomyWorld world = new EconomyWorld(4, 5, 6);
    Governance governance = new Governance(world);
    Map<String, EconomyWorld.Outcome> calls = new LinkedHashMap<>();
    calls.put("register", world.register(9, Amount.aitbc(1_000), Address.ZERO));
    calls.put("delegate", world.delegate(10, 4, Amount.aitbc(1_000)));
    calls.put("delegate again", world.delegate(10, 4, Amount.aitbc(1_000)));
    calls.put("undelegate", world.undelegate(10, 4, Amount.aitbc(100).wei()));
    calls.put("redelegate", world.redelegate(10, 4, 5, Amount.aitbc(100).wei()));
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    Action action = Action.set(42, UInt256.ONE);
    calls.put("propose", governance.propose(11, List.of(action)));
    calls.put("delegate, open ballot", world.delegate(10, 4, Amount.aitbc(1_000)));
    calls.put("undelegate, open ballot", world.undelegate(10, 4, Amount.aitbc(100).wei()));
    calls.put("vote", governance.vote(4, 1, Governance.Support.FOR, 4));
    world.passTime(Governance.DAY * 7);
    calls.put("queue", governance.step(11, "queue", 1));
    world.passTime(Governance.DAY * 2);
    calls.put("execute", governance.execute(11, 1, action));
    calls.put("settleDeposit", governance.step(11, "settleDeposit", 1));
    calls.put(
        "claim",
        world.send(
            EconomyWorld.account(10),
            EconomyContract.REWARDS,
            Amount.ZERO,
            CallData.of("claim(address)").address(EconomyWorld.account(4))));
    world.passTime(Governance.DAY * 21);
    calls.put("withdraw", world.lotCall(10, "withdraw", 1));
    calls.put("report of an equivocation", world.convict(12, 4, world.height));
    calls.put("touch", world.touch(12, 3));
    calls.forEach((name, outcome) -> {
      System.out.println(name + ": " + outcome.gasUsed() + " gas");
      assertTrue(outcome.succeeded(), name + outcome.result());
      assertTrue(outcome.gasUsed() < PEOPLE_GAS_MAX, name + outcome.gasUsed());
    });
  }

  private static void measure(int authorities, int stakers, int members) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < authorities + stakers; i++) {
      boolean authority = i < authorities;
      byte[] key = Keccak256.hash(Contracts.word(i)).toArray();
      byte[] padded = new byte[BlsPublicKey.BYTES];
      System.arraycopy(key, 0, padded, 0, key.length);
      padded[40] = 1;
      candidates.add(
          new Candidate(
              EconomyWorld.account(i),
              new BlsPublicKey(Bytes.wrap(padded)),
              authority ? ValidatorClass.AUTHORITY : ValidatorClass.STAKER,
              authority ? VotingPower.ZERO : VotingPower.of(Amount.aitbc(10_000 + i)),
              Candidate.Standing.ACTIVE,
              0,
              OptionalLong.empty()));
    }
    candidates.sort((a, b) -> a.account().compareTo(b.account()));
    EpochSnapshot snapshot = new EpochSnapshot(candidates, ConsensusParameters.DEFAULT, 0);
    Overlay genesis = new Overlay(new MemoryState());
    EconomyWorld.place(
        new GenesisEconomy(
                EconomyWorld.EXECUTION,
                snapshot,
                new EnumMap<>(EconomyParameter.class),
                EconomyWorld.SUPPLY)
            .accounts(),
        genesis);
    List<ValidatorReport> reports = new ArrayList<>();
    List<Candidate> drawn = new ArrayList<>(candidates);
    drawn.sort((a, b) -> a.validatorClass().compareTo(b.validatorClass()));
    for (Candidate each : drawn.subList(0, members)) {
      reports.add(
          new ValidatorReport(
              each.account(), each.validatorClass(), each.stake(), 100, 99, 50, 1, 800));
    }
    EpochReport report =
        new EpochReport(0, reports, List.of(), Hash.ZERO, ConsensusParameters.DEFAULT);
    Meter meter = new Meter();
    Evm machine =
        new Machines(Hash.ZERO, Secp256k1.chosen(), new BlsScheme()).another().watchedBy(meter);
    ConsensusExtension extension =
        new ConsensusExtension(
            ModeSetting.settled(Mode.BALANCED),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            EconomyWorld.account(0),
            new Round(0),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            1_000_000);
    var context =
        new BlockContext(
            new Height(100),
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Optional.empty(),
            extension,
            Optional.of(report));
    BlockEnvironment block =
        new BlockEnvironment(
            Fork.OSAKA,
            UInt256.of(7),
            EconomyWorld.account(0),
            100,
            1_000,
            2_000_000_000,
            Hash.ZERO,
            Amount.ZERO,
            Amount.ZERO,
            _ -> Hash.ZERO);
    for (int round = 0; round < 3; round++) {
      Overlay state = new Overlay(genesis);
      SystemCalls calls = new SystemCalls(machine, block, state);
      Economy economy = new Economy(EconomyWorld.EXECUTION);
      economy.startBlock(context, Amount.ZERO, calls);
      meter.clear();
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      EpochSnapshot after = economy.settle(report, context, calls);
      System.out.printf(
          "%d members, %d candidates: %d ms of processor time; gas %s%n",
          members,
          candidates.size(),
          (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1_000_000,
          meter.used);
      assertEquals(candidates.size(), after.candidates().size());
      assertTrue(meter.used.stream().allMatch(each -> each < GAS_MAX), "gas: " + meter.used);
    }
  }

  /// Gas of the outermost calls.
  private static final class Meter implements Tracer {
    final List<Long> used = new ArrayList<>();
    private int depth;

    void clear() {
      used.clear();
    }

    @Override
    public boolean wantsInstructions() {
      return false;
    }

    @Override
    public void enter(Entered entered) {
      depth++;
    }

    @Override
    public void exit(CallResult result, long gasUsed) {
      depth--;
      if (depth == 0) {
        used.add(gasUsed);
      }
    }

    @Override
    public void log(Log log) {}

    @Override
    public void before(Step step) {}

    @Override
    public void after(long gasCost) {}

    @Override
    public void halted(HaltReason reason) {}
  }
}
