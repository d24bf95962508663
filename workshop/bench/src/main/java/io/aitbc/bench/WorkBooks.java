// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the contracts of AI work hold, beside what they owe.
///
/// @param chain whose contracts
record WorkBooks(VirtualChain chain) {
  private static List<Address> everybody() {
    List<Address> all =
        new ArrayList<>(List.of(HonestTrials.CLIENT, HonestTrials.MAKER, Address.ZERO));
    boolean _ = all.addAll(HonestTrials.STRANGERS);
    boolean _ = all.addAll(HonestTrials.WORKERS);
    boolean _ = all.addAll(HonestTrials.AUDITORS);
    boolean _ = all.addAll(HonestTrials.EVALUATORS);
    return all;
  }

  /// Every contract holds what it owes, to the wei.
  ///
  /// @param escrow fees of claims that are not over
  /// @param condemned models whose deposit was burned
  /// @throws IllegalStateException if one holds more or less
  void check(Amount escrow, int condemned) {
    Amount market = escrow;
    Amount bonds = Amount.ZERO;
    for (Address account : everybody()) {
      market = market.plus(chain.read(WorkRead.credit(account)).orElse(Amount.ZERO));
      for (ServiceRole role : ServiceRole.values()) {
        Optional<ServiceAccount> service = chain.read(WorkRead.service(role, account));
        if (service.isPresent()) {
          bonds = bonds.plus(service.get().bond()).plus(service.get().leaving());
        }
      }
    }
    Amount deposits = Amount.ZERO;
    long disputes = chain.read(WorkRead.disputeCount()).orElse(0L);
    for (long number = 1; number <= disputes; number++) {
      WorkDispute dispute = chain.read(WorkRead.dispute(number)).orElseThrow();
      if (dispute.stage() != WorkDispute.Stage.OVER) {
        deposits = deposits.plus(dispute.deposit());
      }
    }
    int models = HonestTrials.MODELS - condemned;
    same(EconomyContract.JOB_MARKET, market);
    same(EconomyContract.SERVICE_REGISTRY, bonds);
    same(EconomyContract.DISPUTES, deposits);
    same(EconomyContract.MODEL_REGISTRY, HonestTrials.MODEL_DEPOSIT.times(models));
    same(EconomyContract.WORK_LEDGER, Amount.ZERO);
    same(EconomyContract.EVALUATOR_COMMITTEE, Amount.ZERO);
  }

  private void same(EconomyContract contract, Amount owed) {
    Amount held = chain.balance(contract.address());
    if (!held.equals(owed)) {
      throw new IllegalStateException(contract + " holds " + held + " and owes " + owed);
    }
  }

  /// Nobody honest lost a wei of a bond, and nothing of it is held any more.
  ///
  /// @throws IllegalStateException if somebody did
  void checkHonestBonds() {
    for (Address account : everybody()) {
      for (ServiceRole role : ServiceRole.values()) {
        Optional<ServiceAccount> service = chain.read(WorkRead.service(role, account));
        if (service.isEmpty() || !HonestTrial.isHonest(account)) {
          continue;
        }
        ServiceAccount it = service.get();
        Amount bond =
            role == ServiceRole.WORKER ? HonestTrials.WORKER_BOND : HonestTrials.SMALL_BOND;
        if (!it.bond().equals(bond)
            || !it.reserved().equals(Amount.ZERO)
            || it.duties() != 0
            || it.convictions() != 0) {
          throw new IllegalStateException("an honest " + role + " was harmed: " + it);
        }
      }
    }
  }
}
