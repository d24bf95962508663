// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

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
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Fork;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Role;
import io.aitbc.model.Round;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The economy's contracts with as many candidates as a test asks for, and the calls at an epoch's
/// end for sets that it chooses, with what they cost.
final class LargestEconomy {
  /// Gas of a call of people.
  private static final long GAS = 15_000_000;

  /// Slots of the WorkLedger: what is counted of each worker, who they are, the epoch and how many.
  private static final byte WORK_COUNTED = 4;

  private static final long WORK_LIST = 5;
  private static final long WORK_LISTED = 6;

  /// What the calls at the end of an epoch did.
  ///
  /// @param after what the chain then knows
  /// @param gas of each call, in their order
  /// @param cpuMillis of this thread, milliseconds
  /// @param calls how many, of any depth
  record Ended(EpochSnapshot after, List<Long> gas, long cpuMillis, long calls) {}

  private final CallWatch watch = new CallWatch();
  private final Evm machine =
      new Machines(EconomyWorld.NETWORK, Secp256k1.chosen(), new BlsScheme()).another();
  private final Economy economy = new Economy(EconomyWorld.EXECUTION);
  private final Overlay state = new Overlay(new MemoryState());
  private final List<Candidate> authorities = new ArrayList<>();
  private final List<Candidate> stakers = new ArrayList<>();
  private BlockEnvironment block = block(1);
  private long epoch;

  LargestEconomy(int authorities, int stakers) {
    List<Candidate> all = new ArrayList<>();
    for (int i = 0; i < authorities + stakers; i++) {
      Candidate candidate = candidate(i, i < authorities);
      (i < authorities ? this.authorities : this.stakers).add(candidate);
      all.add(candidate);
    }
    all.sort((a, b) -> a.account().compareTo(b.account()));
    EpochSnapshot snapshot = new EpochSnapshot(all, ConsensusParameters.DEFAULT, 0);
    EconomyWorld.place(
        new GenesisEconomy(
                EconomyWorld.EXECUTION,
                snapshot,
                new EnumMap<>(EconomyParameter.class),
                EconomyWorld.SUPPLY)
            .accounts(),
        state);
    economy.startBlock(context(1, Optional.empty()), Amount.ZERO, calls());
  }

