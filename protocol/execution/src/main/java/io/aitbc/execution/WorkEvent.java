// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the contracts of AI work wrote into a receipt: what services follow. Protocol §17.10 to
/// §17.17.
public sealed interface WorkEvent {
  /// A service says what it serves, and where.
  ///
  /// @param role its code
  /// @param serves bytes of strangers
  record Described(long role, Address account, long classes, Bytes serves) implements WorkEvent {}

  /// An auditor registered a chain of secrets.
  record ChainRegistered(Address auditor, long fromEpoch, Hash end) implements WorkEvent {}

  /// The secret of an auditor for an epoch.
  record SecretShown(Address auditor, long epoch, Hash secret) implements WorkEvent {}

  /// A model.
  ///
  /// @param header of its plan
  /// @param name bytes of strangers
  record ModelRegistered(Hash model, Address registrant, Bytes header, Bytes name)
      implements WorkEvent {}

  /// What a model's registrant measured of it under an execution profile.
  ///
  /// @param tolerance relative L2, billionths
  /// @param name of the profile, bytes of strangers
  record Calibrated(Hash model, Hash profile, long tolerance, Bytes name) implements WorkEvent {}

  /// A model takes no jobs any more.
  record ModelClosed(Hash model) implements WorkEvent {}

  /// A model's plan is not well-formed.
  record ModelMalformed(Hash model, Amount burned) implements WorkEvent {}

  /// A job, with all of its claims open.
  record Submitted(long job, Address client, Amount fee, WorkJob.Request request)
      implements WorkEvent {}

  /// A worker passed its turn on.
  record Declined(ClaimId claim, Address worker) implements WorkEvent {}

  /// A worker took a claim.
  record Accepted(ClaimId claim, Address worker, Amount reserved) implements WorkEvent {}

  /// Other workers are drawn.
  record DrawnAgain(ClaimId claim, long round) implements WorkEvent {}

  /// A claim ended before anybody accepted it.
  record Cancelled(ClaimId claim, Amount refunded) implements WorkEvent {}

  /// An account may withdraw more.
  record Credited(Address account, Amount amount) implements WorkEvent {}

  /// A worker committed.
  record Committed(ClaimId claim, Hash commitment) implements WorkEvent {}

  /// A worker revealed.
  record Revealed(ClaimId claim, Hash outputs) implements WorkEvent {}

  /// Trusted hardware vouched for a revealed claim.
  record Attested(ClaimId claim, WorkAttestation attestation) implements WorkEvent {}

  /// A worker was late; the claim is open again.
  record Late(ClaimId claim, Address worker, Amount penalty) implements WorkEvent {}

  /// Auditors were drawn.
  ///
  /// @param places of the seats, in the draws of auditors
  record SeatsDrawn(ClaimId claim, Hash beacon, List<Long> places) implements WorkEvent {
    /// Copies the list.
    public SeatsDrawn {
      places = List.copyOf(places);
    }
  }

  /// A seat reported, or the second auditor.
  ///
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  /// @param hashes one of each of its leaves
  record Reported(ClaimId claim, long seat, List<Hash> hashes) implements WorkEvent {
    /// Copies the list.
    public Reported {
      hashes = List.copyOf(hashes);
    }
  }

  /// A seat said that the worker does not serve it what it needs.
  record NotServed(ClaimId claim, long seat) implements WorkEvent {}

  /// The reports of seats are closed; a second auditor is drawn.
  ///
  /// @param seats that count, a bit for each
  record ReportsClosed(ClaimId claim, long seats) implements WorkEvent {}

  /// A report was proven to be false.
  ///
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  record FalseReport(ClaimId claim, long seat, Address auditor, Address challenger)
      implements WorkEvent {}

  /// A claim was paid.
  record Settled(ClaimId claim, Address worker, Amount reward, long seatsPaid)
      implements WorkEvent {}

  /// A claim ended unpaid and unslashed.
  record Voided(ClaimId claim, Address worker) implements WorkEvent {}

  /// A claim was proven to be false.
  record Fraud(ClaimId claim, Address worker, Address challenger) implements WorkEvent {}

  /// Scores of a claim can be sealed.
  ///
  /// @param seats of the committee that will be drawn
  record EvaluationBegun(ClaimId claim, long seats, long commitHeight, long revealHeight)
      implements WorkEvent {}

  /// A committee was drawn.
  ///
  /// @param places of the seats, in the draws of evaluators
  record CommitteeDrawn(ClaimId claim, List<Long> places) implements WorkEvent {
    /// Copies the list.
    public CommitteeDrawn {
      places = List.copyOf(places);
    }
  }

