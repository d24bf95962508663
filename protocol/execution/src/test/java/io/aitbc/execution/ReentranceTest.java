// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.Governance.DAY;
import static io.aitbc.execution.Governance.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.Governance.Action;
import io.aitbc.execution.Governance.Support;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A contract that is paid calls back before the payment is over: nothing is paid twice.
class ReentranceTest { // Protocol §16
  private static final Address CONTRACT = account(800);

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);
  private final Governance governance = new Governance(world);

  ReentranceTest() {
    var _ = world.state.setCode(CONTRACT, Artifacts.code("Reenterer"));
    world.state.setBalance(CONTRACT, Amount.aitbc(100_000));
  }

  @Test // Protocol §16.4
  void withdrawalsArePaidOnce() {
    CallData delegate = CallData.of("delegate(address)").address(account(4));
    succeed(run(EconomyContract.STAKE_MANAGER, Amount.aitbc(3_000), delegate));
    for (int i = 0; i < 2; i++) {
      succeed(run(EconomyContract.STAKE_MANAGER, Amount.ZERO, undelegate(Amount.aitbc(1_000))));
    }
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    world.passTime(22 * DAY);
    CallData first = CallData.of("withdraw(uint256)").number(1);
    for (CallData again :
        List.of(
            first,
            CallData.of("withdraw(uint256)").number(2),
            undelegate(Amount.aitbc(1_000)),
            delegate,
            CallData.of("touch(uint256,uint256)").number(1).number(9))) {
      refused(EconomyContract.STAKE_MANAGER, first, EconomyContract.STAKE_MANAGER, again, 1_000);
    }
  }

  @Test // Protocol §16.8
  void aClaimFromWithinAWithdrawalPaysWhatItWouldHavePaidAfter() {
    CallData delegate = CallData.of("delegate(address)").address(account(4));
    succeed(run(EconomyContract.STAKE_MANAGER, Amount.aitbc(3_000), delegate));
    world.endEpoch(List.of());
    succeed(run(EconomyContract.STAKE_MANAGER, Amount.ZERO, undelegate(Amount.aitbc(1_000))));
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    world.passTime(22 * DAY);
    CallData withdraw = CallData.of("withdraw(uint256)").number(1);
    CallData claim = CallData.of("claim(address)").address(account(4));
    int before = world.state.snapshot();
    succeed(run(EconomyContract.STAKE_MANAGER, Amount.ZERO, withdraw));
    succeed(run(EconomyContract.REWARDS, Amount.ZERO, claim));
    Amount apart = world.balance(CONTRACT);
    world.state.revertTo(before);
    arm(EconomyContract.REWARDS, claim);
    succeed(run(EconomyContract.STAKE_MANAGER, Amount.ZERO, withdraw));
    assertEquals(apart, world.balance(CONTRACT));
    world.state.revertTo(before);
    refused(EconomyContract.REWARDS, claim, EconomyContract.REWARDS, claim, 0);
  }

  @Test // Protocol §16.4, §16.7
  void whoReportsOrTouchesIsPaidOnce() {
    assertTrue(world.delegate(9, 4, Amount.aitbc(20_000)).succeeded());
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    UInt256 shares = world.sharesOf(4, 9);
    assertTrue(world.undelegate(9, 4, shares).succeeded());
    CallData report = CallData.of("report(bytes)").bytes(world.evidence(4, world.height));
    CallData finish = CallData.of("finish(address)").address(account(4));
    refused(EconomyContract.SLASHING, report, EconomyContract.SLASHING, report, 0);
    refused(EconomyContract.SLASHING, report, EconomyContract.SLASHING, finish, 0);
    succeed(run(EconomyContract.SLASHING, Amount.ZERO, report));
    CallData touch = CallData.of("touch(uint256,uint256)").number(1).number(9);
    refused(EconomyContract.STAKE_MANAGER, touch, EconomyContract.STAKE_MANAGER, touch, 100);
  }

  @Test // Protocol §16.9, §16.11, §16.12
  void depositsAndSpendingArePaidOnce() {
    world.state.setBalance(EconomyContract.TREASURY.address(), Amount.aitbc(50));
    world.endEpoch(List.of());
    Action spend =
        Action.of(
            EconomyContract.TREASURY,
            CallData.of("spend(address,uint256)").address(CONTRACT).amount(Amount.aitbc(7)));
    CallData propose =
        CallData.of("propose(address[],bytes[],string)")
            .addresses(List.of(spend.target()))
            .byteStrings(List.of(spend.data()))
            .bytes(Bytes.EMPTY);
    succeed(run(EconomyContract.GOVERNOR, Governance.DEPOSIT, propose));
    for (int i = 4; i < 9; i++) {
      succeed(governance.vote(i, 1, Support.FOR, i));
    }
    world.passTime(7 * DAY);
    CallData settle = CallData.of("settleDeposit(uint256)").number(1);
    refused(EconomyContract.GOVERNOR, settle, EconomyContract.GOVERNOR, settle, 1_000);
    succeed(governance.step(9, "queue", 1));
    world.passTime(2 * DAY);
    CallData execute =
        CallData.of("execute(uint256,address[],bytes[])")
            .number(1)
            .addresses(List.of(spend.target()))
            .byteStrings(List.of(spend.data()));
    refused(EconomyContract.GOVERNOR, execute, EconomyContract.GOVERNOR, execute, 7);
  }

  @Test // Protocol §16.9
  void tokensAreTurnedIntoMoneyOnce() {
    succeed(run(EconomyContract.WAITBC, Amount.aitbc(10), CallData.of("deposit()")));
    CallData withdraw = CallData.of("withdraw(uint256)").amount(Amount.aitbc(10));
    BigInteger supply = world.supply();
    Amount before = world.balance(CONTRACT);
    arm(EconomyContract.WAITBC, withdraw);
    succeed(run(EconomyContract.WAITBC, Amount.ZERO, withdraw));
    assertEquals(Amount.aitbc(10), world.balance(CONTRACT).minus(before));
    assertEquals(Amount.ZERO, world.balance(EconomyContract.WAITBC.address()));
    assertEquals(supply, world.supply());
  }

  @Test // Protocol §17.10, §17.11, §17.12
  void bondsDepositsAndCreditsOfWorkArePaidOnce() {
    ByteBuffer header = ByteBuffer.allocate(92);
    header.put(MerkleTree.leaf(new byte[] {1}).toArray()).putInt(1).put(Hash.ZERO.toArray());
    header.putInt(0).putInt(1).putLong(4).putInt(0).putInt(1);
    succeed(run(WorkCall.registerService(ServiceRole.WORKER, 1, "", Amount.aitbc(3_000))));
    EconomyWorld.Outcome registered =
        run(
            WorkCall.registerModel(
                Bytes.wrap(header.array()), WorkCall.Boundary.NONE, "model", Amount.aitbc(100)));
    succeed(registered);
    Hash model = registered.word(2).toHash(); // Behind offset and length of what it answered.
    for (int job = 1; job <= 2; job++) {
      WorkJob.Request request =
          new WorkJob.Request(model, Hash.ZERO, Hash.ZERO, 3, 20, 10, Amount.ZERO, Hash.ZERO);
      succeed(run(WorkCall.submit(request, Amount.aitbc(30))));
    }
    succeed(run(WorkCall.cancel(new ClaimId(1, 0))));
    CallData credit = CallData.of("withdraw()");
    CallData cancel = CallData.of("cancel(uint256,uint256)").number(2).number(0);
    for (CallData again : List.of(credit, cancel)) {
      refused(EconomyContract.JOB_MARKET, credit, EconomyContract.JOB_MARKET, again, 30);
    }
    succeed(run(WorkCall.cancel(new ClaimId(2, 0))));
    succeed(run(WorkCall.unbond(ServiceRole.WORKER, Amount.aitbc(1_000))));
    succeed(run(WorkCall.closeModel(model)));
    world.passTime(8 * DAY);
    CallData bond = CallData.of("withdraw(uint8)").number(ServiceRole.WORKER.code());
    CallData unbond =
        CallData.of("unbond(uint8,uint128)")
            .number(ServiceRole.WORKER.code())
            .amount(Amount.aitbc(1_000));
    for (CallData again : List.of(bond, unbond)) {
      refused(
          EconomyContract.SERVICE_REGISTRY, bond, EconomyContract.SERVICE_REGISTRY, again, 1_000);
    }
    CallData deposit = CallData.of("withdraw(bytes32)").hash(model);
    refused(EconomyContract.MODEL_REGISTRY, deposit, EconomyContract.MODEL_REGISTRY, deposit, 100);
  }

  private EconomyWorld.Outcome run(EconomyCall call) {
    return world.send(
        account(9),
        CONTRACT,
        Amount.ZERO,
        CallData.of("run(address,uint256,bytes)")
            .address(call.contract().address())
            .amount(call.money())
            .bytes(call.input()));
  }

  /// Makes a call that pays, calls back while it does, and finds that the call back was refused by
  /// the guard and that the payment was that of the call alone. Leaves no trace.
  private void refused(
      EconomyContract payer, CallData pays, EconomyContract called, CallData again, long least) {
    int start = world.state.snapshot();
    Amount before = world.balance(CONTRACT);
    succeed(run(payer, Amount.ZERO, pays));
    Amount alone = world.balance(CONTRACT).minus(before);
    world.state.revertTo(start);
    assertTrue(alone.compareTo(Amount.aitbc(least)) >= 0, alone.toString());
    BigInteger supply = world.supply();
    arm(called, again);
    succeed(run(payer, Amount.ZERO, pays));
    assertEquals(alone, world.balance(CONTRACT).minus(before));
    assertEquals(supply, world.supply());
    assertEquals(UInt256.ONE, ask("entered()", 0));
    assertEquals(UInt256.ZERO, ask("succeeded()", 0));
    Bytes error = CallData.selector("ReentrancyGuardReentrantCall()");
    assertEquals(error, Bytes.wrap(ask("answer()", 2).toArray()).slice(0, 4));
    world.state.revertTo(start);
  }

  private void arm(EconomyContract called, CallData again) {
    succeed(
        world.send(
            account(9),
            CONTRACT,
            Amount.ZERO,
            CallData.of("arm(address,bytes)").address(called.address()).bytes(again.toBytes())));
  }

  private UInt256 ask(String function, int word) {
    int before = world.state.snapshot();
    EconomyWorld.Outcome outcome =
        world.send(account(9), CONTRACT, Amount.ZERO, CallData.of(function));
    world.state.revertTo(before);
    return outcome.word(word);
  }

  private EconomyWorld.Outcome run(EconomyContract to, Amount value, CallData call) {
    return world.send(
        account(9),
        CONTRACT,
        Amount.ZERO,
        CallData.of("run(address,uint256,bytes)")
            .address(to.address())
            .amount(value)
            .bytes(call.toBytes()));
  }

  private static CallData undelegate(Amount amount) {
    return CallData.of("undelegate(address,uint128)").address(account(4)).amount(amount);
  }
}