  private static Candidate candidate(int index, boolean authority) {
    byte[] key = Keccak256.hash(Contracts.word(index)).toArray();
    byte[] padded = new byte[BlsPublicKey.BYTES];
    System.arraycopy(key, 0, padded, 0, key.length);
    padded[40] = 1;
    return new Candidate(
        EconomyWorld.account(index),
        new BlsPublicKey(Bytes.wrap(padded)),
        authority ? ValidatorClass.AUTHORITY : ValidatorClass.STAKER,
        authority ? VotingPower.ZERO : VotingPower.of(Amount.aitbc(10_000 + index)),
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }

  /// All authorities.
  List<Candidate> authorities() {
    return authorities;
  }

  /// Stakers by index, from `from` on.
  List<Candidate> stakers(int from, int count) {
    return stakers.subList(from, from + count);
  }

  /// As many delegators, spread over all stakers, an AITBC each.
  void delegate(int delegators) {
    for (int i = 0; i < delegators; i++) {
      Address owner = EconomyWorld.account(1_000_000 + i);
      state.setBalance(owner, Amount.aitbc(1));
      Address pool = stakers.get(i % stakers.size()).account();
      call(
          owner,
          EconomyContract.STAKE_MANAGER,
          Amount.aitbc(1),
          CallData.of("delegate(address)").address(pool));
    }
  }

  /// Opens a ballot that stays open: what changes from now on is noted for it.
  void openBallot() {
    call(
        EconomyContract.GOVERNOR.address(),
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        CallData.of("openBallot(uint48)").number(1_000_000_000));
  }

  /// Writes into the WorkLedger that each of them settled work in this epoch: of as many jobs the
  /// settlements would take minutes.
  void settleWork(List<Candidate> workers) {
    Address ledger = EconomyContract.WORK_LEDGER.address();
    for (int i = 0; i < workers.size(); i++) {
      UInt256 account = UInt256.of(workers.get(i).account().bytes().toArray(), 0, Address.BYTES);
      state.setStorage(ledger, mapped(account), counted(Amount.aitbc(1_000 + i)));
      state.setStorage(ledger, UInt256.of(hash(WORK_LIST)).plus(UInt256.of(i)), account);
    }
    state.setStorage(ledger, UInt256.of(WORK_LIST), UInt256.of(workers.size()));
    byte[] listed = new byte[16];
    ByteBuffer _ = ByteBuffer.wrap(listed).putLong(workers.size()).putLong(epoch);
    state.setStorage(ledger, UInt256.of(WORK_LISTED), UInt256.of(listed, 0, listed.length));
  }

  /// Epoch, and above it the fees.
  private UInt256 counted(Amount fees) {
    byte[] word = new byte[UInt256.BYTES];
    byte[] wei = fees.wei().toArray();
    System.arraycopy(wei, 16, word, 8, 16);
    ByteBuffer _ = ByteBuffer.wrap(word).putLong(24, epoch);
    return UInt256.of(word, 0, word.length);
  }

  private static UInt256 mapped(UInt256 account) {
    byte[] preimage = new byte[2 * UInt256.BYTES];
    System.arraycopy(account.toArray(), 0, preimage, 0, UInt256.BYTES);
    preimage[preimage.length - 1] = WORK_COUNTED;
    return UInt256.of(Keccak256.hash(Bytes.wrap(preimage)));
  }

  private static Hash hash(long slot) {
    return Keccak256.hash(UInt256.of(slot).toHash().toBytes());
  }

  /// Has somebody call a contract, which must succeed.
  void call(Address from, EconomyContract to, Amount value, CallData data) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(7),
            0,
            Amount.ZERO,
            Amount.ZERO,
            GAS,
            Optional.of(to.address()),
            value,
            data.toBytes(),
            List.of());
    TransactionOutcome outcome = machine.simulate(request, from, block, state);
    if (!(outcome instanceof TransactionOutcome.Executed executed)
        || !(executed.result() instanceof CallResult.Success)) {
      throw new AssertionError(to + ": " + outcome);
    }
  }

  /// Ends the next epoch, whose set were these.
  Ended end(List<Candidate> set, List<Address> absent) {
    List<ValidatorReport> reports = new ArrayList<>();
    for (Candidate each : set) {
      long credited = absent.contains(each.account()) ? 0 : 99;
      reports.add(
          new ValidatorReport(
              each.account(),
              each.validatorClass(),
              Role.PROPOSER,
              each.stake(),
              100,
              credited,
              50,
              50 * each.stake().units(),
              1,
              800));
    }
    EpochReport report =
        new EpochReport(
            epoch,
            reports,
            new Absences(set.size(), absent.size(), absent),
            setHash(epoch + 1),
            ConsensusParameters.DEFAULT,
            0);
    long height = 100 * (epoch + 1);
    block = block(height);
    BlockContext context = context(height, Optional.of(report));
    SystemCalls calls = calls();
    economy.startBlock(context, Amount.ZERO, calls);
    watch.clear();
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    EpochSnapshot after = economy.settle(report, context, calls);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    if (!calls.failed().isEmpty()) {
      throw new AssertionError("failed: " + calls.failed() + ", gas " + watch.gas());
    }
    epoch++;
    return new Ended(after, watch.gas(), nanos / 1_000_000, watch.calls());
  }

  private SystemCalls calls() {
    return new SystemCalls(machine.watchedBy(watch), block, state);
  }

  private static BlockEnvironment block(long height) {
    return new BlockEnvironment(
        Fork.OSAKA,
        UInt256.of(7),
        EconomyWorld.account(0),
        height,
        1_000 + height,
        2_000_000_000,
        Hash.ZERO,
        Amount.ZERO,
        Amount.ZERO,
        _ -> Hash.ZERO);
  }

  private static Hash setHash(long epoch) {
    return Keccak256.hash(Contracts.word(epoch));
  }

  private BlockContext context(long height, Optional<EpochReport> report) {
    ConsensusExtension extension =
        new ConsensusExtension(
            ModeSetting.settled(Mode.SECURE),
            Fallback.ON,
            Oversight.REQUIRED,
            epoch,
            EconomyWorld.account(0),
            new Round(0),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            setHash(epoch),
            Hash.ZERO,
            Hash.ZERO,
            (1_000 + height) * 1_000);
    return new BlockContext(
        new Height(height), Hash.ZERO, Hash.ZERO, Hash.ZERO, Optional.empty(), extension, report);
  }
}
