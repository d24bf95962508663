// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Reports of offences of many, and in the largest sets, as transactions of the greatest gas that
/// there is. Protocol §16.7.
class ConvictionsTest {
  private static final long DAY = 86_400_000;
  private static final int AUTHORITIES = 4;
  private static final int STAKERS = ValidatorSet.VALIDATORS_MAX - AUTHORITIES;
  private static final int REPORTER = ValidatorSet.VALIDATORS_MAX;

  /// Gas with which the contract convicts one more (contracts/src/main/solidity/Slashing.sol), less
  /// what the reporter's pay takes: a transfer to an account that was not there.
  private static final long CONVICTION_GAS_MAX = 500_000 - 50_000;

  private static final long SLASH_CONVICTED = 35;

  @Test // Protocol §14.6, §16.7 rule 3
  void twoVotesOfOneOfAThousandFitIntoATransaction() {
    EconomyWorld world = world(AUTHORITIES, STAKERS);
    Evidence evidence =
        new Evidence.Equivocation(
            EconomyWorld.vote(700, world.height, 1), EconomyWorld.vote(700, world.height, 2));
    EconomyWorld.Outcome outcome = report(world, evidence);
    System.out.println("report of two votes, set of 1,000: " + outcome.gasUsed() + " gas");
    Governance.succeed(outcome);
    assertEquals(List.of(account(700)), world.economy.convicted(outcome.logs()));
  }

  @Test // Protocol §8.1 rule 2, §16.7 rule 3
  void aForkOfAThousandIsReportedUntilEachWhoSignedBothIsConvicted() {
    EconomyWorld world = world(AUTHORITIES, STAKERS);
    List<Validator> members = world.setOf(world.epoch()).validators();
    int quorum = 667;
    Evidence fork =
        fork(world, members.subList(0, quorum), members.subList(members.size() - quorum, 1_000));
    TreeSet<Address> guilty = new TreeSet<>();
    for (Validator each : members.subList(members.size() - quorum, quorum)) {
      guilty.add(each.account());
    }
    TreeSet<Address> convicted = new TreeSet<>();
    int reports = 0;
    Amount before = world.balance(account(REPORTER));
    EconomyWorld.Outcome outcome = report(world, fork);
    while (outcome.succeeded()) {
      reports++;
      List<Address> now = world.economy.convicted(outcome.logs());
      assertTrue(convicted.addAll(now), "nobody new in report " + reports);
      Amount after = world.balance(account(REPORTER));
      assertEquals(before.plus(reward(outcome)), after, "report " + reports);
      before = after;
      outcome = report(world, fork);
    }
    System.out.println(
        "a fork of 1,000, of whom %d signed both: %d reports".formatted(guilty.size(), reports));
    assertEquals(CallData.selector("NobodyConvicted()"), outcome.error());
    assertEquals(guilty, convicted);
    assertTrue(reports > 1, "so many fit into no transaction");
  }

  @Test // Protocol §16.7 rule 3: the dearest, with two roles while a ballot is open.
  void twoAreConvictedByOneReportAndTheSecondByLessGasThanIsKeptForIt() {
    EconomyWorld world = new EconomyWorld(4, 5, 4);
    for (int i = 0; i < 4; i++) {
      Governance.succeed(world.register(i, Amount.aitbc(30_000), Address.ZERO));
    }
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    Governance.succeed(
        world.send(
            EconomyContract.GOVERNOR.address(),
            EconomyContract.STAKE_MANAGER,
            Amount.ZERO,
            CallData.of("openBallot(uint48)").number(1_000_000_000)));
    List<Validator> both =
        world.setOf(world.epoch()).validators().stream()
            .filter(each -> each.validatorClass() == ValidatorClass.BOTH)
            .limit(2)
            .toList();
    assertEquals(2, both.size());
    int unreported = world.state.snapshot();
    EconomyWorld.Outcome one = report(world, fork(world, both.subList(0, 1), both));
    Governance.succeed(one);
    world.state.revertTo(unreported);
    EconomyWorld.Outcome two = report(world, fork(world, both, both));
    Governance.succeed(two);
    assertEquals(
        both.stream().map(Validator::account).toList(), world.economy.convicted(two.logs()));
    long gas = two.gasUsed() - one.gasUsed();
    System.out.println("another who is convicted with two roles, open ballot: " + gas + " gas");
    assertTrue(gas < CONVICTION_GAS_MAX, gas + " gas");
  }

