// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
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

  // A service asks them of every open claim after every block: each is hashed once.
  private static final Bytes SERVICE_OF = CallData.selector("serviceOf(uint8,address)");
  private static final Bytes ACCOUNT_AT = CallData.selector("accountAt(uint8,uint256)");
  private static final Bytes CHAINS_OF = CallData.selector("chainsOf(address)");
  private static final Bytes SECRET_OF = CallData.selector("secretOf(address,uint64)");
  private static final Bytes MODEL_OF = CallData.selector("modelOf(bytes32)");
  private static final Bytes JOB_COUNT = CallData.selector("jobCount()");
  private static final Bytes JOB_OF = CallData.selector("jobOf(uint256)");
  private static final Bytes CLAIM_OF = CallData.selector("claimOf(uint256,uint256)");
  private static final Bytes ASSIGNMENT_OF = CallData.selector("assignmentOf(uint256,uint256)");
  private static final Bytes TURN_OF = CallData.selector("turnOf(uint256,uint256)");
  private static final Bytes WORKERS_OF = CallData.selector("workersOf(uint256,uint256)");
  private static final Bytes CREDITS = CallData.selector("credits(address)");
  private static final Bytes CLAIM_AT = CallData.selector("claimAt(uint256,uint256)");
  private static final Bytes ATTESTATION_OF = CallData.selector("attestationOf(uint256,uint256)");
  private static final Bytes AUDIT_OF = CallData.selector("auditOf(uint256,uint256)");
  private static final Bytes GIVEN_OF = CallData.selector("givenOf(uint256,uint256)");
  private static final Bytes EVALUATION_OF = CallData.selector("evaluationOf(uint256,uint256)");
  private static final Bytes COMMITTEE_OF = CallData.selector("committeeOf(uint256,uint256)");
  private static final Bytes SCORE_OF = CallData.selector("scoreOf(uint256,uint256,address)");
  private static final Bytes DISPUTE_COUNT = CallData.selector("disputeCount()");
  private static final Bytes DISPUTE_OF = CallData.selector("disputeOf(uint256)");
  private static final Bytes DEPOSIT_OF = CallData.selector("depositOf(uint256,uint256)");
  private static final Bytes TOLERANCE_OF = CallData.selector("toleranceOf(bytes32,bytes32)");
  private static final Bytes OBJECTION_COUNT = CallData.selector("objectionCount()");
  private static final Bytes OBJECTION_OF = CallData.selector("objectionOf(uint256)");
  private static final Bytes MEMBERS_OF = CallData.selector("membersOf(uint256)");
  private static final Bytes OPINION_OF = CallData.selector("opinionOf(uint256,address)");
  private static final Bytes GET = CallData.selector("get(uint256)");
  private static final Bytes ACTIVE_SECONDS = CallData.selector("activeSeconds()");

  private WorkRead() {}

  /// A service.
  public static ContractRead<ServiceAccount> service(ServiceRole role, Address account) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of(SERVICE_OF).number(role.code()).address(account),
        ServiceAccount::of);
  }

  /// The account of a place in the draws of a role.
  public static ContractRead<Address> accountAt(ServiceRole role, long place) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of(ACCOUNT_AT).number(role.code()).number(place),
        words -> Optional.of(words.address(0)).filter(account -> !account.equals(Address.ZERO)));
  }

  /// The secret chains of an auditor, the latest last.
  public static ContractRead<List<ServiceAccount.SecretChain>> secretChains(Address auditor) {
    return ContractRead.of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of(CHAINS_OF).address(auditor),
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
        CallData.of(SECRET_OF).address(auditor).number(epoch),
        words -> Optional.of(words.hash(0)).filter(secret -> !secret.equals(Hash.ZERO)));
  }

  /// A model.
  public static ContractRead<RegisteredModel> model(Hash model) {
    return ContractRead.of(
        EconomyContract.MODEL_REGISTRY, CallData.of(MODEL_OF).hash(model), RegisteredModel::of);
  }

  /// How many jobs there were: the number of the latest.
  public static ContractRead<Long> jobCount() {
    return ContractRead.of(EconomyContract.JOB_MARKET, CallData.of(JOB_COUNT), WorkRead::number);
  }

  /// A job.
  public static ContractRead<WorkJob> job(long job) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET, CallData.of(JOB_OF).number(job), WorkJob::of);
  }

  /// Items and fee of a claim.
  public static ContractRead<WorkJob.ClaimSize> size(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        claim.on(CallData.of(CLAIM_OF)),
        words ->
            words.has(1)
                ? Optional.of(new WorkJob.ClaimSize(words.number(0), words.amount(1)))
                : Optional.empty());
  }

  /// How a claim stands before it is accepted.
  public static ContractRead<WorkJob.Assignment> assignment(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET, claim.on(CallData.of(ASSIGNMENT_OF)), WorkJob.Assignment::of);
  }

  /// Whose turn it is to accept: 0 to 2, or 3 when all are over.
  public static ContractRead<Long> turn(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET, claim.on(CallData.of(TURN_OF)), WorkRead::number);
  }

  /// The workers that were drawn for an open claim, in the order of their turns; empty before the
  /// beacon is there, and when there was nobody.
  public static ContractRead<List<Address>> workers(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET,
        claim.on(CallData.of(WORKERS_OF)),
        words -> words.listAt(0).map(list -> list.stream().map(ReturnWords::address).toList()));
  }

  /// What an account may withdraw.
  public static ContractRead<Amount> credit(Address account) {
    return ContractRead.of(
        EconomyContract.JOB_MARKET, CallData.of(CREDITS).address(account), WorkRead::amount);
  }

  /// A claim that somebody accepted.
  public static ContractRead<WorkClaim> claim(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER, claim.on(CallData.of(CLAIM_AT)), WorkClaim::of);
  }

  /// What trusted hardware vouches for a claim; empty without evidence.
  public static ContractRead<WorkAttestation> attestation(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER, claim.on(CallData.of(ATTESTATION_OF)), WorkAttestation::of);
  }

  /// How the reports of a claim stand.
  public static ContractRead<WorkAudit> audit(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER, claim.on(CallData.of(AUDIT_OF)), WorkAudit::of);
  }

  /// The second auditor of a claim and what it is given; empty before the beacon is there, and if
  /// there is nobody.
  public static ContractRead<WorkAudit.Given> given(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.WORK_LEDGER, claim.on(CallData.of(GIVEN_OF)), WorkAudit.Given::of);
  }

  /// How the evaluation of a revealed claim stands.
  public static ContractRead<WorkEvaluation> evaluation(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of(EVALUATION_OF)),
        WorkEvaluation::of);
  }

  /// The evaluator of each seat of a claim; empty before the beacon is there, and when there was
  /// nobody.
  public static ContractRead<List<Address>> committee(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of(COMMITTEE_OF)),
        words -> words.listAt(0).map(list -> list.stream().map(ReturnWords::address).toList()));
  }

  /// What an evaluator sealed and opened; empty if it did not yet.
  public static ContractRead<WorkEvaluation.Score> score(ClaimId claim, Address evaluator) {
    return ContractRead.of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of(SCORE_OF)).address(evaluator),
        WorkEvaluation.Score::of);
  }

  /// How many disputes there were: the number of the latest.
  public static ContractRead<Long> disputeCount() {
    return ContractRead.of(EconomyContract.DISPUTES, CallData.of(DISPUTE_COUNT), WorkRead::number);
  }

  /// A dispute.
  public static ContractRead<WorkDispute> dispute(long dispute) {
    return ContractRead.of(
        EconomyContract.DISPUTES, CallData.of(DISPUTE_OF).number(dispute), WorkDispute::of);
  }

  /// What a challenge of a claim's leaf costs as a deposit, at the base fee of the block in which
  /// it is asked.
  public static ContractRead<Amount> deposit(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.DISPUTES, claim.on(CallData.of(DEPOSIT_OF)), WorkRead::amount);
  }

  /// How far outputs of a model under an execution profile may differ, billionths; empty if its
  /// registrant did not say.
  public static ContractRead<Long> tolerance(Hash model, Hash profile) {
    return ContractRead.of(
        EconomyContract.MODEL_REGISTRY,
        CallData.of(TOLERANCE_OF).hash(model).hash(profile),
        words -> number(words).filter(tolerance -> tolerance > 0));
  }

  /// How many objections there were: the number of the latest.
  public static ContractRead<Long> objectionCount() {
    return ContractRead.of(EconomyContract.JURIES, CallData.of(OBJECTION_COUNT), WorkRead::number);
  }

  /// An objection.
  public static ContractRead<WorkObjection> objection(long objection) {
    return ContractRead.of(
        EconomyContract.JURIES, CallData.of(OBJECTION_OF).number(objection), WorkObjection::of);
  }

  /// Whose opinions about an objection are awaited, one for each seat; empty before the beacon is
  /// there, when there was nobody, and when it is over.
  public static ContractRead<List<Address>> members(long objection) {
    return ContractRead.of(
        EconomyContract.JURIES,
        CallData.of(MEMBERS_OF).number(objection),
        words -> words.listAt(0).map(list -> list.stream().map(ReturnWords::address).toList()));
  }

  /// What an account sealed and opened about an objection; empty if it did not yet.
  public static ContractRead<WorkObjection.Opinion> opinion(long objection, Address account) {
    return ContractRead.of(
        EconomyContract.JURIES,
        CallData.of(OPINION_OF).number(objection).address(account),
        WorkObjection.Opinion::of);
  }

  /// What an objection costs as a deposit, at the base fee of the block in which it is asked.
  public static ContractRead<Amount> objectionDeposit(ClaimId claim) {
    return ContractRead.of(
        EconomyContract.JURIES, claim.on(CallData.of(DEPOSIT_OF)), WorkRead::amount);
  }

  /// A parameter of the economy.
  public static ContractRead<UInt256> parameter(EconomyParameter parameter) {
    return ContractRead.of(
        EconomyContract.PARAMS,
        CallData.of(GET).number(parameter.number()),
        words -> words.has(0) ? Optional.of(words.word(0)) : Optional.empty());
  }

  /// The clock of the deadlines of work: active time of the chain, seconds. Protocol §17.12.
  public static ContractRead<Long> activeSeconds() {
    return ContractRead.of(
        EconomyContract.BEACON_HISTORY, CallData.of(ACTIVE_SECONDS), WorkRead::number);
  }

  private static Optional<Long> number(ReturnWords words) {
    return words.has(0) ? Optional.of(words.number(0)) : Optional.empty();
  }

  private static Optional<Amount> amount(ReturnWords words) {
    return words.has(0) ? Optional.of(words.amount(0)) : Optional.empty();
  }
}
