// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Fallback;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposerStrategy;
import io.aitbc.model.Receipt;
import io.aitbc.model.RotationStrategy;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Fifty epochs of a network whose validators play every round: who joins votes, who is jailed is
/// out and comes back, who votes twice is caught, and what governance decides is what blocks carry.
class EconomyNetworkTest { // Protocol §2, §3, §6.2, §8, §14.8, §16
  private static final int AUTHORITIES = 4;
  private static final int STAKERS = 5;
  private static final int EPOCHS = 50;
  private static final long EPOCH = 100;

  // Who plays which part.
  private static final int RESIGNING_AUTHORITY = 1;
  private static final int ABSENT_AUTHORITY = 3;
  private static final int GUILTY = 5;
  private static final int RESIGNING = 6;
  private static final int ABSENT = 8;
  private static final int NEWCOMER = 9;
  private static final int NEW_AUTHORITY = 10;
  private static final int DELEGATOR = EconomyNetwork.PEOPLE;
  private static final int PROPOSER = EconomyNetwork.PEOPLE + 2;

  private static final Amount STAKE = Amount.aitbc(30_000);

  /// Milliseconds of a block, so that a window of availability lasts 6 hours.
  private static final int BLOCK_MILLIS = 22_000;

  // Numbers of parameters (Protocol §19.3).
  private static final long POLICY = 0;
  private static final long START_MODE = 1;
  private static final long BASE_REWARD = 42;

  private static final int PASSED = 3;

  private final EconomyNetwork network = new EconomyNetwork(members(), 2, parameters());
  private long proposals;