  @Test // Protocol §16.7 rule 4
  void whatIsMissingIsReckonedFromWhatWasTakenAtOnce() {
    Amount left = leftWhenFinishedWith(100_000);
    assertEquals(left, leftWhenFinishedWith(200_000));
    assertEquals(left, leftWhenFinishedWith(50_000));
  }

  /// What stays in the pool of who was convicted at a tenth when its penalty comes to its full size
  /// while the parameter is another.
  private static Amount leftWhenFinishedWith(long millionths) {
    EconomyWorld world = world(4, 9);
    Governance.succeed(world.convict(13, 4, world.height));
    Governance.succeed(
        world.send(
            EconomyContract.TIMELOCK.address(),
            EconomyContract.PARAMS,
            Amount.ZERO,
            CallData.of("set(uint256[],uint256[])")
                .numbers(List.of(UInt256.of(SLASH_CONVICTED)))
                .numbers(List.of(UInt256.of(millionths)))));
    world.passTime(21 * DAY);
    Governance.succeed(
        world.send(
            account(13),
            EconomyContract.SLASHING,
            Amount.ZERO,
            CallData.of("finish(address)").address(account(4))));
    return world.tokens(EconomyContract.STAKE_MANAGER, 4);
  }

  /// In its second epoch, whose set the contracts know.
  private static EconomyWorld world(int authorities, int stakers) {
    EconomyWorld world = new EconomyWorld(authorities, stakers, 2);
    world.endEpoch(List.of());
    return world;
  }

  /// Two certificates of one round of this height for two blocks.
  private static Evidence fork(EconomyWorld world, List<Validator> ones, List<Validator> others) {
    return new Evidence.Equivocation(certificate(world, 1, ones), certificate(world, 2, others));
  }

  private static CommitCertificate certificate(
      EconomyWorld world, int block, List<Validator> signers) {
    TreeMap<Address, BlsSecretKey> keys = new TreeMap<>();
    for (int i = 0; i < world.authorities + world.stakers; i++) {
      var _ = keys.put(account(i), EconomyWorld.key(i));
    }
    var ballot =
        new Ballot.Commit(
            new Height(world.height),
            new Round(0),
            Mode.SECURE,
            Hash.ZERO,
            Keccak256.hash(Contracts.word(block)));
    List<BlsSignature> signatures = new ArrayList<>();
    List<Address> accounts = new ArrayList<>();
    for (Validator each : signers) {
      BlsSecretKey key = Optional.ofNullable(keys.get(each.account())).orElseThrow();
      signatures.add(key.sign(ballot.message(EconomyWorld.NETWORK)));
      accounts.add(each.account());
    }
    return new CommitCertificate(
        ballot,
        new AggregateSignature(
            world.setOf(world.epoch()).signers(accounts),
            EconomyWorld.SCHEME.aggregate(signatures).orElseThrow()));
  }

  private static EconomyWorld.Outcome report(EconomyWorld world, Evidence evidence) {
    ValidatorCall call = ValidatorCall.report(evidence, world.setOf(world.epoch()));
    assertTrue(call.input().length() < TransactionRules.TRANSACTION_BYTES_MAX);
    var request =
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(7),
            0,
            Amount.ZERO,
            Amount.ZERO,
            TransactionRules.TRANSACTION_GAS_MAX,
            Optional.of(call.contract()),
            Amount.ZERO,
            call.input(),
            List.of());
    TransactionOutcome.Executed executed =
        (TransactionOutcome.Executed)
            world.machine.simulate(request, account(REPORTER), world.block, world.state);
    return new EconomyWorld.Outcome(executed.result(), executed.logs(), executed.gasUsed());
  }

  /// A twentieth of what pools lost at once.
  private static Amount reward(EconomyWorld.Outcome outcome) {
    Amount lost = Amount.ZERO;
    for (var log : EconomyWorld.logged(outcome.logs(), "Slashed(address,uint256,uint64,uint256)")) {
      lost = lost.plus(new Amount(EconomyWorld.dataWord(log, 2)));
    }
    return new Amount(lost.wei().dividedBy(UInt256.of(20)));
  }
}
