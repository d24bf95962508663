// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Calls of Governor and Timelock in a world of tests. Protocol §16.11.
///
/// @param world where
record Governance(EconomyWorld world) {
  static final long DAY = 86_400_000;
  static final Amount DEPOSIT = Amount.aitbc(1_000);

  /// Where a proposal stands, in the order of the contract's codes.
  enum State {
    NONE,
    OPEN,
    DEFEATED,
    SUCCEEDED,
    QUEUED,
    HELD_BACK,
    AWAITS_SECOND_VOTE,
    EXECUTED,
    EXPIRED
  }

  /// What a voter says.
  enum Support {
    AGAINST(0),
    FOR(1),
    ABSTAIN(2);

    private final int code;

    Support(int code) {
      this.code = code;
    }
  }

  /// A call that the Timelock is to make.
  ///
  /// @param target of which contract
  /// @param data what
  record Action(Address target, Bytes data) {
    static Action of(EconomyContract target, CallData data) {
      return new Action(target.address(), data.toBytes());
    }

    /// A change of one parameter.
    static Action set(long number, UInt256 value) {
      return of(
          EconomyContract.PARAMS,
          CallData.of("set(uint256[],uint256[])")
              .numbers(List.of(UInt256.of(number)))
              .numbers(List.of(value)));
    }

    /// Other code behind the address of a contract.
    static Action upgrade(EconomyContract contract, Address code) {
      return of(
          contract,
          CallData.of("upgradeToAndCall(address,bytes)").address(code).bytes(Bytes.EMPTY));
    }
  }

  EconomyWorld.Outcome propose(int who, List<Action> actions) {
    return propose(who, "propose", DEPOSIT, actions);
  }

  EconomyWorld.Outcome propose(int who, String function, Amount deposit, List<Action> actions) {
    return world.send(
        account(who),
        EconomyContract.GOVERNOR,
        deposit,
        actions(CallData.of(function + "(address[],bytes[],string)"), actions)
            .bytes(Bytes.wrap("why".getBytes(StandardCharsets.US_ASCII))));
  }

  /// The number of a proposal that must be taken.
  long proposed(int who, Action... actions) {
    return succeeded(propose(who, List.of(actions))).word(0).toLongExact();
  }

  /// Votes with the own stake in one pool.
  EconomyWorld.Outcome vote(int who, long proposal, Support support, int pool) {
    return vote(who, proposal, support, List.of(account(pool)), List.of(account(who)));
  }

  EconomyWorld.Outcome vote(
      int who, long proposal, Support support, List<Address> pools, List<Address> owners) {
    return governor(
        who,
        CallData.of("vote(uint256,uint8,address[],address[])")
            .number(proposal)
            .number(support.code)
            .addresses(pools)
            .addresses(owners));
  }

  EconomyWorld.Outcome seatVote(int who, long proposal, Support support) {
    return governor(
        who, CallData.of("voteAsAuthority(uint256,uint8)").number(proposal).number(support.code));
  }

  /// A function that takes a proposal's number alone.
  EconomyWorld.Outcome step(int who, String function, long proposal) {
    return governor(who, CallData.of(function + "(uint256)").number(proposal));
  }

  EconomyWorld.Outcome execute(int who, long proposal, Action... actions) {
    return governor(
        who,
        actions(
            CallData.of("execute(uint256,address[],bytes[])").number(proposal), List.of(actions)));
  }

  State state(long proposal) {
    UInt256 word =
        world.read(EconomyContract.GOVERNOR, CallData.of("state(uint256)").number(proposal));
    return State.values()[Math.toIntExact(word.toLongExact())];
  }

  UInt256 parameter(long number) {
    return world.read(EconomyContract.PARAMS, CallData.of("get(uint256)").number(number));
  }

  EconomyWorld.Outcome governor(int who, CallData call) {
    return world.send(account(who), EconomyContract.GOVERNOR, Amount.ZERO, call);
  }

  static void succeed(EconomyWorld.Outcome outcome) {
    var _ = succeeded(outcome);
  }

  static EconomyWorld.Outcome succeeded(EconomyWorld.Outcome outcome) {
    if (!outcome.succeeded()) {
      throw new AssertionError(outcome.result().toString());
    }
    return outcome;
  }

  private static CallData actions(CallData call, List<Action> actions) {
    return call.addresses(actions.stream().map(Action::target).toList())
        .byteStrings(actions.stream().map(Action::data).toList());
  }
}
