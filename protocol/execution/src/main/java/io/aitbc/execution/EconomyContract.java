// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;

/// The contracts of the chain's economy and of AI work, and where they are. Protocol §16.1, §17.10.
public enum EconomyContract {
  /// The parameters that governance may change.
  PARAMS("Params", 0x1000),
  /// Authorities and their bonds.
  AUTHORITY_REGISTRY("AuthorityRegistry", 0x1001),
  /// Candidates by stake, and delegation.
  STAKE_MANAGER("StakeManager", 0x1002),
  /// Evidence and penalties.
  SLASHING("Slashing", 0x1003),
  /// What validators and delegators earn.
  REWARDS("Rewards", 0x1004),
  /// Proposals and votes.
  GOVERNOR("Governor", 0x1005),
  /// What was decided waits here: the only account that may change parameters and upgrade.
  TIMELOCK("Timelock", 0x1006),
  /// Base fees that are not burned.
  FEE_SPLITTER("FeeSplitter", 0x1007),
  /// Money that governance spends.
  TREASURY("Treasury", 0x1008),
  /// AITBC as a token; nobody can upgrade it.
  WAITBC("WAITBC", 0x1009),
  /// Beacons and active time; nobody can upgrade it.
  BEACON_HISTORY("BeaconHistory", 0x100a),
  /// Workers, auditors and evaluators with their bonds.
  SERVICE_REGISTRY("ServiceRegistry", 0x1010),
  /// Models that work may be asked of.
  MODEL_REGISTRY("ModelRegistry", 0x1011),
  /// Jobs, their escrow, who takes them, and what work pays.
  JOB_MARKET("JobMarket", 0x1012),
  /// Claims of workers from acceptance to settlement.
  WORK_LEDGER("WorkLedger", 0x1013),
  /// Committees that score claims.
  EVALUATOR_COMMITTEE("EvaluatorCommittee", 0x1014),
  /// Code that may run where hardware vouches for it, and what evidence is worth.
  RUNTIME_REGISTRY("RuntimeRegistry", 0x1015),
  /// What evidence is judged against.
  COLLATERAL_REGISTRY("CollateralRegistry", 0x1016),
  /// Demands for leaves, and challenges of them.
  DISPUTES("Disputes", 0x1017),
  /// Objections to outputs that others repeat within a tolerance alone.
  JURIES("Juries", 0x1018);

  /// The code of an upgradeable contract stands this far above the contract.
  private static final long IMPLEMENTATION_DISTANCE = 0x1000;

  private final String artifact;
  private final long number;

  EconomyContract(String artifact, long number) {
    this.artifact = artifact;
    this.number = number;
  }

  /// Name of the compiled contract.
  public String artifact() {
    return artifact;
  }

  /// Where callers find it.
  public Address address() {
    return at(number);
  }

  /// Whether its code can be exchanged: then a proxy stands at its address.
  public boolean isUpgradeable() {
    return this != WAITBC && this != BEACON_HISTORY;
  }

  /// Where a genesis puts the code behind the proxy.
  public Address implementation() {
    return at(number + IMPLEMENTATION_DISTANCE);
  }

  private static Address at(long number) {
    byte[] word = UInt256.of(number).toArray();
    return new Address(Bytes.of(word, UInt256.BYTES - Address.BYTES, Address.BYTES));
  }
}