  /// An evaluator sealed its score.
  record ScoreCommitted(ClaimId claim, Address evaluator, Hash commitment) implements WorkEvent {}

  /// An evaluator opened its score.
  ///
  /// @param utility millionths
  /// @param novelty millionths
  record ScoreRevealed(ClaimId claim, Address evaluator, long utility, long novelty)
      implements WorkEvent {}

  /// A claim's quality is known.
  ///
  /// @param quality millionths
  record Scored(ClaimId claim, long quality, long seatsRevealed) implements WorkEvent {}

  /// Fees of a settled claim count for a candidate's weight.
  record WorkCounted(Address worker, long epoch, Amount fees) implements WorkEvent {}

  /// A leaf is demanded, or challenged.
  ///
  /// @param tile the first that is demanded of its input
  record Opened(long dispute, ClaimId claim, long leaf, boolean demand, long tile)
      implements WorkEvent {}

  /// The dispute is about a report.
  ///
  /// @param seat {@link WorkAudit#SECOND} for the second auditor
  record ReportOpened(long dispute, long seat, long number) implements WorkEvent {}

  /// The clocks of a dispute run.
  record Begun(long dispute) implements WorkEvent {}

  /// A demand was answered.
  ///
  /// @param tile the first of the tiles
  /// @param length of the input, bytes
  /// @param root over all of its tiles
  /// @param tiles of the part that was demanded; none of an input that does not fit the model
  /// @param inputPath from the input's leaf up
  /// @param output of the leaf
  /// @param outputPath from the output's leaf up
  record Served(
      long dispute,
      long tile,
      long length,
      Hash root,
      List<Bytes> tiles,
      List<Hash> inputPath,
      Bytes output,
      List<Hash> outputPath)
      implements WorkEvent {
    /// Copies the lists.
    public Served {
      tiles = List.copyOf(tiles);
      inputPath = List.copyOf(inputPath);
      outputPath = List.copyOf(outputPath);
    }
  }

  /// A demand about training was answered.
  ///
  /// @param output of the segment
  record TileServed(long dispute, Bytes tile, Hash output) implements WorkEvent {}

  /// The worker gave the roots of states.
  ///
  /// @param before of the state before the segment
  /// @param states after its steps
  record StatesAnswered(long dispute, Hash before, List<Hash> states) implements WorkEvent {
    /// Copies the list.
    public StatesAnswered {
      states = List.copyOf(states);
    }
  }

  /// The challenger went into a step.
  record StepNamed(long dispute, long step) implements WorkEvent {}

  /// The challenger left the trace for the state after the step.
  record StateEntered(long dispute) implements WorkEvent {}

  /// The worker gave hashes.
  record Answered(long dispute, List<Hash> hashes) implements WorkEvent {
    /// Copies the list.
    public Answered {
      hashes = List.copyOf(hashes);
    }
  }

  /// The challenger went to a node.
  record Descended(long dispute, long level, long index) implements WorkEvent {}

  /// The worker opened a tile.
  record TileOpened(long dispute, Bytes tile) implements WorkEvent {}

  /// A proof was judged.
  ///
  /// @param verdict Protocol §17.5
  record Judged(long dispute, long verdict) implements WorkEvent {}

  /// A dispute is over.
  record Ended(long dispute, boolean fraud) implements WorkEvent {}

  /// Somebody objects to a leaf of class TOLERANCE.
  record Objected(long objection, ClaimId claim, long leaf, Address objector)
      implements WorkEvent {}

  /// Whose opinions about an objection are awaited.
  ///
  /// @param members one for each seat
  record MembersDrawn(long objection, List<Address> members) implements WorkEvent {
    /// Copies the list.
    public MembersDrawn {
      members = List.copyOf(members);
    }
  }

  /// An opinion is sealed.
  record OpinionCommitted(long objection, Address account, Hash commitment) implements WorkEvent {}

  /// An opinion is opened.
  record OpinionRevealed(long objection, Address account, WorkObjection.Said said)
      implements WorkEvent {}

  /// Not both auditors found the output right: a jury is drawn.
  record JuryCalled(long objection, long seats, long commitHeight, long revealHeight)
      implements WorkEvent {}

  /// An objection is over.
  ///
  /// @param paid to who gave opinions
  record Decided(long objection, WorkObjection.Verdict verdict, Amount paid) implements WorkEvent {}

  /// The contracts that write them.
  static List<Address> contracts() {
    return Stream.of(
            EconomyContract.SERVICE_REGISTRY,
            EconomyContract.MODEL_REGISTRY,
            EconomyContract.JOB_MARKET,
            EconomyContract.WORK_LEDGER,
            EconomyContract.EVALUATOR_COMMITTEE,
            EconomyContract.DISPUTES,
            EconomyContract.JURIES)
        .map(EconomyContract::address)
        .toList();
  }

