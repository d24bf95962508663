// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What services, clients and anybody send to the contracts of AI work, and the hashes that they
/// agree on beside them. Protocol §17.10 to §17.15; disputes are in {@link DisputeCall}.
public final class WorkCall {
  private WorkCall() {}

  /// Begins to serve in a role with a bond.
  ///
  /// @param classes of verification: bit 2^class, at least one
  /// @param serves where others reach it, at most 256 bytes
  public static EconomyCall registerService(
      ServiceRole role, long classes, String serves, Amount bond) {
    return new EconomyCall(
        EconomyContract.SERVICE_REGISTRY,
        bond,
        CallData.of("register(uint8,uint32,string)")
            .number(role.code())
            .number(classes)
            .bytes(text(serves))
            .toBytes());
  }

  /// Says anew what the sender serves, and where.
  public static EconomyCall describeService(ServiceRole role, long classes, String serves) {
    return of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("describe(uint8,uint32,string)")
            .number(role.code())
            .number(classes)
            .bytes(text(serves)));
  }

  /// Adds to the sender's bond.
  public static EconomyCall addBond(ServiceRole role, Amount amount) {
    return new EconomyCall(
        EconomyContract.SERVICE_REGISTRY,
        amount,
        CallData.of("addBond(uint8)").number(role.code()).toBytes());
  }

  /// Takes an amount out of the sender's bond.
  public static EconomyCall unbond(ServiceRole role, Amount amount) {
    return of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("unbond(uint8,uint128)").number(role.code()).amount(amount));
  }

  /// Draws what left the sender's bond.
  public static EconomyCall withdrawBond(ServiceRole role) {
    return of(EconomyContract.SERVICE_REGISTRY, CallData.of("withdraw(uint8)").number(role.code()));
  }

  /// Registers the end of the sender's chain of secrets, which holds from the next epoch on.
  public static EconomyCall registerSecretChain(Hash end) {
    return of(EconomyContract.SERVICE_REGISTRY, CallData.of("registerChain(bytes32)").hash(end));
  }

  /// Shows the secret of an auditor for an epoch that is over.
  ///
  /// @param chain the number of its chain, from 0 on
  public static EconomyCall showSecret(Address auditor, long chain, long epoch, Hash secret) {
    return of(
        EconomyContract.SERVICE_REGISTRY,
        CallData.of("showSecret(address,uint256,uint64,bytes32)")
            .address(auditor)
            .number(chain)
            .number(epoch)
            .hash(secret));
  }

  /// Inputs with known outputs that a model comes with.
  ///
  /// @param inputs root over them; zeros for none
  /// @param outputs root over their outputs
  /// @param count how many they are
  public record Boundary(Hash inputs, Hash outputs, long count) {
    /// No such inputs.
    public static final Boundary NONE = new Boundary(Hash.ZERO, Hash.ZERO, 0);
  }

  /// Registers a model.
  ///
  /// @param header of its plan; its hash is the model's id (Protocol §17.3)
  /// @param name for people, at most 128 bytes
  public static EconomyCall registerModel(
      Bytes header, Boundary boundary, String name, Amount deposit) {
    return new EconomyCall(
        EconomyContract.MODEL_REGISTRY,
        deposit,
        CallData.of("register(bytes,bytes32,bytes32,uint32,string)")
            .bytes(header)
            .hash(boundary.inputs)
            .hash(boundary.outputs)
            .number(boundary.count)
            .bytes(text(name))
            .toBytes());
  }

  /// Records what the sender measured of its model under an execution profile. Protocol §17.17.
  ///
  /// @param profile its name, at most 128 bytes
  /// @param tolerance relative L2, billionths; 0 for no jobs of it any more
  public static EconomyCall calibrate(Hash model, String profile, long tolerance) {
    return of(
        EconomyContract.MODEL_REGISTRY,
        CallData.of("calibrate(bytes32,string,uint256)")
            .hash(model)
            .bytes(text(profile))
            .number(tolerance));
  }

  /// Closes the sender's model.
  public static EconomyCall closeModel(Hash model) {
    return of(EconomyContract.MODEL_REGISTRY, CallData.of("close(bytes32)").hash(model));
  }

  /// Draws the deposit of a closed model.
  public static EconomyCall withdrawModel(Hash model) {
    return of(EconomyContract.MODEL_REGISTRY, CallData.of("withdraw(bytes32)").hash(model));
  }

  /// Asks for work.
  ///
  /// @param fee a multiple of the number of items
  public static EconomyCall submit(WorkJob.Request request, Amount fee) {
    CallData data =
        CallData.of(
            "submit((bytes32,bytes32,bytes32,uint32,uint32,uint32,uint128,bytes32,bytes32,uint32,"
                + "bytes32,bytes32))");
    return new EconomyCall(EconomyContract.JOB_MARKET, fee, request.on(data).toBytes());
  }

  /// Takes a claim in the sender's turn.
  public static EconomyCall accept(ClaimId claim) {
    return market("accept", claim);
  }

  /// Passes the sender's turn on.
  public static EconomyCall decline(ClaimId claim) {
    return market("decline", claim);
  }

  /// Draws other workers when three let their turns pass.
  public static EconomyCall drawAgain(ClaimId claim) {
    return market("drawAgain", claim);
  }

  /// Gives a claim up that nobody took in all draws.
  public static EconomyCall giveUp(ClaimId claim) {
    return market("giveUp", claim);
  }

  /// Takes the sender's claim back before it is accepted.
  public static EconomyCall cancel(ClaimId claim) {
    return market("cancel", claim);
  }

  /// Draws what the sender was credited.
  public static EconomyCall withdrawCredit() {
    return of(EconomyContract.JOB_MARKET, CallData.of("withdraw()"));
  }

  /// Commits to an output root.
  public static EconomyCall commit(ClaimId claim, Hash commitment) {
    return of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("commit(uint256,uint256,bytes32)")).hash(commitment));
  }

  /// Reveals the output root, in a later block.
  public static EconomyCall reveal(ClaimId claim, Hash outputs, Hash salt) {
    return of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("reveal(uint256,uint256,bytes32,bytes32)")).hash(outputs).hash(salt));
  }

  /// Evidence of trusted hardware for a claim.
  ///
  /// @param platform code of Protocol §18.1
  /// @param gpuReports how many the evidence has
  /// @param anchorHeight of the block that it is bound to, among the last 256
  /// @param evidence the claim of Protocol §18.2
  /// @param subjects of the collateral that it needs, at most 4
  public record Evidence(
      int platform, int gpuReports, long anchorHeight, Bytes evidence, List<Hash> subjects) {
    /// Copies the list.
    public Evidence {
      subjects = List.copyOf(subjects);
    }
  }

  /// Reveals the output root of a job of class ATTESTED, in a later block.
  public static EconomyCall revealAttested(
      ClaimId claim, Hash outputs, Hash salt, Evidence evidence) {
    CallData tuple =
        CallData.ofConstructor()
            .number(evidence.platform)
            .number(evidence.gpuReports)
            .number(evidence.anchorHeight)
            .bytes(evidence.evidence)
            .numbers(evidence.subjects.stream().map(UInt256::of).toList());
    return of(
        EconomyContract.WORK_LEDGER,
        claim
            .on(
                CallData.of(
                    "revealAttested(uint256,uint256,bytes32,bytes32,"
                        + "(uint8,uint8,uint64,bytes,bytes32[]))"))
            .hash(outputs)
            .hash(salt)
            .tuple(tuple));
  }

  /// What evidence for a claim is bound to as its task. Protocol §17.13, §18.2.
  ///
  /// @param task hash of the job's task
  public static Hash boundTask(Hash task, ClaimId claim) {
    CallData preimage = CallData.ofConstructor().bytes(text("aitbc.work.task.v1")).hash(task);
    return Keccak256.hash(claim.on(preimage).toBytes());
  }

  /// What evidence for a claim is bound to as its worker. Protocol §17.13, §18.2.
  public static Hash boundWorker(Address worker) {
    return Keccak256.hash(worker.bytes());
  }

  /// Draws the rest of a claim's seats when its evidence does not count any more.
  public static EconomyCall drawRest(ClaimId claim) {
    return ledger("drawRest", claim);
  }

  /// Gives the claim of a late worker to others.
  public static EconomyCall late(ClaimId claim) {
    return ledger("late", claim);
  }

  /// Draws a claim's seats of auditors.
  public static EconomyCall drawSeats(ClaimId claim) {
    return ledger("drawSeats", claim);
  }

  /// Reports the leaves of a seat, or those that the second auditor was given.
  ///
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  /// @param hashes as {@link #report(UInt256, Address, ClaimId, int, int, long, Hash)}; zeros where
  ///   the second auditor was given none of a seat's leaves
  public static EconomyCall report(ClaimId claim, int seat, List<Hash> hashes) {
    return of(
        EconomyContract.WORK_LEDGER,
        claim
            .on(CallData.of("report(uint256,uint256,uint256,bytes32[])"))
            .number(seat)
            .numbers(hashes.stream().map(UInt256::of).toList()));
  }

  /// Says that the worker serves the sender's seat not what it needs.
  public static EconomyCall notServed(ClaimId claim, int seat) {
    return of(
        EconomyContract.WORK_LEDGER,
        claim.on(CallData.of("notServed(uint256,uint256,uint256)")).number(seat));
  }

  /// Closes the reports of a claim's seats, so that a second auditor is drawn.
  public static EconomyCall closeReports(ClaimId claim) {
    return ledger("closeReports", claim);
  }

  /// Seals the sender's score of a claim.
  public static EconomyCall commitScore(ClaimId claim, Hash commitment) {
    return of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim.on(CallData.of("commit(uint256,uint256,bytes32)")).hash(commitment));
  }

  /// Opens the sender's score of a claim.
  public static EconomyCall revealScore(ClaimId claim, Score score, Hash salt) {
    return of(
        EconomyContract.EVALUATOR_COMMITTEE,
        claim
            .on(CallData.of("reveal(uint256,uint256,uint32,uint32,bytes32)"))
            .number(score.utility())
            .number(score.novelty())
            .hash(salt));
  }

  /// Pays for a claim whose window is over.
  public static EconomyCall settle(ClaimId claim) {
    return ledger("settle", claim);
  }

  /// Ends a claim that cannot be settled any more.
  public static EconomyCall voidClaim(ClaimId claim) {
    return ledger("voidClaim", claim);
  }

  /// What a worker commits to. Protocol §17.13.
  ///
  /// @param salt 256 random bits, kept until the reveal
  public static Hash commitment(
      UInt256 chainId, ClaimId claim, Address worker, Hash outputs, Hash salt) {
    CallData preimage = CallData.ofConstructor().bytes(text("aitbc.work.commitment.v1"));
    return Keccak256.hash(
        claim.on(preimage.number(chainId)).address(worker).hash(outputs).hash(salt).toBytes());
  }

  /// What an evaluator says of a claim.
  ///
  /// @param utility millionths
  /// @param novelty millionths
  public record Score(int utility, int novelty) {
    /// All of either.
    public static final int MILLIONTHS = 1_000_000;

    /// @throws IllegalArgumentException if a value is out of range
    public Score {
      if (utility < 0 || utility > MILLIONTHS || novelty < 0 || novelty > MILLIONTHS) {
        throw new IllegalArgumentException("utility %d, novelty %d".formatted(utility, novelty));
      }
    }
  }

  /// What an evaluator seals. Protocol §17.15.
  ///
  /// @param salt 256 random bits, kept until the score is opened
  public static Hash scoreCommitment(
      UInt256 chainId, ClaimId claim, Address evaluator, Score score, Hash salt) {
    CallData preimage = CallData.ofConstructor().bytes(text("aitbc.work.score.v1"));
    return Keccak256.hash(
        claim
            .on(preimage.number(chainId))
            .address(evaluator)
            .number(score.utility())
            .number(score.novelty())
            .hash(salt)
            .toBytes());
  }

  /// What an auditor reports of a leaf. Protocol §17.13.
  ///
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  /// @param number of the leaf among those of the seat; of the second auditor, the seat whose leaf
  ///   it was given
  /// @param leaf its number in the claim
  /// @param trace the root of its trace
  public static Hash report(
      UInt256 chainId,
      Address auditor,
      ClaimId claim,
      int seat,
      int number,
      long leaf,
      Hash trace) {
    CallData preimage = CallData.ofConstructor().bytes(text("aitbc.work.report.v1"));
    return Keccak256.hash(
        claim
            .on(preimage.number(chainId).address(auditor))
            .number(seat)
            .number(number)
            .number(leaf)
            .hash(trace)
            .toBytes());
  }

  /// The leaves of a seat, in their order; one may come twice. Protocol §17.13.
  ///
  /// @param secret of the seat's auditor for the beacon's epoch
  /// @param beacon that drew the seats
  /// @param count leaves to draw
  /// @param items of the claim
  public static List<Long> leaves(
      Hash secret, Hash beacon, ClaimId claim, int seat, int count, long items) {
    List<Long> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CallData preimage = claim.on(CallData.ofConstructor().hash(secret).hash(beacon));
      Hash drawn = Keccak256.hash(preimage.number(seat).number(i).toBytes());
      leaves.add(UInt256.of(drawn).toBigInteger().mod(BigInteger.valueOf(items)).longValueExact());
    }
    return leaves;
  }

  private static EconomyCall market(String function, ClaimId claim) {
    return of(EconomyContract.JOB_MARKET, claim.on(CallData.of(function + "(uint256,uint256)")));
  }

  private static EconomyCall ledger(String function, ClaimId claim) {
    return of(EconomyContract.WORK_LEDGER, claim.on(CallData.of(function + "(uint256,uint256)")));
  }

  private static EconomyCall of(EconomyContract contract, CallData data) {
    return new EconomyCall(contract, Amount.ZERO, data.toBytes());
  }

  private static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
