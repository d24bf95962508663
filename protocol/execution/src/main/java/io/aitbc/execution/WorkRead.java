// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Questions to the contracts of AI work. Protocol §17.10 to §17.17.
public final class WorkRead {
  private static final int CHAIN_WORDS = 3;

  private WorkRead() {}

  /// A service.
  public static ContractRead<ServiceAccount> service(ServiceRole role, Address account) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("serviceOf(uint8,address)").number(role.code()).address(account),
        ServiceAccount::of);
  }

  /// The account of a place in the draws of a role.
  public static ContractRead<Address> accountAt(ServiceRole role, long place) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("accountAt(uint8,uint256)").number(role.code()).number(place),
        words -> Optional.of(words.address(0)).filter(account -> !account.equals(Address.ZERO)));
  }

  /// The secret chains of an auditor, the latest last.
  public static ContractRead<List<ServiceAccount.SecretChain>> secretChains(Address auditor) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("chainsOf(address)").address(auditor),
        words -> {
          List<ServiceAccount.SecretChain> chains = new ArrayList<>();
          for (int i = 0; i < words.number(1) && words.has(2 + CHAIN_WORDS * i + 2); i++) {
            int first = 2 + CHAIN_WORDS * i;
            chains.add(
                new ServiceAccount.SecretChain(
                    words.number(first), words.number(first + 1), words.hash(first + 2)));
          }
          return words.has(1) ? Optional.of(chains) : Optional.empty();
        });
  }

  /// The secret of an auditor for an epoch, if it was shown.
  public static ContractRead<Hash> secret(Address auditor, long epoch) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("secretOf(address,uint64)").address(auditor).number(epoch),
        words -> Optional.of(words.hash(0)).filter(secret -> !secret.equals(Hash.ZERO)));
  }

  /// A model.
  public static ContractRead<RegisteredModel> model(Hash model) {
    return ContractRead.of(
        EconomyContract.MODEL_REGISTRY,
        CallData.of("modelOf(bytes32)").hash(model),
        RegisteredModel::of);
  }

  /// How many jobs there were: the number of the latest.
  public static ContractRead<Long> jobCount() {
    return ContractRead.of(EconomyContract.JOB_MARKET, CallData.of("jobCount()"), WorkRead::number);
  }

  /// A job.
  public static ContractRead<WorkJob> job(long job) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET, CallData.of("jobOf(uint256)").number(job), WorkJob::of);
  }

  /// Items and fee of a claim.
  public static ContractRead<WorkJob.ClaimSize> size(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        claim.on(CallData.of("claimOf(uint256,uint256)")),
        words ->
            words.has(1)
                ? Optional.of(new WorkJob.ClaimSize(words.number(0), words.amount(1)))
                : Optional.empty());
  }

  /// How a claim stands before it is accepted.
  public static ContractRead<WorkJob.Assignment> assignment(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        claim.on(CallData.of("assignmentOf(uint256,uint256)")),
        WorkJob.Assignment::of);
  }

  /// Whose turn it is to accept: 0 to 2, or 3 when all are over.
  public static ContractRead<Long> turn(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        claim.on(CallData.of("turnOf(uint256,uint256)")),
        WorkRead::number);
  }

  /// The workers that were drawn for an open claim, in the order of their turns; empty before the
  /// beacon is there, and when there was nobody.
  public static ContractRead<List<Address>> workers(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        claim.on(CallData.of("workersOf(uint256,uint256)")),
        words -> words.listAt(0).map(list -> list.stream().map(ReturnWords::address).toList()));
  }

  /// What an account may withdraw.
  public static ContractRead<Amount> credit(Address account) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        CallData.of("credits(address)").address(account),
        WorkRead::amount);
  }

  /// A claim that somebody accepted.
  public static ContractRead<WorkClaim> claim(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("claimAt(uint256,uint256)")),
        WorkClaim::of);
  }

  /// What trusted hardware vouches for a claim; empty without evidence.
  public static ContractRead<WorkAttestation> attestation(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("attestationOf(uint256,uint256)")),
        WorkAttestation::of);
  }

  /// How the reports of a claim stand.
  public static ContractRead<WorkAudit> audit(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("auditOf(uint256,uint256)")),
        WorkAudit::of);
  }

  /// The second auditor of a claim and what it is given; empty before the beacon is there, and if
  /// there is nobody.
  public static ContractRead<WorkAudit.Given> given(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("givenOf(uint256,uint256)")),
        WorkAudit.Given::of);
  }

  /// How the evaluation of a revealed claim stands.
  public static ContractRead<WorkEvaluation> evaluation(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of("evaluationOf(uint256,uint256)")),
        WorkEvaluation::of);
  }

  /// The evaluator of each seat of a claim; empty before the beacon is there, and when there was
  /// nobody.
  public static ContractRead<List<Address>> committee(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of("committeeOf(uint256,uint256)")),
        words -> words.listAt(0).map(list -> list.stream().map(ReturnWords::address).toList()));
  }

  /// What an evaluator sealed and opened; empty if it did not yet.
  public static ContractRead<WorkEvaluation.Score> score(ClaimId claim, Address evaluator) {
    return ContractRead.of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of("scoreOf(uint256,uint256,address)")).address(evaluator),
        WorkEvaluation.Score::of);
  }

  /// How many disputes there were: the number of the latest.
  public static ContractRead<Long> disputeCount() {
    return ContractRead.of(
        EconomyContract.DISPUTES, CallData.of("disputeCount()"), WorkRead::number);
  }

  /// A dispute.
  public static ContractRead<WorkDispute> dispute(long dispute) {
    return ContractRead.of(
        EconomyContract.DISPUTES,
        CallData.of("disputeOf(uint256)").number(dispute),
        WorkDispute::of);
  }

  /// What a challenge of a claim's leaf costs as a deposit, at the base fee of the block in which
  /// it is asked.
  public static ContractRead<Amount> deposit(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.DISPUTES,
        claim.on(CallData.of("depositOf(uint256,uint256)")),
        WorkRead::amount);
  }

  /// How far outputs of a model under an execution profile may differ, billionths; empty if its
  /// registrant did not say.
  public static ContractRead<Long> tolerance(Hash model, Hash profile) {
    return ContractRead.of(
        EconomyContract.MODEL_REGISTRY,
        CallData.of("toleranceOf(bytes32,bytes32)").hash(model).hash(profile),
        words -> number(words).filter(tolerance -> tolerance > 0));
  }

  /// How many objections there were: the number of the latest.
  public static ContractRead<Long> objectionCount() {
    return ContractRead.of(
        EconomyContract.JURIES, CallData.of("objectionCount()"), WorkRead::number);
  }

  /// An objection.
  public static ContractRead<WorkObjection> objection(long objection) {
    return ContractRead.of(
        EconomyContract.JURIES,
        CallData.of("objectionOf(uint256)").number(objection),
        WorkObjection::of);
  }

  /// Whose opinions about an objection are awaited, one for each seat; empty before the beacon is
  /// there, when there was nobody, and when it is over.
  public static ContractRead<List<Address>> members(long objection) {
    return ContractRead.of(
        EconomyContract.JURIES,
        CallData.of("membersOf(uint256)").number(objection),
        words -> words.listAt(0).map(list -> list.stream().map(ReturnWords::address).toList()));
  }

  /// What an account sealed and opened about an objection; empty if it did not yet.
  public static ContractRead<WorkObjection.Opinion> opinion(long objection, Address account) {
    return ContractRead.of(
        EconomyContract.JURIES,
        CallData.of("opinionOf(uint256,address)").number(objection).address(account),
        WorkObjection.Opinion::of);
  }

  /// What an objection costs as a deposit, at the base fee of the block in which it is asked.
  public static ContractRead<Amount> objectionDeposit(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JURIES,
        claim.on(CallData.of("depositOf(uint256,uint256)")),
        WorkRead::amount);
  }

  /// A parameter of the economy.
  public static ContractRead<UInt256> parameter(EconomyParameter parameter) {
    return ContractRead.of(
        EconomyContract.PARAMS,
        CallData.of("get(uint256)").number(parameter.number()),
        words -> words.has(0) ? Optional.of(words.word(0)) : Optional.empty());
  }

  /// The clock of the deadlines of work: active time of the chain, seconds. Protocol §17.12.
  public static ContractRead<Long> activeSeconds() {
    return ContractRead.of(
        EconomyContract.BEACON_HISTORY, CallData.of("activeSeconds()"), WorkRead::number);
  }

  private static Optional<Long> number(ReturnWords words) {
    return words.has(0) ? Optional.of(words.number(0)) : Optional.empty();
  }

  private static Optional<Amount> amount(ReturnWords words) {
    return words.has(0) ? Optional.of(words.amount(0)) : Optional.empty();
  }
}