  @Test // Protocol §16
  void fiftyEpochsOfANetworkThatVotes() throws IOException {
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    aStakerJoinsWithADelegator();
    anAuthorityGoesAway();
    stakeMovesAndCannotLeaveEarly();
    aStakerResigns();
    aStakerVotesTwiceAndIsCaught();
    theAbsentAuthorityIsJailedAndComesBack();
    theModePolicyAndTheBaseRewardChange();
    aContractIsUpgraded();
    anAuthorityIsAdmitted();
    anAbsentStakerIsJailedAndComesBack();
    theModeIsPinnedToSecure();
    rewardsAndFeesArriveAndAnAuthorityLeaves();
    network.until(EPOCHS * EPOCH);
    assertEquals(EPOCHS * EPOCH, network.height());
    assertEquals(EPOCHS * EPOCH, network.books().blocks());
    assertTrue(network.books().compared() >= EPOCHS * 3 / 4, "" + network.books().compared());
    assertTrue(network.books().minted().compareTo(aitbc(100_000)) > 0);
    assertTrue(network.books().burned().compareTo(aitbc(3_000)) > 0);
    assertTrue(network.books().feesBurned().signum() > 0);
    assertEquals(EconomyBooks.PARTS, network.books().seen().size(), "" + network.books().seen());
    assertTrue(network.waiting() <= 2, "transfers that nobody included");
    for (Mode mode : Mode.values()) {
      assertTrue(network.modes().getOrDefault(mode, 0) > 500, network.modes().toString());
    }
    assertTrue(network.laterRounds() > 0, "no round was ever lost");
    System.out.printf(
        "%d blocks, %d steps, %d ms of processor time; %s, %d after their first round;"
            + " rewards of %d epochs by the formula%n",
        network.height(),
        network.steps(),
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began) / 1_000_000,
        network.modes(),
        network.laterRounds(),
        network.books().compared());
  }

  // ---- The story.

  private void aStakerJoinsWithADelegator() {
    epoch(1, 10);
    succeed(
        NEWCOMER,
        EconomyContract.STAKE_MANAGER,
        STAKE,
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(network.key(NEWCOMER).bytes())
            .bytes(network.possession(NEWCOMER))
            .number(500)
            .number(2_000)
            .address(Address.ZERO));
    network.books().holds(account(NEWCOMER), account(DELEGATOR));
    succeed(
        DELEGATOR,
        EconomyContract.STAKE_MANAGER,
        Amount.aitbc(2_000),
        CallData.of("delegate(address)").address(account(NEWCOMER)));
  }

  private void anAuthorityGoesAway() {
    epoch(2, 10);
    assertEquals(
        VotingPower.of(Amount.aitbc(32_000)), network.candidate(NEWCOMER).orElseThrow().stake());
    assertFalse(network.isMember(NEWCOMER));
    succeed(NEWCOMER, EconomyContract.STAKE_MANAGER, CallData.of("ready()"));
    network.goesAway(ABSENT_AUTHORITY);
  }

  private void stakeMovesAndCannotLeaveEarly() {
    epoch(4, 10);
    assertTrue(network.isMember(NEWCOMER), "drawn after its readiness vote");
    assertTrue(network.lastVote(NEWCOMER) > 4 * EPOCH, "who joined votes");
    network.books().holds(account(4), account(DELEGATOR));
    succeed(
        DELEGATOR,
        EconomyContract.STAKE_MANAGER,
        CallData.of("undelegate(address,uint128)")
            .address(account(NEWCOMER))
            .amount(Amount.aitbc(500)));
    succeed(
        DELEGATOR,
        EconomyContract.STAKE_MANAGER,
        CallData.of("redelegate(address,address,uint128)")
            .address(account(NEWCOMER))
            .address(account(4))
            .amount(Amount.aitbc(500)));
    refused(DELEGATOR, EconomyContract.STAKE_MANAGER, CallData.of("withdraw(uint256)").number(1));
    refused(DELEGATOR, EconomyContract.STAKE_MANAGER, CallData.of("merge(uint256)").number(2));
    succeed(DELEGATOR, EconomyContract.WAITBC, Amount.aitbc(7), CallData.of("deposit()"));
  }

  private void aStakerResigns() {
    epoch(5, 10);
    assertTrue(network.isMember(RESIGNING));
    succeed(RESIGNING, EconomyContract.STAKE_MANAGER, CallData.of("resign()"));
    network.books().earnsNothing(account(RESIGNING));
    epoch(6, 1);
    assertTrue(network.candidate(RESIGNING).isEmpty());
    assertTrue(network.isMember(RESIGNING), "its stake still counts");
    epoch(7, 1);
    assertFalse(network.isMember(RESIGNING));
    assertTrue(network.lastVote(RESIGNING) >= 7 * EPOCH - 1, "it voted to the end");
    assertTrue(network.lastVote(RESIGNING) <= 7 * EPOCH, "and not beyond");
  }

  private void aStakerVotesTwiceAndIsCaught() {
    epoch(8, 10);
    BigInteger pot = network.books().burned();
    BigInteger reporter = network.books().balance(account(EconomyNetwork.REPORTER));
    BigInteger stake = tokens(GUILTY);
    network.turns(GUILTY, List.of(Vice.EQUIVOCATES, Vice.VOTES_TWICE));
    network.books().earnsNothing(account(GUILTY));
    long last = 8 * EPOCH + 90;
    while (network.conviction(GUILTY).isEmpty()) {
      assertTrue(network.height() < last, "who votes twice is caught within an epoch");
      network.until(network.height() + 1);
    }
    BigInteger lost = stake.subtract(tokens(GUILTY));
    assertEquals(stake.divide(BigInteger.TEN), lost, "a tenth at once");
    BigInteger reward =
        network.books().balance(account(EconomyNetwork.REPORTER)).subtract(reporter);
    assertTrue(reward.signum() > 0 && reward.compareTo(lost.divide(BigInteger.valueOf(20))) <= 0);
    epoch(9, 1);
    assertTrue(network.candidate(GUILTY).isEmpty(), "it is no candidate any more");
    assertTrue(
        network
                .books()
                .burned()
                .subtract(pot)
                .compareTo(lost.multiply(BigInteger.TEN).divide(BigInteger.valueOf(11)))
            > 0,
        "what it lost is burned");
    epoch(10, 1);
    assertFalse(network.isMember(GUILTY));
    network.goesAway(GUILTY);
    refused(GUILTY, EconomyContract.STAKE_MANAGER, CallData.of("unjail()"));
  }

  private void theAbsentAuthorityIsJailedAndComesBack() {
    BigInteger bond = bond(ABSENT_AUTHORITY);
    epoch(11, 1);
    assertTrue(network.candidate(ABSENT_AUTHORITY).orElseThrow().isJailed());
    assertEquals(
        bond.subtract(bond.divide(BigInteger.valueOf(100))),
        bond(ABSENT_AUTHORITY),
        "the first time costs a hundredth");
    assertTrue(network.lastVote(ABSENT_AUTHORITY) < 3 * EPOCH);
    CallData unjail = CallData.of("unjail()");
    refused(ABSENT_AUTHORITY, EconomyContract.AUTHORITY_REGISTRY, unjail); // Still in a set.
    epoch(12, 1);
    assertFalse(network.isMember(ABSENT_AUTHORITY));
    network.comesBack(ABSENT_AUTHORITY);
    epoch(12, 50);
    assertTrue(network.heightOf(ABSENT_AUTHORITY) >= network.height() - 2, "it caught up");
    succeed(ABSENT_AUTHORITY, EconomyContract.AUTHORITY_REGISTRY, unjail);
    epoch(13, 10);
    assertFalse(network.candidate(ABSENT_AUTHORITY).orElseThrow().isJailed());
    assertFalse(network.isMember(ABSENT_AUTHORITY));
    authorityIsReady(ABSENT_AUTHORITY);
    epoch(15, 10);
    assertTrue(network.isMember(ABSENT_AUTHORITY), "drawn again after its readiness vote");
    assertTrue(network.lastVote(ABSENT_AUTHORITY) > 15 * EPOCH, "and votes");
  }

  private void theModePolicyAndTheBaseRewardChange() {
    epoch(16, 10);
    assertEquals(Mode.BALANCED, network.derived().mode().to());
    decide(
        EconomyContract.PARAMS,
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(POLICY), UInt256.of(BASE_REWARD)))
            .numbers(List.of(UInt256.of(ModePolicy.OPERATIONAL.code()), Amount.aitbc(50).wei())));
    assertEquals(aitbc(50), network.books().parameter(network.state(), BASE_REWARD));
    assertEquals(ModePolicy.PINNED, network.derived().parameters().policy());
    epoch(18, 1);
    assertEquals(ModePolicy.OPERATIONAL, network.derived().parameters().policy());
    epoch(19, 50);
    assertEquals(Mode.FAST, network.derived().mode().to(), "an idle network with all authorities");
  }

  private void aContractIsUpgraded() throws IOException {
    epoch(20, 10);
    CallData generation = CallData.of("generation()");
    assertTrue(
        network.books().answer(network.state(), EconomyContract.REWARDS, generation).isEmpty());
    Address successor = network.create(PROPOSER, successor());
    CallData earned =
        CallData.of("earned(address,address)").address(account(4)).address(account(4));
    BigInteger before = network.books().number(network.state(), EconomyContract.REWARDS, earned);
    assertTrue(before.signum() > 0);
    decide(
        EconomyContract.REWARDS,
        CallData.of("upgradeToAndCall(address,bytes)")
            .address(successor)
            .bytes(CallData.of("begin(uint256)").number(2).toBytes()));
    assertEquals(
        BigInteger.TWO,
        network.books().number(network.state(), EconomyContract.REWARDS, generation));
    assertEquals(before, network.books().number(network.state(), EconomyContract.REWARDS, earned));
    BigInteger minted = network.books().minted();
    epoch(21, 1);
    assertTrue(network.books().minted().compareTo(minted) > 0, "the successor settles");
  }

  private void anAuthorityIsAdmitted() {
    epoch(21, 5);
    network.goesAway(ABSENT);
    decide(
        EconomyContract.AUTHORITY_REGISTRY,
        CallData.of("admit(address)").address(account(NEW_AUTHORITY)));
    succeed(
        NEW_AUTHORITY,
        EconomyContract.AUTHORITY_REGISTRY,
        Amount.aitbc(10_000),
        CallData.of("join(bytes,bytes,address,address,bytes32)")
            .bytes(network.key(NEW_AUTHORITY).bytes())
            .bytes(network.possession(NEW_AUTHORITY))
            .address(account(NEW_AUTHORITY))
            .address(account(NEW_AUTHORITY))
            .hash(Hash.ZERO));
    epoch(22, 10);
    authorityIsReady(NEW_AUTHORITY);
    epoch(24, 50);
    assertTrue(network.isMember(NEW_AUTHORITY));
    assertEquals(AUTHORITIES + 1, network.derived().set().authorities().size());
    assertTrue(network.lastVote(NEW_AUTHORITY) > 24 * EPOCH, "the new authority votes");
    assertTrue(network.lastProposal(NEW_AUTHORITY) > 24 * EPOCH, "and proposes");
  }

  private void anAbsentStakerIsJailedAndComesBack() {
    BigInteger stake = tokens(ABSENT);
    epoch(31, 1);
    assertTrue(network.candidate(ABSENT).orElseThrow().isJailed());
    assertEquals(stake.subtract(stake.divide(BigInteger.valueOf(100))), tokens(ABSENT));
    epoch(32, 1);
    assertFalse(network.isMember(ABSENT));
    network.comesBack(ABSENT);
    epoch(32, 50);
    succeed(ABSENT, EconomyContract.STAKE_MANAGER, CallData.of("unjail()"));
    epoch(33, 10);
    succeed(ABSENT, EconomyContract.STAKE_MANAGER, CallData.of("ready()"));
    epoch(35, 50);
    assertTrue(network.isMember(ABSENT));
    assertTrue(network.lastVote(ABSENT) > 35 * EPOCH, "it signs anchors again");
  }

  private void theModeIsPinnedToSecure() {
    epoch(36, 10);
    assertEquals(Mode.FAST, network.derived().mode().to());
    decide(
        EconomyContract.PARAMS,
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(POLICY), UInt256.of(START_MODE)))
            .numbers(
                List.of(UInt256.of(ModePolicy.PINNED.code()), UInt256.of(Mode.SECURE.code()))));
    epoch(39, 50);
    assertEquals(Mode.SECURE, network.derived().mode().to());
    assertEquals(Mode.SECURE, network.derived().rules().mode());
    assertTrue(network.lastProposal(NEWCOMER) > 38 * EPOCH, "stakers alone propose");
    assertTrue(network.lastProposal(ABSENT) > 36 * EPOCH, "the one who came back too");
  }

  private void rewardsAndFeesArriveAndAnAuthorityLeaves() {
    epoch(40, 10);
    BigInteger before = network.books().balance(account(DELEGATOR));
    succeed(
        DELEGATOR,
        EconomyContract.REWARDS,
        CallData.of("claim(address)").address(account(NEWCOMER)));
    assertTrue(network.books().balance(account(DELEGATOR)).compareTo(before) > 0);
    BigInteger fees = network.books().balance(EconomyContract.FEE_SPLITTER.address());
    assertTrue(fees.signum() > 0);
    succeed(PROPOSER, EconomyContract.FEE_SPLITTER, CallData.of("split()"));
    assertTrue(network.books().balance(EconomyContract.TREASURY.address()).compareTo(fees) >= 0);
    succeed(
        DELEGATOR,
        EconomyContract.WAITBC,
        CallData.of("withdraw(uint256)").amount(Amount.aitbc(3)));
    succeed(RESIGNING_AUTHORITY, EconomyContract.AUTHORITY_REGISTRY, CallData.of("resign()"));
    network.books().earnsNothing(account(RESIGNING_AUTHORITY));
    epoch(42, 1);
    assertFalse(network.isMember(RESIGNING_AUTHORITY));
    succeed(
        RESIGNING_AUTHORITY,
        EconomyContract.AUTHORITY_REGISTRY,
        CallData.of("unbond(uint256)").amount(Amount.wei(bond(RESIGNING_AUTHORITY))));
    assertEquals(BigInteger.ZERO, bond(RESIGNING_AUTHORITY));
    refused(
        RESIGNING_AUTHORITY,
        EconomyContract.AUTHORITY_REGISTRY,
        CallData.of("withdraw(uint256)").number(1));
    assertEquals(AUTHORITIES, network.derived().set().authorities().size());
  }

  // ---- Its steps.

  private void epoch(int epoch, int block) {
    long height = epoch * EPOCH + block;
    assertTrue(network.height() <= height, "epoch " + epoch + " at " + network.height());
    network.until(height);
  }

  private void authorityIsReady(int authority) {
    succeed(
        authority,
        EconomyContract.AUTHORITY_REGISTRY,
        CallData.of("ready(address)").address(account(authority)));
  }

  /// An emergency: as many of the authorities and stakers agree as are needed, and it is executed.
  /// An ordinary vote lasts a day of active time at least, and fifty epochs are six hours.
  private void decide(EconomyContract target, CallData call) {
    proposals++;
    List<Address> targets = List.of(target.address());
    List<Bytes> calls = List.of(call.toBytes());
    succeed(
        PROPOSER,
        EconomyContract.GOVERNOR,
        Amount.aitbc(1_000),
        CallData.of("proposeEmergency(address[],bytes[],string)")
            .addresses(targets)
            .byteStrings(calls)
            .bytes(Bytes.wrap("why".getBytes(StandardCharsets.US_ASCII))));
    CallData execute =
        CallData.of("execute(uint256,address[],bytes[])")
            .number(proposals)
            .addresses(targets)
            .byteStrings(calls);
    refused(PROPOSER, EconomyContract.GOVERNOR, execute);
    List<Integer> seats = new ArrayList<>(List.of(0, 1, 2, ABSENT_AUTHORITY, NEW_AUTHORITY));
    for (int staker : List.of(4, 7, ABSENT, NEWCOMER)) {
      if (!passed()) {
        succeed(
            staker,
            EconomyContract.GOVERNOR,
            CallData.of("vote(uint256,uint8,address[],address[])")
                .number(proposals)
                .number(1)
                .addresses(List.of(account(staker)))
                .addresses(List.of(account(staker))));
      }
    }
    assertFalse(passed(), "stake alone decides no emergency");
    while (!passed()) {
      succeed(
          seats.removeFirst(),
          EconomyContract.GOVERNOR,
          CallData.of("voteAsAuthority(uint256,uint8)").number(proposals).number(1));
    }
    succeed(PROPOSER, EconomyContract.GOVERNOR, execute);
    succeed(
        PROPOSER,
        EconomyContract.GOVERNOR,
        CallData.of("settleDeposit(uint256)").number(proposals));
  }

  private boolean passed() {
    CallData state = CallData.of("state(uint256)").number(proposals);
    return network.books().number(network.state(), EconomyContract.GOVERNOR, state).intValue()
        == PASSED;
  }

  private void succeed(int from, EconomyContract to, CallData call) {
    succeed(from, to, Amount.ZERO, call);
  }

  private void succeed(int from, EconomyContract to, Amount value, CallData call) {
    Receipt receipt = network.succeed(from, to, value, call);
    assertEquals(Receipt.Outcome.SUCCEEDED, receipt.outcome());
  }

  private void refused(int from, EconomyContract to, CallData call) {
    network.fail(from, to, call);
  }

  private BigInteger tokens(int staker) {
    return pool(EconomyContract.STAKE_MANAGER, staker);
  }

  private BigInteger bond(int authority) {
    return pool(EconomyContract.AUTHORITY_REGISTRY, authority);
  }

  private BigInteger pool(EconomyContract registry, int owner) {
    CallData call = CallData.of("poolOf(address)").address(account(owner));
    return network.books().number(network.state(), registry, call);
  }

  private static Address account(int number) {
    return RealExecution.account(number);
  }

  private static BigInteger aitbc(long count) {
    return Amount.aitbc(count).wei().toBigInteger();
  }

  /// The code that creates the successor of Rewards that the tests of execution have.
  private static Bytes successor() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    String file = "protocol/execution/src/test/resources/io/aitbc/contracts/RewardsNext.init";
    while (!Files.exists(folder.resolve(file))) {
      folder = folder.resolve("..").normalize();
    }
    return Bytes.fromHex(Files.readString(folder.resolve(file)).strip());
  }

  private static List<Member> members() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < AUTHORITIES + STAKERS; i++) {
      members.add(
          i < AUTHORITIES
              ? new Member(ValidatorClass.AUTHORITY, 0, List.of())
              : new Member(ValidatorClass.STAKER, VotingPower.of(STAKE).units(), List.of()));
    }
    return members;
  }

  private static ConsensusParameters parameters() {
    ModeParameters mode =
        new ModeParameters(BLOCK_MILLIS, 100, VotingPower.of(Amount.aitbc(1_000)), 100, 1 << 17);
    return new ConsensusParameters(
        ModePolicy.PINNED,
        Mode.BALANCED,
        List.of(),
        RotationStrategy.HYBRID,
        ProposerStrategy.VRF_HYBRID,
        Fallback.ON,
        VotingPower.of(Amount.aitbc(50_000)),
        Amount.aitbc(10_000_000),
        BLOCK_MILLIS,
        3_000,
        mode,
        mode,
        mode);
  }
}
