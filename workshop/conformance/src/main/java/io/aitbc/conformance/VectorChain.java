// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.EthereumPrecompiles;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.BlockOutline;
import io.aitbc.execution.DropReason;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.execution.FeePayment;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemContracts;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fork;
import io.aitbc.model.ForkSchedule;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.StateDiff;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A chain that blocks of vectors are appended to, also beside its head: the network's execution
/// under Ethereum's rules of headers. Belongs to one thread.
final class VectorChain {
  private static final ThreadLocal<BlockExecutor> EXECUTORS =
      ThreadLocal.withInitial(VectorChain::executor);

  /// A block that was accepted, and what it changed in the state of the one before; nothing for the
  /// genesis block.
  private record Accepted(BlockHeader header, @Nullable StateDiff diff) {}

  private final JsonNode accounts;
  private final ForkSchedule forks;
  private final Map<Hash, Accepted> accepted = new LinkedHashMap<>();
  private BlockHeader head;
  private MemoryState state;

  private VectorChain(
      JsonNode accounts, ForkSchedule forks, BlockHeader genesis, MemoryState state) {
    this.accounts = accounts;
    this.forks = forks;
    this.head = genesis;
    this.state = state;
    accepted.put(genesis.hash(), new Accepted(genesis, null));
  }

  /// The chain with the genesis block and state of a case.
  ///
  /// @throws MalformedException if the genesis block is none
  /// @throws IllegalArgumentException if it has another state's root
  static VectorChain of(JsonNode vector, ForkSchedule forks) throws MalformedException {
    BlockHeader genesis =
        Block.decode(Json.hex(vector.get("genesisRLP").asText()).orElseThrow()).header();
    MemoryState state = new VectorState(vector.get("pre")).state();
    if (!state.root().equals(genesis.stateRoot())) {
      throw new IllegalArgumentException("root of the genesis state: " + state.root());
    }
    return new VectorChain(vector.get("pre"), forks, genesis, state);
  }

  private static BlockExecutor executor() {
    Secp256k1 secp256k1 = Secp256k1.chosen();
    EpochSnapshot nobody = new EpochSnapshot(List.of(), ConsensusParameters.DEFAULT, 0);
    return new BlockExecutor(
        ExecutionParameters.of(UInt256.ONE),
        SystemContracts.fixed(nobody), // No block of vectors ends an epoch.
        new Machines(secp256k1, fork -> EthereumPrecompiles.of(fork, secp256k1)));
  }

  /// The last block that was accepted.
  BlockHeader head() {
    return head;
  }

  /// Appends a block to the one that it names as its parent; why it is refused, if it is.
  Optional<String> append(Bytes encoded) {
    Block block;
    try {
      block = Block.decode(encoded);
    } catch (MalformedException | IllegalArgumentException malformed) {
      return Optional.of("Malformed");
    }
    Accepted parent = accepted.get(block.header().parentHash());
    if (parent == null) {
      return Optional.of("UnknownParent");
    }
    Fork fork = forks.at(block.header().timestampSeconds());
    return EthereumHeaders.refusal(block.header(), parent.header, fork)
        .or(() -> execute(block, parent.header, fork));
  }

  private Optional<String> execute(Block block, BlockHeader parent, Fork fork) {
    List<RecoveredTransaction> transactions = new ArrayList<>();
    for (Transaction transaction : block.transactions()) {
      Optional<RecoveredTransaction> recovered =
          RecoveredTransaction.of(transaction, Secp256k1.chosen());
      if (recovered.isEmpty()) {
        return Optional.of("NoSender");
      }
      transactions.add(recovered.get());
    }
    moveTo(parent);
    ExecutionResult result =
        EXECUTORS
            .get()
            .execute(outline(block.header(), parent, fork), transactions, state, Workers.NONE);
    if (!result.dropped().isEmpty()) {
      return Optional.of(nameOf(result.dropped().getFirst().reason()));
    }
    BlockHeader made = result.block().header();
    if (!made.equals(block.header())) {
      return Optional.of(difference(block.header(), made));
    }
    state.apply(result.diff());
    head = made;
    accepted.put(result.blockHash(), new Accepted(made, result.diff()));
    return Optional.empty();
  }

  private BlockOutline outline(BlockHeader header, BlockHeader parent, Fork fork) {
    return new BlockOutline(
        fork,
        VectorState.RULES,
        new FeePayment.WithEachTransaction(),
        _ -> number -> ancestor(parent, number),
        header.parentHash(),
        header.beneficiary(),
        header.number(),
        header.gasLimit(),
        header.timestampSeconds(),
        header.extraData(),
        header.mixHash(),
        header.baseFeePerGas(),
        header.parentBeaconBlockRoot());
  }

  private Hash ancestor(BlockHeader from, long number) {
    BlockHeader header = from;
    while (header.number() > number) {
      Accepted before = accepted.get(header.parentHash());
      if (before == null) {
        return Hash.ZERO;
      }
      header = before.header;
    }
    return header.hash();
  }

  /// Makes `state` the one after `block`: anew from the genesis block, if it is not the head.
  private void moveTo(BlockHeader block) {
    if (block.equals(head)) {
      return;
    }
    List<StateDiff> path = new ArrayList<>();
    Accepted at = accepted.get(block.hash());
    while (at != null && at.diff != null) {
      path.addFirst(at.diff);
      at = accepted.get(at.header.parentHash());
    }
    state = new VectorState(accounts).state();
    path.forEach(state::apply);
    head = block;
  }

  private static String nameOf(DropReason reason) {
    return switch (reason) {
      case DropReason.Invalid(var rejection) -> rejection.getClass().getSimpleName();
      case DropReason.BlockGasExhausted _ -> "GasLimitAboveBlock";
      case DropReason.Refused(var refusal) -> refusal.getClass().getSimpleName();
    };
  }

  /// The first field in which the block differs from what executing it gives.
  private static String difference(BlockHeader given, BlockHeader made) {
    if (given.gasUsed() != made.gasUsed()) {
      return "WrongGasUsed";
    }
    if (!given.stateRoot().equals(made.stateRoot())) {
      return "WrongStateRoot";
    }
    if (!given.receiptsRoot().equals(made.receiptsRoot())) {
      return "WrongReceiptsRoot";
    }
    if (!given.transactionsRoot().equals(made.transactionsRoot())) {
      return "WrongTransactionsRoot";
    }
    return given.logsBloom().equals(made.logsBloom()) ? "WrongFields" : "WrongLogsBloom";
  }
}
