// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Who may call what: every function of every contract that may change something is in one of these
/// lists.
class PrivilegesTest { // Protocol §16.1, §16.12
  private static final Map<EconomyContract, List<String>> TIMELOCK =
      Map.ofEntries(
          Map.entry(EconomyContract.PARAMS, List.of("set")),
          Map.entry(EconomyContract.AUTHORITY_REGISTRY, List.of("admit", "remove")),
          Map.entry(EconomyContract.RUNTIME_REGISTRY, List.of("approve", "setDenied", "strikeOff")),
          Map.entry(
              EconomyContract.COLLATERAL_REGISTRY, List.of("remove", "setEndorser", "setPolicy")),
          Map.entry(EconomyContract.TREASURY, List.of("spend")));

  private static final Map<EconomyContract, List<String>> CHAIN =
      Map.ofEntries(
          Map.entry(EconomyContract.PARAMS, List.of("initialize")),
          Map.entry(EconomyContract.AUTHORITY_REGISTRY, List.of("initialize")),
          Map.entry(EconomyContract.STAKE_MANAGER, List.of("initialize", "snapshot")),
          Map.entry(EconomyContract.SLASHING, List.of("initialize", "settle")),
          Map.entry(EconomyContract.REWARDS, List.of("settle")),
          Map.entry(EconomyContract.WORK_LEDGER, List.of("endEpoch")),
          Map.entry(EconomyContract.COLLATERAL_REGISTRY, List.of("initialize")),
          Map.entry(
              EconomyContract.BEACON_HISTORY,
              List.of("noteFailure", "settleTime", "startBlock", "turnRules")));

  private static final Map<EconomyContract, List<String>> EACH_OTHER =
      Map.ofEntries(
          Map.entry(
              EconomyContract.AUTHORITY_REGISTRY,
              List.of("addRewards", "jail", "setLiability", "slash", "tombstone")),
          Map.entry(
              EconomyContract.STAKE_MANAGER,
              List.of("jail", "openBallot", "report", "setLiability", "slash", "tombstone")),
          Map.entry(EconomyContract.SLASHING, List.of("claimKey", "take")),
          Map.entry(EconomyContract.REWARDS, List.of("checkpoint")),
          Map.entry(
              EconomyContract.SERVICE_REGISTRY, List.of("convict", "release", "reserve", "take")),
          Map.entry(EconomyContract.MODEL_REGISTRY, List.of("closeJob", "condemn", "openJob")),
          Map.entry(
              EconomyContract.JOB_MARKET,
              List.of("credit", "payOut", "penalize", "reassign", "refund")),
          Map.entry(
              EconomyContract.WORK_LEDGER,
              List.of(
                  "annul",
                  "begin",
                  "challengeReport",
                  "convict",
                  "endReport",
                  "hold",
                  "laidOpen",
                  "unhold")),
          Map.entry(EconomyContract.EVALUATOR_COMMITTEE, List.of("close", "open")),
          Map.entry(
              EconomyContract.TIMELOCK, List.of("cancel", "execute", "executeNow", "schedule")));

  private static final Map<EconomyContract, List<String>> EVERYBODY =
      Map.ofEntries(
          Map.entry(
              EconomyContract.AUTHORITY_REGISTRY,
              List.of(
                  "addBond",
                  "announceKey",
                  "applyKey",
                  "describe",
                  "join",
                  "ready",
                  "resign",
                  "touch",
                  "unbond",
                  "unjail",
                  "withdraw")),
          Map.entry(
              EconomyContract.STAKE_MANAGER,
              List.of(
                  "announceKey",
                  "applyKey",
                  "delegate",
                  "merge",
                  "ready",
                  "redelegate",
                  "register",
                  "resign",
                  "setCommission",
                  "touch",
                  "undelegate",
                  "undelegateLot",
                  "unjail",
                  "withdraw")),
          Map.entry(EconomyContract.SLASHING, List.of("burn", "finish", "report")),
          Map.entry(EconomyContract.REWARDS, List.of("claim")),
          Map.entry(
              EconomyContract.GOVERNOR,
              List.of(
                  "delegateVotes",
                  "execute",
                  "holdBack",
                  "openSecondVote",
                  "propose",
                  "proposeEmergency",
                  "queue",
                  "settleDeposit",
                  "vote",
                  "voteAsAuthority")),
          Map.entry(EconomyContract.FEE_SPLITTER, List.of("split")),
          Map.entry(EconomyContract.TREASURY, List.of("deposit")),
          Map.entry(
              EconomyContract.SERVICE_REGISTRY,
              List.of(
                  "addBond",
                  "describe",
                  "register",
                  "registerChain",
                  "showSecret",
                  "unbond",
                  "withdraw")),
          Map.entry(
              EconomyContract.MODEL_REGISTRY,
              List.of("calibrate", "close", "register", "withdraw")),
          Map.entry(
              EconomyContract.JOB_MARKET,
              List.of("accept", "cancel", "decline", "drawAgain", "giveUp", "submit", "withdraw")),
          Map.entry(
              EconomyContract.WORK_LEDGER,
              List.of(
                  "closeReports",
                  "commit",
                  "drawRest",
                  "drawSeats",
                  "late",
                  "notServed",
                  "report",
                  "reveal",
                  "revealAttested",
                  "settle",
                  "voidClaim")),
          Map.entry(EconomyContract.EVALUATOR_COMMITTEE, List.of("commit", "reveal")),
          Map.entry(EconomyContract.COLLATERAL_REGISTRY, List.of("endorse", "submit", "withdraw")),
          Map.entry(
              EconomyContract.DISPUTES,
              List.of(
                  "answerNodes",
                  "answerRoot",
                  "answerStates",
                  "challenge",
                  "challengeReport",
                  "demand",
                  "demandPart",
                  "descend",
                  "descendState",
                  "dismiss",
                  "nameStep",
                  "openTile",
                  "prove",
                  "proveEmpty",
                  "serve",
                  "serveTile",
                  "timeOut")),
          Map.entry(EconomyContract.JURIES, List.of("commit", "decide", "object", "reveal")),
          Map.entry(
              EconomyContract.WAITBC,
              List.of("approve", "deposit", "transfer", "transferFrom", "withdraw")));

