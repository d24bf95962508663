// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.evm.Evm;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.ValidatorCall;
import io.aitbc.mempool.Admission;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.ValidatorSet;
import io.aitbc.signer.AccountSigner;
import io.aitbc.state.StateView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a validator's node sends by itself, from an account that its operator gave it: that the
/// validator can vote, once in every epoch in which that is asked of it, and evidence that it saw.
/// Each is tried on the state first, and only what would succeed is sent. Belongs to the chain's
/// thread. Protocol §2.2, §16.7.
final class OwnTransactions {
  /// A head older than this is not the network's: the node still follows.
  static final Duration HEAD_AGE_MAX = Duration.ofSeconds(30);

  /// Evidence that waits at most; consensus reports an offence once, and convicts nobody twice.
  static final int EVIDENCE_MAX = 64;

  /// Blocks over which those who saw the same offence spread their reports, by their place in the
  /// set: whose turn comes later finds the offender convicted, and pays nothing.
  static final int TURNS = 8;

  /// Blocks after which a report is tried again: it was lost, or the contracts do not know the set
  /// yet, as in the first epoch.
  static final int REPEAT_BLOCKS = 20;

  /// Tries of one report: more than an epoch of them.
  static final int REPORTS_MAX = 6;

  /// Base fees may double before a transaction gets its turn.
  private static final int PRICE_FACTOR = 2;

  private static final Logger LOG = LoggerFactory.getLogger(OwnTransactions.class);

  private final ExecutionParameters parameters;
  private final Evm machine;
  private final Validator validator;
  private final AccountSigner sender;
  private final ToLongFunction<Address> nextNonce;
  private final Function<Transaction, Admission> submit;
  private final Deque<Waiting> evidence = new ArrayDeque<>();
  private long readyEpoch = -1;

  /// Whom the node votes for.
  ///
  /// @param account the validator's
  /// @param key that it votes with
  record Validator(Address account, BlsPublicKey key) {}

  /// Evidence that is to be reported.
  ///
  /// @param from the height after which it is this node's turn
  /// @param reports how often it was tried
  private record Waiting(Evidence evidence, long from, int reports) {}

  /// @param parameters of the network
  /// @param machine that tries calls
  /// @param sender pays; stays the caller's to close
  /// @param nextNonce of an account, pending transactions counted
  /// @param submit gives a transaction to pool and peers
  OwnTransactions(
      ExecutionParameters parameters,
      Evm machine,
      Validator validator,
      AccountSigner sender,
      ToLongFunction<Address> nextNonce,
      Function<Transaction, Admission> submit) {
    this.parameters = parameters;
    this.machine = machine;
    this.validator = validator;
    this.sender = sender;
    this.nextNonce = nextNonce;
    this.submit = submit;
  }

  /// Notes evidence for the next blocks. What is beyond {@link #EVIDENCE_MAX} is left to others.
  void saw(Evidence seen) {
    boolean known = evidence.stream().anyMatch(each -> each.evidence.equals(seen));
    if (!known && evidence.size() < EVIDENCE_MAX) {
      evidence.add(new Waiting(seen, -1, 0));
    }
  }

  /// Sends what is due after a final block.
  ///
  /// @param state after `head`
  /// @param derived what consensus derives from the chain up to `head`
  void becameFinal(BlockHeader head, StateView state, DerivedState derived, Instant now) {
    if (derived.parentTimestampMillis() < now.minus(HEAD_AGE_MAX).toEpochMilli()) {
      return;
    }
    sayReady(head, state, derived);
    for (int i = evidence.size(); i > 0; i--) {
      report(evidence.remove(), head, state, derived).ifPresent(evidence::add);
    }
  }

  /// A member of this epoch's set or the next one's is drawn without it.
  private void sayReady(BlockHeader head, StateView state, DerivedState derived) {
    Height next = derived.nextHeight();
    long epoch = Epochs.of(next);
    Height nextEpoch = new Height(next.number() + Epochs.LENGTH_BLOCKS);
    if (epoch == readyEpoch
        || derived.set().contains(validator.account)
        || derived.set(nextEpoch).filter(set -> set.contains(validator.account)).isPresent()) {
      return;
    }
    ValidatorCall.readiness(
            parameters, machine, head, state, validator.account, validator.key, sender.address())
        .filter(call -> send("readiness", call, head, state))
        .ifPresent(_ -> readyEpoch = epoch);
  }

  /// @return what still waits
  private Optional<Waiting> report(
      Waiting waiting, BlockHeader head, StateView state, DerivedState derived) {
    if (waiting.from < 0) {
      return Optional.of(
          new Waiting(waiting.evidence, head.number() + turn(derived.set()), waiting.reports));
    }
    if (head.number() < waiting.from) {
      return Optional.of(waiting);
    }
    Optional<ValidatorSet> set = derived.set(waiting.evidence.height());
    if (set.isEmpty() || waiting.reports == REPORTS_MAX) {
      return Optional.empty();
    }
    boolean _ = send("evidence", ValidatorCall.report(waiting.evidence, set.get()), head, state);
    return Optional.of(
        new Waiting(waiting.evidence, head.number() + REPEAT_BLOCKS, waiting.reports + 1));
  }

  private int turn(ValidatorSet set) {
    for (int i = 0; i < set.validators().size(); i++) {
      if (set.validators().get(i).account().equals(validator.account)) {
        return i % TURNS;
      }
    }
    return TURNS;
  }

  /// @return whether the call would have succeeded, and so was sent
  private boolean send(String what, ValidatorCall call, BlockHeader head, StateView state) {
    OptionalLong gas = call.gas(parameters, machine, head, state, sender.address());
    if (gas.isEmpty()) {
      return false;
    }
    Amount baseFee = parameters.inForce(state).fees().nextBaseFee(head);
    Amount price = baseFee.times(PRICE_FACTOR).plus(Amount.wei(1));
    long limit = Math.min(gas.getAsLong() * 5 / 4, TransactionRules.TRANSACTION_GAS_MAX);
    Transaction transaction =
        sender.sign(
            new DynamicFeeTransaction.Unsigned(
                parameters.chainId(),
                nextNonce.applyAsLong(sender.address()),
                Amount.wei(1),
                price,
                limit,
                Optional.of(call.contract()),
                Amount.ZERO,
                call.input(),
                List.of()));
    Admission admission = submit.apply(transaction);
    if (admission instanceof Admission.Admitted) {
      LOG.atInfo()
          .addKeyValue("what", what)
          .addKeyValue("transaction", transaction.hash())
          .log("sent for the validator");
    } else {
      LOG.atWarn()
          .addKeyValue("what", what)
          .addKeyValue("sender", sender.address())
          .addKeyValue("answer", admission)
          .log("the pool refuses what the validator has to send");
    }
    return true;
  }
}
