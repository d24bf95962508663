// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServiceRegistryTest { // Protocol §17.10
  private static final int WORKER = 0;
  private static final int AUDITOR = 1;
  private static final long DAY = 86_400_000;
  private static final Hash SEED = Keccak256.hash(Bytes.of((byte) 5));

  /// Where the contract stands that opens and ends duties.
  private static final Address MARKET =
      Address.fromHex("0x0000000000000000000000000000000000001012");

  private final EconomyWorld world = new EconomyWorld(3, 4, 40);

  private EconomyWorld.Outcome call(Address from, Amount value, CallData data) {
    BigInteger before = world.supply();
    EconomyWorld.Outcome outcome = world.send(from, EconomyContract.SERVICE_REGISTRY, value, data);
    assertEquals(before, world.supply());
    return outcome;
  }

  private EconomyWorld.Outcome register(int who, int role, Amount bond) {
    return call(
        account(who),
        bond,
        CallData.of("register(uint8,uint32,string)")
            .number(role)
            .number(1)
            .bytes(Bytes.wrap("https://one".getBytes(StandardCharsets.UTF_8))));
  }

  private EconomyWorld.Outcome addBond(int who, int role, Amount amount) {
    return call(account(who), amount, CallData.of("addBond(uint8)").number(role));
  }

  private EconomyWorld.Outcome unbond(int who, int role, Amount amount) {
    return call(
        account(who),
        Amount.ZERO,
        CallData.of("unbond(uint8,uint128)").number(role).amount(amount));
  }

  private EconomyWorld.Outcome withdraw(int who, int role) {
    return call(account(who), Amount.ZERO, CallData.of("withdraw(uint8)").number(role));
  }

  private EconomyWorld.Outcome duty(String function, int who, Amount amount) {
    String type = function.equals("take") ? "uint256" : "uint128";
    return call(
        MARKET,
        Amount.ZERO,
        CallData.of(function + "(uint8,address," + type + ")")
            .number(WORKER)
            .address(account(who))
            .amount(amount));
  }

  private EconomyWorld.Outcome draw(int role, long height, int count, List<Address> excluded) {
    return call(
        account(0),
        Amount.ZERO,
        CallData.of("draw(uint8,uint48,bytes32,uint256,address[])")
            .number(role)
            .number(height)
            .hash(SEED)
            .number(count)
            .addresses(excluded));
  }

  private List<Long> drawn(int role, long height, int count, Address... excluded) {
    EconomyWorld.Outcome outcome = draw(role, height, count, List.of(excluded));
    succeed(outcome);
    return IntStream.range(0, count).mapToObj(i -> outcome.word(2 + i).toLongExact()).toList();
  }

  private UInt256 weight(int role, long height, Address... excluded) {
    EconomyWorld.Outcome outcome =
        call(
            account(0),
            Amount.ZERO,
            CallData.of("weightAt(uint8,uint48,address[])")
                .number(role)
                .number(height)
                .addresses(List.of(excluded)));
    succeed(outcome);
    return outcome.word(0);
  }

  private static void succeed(EconomyWorld.Outcome outcome) {
    assertTrue(outcome.succeeded(), () -> outcome.result().toString());
  }

  private static void assertError(String signature, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + signature);
    assertEquals(CallData.selector(signature), outcome.error(), signature);
  }

  @Test // Protocol §17.10 rule 1.
  void aBondIsAtLeastItsRolesAndCountsOnceItsBlockIsOver() {
    Amount least = Amount.aitbc(1_000);
    assertError("BelowMinimum(uint256,uint256)", register(9, WORKER, least.minus(Amount.wei(1))));
    succeed(register(9, WORKER, least));
    assertError("AlreadyRegistered(uint8,address)", register(9, WORKER, least));
    assertError("NotRegistered(uint8,address)", addBond(9, AUDITOR, least));
    assertError("BlockNotOver(uint256,uint256)", draw(WORKER, world.height, 1, List.of()));
    long registered = world.height;
    assertError("NobodyToDraw(uint8,uint256)", draw(WORKER, registered - 1, 1, List.of()));
    world.nextBlock();
    assertEquals(least.wei(), weight(WORKER, registered));
    assertEquals(List.of(1L, 1L, 1L), drawn(WORKER, registered, 3));
    assertError("NobodyToDraw(uint8,uint256)", draw(WORKER, registered, 1, List.of(account(9))));
    // The other role knows nothing of it.
    assertEquals(UInt256.ZERO, weight(AUDITOR, registered));
    assertError("BelowMinimum(uint256,uint256)", unbond(9, WORKER, Amount.wei(1)));
    assertError("BondReserved(uint256,uint256)", unbond(9, WORKER, least.plus(Amount.wei(1))));
    succeed(unbond(9, WORKER, least));
    long left = world.height;
    world.nextBlock();
    assertEquals(UInt256.ZERO, weight(WORKER, left));
    // Whoever comes back has its place again.
    succeed(register(9, WORKER, least));
    assertEquals(
        account(9),
        new Address(
            Bytes.wrap(
                    world
                        .read(
                            EconomyContract.SERVICE_REGISTRY,
                            CallData.of("accountAt(uint8,uint256)").number(WORKER).number(1))
                        .toArray())
                .slice(UInt256.BYTES - Address.BYTES, Address.BYTES)));
  }

  @Test // Protocol §17.10 rules 1, 2.
  void whatADutyHoldsStaysAndABondLeavesSevenDaysAfterTheLast() {
    Amount bond = Amount.aitbc(3_000);
    succeed(register(9, WORKER, bond));
    assertError("BondReserved(uint256,uint256)", duty("reserve", 9, bond.plus(Amount.wei(1))));
    succeed(duty("reserve", 9, Amount.aitbc(500)));
    long reserved = world.height;
    world.nextBlock();
    assertEquals(Amount.aitbc(2_500).wei(), weight(WORKER, reserved)); // Free bond.
    assertError("BondReserved(uint256,uint256)", unbond(9, WORKER, bond));
    succeed(unbond(9, WORKER, Amount.aitbc(1_500)));
    assertError("NothingLeaves(uint8,address)", withdraw(9, AUDITOR));
    world.passTime(8 * DAY);
    assertError("DutiesOpen(uint256)", withdraw(9, WORKER));
    succeed(duty("release", 9, Amount.aitbc(500)));
    assertError("TooEarly(uint64,uint64)", withdraw(9, WORKER));
    world.passTime(7 * DAY - 1);
    assertError("TooEarly(uint64,uint64)", withdraw(9, WORKER));
    world.passTime(1);
    Amount before = world.balance(account(9));
    succeed(withdraw(9, WORKER));
    assertEquals(before.plus(Amount.aitbc(1_500)), world.balance(account(9)));
    assertError("NothingLeaves(uint8,address)", withdraw(9, WORKER));
  }

  @Test // Protocol §17.10 rules 1, 2.
  void whatIsTakenComesFromTheFreeBondThenFromWhatLeavesAndNeverFromOtherDuties() {
    succeed(register(9, WORKER, Amount.aitbc(3_000)));
    succeed(duty("reserve", 9, Amount.aitbc(1_000)));
    succeed(unbond(9, WORKER, Amount.aitbc(600)));
    EconomyWorld.Outcome first = duty("take", 9, Amount.aitbc(1_500));
    succeed(first);
    assertEquals(Amount.aitbc(1_500).wei(), first.word(0)); // 1,400 and 100.
    assertEquals(Amount.aitbc(1_500), world.balance(MARKET));
    EconomyWorld.Outcome second = duty("take", 9, Amount.aitbc(9_000));
    assertEquals(Amount.aitbc(500).wei(), second.word(0));
    assertEquals(Amount.aitbc(1_000), world.balance(EconomyContract.SERVICE_REGISTRY.address()));
    succeed(duty("release", 9, Amount.aitbc(1_000)));
    assertEquals(Amount.aitbc(1_000).wei(), duty("take", 9, Amount.aitbc(9_000)).word(0));
    assertError(
        "OnlyEconomy(address)",
        call(
            account(9),
            Amount.ZERO,
            CallData.of("take(uint8,address,uint256)")
                .number(WORKER)
                .address(account(9))
                .number(1)));
  }

  /// What the contract must know: bonds by account in order of registration, and what the sums were
  /// after each block.
  private static final class Books {
    final List<Integer> order = new ArrayList<>();
    final Map<Integer, BigInteger> bonds = new LinkedHashMap<>();
    final Map<Integer, BigInteger> leaving = new TreeMap<>();
    final TreeMap<Long, Map<Integer, BigInteger>> past = new TreeMap<>();

    BigInteger held() {
      return bonds.values().stream()
          .reduce(BigInteger.ZERO, BigInteger::add)
          .add(leaving.values().stream().reduce(BigInteger.ZERO, BigInteger::add));
    }

    /// Bonds after a block.
    Map<Integer, BigInteger> at(long height) {
      return past.getOrDefault(height, Map.of());
    }

    BigInteger bond(long height, int who) {
      return at(height).getOrDefault(who, BigInteger.ZERO);
    }

    List<Long> draw(long height, int count, List<Integer> excluded) {
      Map<Integer, BigInteger> then = at(height);
      List<Integer> who =
          order.stream()
              .filter(each -> then.containsKey(each) && !excluded.contains(each))
              .toList();
      BigInteger sum = BigInteger.ZERO;
      for (int each : who) {
        sum = sum.add(bond(height, each));
      }
      List<Long> places = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] words = new byte[64];
        SEED.copyTo(words, 0);
        words[63] = (byte) i;
        BigInteger unit = new BigInteger(1, Keccak256.hash(Bytes.wrap(words)).toArray()).mod(sum);
        for (int each : who) {
          unit = unit.subtract(bond(height, each));
          if (unit.signum() < 0) {
            places.add(1L + order.indexOf(each));
            break;
          }
        }
      }
      return places;
    }
  }

  @Test // Protocol §17.10 rule 3.
  void drawsOfAnyTimeReadTheBondsAtTheEndOfTheBlockOfTheirCause() {
    long seed = 17;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Books books = new Books();
    for (int step = 0; step < 150; step++) {
      int who = 5 + random.nextInt(30);
      Amount amount = Amount.aitbc(100 + random.nextInt(900)).plus(Amount.wei(random.nextInt(9)));
      BigInteger bond = books.bonds.getOrDefault(who, BigInteger.ZERO);
      if (bond.signum() == 0) {
        succeed(register(who, AUDITOR, amount));
        books.bonds.put(who, amount.wei().toBigInteger());
        if (!books.order.contains(who)) {
          books.order.add(who);
        }
      } else if (random.nextBoolean()) {
        succeed(addBond(who, AUDITOR, amount));
        books.bonds.put(who, bond.add(amount.wei().toBigInteger()));
      } else {
        succeed(unbond(who, AUDITOR, new Amount(UInt256.of(bond))));
        books.bonds.put(who, BigInteger.ZERO);
        books.leaving.merge(who, bond, BigInteger::add);
      }
      assertEquals(
          books.held(),
          world.balance(EconomyContract.SERVICE_REGISTRY.address()).wei().toBigInteger());
      if (random.nextInt(3) == 0) { // Several changes in a block.
        books.past.put(world.height, new LinkedHashMap<>(books.bonds));
        world.nextBlock();
      }
    }
    for (long height : books.past.keySet()) {
      int one = books.order.get(random.nextInt(books.order.size()));
      int two = 5 + (one - 5 + 1 + random.nextInt(29)) % 30; // Perhaps nobody.
      for (List<Integer> excluded : List.of(List.<Integer>of(), List.of(one), List.of(one, two))) {
        if (books.at(height).entrySet().stream()
            .anyMatch(e -> e.getValue().signum() > 0 && !excluded.contains(e.getKey()))) {
          assertEquals(
              books.draw(height, 5, excluded),
              drawn(
                  AUDITOR,
                  height,
                  5,
                  excluded.stream().map(EconomyWorld::account).toArray(Address[]::new)),
              "seed " + seed + ", block " + height + " without " + excluded);
        }
      }
    }
  }

  @Test // Protocol §17.10 rule 3.
  void aBondThatIsSplitOverNamesIsDrawnAsOften() {
    succeed(register(9, AUDITOR, Amount.aitbc(3_000)));
    succeed(register(10, AUDITOR, Amount.aitbc(9_000)));
    succeed(register(9, WORKER, Amount.aitbc(3_000)));
    for (int name = 11; name < 20; name++) {
      succeed(register(name, WORKER, Amount.aitbc(1_000)));
    }
    long height = world.height;
    world.nextBlock();
    // The same units of the same sum: the second place there is the second to tenth here.
    assertEquals(
        drawn(AUDITOR, height, 40),
        drawn(WORKER, height, 40).stream().map(place -> Math.min(place, 2)).toList());
    assertEquals(Amount.aitbc(9_000).wei(), weight(WORKER, height, account(9)));
  }

  @Test // Protocol §17.10 rule 4.
  void theGasOfAChangeAndOfADrawGrowsWithTheBitsOfTheNumberOfAccounts() {
    for (int i = 0; i < 33; i++) {
      succeed(register(5 + i, AUDITOR, Amount.aitbc(100)));
    }
    world.nextBlock();
    // Place 1 is below the nodes 1, 2, 4, 8, 16 and 32.
    long change = addBond(5, AUDITOR, Amount.aitbc(1)).gasUsed();
    world.nextBlock();
    long seats = draw(AUDITOR, world.height - 1, 10, List.of(account(6), account(7))).gasUsed();
    assertTrue(change < 300_000, "change: " + change + " gas");
    assertTrue(seats < 600_000, "draw of ten seats: " + seats + " gas");
  }

  private EconomyWorld.Outcome registerChain(int who, Hash end) {
    return call(account(who), Amount.ZERO, CallData.of("registerChain(bytes32)").hash(end));
  }

  private EconomyWorld.Outcome show(int who, long chain, long epoch, Hash secret) {
    return call(
        account(30),
        Amount.ZERO,
        CallData.of("showSecret(address,uint256,uint64,bytes32)")
            .address(account(who))
            .number(chain)
            .number(epoch)
            .hash(secret));
  }

  private UInt256 secret(int who, long epoch) {
    return world.read(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("secretOf(address,uint64)").address(account(who)).number(epoch));
  }

  private static UInt256 word(Hash hash) {
    return UInt256.of(hash.toArray(), 0, Hash.BYTES);
  }

  /// Links of a chain, the end first.
  private static List<Hash> chain(int seed, int links) {
    List<Hash> chain = new ArrayList<>();
    chain.add(Keccak256.hash(Bytes.of((byte) seed)));
    for (int i = 0; i < links; i++) {
      chain.addFirst(Keccak256.hash(chain.getFirst().toBytes()));
    }
    return chain;
  }

  @Test // Protocol §17.10 rule 5.
  void aSecretIsShownAfterItsEpochAndIsTheNextLinkOfTheChain() {
    List<Hash> links = chain(1, 10);
    world.endEpoch(List.of());
    succeed(registerChain(9, links.get(0)));
    assertError("ChainInUse(uint64)", registerChain(9, links.get(1)));
    long first = world.epoch() + 1;
    assertError("NoChain(address,uint64)", show(9, 0, first - 2, links.get(1)));
    world.endEpoch(List.of());
    assertError("SecretTooEarly(uint64,uint64)", show(9, 0, first, links.get(1)));
    for (int i = 0; i < 4; i++) {
      world.endEpoch(List.of());
    }
    assertError("WrongSecret(address,uint64)", show(9, 0, first, links.get(2)));
    assertError("NoChain(address,uint64)", show(9, 1, first, links.get(1)));
    assertEquals(UInt256.ZERO, secret(9, first + 2));
    succeed(show(9, 0, first + 2, links.get(3))); // Skips two.
    assertEquals(word(links.get(3)), secret(9, first + 2));
    assertError("WrongSecret(address,uint64)", show(9, 0, first + 1, links.get(1)));
    succeed(show(9, 0, first + 1, links.get(2)));
    assertEquals(word(links.get(2)), secret(9, first + 1));
    // A new chain leaves this epoch, and those before, to the old one.
    List<Hash> next = chain(2, 10);
    succeed(registerChain(9, next.get(0)));
    long from = world.epoch() + 1;
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    assertError("NoChain(address,uint64)", show(9, 0, from, links.get((int) (from - first + 1))));
    succeed(show(9, 0, from - 1, links.get((int) (from - first))));
    succeed(show(9, 1, from, next.get(1)));
    assertEquals(word(next.get(1)), secret(9, from));
  }

  @Test // Protocol §17.10 rule 5.
  void oneCallGoesThroughABoundedNumberOfLinks() {
    succeed(registerChain(9, SEED));
    world.height = 100 * 20_000 + 5;
    world.startBlock();
    assertError("TooManyLinks(uint256,uint256)", show(9, 0, 16_500, SEED));
    EconomyWorld.Outcome most = show(9, 0, 16_384, SEED);
    assertError("WrongSecret(address,uint64)", most);
    assertTrue(most.gasUsed() < 8_000_000, most.gasUsed() + " gas");
  }
}
