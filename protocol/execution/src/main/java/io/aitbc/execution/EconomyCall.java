// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What people send to the chain's contracts, in the encoding of the Solidity ABI. Protocol §16.5,
/// §16.6, §16.11.
///
/// @param contract whom it calls
/// @param money that goes along
/// @param input of the call
public record EconomyCall(EconomyContract contract, Amount money, Bytes input) {
  /// What a candidate takes of its delegators' rewards.
  ///
  /// @param parts of 10,000
  /// @param partsMax what it never exceeds
  public record Commission(int parts, int partsMax) {}

  /// A call that the Timelock is to make.
  ///
  /// @param target whom it calls
  /// @param input of the call
  public record Action(Address target, Bytes input) {}

  /// What a vote says.
  public enum Support {
    /// Against it.
    AGAINST(0),
    /// For it.
    FOR(1),
    /// Neither, but it counts as voted.
    ABSTAIN(2);

    private final int code;

    Support(int code) {
      this.code = code;
    }
  }

  /// A new parameter's value.
  ///
  /// @param number of the parameter (Protocol §19.3)
  /// @param value of one word
  public record Setting(int number, UInt256 value) {}

  static EconomyCall of(EconomyContract contract, CallData data) {
    return new EconomyCall(contract, Amount.ZERO, data.toBytes());
  }

  /// Becomes a candidate with `stake`.
  ///
  /// @param displaced who goes where the list is full; the zero address for nobody
  public static EconomyCall register(
      BlsPublicKey key,
      BlsSignature proofOfPossession,
      Commission commission,
      Address displaced,
      Amount stake) {
    return new EconomyCall(
        EconomyContract.STAKE_MANAGER,
        stake,
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(key.bytes())
            .bytes(proofOfPossession.bytes())
            .number(commission.parts())
            .number(commission.partsMax())
            .address(displaced)
            .toBytes());
  }

  /// Asks what the pool of a candidate holds; the first word of the answer is in wei.
  public static EconomyCall poolOf(Address candidate) {
    return of(EconomyContract.STAKE_MANAGER, CallData.of("poolOf(address)").address(candidate));
  }

  /// Adds `stake` to a candidate's pool.
  public static EconomyCall delegate(Address candidate, Amount stake) {
    return new EconomyCall(
        EconomyContract.STAKE_MANAGER,
        stake,
        CallData.of("delegate(address)").address(candidate).toBytes());
  }

  /// A candidate by stake can vote.
  public static EconomyCall stakerReady() {
    return of(EconomyContract.STAKE_MANAGER, CallData.of("ready()"));
  }

  /// An authority can vote; it, or its operator, says so.
  public static EconomyCall authorityReady(Address authority) {
    return of(EconomyContract.AUTHORITY_REGISTRY, CallData.of("ready(address)").address(authority));
  }

  /// Says who runs an authority's node, where the fees of its blocks go and what peers know its
  /// node by.
  ///
  /// @param operator may say that the authority is ready; the zero address for nobody
  /// @param feeRecipient the zero address for the authority itself
  /// @param nodeIdentity SHA-256 of the node's public key; zero for the one of the genesis
  public static EconomyCall describe(Address operator, Address feeRecipient, Hash nodeIdentity) {
    return of(
        EconomyContract.AUTHORITY_REGISTRY,
        CallData.of("describe(address,address,bytes32)")
            .address(operator)
            .address(feeRecipient)
            .hash(nodeIdentity));
  }

  /// Takes what the sender's shares of a candidate's pool have earned.
  public static EconomyCall claim(Address candidate) {
    return of(EconomyContract.REWARDS, CallData.of("claim(address)").address(candidate));
  }

  /// Asks to be drawn again after jail.
  ///
  /// @param registry one of both
  public static EconomyCall unjail(EconomyContract registry) {
    return of(registry, CallData.of("unjail()"));
  }

  /// Ends a candidacy or an admission.
  ///
  /// @param registry one of both
  public static EconomyCall resign(EconomyContract registry) {
    return of(registry, CallData.of("resign()"));
  }

  /// Brings evidence.
  ///
  /// @param evidence with its validator set (Protocol §14.6)
  public static EconomyCall report(Bytes evidence) {
    return of(EconomyContract.SLASHING, CallData.of("report(bytes)").bytes(evidence));
  }

  /// Proposes calls of the Timelock.
  public static EconomyCall propose(List<Action> actions, String description, Amount deposit) {
    return proposal("propose(address[],bytes[],string)", actions, description, deposit);
  }

  /// The same, as an emergency.
  public static EconomyCall proposeEmergency(
      List<Action> actions, String description, Amount deposit) {
    return proposal("proposeEmergency(address[],bytes[],string)", actions, description, deposit);
  }

  private static EconomyCall proposal(
      String function, List<Action> actions, String description, Amount deposit) {
    return new EconomyCall(
        EconomyContract.GOVERNOR,
        deposit,
        with(CallData.of(function), actions)
            .bytes(Bytes.wrap(description.getBytes(StandardCharsets.UTF_8)))
            .toBytes());
  }

  /// Votes with the stake that `owner` has in some pools.
  public static EconomyCall vote(UInt256 id, Support support, List<Address> pools, Address owner) {
    return of(
        EconomyContract.GOVERNOR,
        CallData.of("vote(uint256,uint8,address[],address[])")
            .number(id)
            .number(support.code)
            .addresses(pools)
            .addresses(pools.stream().map(_ -> owner).toList()));
  }

  /// Votes with an authority's seat.
  public static EconomyCall voteAsAuthority(UInt256 id, Support support) {
    return of(
        EconomyContract.GOVERNOR,
        CallData.of("voteAsAuthority(uint256,uint8)").number(id).number(support.code));
  }

  /// Hands what passed to the Timelock.
  public static EconomyCall queue(UInt256 id) {
    return proposal("queue(uint256)", id);
  }

  /// Asks with an authority's seat to hold a protected proposal back.
  public static EconomyCall holdBack(UInt256 id) {
    return proposal("holdBack(uint256)", id);
  }

  /// Begins the second vote on a proposal that was held back.
  public static EconomyCall openSecondVote(UInt256 id) {
    return proposal("openSecondVote(uint256)", id);
  }

  /// Gives the deposit of a proposal whose vote is over back, or to the Treasury.
  public static EconomyCall settleDeposit(UInt256 id) {
    return proposal("settleDeposit(uint256)", id);
  }

  private static EconomyCall proposal(String function, UInt256 id) {
    return of(EconomyContract.GOVERNOR, CallData.of(function).number(id));
  }

  /// Has the Timelock make a proposal's calls.
  public static EconomyCall execute(UInt256 id, List<Action> actions) {
    return of(
        EconomyContract.GOVERNOR,
        with(CallData.of("execute(uint256,address[],bytes[])").number(id), actions));
  }

  /// The call of the Timelock that changes parameters.
  public static Action set(List<Setting> settings) {
    return new Action(
        EconomyContract.PARAMS.address(),
        CallData.of("set(uint256[],uint256[])")
            .numbers(settings.stream().map(each -> UInt256.of(each.number())).toList())
            .numbers(settings.stream().map(Setting::value).toList())
            .toBytes());
  }

  private static CallData with(CallData data, List<Action> actions) {
    return data.addresses(actions.stream().map(Action::target).toList())
        .byteStrings(actions.stream().map(Action::input).toList());
  }
}
