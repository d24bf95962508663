// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.EconomyWorld.key;
import static io.aitbc.execution.EconomyWorld.vote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Evidence;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Wrong evidence, wrong proofs of possession, zero and greatest amounts and strangers are refused
/// with an error that says why. Protocol §16.4 to §16.8.
class RefusalsTest {
  private static final int AUTHORITY = 1;
  private static final int STAKER = 5;
  private static final int OTHER = 6;
  private static final int STRANGER = 12;
  private static final long DAY = 86_400_000;
  private static final UInt256 SHARES_MAX = new UInt256(0, 0, -1, -1);

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  private void refused(
      String error, int who, EconomyContract contract, Amount money, CallData call) {
    refused(error, world.send(account(who), contract, money, call));
  }

  private static void refused(String error, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + error);
    assertEquals(CallData.selector(error), outcome.error(), error + ": " + outcome.result());
  }

  private EconomyWorld.Outcome report(Evidence evidence, ValidatorSet set) {
    ValidatorCall call = ValidatorCall.report(evidence, set);
    return world.send(account(STRANGER), call.contract(), Amount.ZERO, call.input());
  }

  @Test // Protocol §16.7 rule 3
  void evidenceThatProvesNothing() {
    world.endEpoch(List.of());
    long height = world.height;
    ValidatorSet set = world.setOf(world.epoch());
    for (Bytes nonsense : List.of(Bytes.EMPTY, Contracts.word(1), Bytes.wrap(new byte[5_000]))) {
      refused(
          "NoEvidence()",
          STRANGER,
          EconomyContract.SLASHING,
          Amount.ZERO,
          CallData.of("report(bytes)").bytes(nonsense));
    }
    Evidence same = new Evidence.Equivocation(vote(STAKER, height, 1), vote(STAKER, height, 1));
    refused("NoEvidence()", report(same, set));
    Evidence two = new Evidence.Equivocation(vote(STAKER, height, 1), vote(OTHER, height, 2));
    refused("NoEvidence()", report(two, set));
    Evidence lock = new Evidence.ForgottenLock(vote(STAKER, height, 1), vote(STAKER, height, 2));
    refused("NoEvidence()", report(lock, set));
    Evidence right = new Evidence.Equivocation(vote(STAKER, height, 1), vote(STAKER, height, 2));
    ValidatorSet less =
        ValidatorSet.of(
            set.validators().stream()
                .filter(each -> !each.account().equals(account(OTHER)))
                .toList());
    refused("UnknownSet(uint64,bytes32)", report(right, less));
    long later = height + 1_000;
    Evidence future = new Evidence.Equivocation(vote(STAKER, later, 1), vote(STAKER, later, 2));
    refused("UnknownSet(uint64,bytes32)", report(future, set));
    assertTrue(report(right, set).succeeded());
    refused("NobodyConvicted()", report(right, set));
  }

  @Test // Protocol §16.7 rule 3
  void evidenceThatIsTooOld() {
    world.endEpoch(List.of());
    long height = world.height;
    ValidatorSet set = world.setOf(world.epoch());
    world.endEpoch(List.of());
    world.passTime(21 * DAY + 1);
    Evidence old = new Evidence.Equivocation(vote(STAKER, height, 1), vote(STAKER, height, 2));
    refused("TooOld(uint64,uint64)", report(old, set));
  }

  @Test // Protocol §12.2, §16.7 rule 1
  void aProofOfPossessionOfAnotherAccountKeyOrNetwork() {
    Bytes own = key(9).publicKey().bytes();
    List<Bytes> proofs =
        List.of(
            ProofOfPossession.prove(key(9), EconomyWorld.NETWORK, account(10).bytes()).bytes(),
            ProofOfPossession.prove(key(10), EconomyWorld.NETWORK, account(9).bytes()).bytes(),
            ProofOfPossession.prove(key(9), Keccak256.hash(Contracts.word(1)), account(9).bytes())
                .bytes(),
            Bytes.wrap(new byte[96]),
            Bytes.EMPTY);
    for (Bytes proof : proofs) {
      refused("NotPossessed(address)", register(own, proof));
      CallData announce = CallData.of("announceKey(bytes,bytes)").bytes(own).bytes(proof);
      refused(
          "NotPossessed(address)", STAKER, EconomyContract.STAKE_MANAGER, Amount.ZERO, announce);
      refused(
          "NotPossessed(address)",
          AUTHORITY,
          EconomyContract.AUTHORITY_REGISTRY,
          Amount.ZERO,
          announce);
    }
    refused("WrongKeyLength(uint256)", register(own.slice(0, 47), proofs.getFirst()));
    refused("WrongKeyLength(uint256)", register(Bytes.EMPTY, proofs.getFirst()));
    refused(
        "KeyTaken(bytes32,address)", register(key(STAKER).publicKey().bytes(), proofs.getFirst()));
  }

  private EconomyWorld.Outcome register(Bytes key, Bytes proof) {
    return world.send(
        account(9),
        EconomyContract.STAKE_MANAGER,
        Amount.aitbc(1_000),
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(key)
            .bytes(proof)
            .number(0)
            .number(0)
            .address(Address.ZERO));
  }

  @Test // Protocol §16.4, §16.6
  void zeroAndGreatestAmountsOfStake() {
    refused("BelowMinimum(uint256,uint256)", world.delegate(9, STAKER, Amount.ZERO));
    refused("ZeroAmount()", world.undelegate(STAKER, STAKER, UInt256.ZERO));
    refused("TooMuch(uint256,uint256)", world.undelegate(STAKER, STAKER, SHARES_MAX));
    refused("TooMuch(uint256,uint256)", world.undelegate(9, STAKER, UInt256.ONE));
    refused("ZeroAmount()", world.redelegate(STAKER, STAKER, OTHER, UInt256.ZERO));
    refused("TooMuch(uint256,uint256)", world.redelegate(STAKER, STAKER, OTHER, SHARES_MAX));
    refused("SamePool(address)", world.redelegate(STAKER, STAKER, STAKER, UInt256.ONE));
    refused(
        "OwnMinimum(uint256,uint256)",
        world.undelegate(STAKER, STAKER, world.sharesOf(STAKER, STAKER)));
    Amount more = new Amount(new UInt256(0, 0, 1L << 32, 0)); // 2^96 wei
    world.state.setBalance(account(9), more);
    refused("TooMuch(uint256,uint256)", world.delegate(9, STAKER, more));
    refused("TooMuch(uint256,uint256)", world.register(9, more, Address.ZERO));
    CallData commission = CallData.of("setCommission(uint16)").number(65_535);
    refused(
        "CommissionTooHigh(uint256,uint256)",
        STAKER,
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        commission);
  }

  @Test // Protocol §16.4, §16.5
  void zeroAndGreatestAmountsOfABond() {
    EconomyContract registry = EconomyContract.AUTHORITY_REGISTRY;
    refused("ZeroAmount()", AUTHORITY, registry, Amount.ZERO, CallData.of("addBond()"));
    for (UInt256 amount : List.of(UInt256.ZERO, UInt256.MAX)) {
      CallData unbond = CallData.of("unbond(uint256)").number(amount);
      refused("TooMuch(uint256,uint256)", AUTHORITY, registry, Amount.ZERO, unbond);
      refused("TooMuch(uint256,uint256)", STRANGER, registry, Amount.ZERO, unbond);
    }
    refused(
        "BondNeeded(uint256,uint256)",
        AUTHORITY,
        registry,
        Amount.ZERO,
        CallData.of("unbond(uint256)").number(1));
  }

  @Test // Protocol §16.4
  void lotsThatAreNotThereOrAnothers() {
    assertTrue(world.undelegate(STAKER, STAKER, UInt256.ONE).succeeded());
    for (String function : List.of("withdraw", "undelegateLot", "merge")) {
      for (long lot : List.of(0L, 1L, 2L, Long.MAX_VALUE)) {
        refused("NotYours(uint256,address)", world.lotCall(STRANGER, function, lot));
      }
    }
    refused("StillCounted(uint64,uint64)", world.lotCall(STAKER, "withdraw", 1));
    refused("NotTransferable(uint256)", world.lotCall(STAKER, "undelegateLot", 1));
    refused("NotTransferable(uint256)", world.lotCall(STAKER, "merge", 1));
    refused("NothingDue(uint256)", world.touch(STRANGER, 1));
    refused("NoLot(uint256)", world.touch(STRANGER, 0));
    refused("NoLot(uint256)", world.touch(STRANGER, Long.MAX_VALUE));
  }

  @Test // Protocol §16.5 to §16.8
  void strangersAreNoCandidatesAuthoritiesConvictsOrOwners() {
    for (EconomyContract registry :
        List.of(EconomyContract.STAKE_MANAGER, EconomyContract.AUTHORITY_REGISTRY)) {
      for (String function : List.of("resign()", "unjail()")) {
        refused(
            "WrongState(address,uint8)", STRANGER, registry, Amount.ZERO, CallData.of(function));
      }
      CallData announce =
          CallData.of("announceKey(bytes,bytes)").bytes(Bytes.EMPTY).bytes(Bytes.EMPTY);
      refused("WrongState(address,uint8)", STRANGER, registry, Amount.ZERO, announce);
    }
    refused(
        "WrongState(address,uint8)",
        STRANGER,
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        CallData.of("ready()"));
    refused(
        "NotOperator(address)",
        STRANGER,
        EconomyContract.AUTHORITY_REGISTRY,
        Amount.ZERO,
        CallData.of("ready(address)").address(account(AUTHORITY)));
    refused(
        "WrongState(address,uint8)",
        STRANGER,
        EconomyContract.AUTHORITY_REGISTRY,
        Amount.ZERO,
        CallData.of("addBond()"));
    refused(
        "NotConvicted(address)",
        STRANGER,
        EconomyContract.SLASHING,
        Amount.ZERO,
        CallData.of("finish(address)").address(account(STAKER)));
    refused(
        "NothingToClaim(address,address)",
        STRANGER,
        EconomyContract.REWARDS,
        Amount.ZERO,
        CallData.of("claim(address)").address(account(STAKER)));
    refused("WrongState(address,uint8)", world.delegate(STRANGER, 9, Amount.aitbc(1)));
    refused("WrongState(address,uint8)", world.join(STRANGER));
  }
}
