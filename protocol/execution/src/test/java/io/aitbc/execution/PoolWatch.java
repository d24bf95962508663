// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomySequence.check;
import static io.aitbc.execution.EconomyWorld.account;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the pools of both registries hold, before and after each step of a random sequence: all
/// divisions round in favour of the pool, and each by less than a wei or a share. So who goes in
/// and out never gets more than it brought. Protocol §16.4.
final class PoolWatch {
  private static final List<EconomyContract> REGISTRIES =
      List.of(EconomyContract.STAKE_MANAGER, EconomyContract.AUTHORITY_REGISTRY);

  /// The slot of the mapping of pools, which both registries begin with.
  private static final int POOLS_SLOT = 1;

  /// Slots of pools by account: made once, since all sequences have the same accounts.
  private static final Map<Integer, UInt256> SLOTS = new TreeMap<>();

  private record Key(EconomyContract registry, int pool) {}

  private record Pool(BigInteger tokens, BigInteger shares) {}

  private final EconomyWorld world;
  private final int people;
  private Map<Key, Pool> before;

  /// What happened since the last look.
  private final TreeSet<String> penalized = new TreeSet<>();

  private boolean isRewarded;
  private int lotsThatPaid;

  PoolWatch(EconomyWorld world, int people) {
    this.world = world;
    this.people = people;
    for (EconomyContract registry : REGISTRIES) {
      String pools = POOLS_SLOT + " 0 mapping(address => struct Pools.Pool) pools";
      check(Abi.layout(registry.artifact()).contains(pools), "pools are somewhere else");
    }
    before = look();
  }

  /// Takes note of penalties and rewards.
  void heed(List<Log> logs) {
    for (Log log : EconomyWorld.logged(logs, "Slashed(address,uint256,uint64,uint256)")) {
      penalized.add(log.address() + " " + EconomySequence.topicAddress(log, 1));
    }
    lotsThatPaid += EconomyWorld.logged(logs, "LotSlashed(uint256,address,uint256)").size();
    isRewarded |= !EconomyWorld.logged(logs, "Settled(uint64,uint256,uint256)").isEmpty();
  }

  /// Compares what pools hold with what they held at the last look.
  void compare() {
    Map<Key, Pool> now = look();
    now.forEach((key, after) -> {
      Address pool = account(key.pool);
      if (!penalized.contains(key.registry.address() + " " + pool)) {
        boolean mayGrow = isRewarded && key.registry == EconomyContract.AUTHORITY_REGISTRY;
        compare(key, before.getOrDefault(key, after), after, mayGrow);
      }
    });
    before = now;
    penalized.clear();
    isRewarded = false;
    lotsThatPaid = 0;
  }

  private void compare(Key key, Pool old, Pool now, boolean mayGrow) {
    String what = key + " has " + now + " after " + old;
    if (old.shares.signum() == 0 || now.shares.signum() == 0) {
      // A wei is a share for who comes first, and who goes last leaves nothing.
      check(now.shares.signum() == 0 || now.tokens.equals(now.shares), what);
      check(now.shares.signum() > 0 || now.tokens.signum() == 0, what);
      return;
    }
    // What the pool has beyond the worth of its shares before, times the shares that it had.
    BigInteger gained = now.tokens.multiply(old.shares).subtract(now.shares.multiply(old.tokens));
    check(gained.signum() >= 0, "a share is worth less: " + what);
    BigInteger most = old.tokens.max(old.shares).multiply(BigInteger.valueOf(1L + lotsThatPaid));
    check(mayGrow || gained.compareTo(most) < 0, "a share is worth more: " + what);
  }

  /// The shares of a pool of stake are those of its owners.
  void compareOwners() {
    for (int pool = 0; pool < people; pool++) {
      BigInteger shares = pool(new Key(EconomyContract.STAKE_MANAGER, pool)).shares;
      BigInteger sum = BigInteger.ZERO;
      for (int owner = 0; owner < people && shares.signum() > 0; owner++) {
        sum = sum.add(world.sharesOf(pool, owner).toBigInteger());
      }
      check(sum.equals(shares), "owners have " + sum + " of " + shares + " shares of " + pool);
    }
  }

  private Map<Key, Pool> look() {
    Map<Key, Pool> pools = new LinkedHashMap<>();
    for (EconomyContract registry : REGISTRIES) {
      for (int pool = 0; pool < people; pool++) {
        Key key = new Key(registry, pool);
        pools.put(key, pool(key));
      }
    }
    return pools;
  }

  /// From the storage: a call for each pool after each step would take longer than the steps.
  private Pool pool(Key key) {
    UInt256 slot =
        SLOTS.computeIfAbsent(
            key.pool,
            pool -> {
              Bytes account = Contracts.word(account(pool));
              byte[] both = new byte[2 * UInt256.BYTES];
              account.copyTo(both, 0);
              Contracts.word(POOLS_SLOT).copyTo(both, UInt256.BYTES);
              return UInt256.of(Keccak256.hash(both));
            });
    UInt256 word = world.state.storage(key.registry.address(), slot);
    UInt256 shares = new UInt256(0, 0, word.high(), word.midHigh());
    UInt256 tokens = new UInt256(0, 0, word.midLow(), word.low());
    return new Pool(tokens.toBigInteger(), shares.toBigInteger());
  }
}