  /// First topics of all of them.
  static List<Hash> topics() {
    return List.copyOf(WorkEventTable.BY_TOPIC.keySet());
  }

  /// The topics of {@link Described} of one service.
  static List<Hash> described(ServiceRole role, Address account) {
    return List.of(
        WorkEventTable.topic(WorkEventTable.DESCRIBED),
        UInt256.of(role.code()).toHash(),
        UInt256.of(account.bytes().toArray(), 0, Address.BYTES).toHash());
  }

  /// The topics of {@link Submitted} of one job.
  static List<Hash> submitted(long job) {
    return List.of(WorkEventTable.topic(WorkEventTable.SUBMITTED), UInt256.of(job).toHash());
  }

  /// The job that an event is about; empty if it tells no job, as events of a dispute that is open.
  default OptionalLong jobNumber() {
    return switch (this) {
      case Submitted it -> OptionalLong.of(it.job());
      case Declined it -> OptionalLong.of(it.claim().job());
      case Accepted it -> OptionalLong.of(it.claim().job());
      case DrawnAgain it -> OptionalLong.of(it.claim().job());
      case Cancelled it -> OptionalLong.of(it.claim().job());
      case Committed it -> OptionalLong.of(it.claim().job());
      case Revealed it -> OptionalLong.of(it.claim().job());
      case Attested it -> OptionalLong.of(it.claim().job());
      case Late it -> OptionalLong.of(it.claim().job());
      case SeatsDrawn it -> OptionalLong.of(it.claim().job());
      case Reported it -> OptionalLong.of(it.claim().job());
      case NotServed it -> OptionalLong.of(it.claim().job());
      case ReportsClosed it -> OptionalLong.of(it.claim().job());
      case FalseReport it -> OptionalLong.of(it.claim().job());
      case Settled it -> OptionalLong.of(it.claim().job());
      case Voided it -> OptionalLong.of(it.claim().job());
      case Fraud it -> OptionalLong.of(it.claim().job());
      case EvaluationBegun it -> OptionalLong.of(it.claim().job());
      case CommitteeDrawn it -> OptionalLong.of(it.claim().job());
      case ScoreCommitted it -> OptionalLong.of(it.claim().job());
      case ScoreRevealed it -> OptionalLong.of(it.claim().job());
      case Scored it -> OptionalLong.of(it.claim().job());
      case Opened it -> OptionalLong.of(it.claim().job());
      case Objected it -> OptionalLong.of(it.claim().job());
      case Described _,
          ChainRegistered _,
          SecretShown _,
          ModelRegistered _,
          Calibrated _,
          ModelClosed _,
          ModelMalformed _,
          Credited _,
          WorkCounted _,
          ReportOpened _,
          Begun _,
          Served _,
          TileServed _,
          StatesAnswered _,
          StepNamed _,
          StateEntered _,
          Answered _,
          Descended _,
          TileOpened _,
          Judged _,
          Ended _,
          MembersDrawn _,
          OpinionCommitted _,
          OpinionRevealed _,
          JuryCalled _,
          Decided _ ->
          OptionalLong.empty();
    };
  }

  /// Reads a log; empty if it is no such event.
  static Optional<WorkEvent> of(Log log) {
    return log.topics().stream()
        .findFirst()
        .flatMap(topic -> Optional.ofNullable(WorkEventTable.BY_TOPIC.get(topic)))
        .flatMap(kind -> kind.read(log));
  }

  /// The number of the dispute that the event is about, if it is about one.
  default OptionalLong disputeNumber() {
    return switch (this) {
      case Opened it -> OptionalLong.of(it.dispute());
      case ReportOpened it -> OptionalLong.of(it.dispute());
      case Begun it -> OptionalLong.of(it.dispute());
      case Served it -> OptionalLong.of(it.dispute());
      case TileServed it -> OptionalLong.of(it.dispute());
      case StatesAnswered it -> OptionalLong.of(it.dispute());
      case StepNamed it -> OptionalLong.of(it.dispute());
      case StateEntered it -> OptionalLong.of(it.dispute());
      case Answered it -> OptionalLong.of(it.dispute());
      case Descended it -> OptionalLong.of(it.dispute());
      case TileOpened it -> OptionalLong.of(it.dispute());
      case Judged it -> OptionalLong.of(it.dispute());
      case Ended it -> OptionalLong.of(it.dispute());
      default -> OptionalLong.empty();
    };
  }
}
