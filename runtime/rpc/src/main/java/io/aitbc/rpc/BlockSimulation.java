// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Precompiles;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.evm.TransactionRefusal;
import io.aitbc.evm.TransferTracer;
import io.aitbc.execution.BlockOutline;
import io.aitbc.execution.Calls;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.FeeParameters;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Fork;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import io.aitbc.state.StateView;
import io.aitbc.state.TrieRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Executes the blocks of one eth_simulateV1, each on the state that the one before left. They
/// begin with Ethereum's calls and pay fees like blocks of the network (Protocol §14.4, §14.5); the
/// calls of the chain's own contracts, at a block's start and an epoch's end, are left out.
final class BlockSimulation {
  private static final TransactionSignature UNSIGNED =
      new TransactionSignature(UInt256.ZERO, UInt256.ZERO, 0);

  /// How calls are executed.
  ///
  /// @param validation whether nonces, senders and fees are judged as in a block
  /// @param transfers whether movements of money are logged
  record Options(boolean validation, boolean transfers) {}

  /// What came of a call.
  ///
  /// @param logs with movements of money, where they are asked for
  /// @param gasUsedBeforeRefund the most it needed
  record Call(
      Address sender,
      CallResult result,
      List<Log> logs,
      long gasUsed,
      long gasUsedBeforeRefund,
      Receipt receipt) {}

  /// A block and what came of its calls.
  record Made(Block block, List<Call> calls) {}

  private final ChainView chain;
  private final ExecutionParameters genesis;
  private final Calls machine;
  private final Options options;
  private final Map<Long, Hash> hashes = new TreeMap<>();

  private BlockHeader parent;
  private StateView state;
  // Empty where no root can be told: the tries are not kept, or storage was replaced as a whole.
  private Optional<FinalState> provable;
  private long gasLeft = Simulation.GAS_MAX;

  /// A simulation that begins with the state after `base`.
  ///
  /// @throws RpcError if that is not kept
  BlockSimulation(
      ChainView chain,
      ExecutionParameters genesis,
      Calls machine,
      Options options,
      BlockHeader base)
      throws RpcError {
    this.chain = chain;
    this.genesis = genesis;
    this.machine = machine;
    this.options = options;
    parent = base;
    provable = chain.reader().provable(base.number());
    state = provable.isPresent() ? provable.get() : chain.state(base.number());
  }

  /// Executes the next block.
  ///
  /// @throws RpcError if one of its calls cannot be in it
  Made next(BlockRequest wanted) throws RpcError {
    Fork fork = genesis.forks().at(wanted.timestampSeconds());
    FeeParameters fees = genesis.inForce(state).fees();
    Amount baseFee =
        wanted.baseFee().orElse(options.validation ? fees.nextBaseFee(parent) : Amount.ZERO);
    // Where the overrides of this block put them; those of the block before are over.
    Precompiles precompiles = wanted.state().over(machine.precompiles(fork));
    Calls moved = machine.with(precompiles);
    Overlay overlay = wanted.state().over(state);
    BlockEnvironment block =
        new BlockEnvironment(
            fork,
            genesis.chainId(),
            wanted.feeRecipient().orElse(parent.beneficiary()),
            wanted.number(),
            wanted.timestampSeconds(),
            wanted.gasLimit().orElse(parent.gasLimit()),
            wanted.random(),
            baseFee,
            wanted.blobBaseFee().orElse(BlockOutline.BLOB_BASE_FEE),
            this::ancestor);
    hashes.put(parent.number(), parent.hash());
    machine.beginBlock(block, parent.hash(), Hash.ZERO, overlay);
    List<Transaction> transactions = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    long gasUsed = 0;
    Amount baseFees = Amount.ZERO;
    Amount priorityFees = Amount.ZERO;
    for (JsonNode each : wanted.calls()) {
      CallRequest request = CallRequest.of(each);
      Transaction transaction = transaction(each, request, block, gasUsed, overlay);
      TransactionOutcome.Executed outcome;
      List<Log> logs;
      if (options.transfers) {
        TransferTracer tracer = new TransferTracer();
        outcome = run(moved.watchedBy(tracer), transaction, request.from(), block, overlay);
        logs = tracer.logs();
      } else {
        outcome = run(moved, transaction, request.from(), block, overlay);
        logs = outcome.logs();
      }
      gasUsed += outcome.gasUsed();
      gasLeft -= outcome.gasUsed();
      if (!transaction.maxFeePerGas().isZero()) {
        Amount base = baseFee.times(outcome.gasUsed());
        baseFees = baseFees.plus(base);
        priorityFees =
            priorityFees.plus(outcome.effectiveGasPrice().times(outcome.gasUsed()).minus(base));
      }
      transactions.add(transaction);
      calls.add(call(transaction, request.from(), outcome, logs, gasUsed));
    }
    FeeParameters.Shares shares = fees.shares(baseFees, priorityFees);
    overlay.credit(block.coinbase(), shares.maker());
    overlay.credit(fees.treasury(), shares.treasury());
    Hash root = leave(overlay, wanted.state().replaceStorage());
    parent =
        header(
            block, parent.hash(), root, transactions, calls.stream().map(Call::receipt).toList());
    return new Made(new Block(parent, transactions), calls);
  }

