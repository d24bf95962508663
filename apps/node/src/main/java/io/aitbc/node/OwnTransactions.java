// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Epochs;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
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
import io.aitbc.model.IntrinsicGas;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import io.aitbc.signer.AccountSigner;
import io.aitbc.state.StateView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a validator's node sends by itself, from an account that its operator gave it: that the
/// validator can vote, once in every epoch in which that is asked of it, and evidence that it saw.
/// Each is tried on the state first, and only what would succeed is sent. What is in no block after
/// {@link #RESEND_BLOCKS} blocks is sent again under its nonce for more money, or a transfer of
/// nothing in its place if it would fail by then, so that nothing waits behind it. Belongs to the
/// chain's thread. Protocol §2.2, §16.7.
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

  /// Blocks after which a transaction that is in none of them is sent again.
  static final int RESEND_BLOCKS = 10;

  /// An eighth more each time: a pool asks for a tenth.
  private static final UInt256 RISE_PART = UInt256.of(8);

  /// Base fees may double before a transaction gets its turn.
  private static final int PRICE_FACTOR = 2;

  private static final Logger LOG = LoggerFactory.getLogger(OwnTransactions.class);

  private final ExecutionParameters parameters;
  private final Evm machine;
  private final Validator validator;
  private final AccountSigner sender;
  private final Amount leastFee;
  private final ToLongFunction<Address> nextNonce;
  private final Function<Transaction, Admission> submit;
  private final Deque<Waiting> evidence = new ArrayDeque<>();
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
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

  /// What was sent and is in no final block.
  ///
  /// @param tip priority fee per unit of gas
  /// @param fee most per unit of gas
  /// @param height of the last final block when it was sent
  private record Pending(String what, ValidatorCall call, Amount tip, Amount fee, long height) {}

  /// @param parameters of the network
  /// @param machine that tries calls
  /// @param sender pays; stays the caller's to close
  /// @param leastFee what the pool asks for per unit of gas
  /// @param nextNonce of an account, pending transactions counted
  /// @param submit gives a transaction to pool and peers
  OwnTransactions(
      ExecutionParameters parameters,
      Evm machine,
      Validator validator,
      AccountSigner sender,
      Amount leastFee,
      ToLongFunction<Address> nextNonce,
      Function<Transaction, Admission> submit) {
    this.parameters = parameters;
    this.machine = machine;
    this.validator = validator;
    this.sender = sender;
    this.leastFee = leastFee;
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
    resend(head, state);
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
    ValidatorCall call = ValidatorCall.report(waiting.evidence, set.get());
    boolean isOnItsWay = pending.values().stream().anyMatch(each -> each.call.equals(call));
    boolean _ = isOnItsWay || send("evidence", call, head, state);
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
    Pending sent = new Pending(what, call, Amount.wei(1), price(head, state), head.number());
    submit(nextNonce.applyAsLong(sender.address()), sent, gas);
    return true;
  }

  private Amount price(BlockHeader head, StateView state) {
    Amount baseFee = parameters.inForce(state).fees().nextBaseFee(head);
    Amount price = baseFee.times(PRICE_FACTOR).plus(Amount.wei(1));
    return price.compareTo(leastFee) < 0 ? leastFee : price;
  }

  private void resend(BlockHeader head, StateView state) {
    pending.headMap(state.account(sender.address()).nonce()).clear();
    for (Map.Entry<Long, Pending> each : List.copyOf(pending.entrySet())) {
      Pending before = each.getValue();
      if (before.height + RESEND_BLOCKS <= head.number()) {
        Amount price = price(head, state);
        Amount fee = raised(before.fee);
        submit(
            each.getKey(),
            new Pending(
                before.what,
                before.call,
                raised(before.tip),
                fee.compareTo(price) < 0 ? price : fee,
                head.number()),
            before.call.gas(parameters, machine, head, state, sender.address()));
      }
    }
  }

  private static Amount raised(Amount amount) {
    return amount.plus(new Amount(amount.wei().dividedBy(RISE_PART))).plus(Amount.wei(1));
  }

  /// @param gas of the call; empty for a transfer of nothing in its place
  private void submit(long nonce, Pending sent, OptionalLong gas) {
    long limit =
        gas.isPresent()
            ? Math.min(gas.getAsLong() * 5 / 4, TransactionRules.TRANSACTION_GAS_MAX)
            : IntrinsicGas.TRANSACTION_GAS;
    Transaction transaction =
        sender.sign(
            new DynamicFeeTransaction.Unsigned(
                parameters.chainId(),
                nonce,
                sent.tip,
                sent.fee,
                limit,
                Optional.of(gas.isPresent() ? sent.call.contract() : sender.address()),
                Amount.ZERO,
                gas.isPresent() ? sent.call.input() : Bytes.EMPTY,
                List.of()));
    Admission admission = submit.apply(transaction);
    boolean admitted = admission instanceof Admission.Admitted;
    if (admitted || pending.containsKey(nonce)) {
      Pending _ = pending.put(nonce, sent); // One that was refused is not tried in every block.
    }
    if (admitted) {
      LOG.atInfo()
          .addKeyValue("what", sent.what)
          .addKeyValue("transaction", transaction.hash())
          .log("sent for the validator");
    } else {
      LOG.atWarn()
          .addKeyValue("what", sent.what)
          .addKeyValue("sender", sender.address())
          .addKeyValue("answer", admission)
          .log("the pool refuses what the validator has to send");
    }
  }
}