  /// More words than any function takes.
  private static final int WORDS = 16;

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  @Test // Protocol §16.1, §16.12
  void whatIsTheTimelocksAnswersToTheTimelockAlone() {
    for (EconomyContract contract : EconomyContract.values()) {
      TreeSet<String> expected = new TreeSet<>(TIMELOCK.getOrDefault(contract, List.of()));
      if (contract.isUpgradeable()) {
        expected.add("upgradeToAndCall");
      }
      for (Address caller :
          List.of(account(9), account(0), EconomyContract.GOVERNOR.address(), contract.address())) {
        if (!caller.equals(EconomyContract.TIMELOCK.address())) {
          assertEquals(expected, refusing(contract, caller, "OnlyTimelock(address)"));
        }
      }
      assertTrue(
          refusing(contract, EconomyContract.TIMELOCK.address(), "OnlyTimelock(address)")
              .isEmpty());
    }
  }

  @Test // Protocol §16.1
  void whatIsTheChainsOrAContractsAnswersToNobodyElse() {
    for (EconomyContract contract : EconomyContract.values()) {
      for (Address caller : List.of(account(9), EconomyContract.TIMELOCK.address())) {
        assertEquals(
            new TreeSet<>(CHAIN.getOrDefault(contract, List.of())),
            refusing(contract, caller, "OnlySystem(address)"));
        assertEquals(
            new TreeSet<>(EACH_OTHER.getOrDefault(contract, List.of())),
            refusing(contract, caller, "OnlyEconomy(address)"));
      }
    }
  }

  @Test // Protocol §16.1
  void everyOtherFunctionIsForEverybody() {
    for (EconomyContract contract : EconomyContract.values()) {
      TreeSet<String> others = new TreeSet<>();
      Abi.changingFunctions(contract.artifact()).forEach(each -> others.add(name(each)));
      others.remove("upgradeToAndCall");
      for (Map<EconomyContract, List<String>> list : List.of(TIMELOCK, CHAIN, EACH_OTHER)) {
        others.removeAll(list.getOrDefault(contract, List.of()));
      }
      assertEquals(
          new TreeSet<>(EVERYBODY.getOrDefault(contract, List.of())), others, contract.name());
    }
  }

  /// Functions that refuse a caller with this error; nothing changes.
  private SortedSet<String> refusing(EconomyContract contract, Address caller, String error) {
    SortedSet<String> refusing = new TreeSet<>();
    for (String signature : Abi.changingFunctions(contract.artifact())) {
      // Zeros, which every function can read as its arguments: lists that are empty.
      CallData call = CallData.of(signature);
      for (int i = 0; i < WORDS; i++) {
        call = call.number(0);
      }
      int before = world.state.snapshot();
      EconomyWorld.Outcome outcome = world.send(caller, contract, Amount.ZERO, call);
      world.state.revertTo(before);
      if (!outcome.succeeded()
          && outcome.result().output().length() >= CallData.SELECTOR_BYTES
          && outcome.error().equals(CallData.selector(error))) {
        refusing.add(name(signature));
      }
    }
    return refusing;
  }

  private static String name(String signature) {
    return signature.substring(0, signature.indexOf('('));
  }
}