  private Hash ancestor(long number) {
    Hash simulated = hashes.get(number);
    return simulated != null ? simulated : chain.hashOf(number).orElse(Hash.ZERO);
  }

  private Transaction transaction(
      JsonNode call, CallRequest request, BlockEnvironment block, long gasUsed, StateView state)
      throws RpcError {
    if (!call.path("blobVersionedHashes").isEmpty()) {
      throw Parameters.invalid("this chain has no blobs");
    }
    long nonce =
        call.hasNonNull("nonce")
            ? Parameters.word64(call.get("nonce").asText())
            : state.account(request.from()).nonce();
    Transaction transaction =
        request
            .typedTransaction(call, genesis.chainId(), nonce, gas(request, block, gasUsed))
            .signedWith(UNSIGNED);
    boolean creates = transaction.to().isEmpty();
    if (creates && transaction.data().length() > TransactionRules.INIT_CODE_BYTES_MAX) {
      throw new RpcError(
          RpcError.Code.INIT_CODE_TOO_LARGE,
          "max initcode size exceeded: code size %d limit %d"
              .formatted(transaction.data().length(), TransactionRules.INIT_CODE_BYTES_MAX));
    }
    long least = Calls.gasLimitMin(transaction.unsigned(), block.fork());
    if (transaction.gasLimit() < least) {
      throw new RpcError(
          RpcError.Code.INTRINSIC_GAS_TOO_LOW,
          "intrinsic gas too low: have %d, want %d".formatted(transaction.gasLimit(), least));
    }
    if (transaction.costMax().isEmpty()) {
      throw new RpcError(
          RpcError.Code.FUNDS_TOO_LOW,
          "insufficient funds for gas * price + value: want 2^256 wei or more");
    }
    if (options.validation && nonce == -1) {
      throw new RpcError(RpcError.Code.REFUSED, "nonce has max value: " + request.from());
    }
    return transaction;
  }

  /// What the caller asked for, or what the block and, in a block, a transaction can still have; at
  /// most what is left of the whole simulation.
  private long gas(CallRequest request, BlockEnvironment block, long gasUsed) throws RpcError {
    long left = block.gasLimit() - gasUsed;
    boolean capped = options.validation && block.fork().isAtLeast(Fork.OSAKA);
    long most = capped ? TransactionRules.TRANSACTION_GAS_MAX : Long.MAX_VALUE;
    long wanted = request.gas().orElse(Math.min(left, most));
    if (wanted > left) {
      throw new RpcError(
          RpcError.Code.BLOCK_GAS_EXCEEDED,
          "block gas limit reached: %d wanted, %d left".formatted(wanted, left));
    }
    if (wanted > most) {
      throw new RpcError(
          RpcError.Code.REFUSED,
          "transaction gas limit too high (cap: %d, tx: %d)".formatted(most, wanted));
    }
    if (gasLeft <= 0) {
      throw new RpcError(
          RpcError.Code.SIMULATION_LIMIT, "more gas than " + Simulation.GAS_MAX + " in all");
    }
    return Math.min(wanted, gasLeft);
  }

  private TransactionOutcome.Executed run(
      Calls calls, Transaction transaction, Address sender, BlockEnvironment block, Overlay overlay)
      throws RpcError {
    RecoveredTransaction sent = new RecoveredTransaction(transaction, sender);
    TransactionOutcome outcome =
        options.validation
            ? calls.execute(sent, block, overlay)
            : calls.attempt(sent, block, overlay);
    return switch (outcome) {
      case TransactionOutcome.Executed executed -> executed;
      case TransactionOutcome.Refused(TransactionRefusal reason) -> throw refused(reason, sender);
    };
  }

