// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomySequence.check;
import static io.aitbc.execution.EconomyWorld.account;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What leaves the bonds of authorities in a random sequence, beside a model of what it is worth
/// and when it may be paid out. Protocol §16.4, §16.5.
final class SequenceBonds {
  private static final EconomyContract REGISTRY = EconomyContract.AUTHORITY_REGISTRY;
  private static final BigInteger MILLIONTHS = BigInteger.valueOf(1_000_000);

  /// What the sequence knows of time and convictions.
  interface Rules {
    /// How many snapshots there will be with the next one.
    long nextSnapshot();

    /// Whether the unbonding time of what left before snapshot `left` is over.
    boolean isOver(long left);

    /// Whether no penalty of `pool` is open for what left before snapshot `left`.
    boolean isFree(Address pool, long left);
  }

  private static final class Lot {
    final int owner;
    final long left;
    BigInteger amount;

    Lot(int owner, long left, BigInteger amount) {
      this.owner = owner;
      this.left = left;
      this.amount = amount;
    }
  }

  private final EconomyWorld world;
  private final Rules rules;
  private final Map<Long, Lot> lots = new TreeMap<>();

  SequenceBonds(EconomyWorld world, Rules rules) {
    this.world = world;
    this.rules = rules;
  }

  /// Mostly an authority takes something out.
  EconomyWorld.Outcome unbond(SequenceStep step) {
    int who = step.part() % 8 == 0 ? step.who() : step.who() % EconomySequence.AUTHORITIES;
    Amount asked = Amount.aitbc(step.part());
    EconomyWorld.Outcome outcome =
        world.send(
            account(who), REGISTRY, Amount.ZERO, CallData.of("unbond(uint256)").amount(asked));
    if (outcome.succeeded()) {
      Log left =
          EconomyWorld.logged(outcome.logs(), "Left(address,address,uint256,uint256)").getFirst();
      BigInteger amount = EconomyWorld.dataWord(left, 0).toBigInteger();
      // Whole shares: a share of a bond that rewards joined is worth more than a wei.
      check(amount.compareTo(wei(asked)) >= 0, "less than was asked for: " + amount);
      lots.put(outcome.word(0).toLongExact(), new Lot(who, rules.nextSnapshot(), amount));
    }
    return outcome;
  }

  /// Mostly the owner asks for its money.
  EconomyWorld.Outcome withdraw(SequenceStep step) {
    long id = lot(step);
    Optional<Lot> lot = Optional.ofNullable(lots.get(id));
    int who = step.part() % 8 == 0 ? step.who() : lot.map(each -> each.owner).orElse(step.who());
    Amount before = world.balance(account(who));
    EconomyWorld.Outcome outcome = world.lotCall(REGISTRY, who, "withdraw", id);
    boolean may =
        lot.isPresent()
            && lot.get().owner == who
            && rules.isOver(lot.get().left)
            && rules.isFree(account(who), lot.get().left);
    check(outcome.succeeded() == may, "bond paid out: " + outcome + ", should be " + may);
    if (may) {
      BigInteger paid = wei(world.balance(account(who)).minus(before));
      BigInteger owed = lot.get().amount;
      check(paid.equals(owed), "lot " + id + " of a bond paid " + paid + " instead of " + owed);
      lots.remove(id);
    }
    return outcome;
  }

  EconomyWorld.Outcome touch(SequenceStep step) {
    return world.touch(REGISTRY, step.who(), lot(step));
  }

  /// A penalty of an authority.
  void penalize(Address pool, BigInteger part, long drawn) {
    for (Lot lot : lots.values()) {
      if (lot.left > drawn && account(lot.owner).equals(pool)) {
        lot.amount = lot.amount.subtract(lot.amount.multiply(part).divide(MILLIONTHS));
      }
    }
  }

  /// Lets every lot pay what it owes, compares it with the model, and returns the sum.
  BigInteger unbonding(List<EconomyWorld.Outcome> outcomes) {
    BigInteger sum = BigInteger.ZERO;
    for (Map.Entry<Long, Lot> each : lots.entrySet()) {
      outcomes.add(world.touch(REGISTRY, 0, each.getKey()));
      BigInteger amount = wei(world.lotAmount(REGISTRY, each.getKey()));
      check(
          amount.equals(each.getValue().amount),
          "lot " + each.getKey() + " of a bond has " + amount + ", not " + each.getValue().amount);
      sum = sum.add(amount);
    }
    return sum;
  }

  /// One of the lots; 0 where there are none.
  private long lot(SequenceStep step) {
    List<Long> ids = new ArrayList<>(lots.keySet());
    return ids.isEmpty() ? 0 : ids.get((step.who() * 31 + step.other()) % ids.size());
  }

  private static BigInteger wei(Amount amount) {
    return amount.wei().toBigInteger();
  }
}
