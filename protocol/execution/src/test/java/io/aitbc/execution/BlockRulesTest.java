// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.Governance.DAY;
import static io.aitbc.execution.Governance.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.Governance.Action;
import io.aitbc.execution.Governance.Support;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class BlockRulesTest { // Protocol §14.4, §16.2, §16.3, §19.3
  private static final int FIRST = EconomyParameter.EXECUTION; // number of FAST_GAS
  private static final int TREASURY_FEES = FIRST + 3;
  private static final int MAKER_FEES = FIRST + 4;
  private static final int BASE_FEE_MIN = FIRST + 5;
  private static final int BASE_FEE_MAX = FIRST + 6;
  private static final int INERTIA_GAS = FIRST + 7;

  private static final ExecutionParameters GENESIS = EconomyWorld.EXECUTION;

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);
  private final Governance governance = new Governance(world);

  @Test // Protocol §16.2
  void theSlotsAreThoseOfTheCompilersLayout() {
    List<String> layout = Abi.layout("BeaconHistory");
    assertTrue(layout.contains("3 8 uint64 turnedAt"));
    assertTrue(layout.contains("5 0 struct IBeaconHistory.BlockRules previousRules"));
    assertTrue(layout.contains("7 0 struct IBeaconHistory.BlockRules currentRules"));
    int next = layout.indexOf("9 0 struct IBeaconHistory.BlockRules nextRules");
    assertEquals(
        List.of(
            "  0 0 uint64 fastGas",
            "  0 8 uint64 balancedGas",
            "  0 16 uint64 secureGas",
            "  0 24 uint32 treasuryFees",
            "  0 28 uint32 makerFees",
            "  1 0 uint96 baseFeeMin",
            "  1 12 uint96 baseFeeMax",
            "  1 24 uint64 inertiaGas"),
        layout.subList(next + 1, next + 9));
  }

  @Test // Protocol §16.2
  void anyRulesAreReadBackAsTheyWereTold() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(14);
    for (int i = 0; i < 500; i++) {
      ExecutionParameters told = any(random);
      assertEquals(Optional.of(told), BlockRules.decode(BlockRules.words(told), GENESIS));
      ExecutionParameters before = BlockRules.next(GENESIS, world.state);
      Economy.turn(world.calls(), told);
      assertEquals(told, BlockRules.next(GENESIS, world.state), "number " + i);
      assertEquals(before, GENESIS.inForce(world.state), "number " + i);
    }
  }

  private static ExecutionParameters any(RandomGenerator random) {
    int treasury = random.nextInt(FeeParameters.MILLIONTHS + 1);
    Amount least = new Amount(wide(random));
    Amount other = new Amount(wide(random));
    return new ExecutionParameters(
        GENESIS.chainId(),
        GENESIS.forks(),
        random.nextLong(1, ExecutionParameters.GAS_LIMIT_MAX + 1),
        random.nextLong(1, ExecutionParameters.GAS_LIMIT_MAX + 1),
        random.nextLong(1, ExecutionParameters.GAS_LIMIT_MAX + 1),
        new FeeParameters(
            least.min(other),
            least.compareTo(other) > 0 ? least : other,
            random.nextLong(1, Long.MAX_VALUE),
            GENESIS.fees().treasury(),
            treasury,
            random.nextInt(FeeParameters.MILLIONTHS - treasury + 1)));
  }

  private static UInt256 wide(RandomGenerator random) {
    return new UInt256(0, 0, random.nextInt() & 0xffff_ffffL, random.nextLong());
  }

  @Test // Protocol §16.2, §19.3
  void wordsThatNoBlockCouldFollowAreRefused() {
    List<UInt256> words = BlockRules.words(GENESIS);
    assertEquals(Optional.of(GENESIS), BlockRules.decode(words, GENESIS));
    UInt256 wide = new UInt256(0, 0, 1L << 32, 0);
    for (int i = 0; i < BlockRules.COUNT; i++) {
      for (UInt256 wrong : List.of(wide, UInt256.MAX)) {
        List<UInt256> changed = new ArrayList<>(words);
        changed.set(i, wrong);
        assertEquals(Optional.empty(), BlockRules.decode(changed, GENESIS), i + " is " + wrong);
      }
    }
    for (int i : new int[] {0, 1, 2, 7}) {
      List<UInt256> changed = new ArrayList<>(words);
      changed.set(i, UInt256.ZERO);
      assertEquals(Optional.empty(), BlockRules.decode(changed, GENESIS), i + " is 0");
    }
    assertEquals(Optional.empty(), BlockRules.decode(words.subList(0, 7), GENESIS));
  }

  @Test // Protocol §14.4, §16.11
  void aVoteChangesFeesAndGasFromTheEpochAfterNextOn() {
    world.endEpoch(List.of());
    Amount least = Amount.wei(2_000_000_000);
    decide(
        Action.set(FIRST + 1, UInt256.of(200_000_000)),
        Action.set(TREASURY_FEES, UInt256.of(250_000)),
        Action.set(MAKER_FEES, UInt256.of(125_000)),
        Action.set(BASE_FEE_MIN, least.wei()),
        Action.set(BASE_FEE_MAX, Amount.ONE_AITBC.wei()),
        Action.set(INERTIA_GAS, UInt256.of(3_000_000_000L)));
    ExecutionParameters changed =
        new ExecutionParameters(
            GENESIS.chainId(),
            GENESIS.forks(),
            GENESIS.fastGasLimit(),
            200_000_000,
            GENESIS.secureGasLimit(),
            new FeeParameters(
                least,
                Amount.ONE_AITBC,
                3_000_000_000L,
                GENESIS.fees().treasury(),
                250_000,
                125_000));
    assertEquals(GENESIS, GENESIS.inForce(world.state));
    world.endEpoch(List.of()); // The vote's epoch: its end says what holds after the next one.
    assertEquals(GENESIS, GENESIS.inForce(world.state));
    assertEquals(changed, BlockRules.next(GENESIS, world.state));
    world.endEpoch(List.of());
    assertEquals(changed, GENESIS.inForce(world.state));
    // The block that ended the epoch followed the rules of before, and its child follows the new.
    long ended = world.height - 1;
    assertEquals(GENESIS, BlockRules.ofBlock(ended, GENESIS, world.state));
    assertEquals(changed, BlockRules.ofBlock(ended + 1, GENESIS, world.state));
    assertEquals(
        UInt256.ZERO, world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")));
  }

  @Test // Protocol §16.1 rules 5 and 6.
  void rulesThatTheNodeRefusesLeaveThoseOfTheNextEpoch() {
    // As an upgrade of Params could do it: a gas limit of 0, behind the bounds' back.
    UInt256 place = UInt256.of(Keccak256.hash(Contracts.word(1))).plus(UInt256.of(FIRST));
    assertEquals(
        UInt256.of(GENESIS.fastGasLimit()),
        world.state.storage(EconomyContract.PARAMS.address(), place));
    world.state.setStorage(EconomyContract.PARAMS.address(), place, UInt256.ZERO);
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    assertEquals(GENESIS, GENESIS.inForce(world.state));
    assertEquals(
        UInt256.of(2), world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")));
  }

  @Test // Protocol §16.3
  void boundsAndRelationsOfFeesHold() {
    assertRefused("OutOfBounds(uint256,uint256,uint256,uint256)", FIRST, 16_777_215);
    assertRefused("OutOfBounds(uint256,uint256,uint256,uint256)", FIRST + 2, 15_000_000_001L);
    assertRefused("OutOfBounds(uint256,uint256,uint256,uint256)", BASE_FEE_MIN, 1_000_000_000_001L);
    assertRefused("OutOfBounds(uint256,uint256,uint256,uint256)", INERTIA_GAS, 99_999_999);
    assertRefused("OutOfBounds(uint256,uint256,uint256,uint256)", TREASURY_FEES, 1_000_001);
    succeed(set(TREASURY_FEES, 600_000));
    assertRefused("Contradiction(uint256,uint256)", MAKER_FEES, 400_001);
    succeed(set(MAKER_FEES, 400_000));
    succeed(set(BASE_FEE_MIN, 1_000));
    assertRefused("Contradiction(uint256,uint256)", BASE_FEE_MAX, 999);
    // minTotalStake: at most a twentieth of the supply that the genesis named.
    UInt256 most = EconomyWorld.SUPPLY.wei().dividedBy(UInt256.of(20));
    assertRefused("OutOfBounds(uint256,uint256,uint256,uint256)", 6, most.plus(UInt256.ONE));
    succeed(set(6, most));
  }

  @Test // Protocol §14.4
  void blocksFollowTheRulesInTheStateAndNotThoseOfGenesis() {
    ExecutionParameters changed =
        GENESIS.with(
            new FeeParameters(
                Amount.wei(2_000),
                Amount.wei(2_000),
                1_000_000_000,
                GENESIS.fees().treasury(),
                0,
                1_000_000));
    List<Genesis.GenesisAccount> contracts =
        new GenesisEconomy(
                changed, world.snapshot, new EnumMap<>(EconomyParameter.class), EconomyWorld.SUPPLY)
            .accounts();
    TransferChain chain = new TransferChain(3, GENESIS, contracts);
    BlockExecutor executor = new BlockExecutor(GENESIS, new Economy(GENESIS), chain.machines);
    for (int nonce = 0; nonce < 2; nonce++) {
      ExecutionResult result =
          executor.execute(
              chain.context(Optional.empty()),
              chain.parent,
              List.of(TransferChain.transfer(1, nonce, 2, Amount.ONE_AITBC)),
              chain.state,
              Workers.NONE);
      chain.commit(result);
      BlockHeader header = result.block().header();
      assertEquals(Amount.wei(2_000), header.baseFeePerGas());
      assertEquals(21_000, header.gasUsed());
      assertNotEquals(GENESIS.fees().nextBaseFee(chain.parent), header.baseFeePerGas());
    }
    // All base fees are the maker's, so none of the first block's was burned.
    assertEquals(
        Amount.wei(2 * 21_000 * (2_000 + 10)), chain.state.account(TransferChain.MAKER).balance());
    UInt256 clock = chain.state.storage(EconomyContract.BEACON_HISTORY.address(), UInt256.ZERO);
    assertEquals(0, clock.midHigh());
  }

  private void assertRefused(String error, int number, long value) {
    assertRefused(error, number, UInt256.of(value));
  }

  private void assertRefused(String error, int number, UInt256 value) {
    EconomyWorld.Outcome outcome = set(number, value);
    assertEquals(CallData.selector(error), outcome.error(), number + " to " + value);
  }

  private EconomyWorld.Outcome set(int number, long value) {
    return set(number, UInt256.of(value));
  }

  private EconomyWorld.Outcome set(int number, UInt256 value) {
    return world.send(
        EconomyContract.TIMELOCK.address(),
        EconomyContract.PARAMS,
        Amount.ZERO,
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(number)))
            .numbers(List.of(value)));
  }

  /// Lets all stake agree, and executes.
  private void decide(Action... actions) {
    long id = governance.proposed(9, actions);
    for (int i = 4; i < 9; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", id));
    world.passTime(2 * DAY);
    succeed(governance.execute(9, id, actions));
  }

  @Test // Protocol §16.11
  void feesAreNoOrdinaryMatter() {
    for (int number = FIRST; number < FIRST + BlockRules.COUNT; number++) {
      UInt256 kind =
          world.read(
              EconomyContract.GOVERNOR,
              CallData.of("kindOf(address[],bytes[])")
                  .addresses(List.of(EconomyContract.PARAMS.address()))
                  .byteStrings(List.of(Action.set(number, UInt256.ONE).data())));
      assertEquals(UInt256.ONE, kind, "number " + number);
    }
  }
}