  private static RpcError refused(TransactionRefusal refusal, Address sender) {
    return switch (refusal) {
      case TransactionRefusal.NonceTooLow(long expected, long actual) ->
          new RpcError(
              RpcError.Code.NONCE_TOO_LOW,
              "nonce too low: address %s, tx: %s state: %s"
                  .formatted(
                      sender, Long.toUnsignedString(actual), Long.toUnsignedString(expected)));
      case TransactionRefusal.NonceTooHigh(long expected, long actual) ->
          new RpcError(
              RpcError.Code.NONCE_TOO_HIGH,
              "nonce too high: address %s, tx: %s state: %s"
                  .formatted(
                      sender, Long.toUnsignedString(actual), Long.toUnsignedString(expected)));
      case TransactionRefusal.BalanceTooLow(Amount needed, Amount held) ->
          new RpcError(
              RpcError.Code.FUNDS_TOO_LOW,
              "insufficient funds for gas * price + value: address %s have %s want %s"
                  .formatted(sender, held.wei(), needed.wei()));
      case TransactionRefusal.SenderIsContract _ ->
          new RpcError(RpcError.Code.SENDER_IS_CONTRACT, "sender not an eoa: address " + sender);
      case TransactionRefusal.FeeBelowBaseFee(Amount baseFee, Amount maxFee) ->
          new RpcError(
              RpcError.Code.BASE_FEE_NOT_OFFERED,
              "max fee per gas less than block base fee: address %s, maxFeePerGas: %s, baseFee: %s"
                  .formatted(sender, maxFee.wei(), baseFee.wei()));
      case TransactionRefusal.GasLimitAboveBlock(long blockGasLimit, long gasLimit) ->
          new RpcError(
              RpcError.Code.BLOCK_GAS_EXCEEDED,
              "block gas limit reached: %d wanted, %d left".formatted(gasLimit, blockGasLimit));
    };
  }

  private static Call call(
      Transaction transaction,
      Address sender,
      TransactionOutcome.Executed outcome,
      List<Log> logs,
      long gasUsedInBlock) {
    Receipt.Outcome ended =
        outcome.succeeded() ? Receipt.Outcome.SUCCEEDED : Receipt.Outcome.FAILED;
    return new Call(
        sender,
        outcome.result(),
        logs,
        outcome.gasUsed(),
        Math.max(outcome.gasUsed(), transaction.gasLimit() - outcome.result().gasLeft()),
        // Movements of money are no logs of the block.
        Receipt.of(transaction.type(), ended, gasUsedInBlock, outcome.logs()));
  }

  /// Makes what the block left the state of the next one.
  ///
  /// @return its root; zero if it cannot be told
  private Hash leave(Overlay overlay, boolean storageReplaced) {
    if (provable.isEmpty() || storageReplaced) {
      provable = Optional.empty();
      state = overlay;
      return Hash.ZERO;
    }
    FinalState after =
        new LayeredState(provable.get(), StateTrie.diff(provable.get(), overlay, Workers.NONE));
    provable = Optional.of(after);
    state = after;
    return after.root();
  }

  private static BlockHeader header(
      BlockEnvironment block,
      Hash parentHash,
      Hash stateRoot,
      List<Transaction> transactions,
      List<Receipt> receipts) {
    return new BlockHeader(
        parentHash,
        block.coinbase(),
        stateRoot,
        TrieRoot.ofList(transactions.stream().map(Transaction::encoded).toList()),
        TrieRoot.ofList(receipts.stream().map(Receipt::encode).toList()),
        Bloom.union(receipts.stream().map(Receipt::bloom).toList()),
        block.number(),
        block.gasLimit(),
        receipts.isEmpty() ? 0 : receipts.getLast().cumulativeGasUsed(),
        block.timestampSeconds(),
        Bytes.EMPTY,
        block.random(),
        block.baseFeePerGas(),
        BlockHeader.EMPTY_TRIE_ROOT,
        0,
        0,
        Hash.ZERO,
        block.fork().isAtLeast(Fork.PRAGUE)
            ? Optional.of(BlockHeader.NO_REQUESTS_HASH)
            : Optional.empty());
  }
}
