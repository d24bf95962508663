// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Validator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One real {@link Consensus} at height 1 whose surroundings answer at once: checks, signatures,
/// transactions and execution take no time, timers fire only when they are told to. What it sends
/// is collected.
final class OrderedReplica {
  private final Validator self;
  private final List<Bytes> pool;
  private final Map<Hash, Bytes> transactions;
  private final KeyedHashes scheme = new KeyedHashes();
  private final Consensus consensus;
  private final ArrayDeque<Effect> open = new ArrayDeque<>();
  private final Map<Class<? extends Timer>, Timer> timers = new LinkedHashMap<>();
  private SigningRecord record = SigningRecord.fresh(FixedChain.GENESIS);
  final List<ConsensusMessage> sent = new ArrayList<>();
  final List<Evidence> evidence = new ArrayList<>();
  final List<SigningRefusal> refused = new ArrayList<>();
  final List<Effect.Blame> blamed = new ArrayList<>();
  Optional<ProposalContent> decided = Optional.empty();
  private int certificateRound = -1;

  /// @param pool what this replica would propose
  /// @param transactions bytes of all transactions there are, by hash
  OrderedReplica(
      FixedChain chain, Validator self, List<Bytes> pool, Map<Hash, Bytes> transactions) {
    this.self = self;
    this.pool = pool;
    this.transactions = transactions;
    consensus =
        Consensus.recover(
            new Start(
                new Identity.Validating(self.account()),
                scheme,
                chain,
                Optional.empty(),
                record,
                List.of(),
                Cluster.BEGIN));
    open.addAll(consensus.start());
    perform();
    on(new Input.TransactionsPending());
  }

  /// Takes an input, and all that follows at once.
  void on(Input input) {
    if (decided.isEmpty()) {
      open.addAll(consensus.on(input));
      perform();
    }
  }

  /// The last timer of a kind that was started.
  Optional<Timer> timer(Class<? extends Timer> kind) {
    return Optional.ofNullable(timers.get(kind));
  }

  /// The round of the certificate that decided here.
  int certificateRound() {
    return certificateRound;
  }

  int round() {
    return consensus.round().number();
  }

  String text() {
    return decided
            .map(content -> "decided " + content.id())
            .orElseGet(() -> StateText.of(consensus))
        + record.last()
        + record.lastCommit().map(commit -> commit.round() + " " + commit.proposalId());
  }

  private void perform() {
    while (!open.isEmpty()) {
      perform(open.removeFirst());
    }
  }

  private void answer(Input input) {
    open.addAll(consensus.on(input));
  }

  private void perform(Effect effect) {
    if (decided.isPresent() && !(effect instanceof Effect.Send)) {
      return; // What belongs to the next height.
    }
    switch (effect) {
      case Effect.Verify check -> {
        Optional<BlsSignature> sum = scheme.aggregate(check.signatures());
        boolean holds =
            sum.isPresent() && scheme.verifyAggregate(check.keys(), check.message(), sum.get());
        answer(new Input.Verified(check.id(), holds ? sum : Optional.empty()));
      }
      case Effect.Sign(SigningRequest request) -> {
        switch (record.advanceTo(FixedChain.GENESIS, request)) {
          case SigningDecision.Advance(SigningRecord next) -> {
            record = next;
            answer(
                new Input.Signed(
                    request, KeyedHashes.sign(self.key(), request.message(FixedChain.GENESIS))));
          }
          case SigningDecision.Refuse(SigningRefusal reason) -> {
            refused.add(reason);
            answer(new Input.SigningRefused(request, reason));
          }
        }
      }
      case Effect.Send(Recipients _, ConsensusMessage message) -> {
        if (message.height().number() == 1) {
          sent.add(message);
        }
      }
      case Effect.GatherTransactions gather ->
          answer(
              new Input.TransactionsGathered(
                  gather.height(),
                  gather.round(),
                  pool.stream().map(Keccak256::hash).toList(),
                  pool));
      case Effect.FetchTransactions(ProposalContent content, List<Peer> _) ->
          answer(
              new Input.ProposalCompleted(
                  content.id(), content.transactions().stream().map(transactions::get).toList()));
      case Effect.Execute execute ->
          answer(
              new Input.Executed(
                  execute.proposalId(),
                  Cluster.blockOf(execute.proposalId()),
                  new BlockFacts(0, 1, Amount.ZERO, List.of(), Optional.empty())));
      case Effect.StartTimer(Timer timer, var _) -> timers.put(timer.getClass(), timer);
      case Effect.Commit commit -> {
        decided = Optional.of(commit.content());
        certificateRound = commit.certificate().round().number();
      }
      case Effect.Blame blame -> blamed.add(blame);
      case Effect.ReportEvidence(Evidence found) -> evidence.add(found);
      case Effect.Persist _,
          Effect.AnswerWithCertificate _,
          Effect.CatchUp _,
          Effect.ForwardTransactions _,
          Effect.StopDiverged _ -> {}
    }
  }
}
