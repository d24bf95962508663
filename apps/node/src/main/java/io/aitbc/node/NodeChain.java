// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.BlockCheck;
import io.aitbc.consensus.BlockRejection;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.consensus.Input;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Block;
import io.aitbc.model.BlockContext;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.FinalBlock;
import io.aitbc.storage.Head;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Executes proposals and keeps final blocks, on a thread of its own: one call after another, so a
/// proposal is executed on the block that was committed before it.
final class NodeChain implements Chain {
  /// Results that wait for a decision. Consensus keeps the contents of nine rounds and those that
  /// are certified or locked; one of these whose result was forgotten could not be committed, which
  /// stops the node, so more are kept than dishonest proposers have turns in a fallback's few
  /// minutes.
  static final int RESULTS_MAX = 32;

  private static final Logger LOG = LoggerFactory.getLogger(NodeChain.class);

  /// Bytes of blocks in one answer to a peer.
  private static final int ANSWER_BYTES_MAX = PeerMessage.BLOCKS_BYTES_MAX;

  private final ChainStore store;
  private final BlockExecutor executor;
  private final SignatureScheme scheme;
  private final BlockCheck check;
  private final Senders senders;
  private final Workers workers;
  private final LoopThread thread;
  private final LoopThread loop;
  private final NodeMetrics metrics;
  private final Consumer<Final> whenFinal;
  private final Path bundles;

  /// Written by the chain's thread alone.
  private final Map<Hash, Result> results = Collections.synchronizedMap(new LinkedHashMap<>());

  private final Hash genesisHash;
  private DerivedState derived;

  /// What executing a proposal gave.
  ///
  /// @param transactions what was executed, in order
  private record Result(
      BlockContext context, List<RecoveredTransaction> transactions, ExecutionResult execution) {}

  /// A block that has become final and durable.
  ///
  /// @param block with its certificate
  /// @param derived what consensus derives from the chain up to it
  record Final(FinalBlock block, DerivedState derived) {}

  /// A chain over what `store` holds.
  ///
  /// @param thread executes; not started yet
  /// @param loop where answers go
  /// @param metrics are told how long it takes
  /// @param derived what consensus derives from the chain up to its head
  /// @param whenFinal is told of every final block, on the chain's thread
  /// @param bundles the folder for what repeats a broken execution
  /// @param checkpoints blocks that the chain must contain
  NodeChain(
      ChainStore store,
      BlockExecutor executor,
      SignatureScheme scheme,
      Mempool mempool,
      Workers workers,
      LoopThread thread,
      LoopThread loop,
      NodeMetrics metrics,
      DerivedState derived,
      Consumer<Final> whenFinal,
      Path bundles,
      List<Checkpoint> checkpoints) {
    this.store = store;
    this.executor = executor;
    this.scheme = scheme;
    this.senders = new Senders(mempool, workers);
    this.workers = workers;
    this.thread = thread;
    this.loop = loop;
    this.metrics = metrics;
    this.whenFinal = whenFinal;
    this.bundles = bundles;
    this.derived = derived;
    this.genesisHash = derived.genesisHash();
    check = new BlockCheck(new CertificateCheck(genesisHash, scheme), checkpoints);
  }

  @Override
  public void execute(Effect.Execute proposal, Consumer<Input.Executed> answer) {
    thread.post(() -> {
      Head head = store.head();
      if (!head.hash().equals(proposal.context().parentHash())) {
        return; // The height was decided meanwhile, and this content is not its block.
      }
      List<RecoveredTransaction> transactions =
          senders.recovered(proposal.hashes(), proposal.transactions());
      ExecutionResult execution = execution(head, proposal.context(), transactions);
      keep(proposal.proposalId(), new Result(proposal.context(), transactions, execution));
      Input.Executed executed =
          new Input.Executed(proposal.proposalId(), execution.blockHash(), execution.facts());
      loop.post(() -> answer.accept(executed));
    });
  }

  @Override
  public void commit(Effect.Commit block, Runnable durable) {
    thread.post(() -> {
      commit(block);
      loop.post(durable);
    });
  }

  private void commit(Effect.Commit block) {
    ProposalContent content = block.content();
    if (store.head().height().number() >= content.height().number()) {
      return; // Brought by a peer meanwhile.
    }
    Result result = results.get(content.id());
    if (result == null) {
      throw new IllegalStateException("committed without its execution: " + content.id());
    }
    if (!result.execution().blockHash().equals(block.blockHash())) {
      throw diverging(result, block.blockHash());
    }
    Optional<BlockRejection> wrong = check.rejectByCheckpoint(content.height(), block.blockHash());
    if (wrong.isPresent()) {
      throw new IllegalStateException("this network decided another chain: " + wrong.get());
    }
    append(
        result,
        content.parentCertificate(),
        content.carried(),
        block.certificate(),
        block.prepared(),
        FinalizedBlock.of(content, block.blockHash(), result.execution().facts(), scheme));
  }

  @Override
  public String keepDifference(Effect.StopDiverged difference) {
    Result result = results.get(difference.content().id());
    return result == null
        ? "nothing is kept that repeats it: it was executed before this node started"
        : keepBundle(
            differing(result, difference.other()),
            difference.other(),
            result.context(),
            result.transactions());
  }

  @Override
  public void append(List<CertifiedBlock> blocks, Consumer<Appended> answer) {
    thread.post(() -> {
      Appended outcome = new Appended.Known();
      for (CertifiedBlock block : blocks) {
        if (block.height().number() <= store.head().height().number()) {
          continue;
        }
        Optional<String> fault = appendChecked(block);
        if (fault.isPresent()) {
          outcome = Appended.Refused.after(outcome, block.height(), fault.get());
          break;
        }
        outcome = new Appended.Grown(new DerivedChain(derived, scheme), block.certificate());
      }
      Appended last = outcome;
      loop.post(() -> answer.accept(last));
    });
  }

  @Override
  public Height head() {
    return store.head().height();
  }

  @Override
  public Optional<CommitCertificate> certificate(Height height) {
    return store.certificate(height);
  }

  @Override
  public List<CertifiedBlock> blocks(Height from, int count) {
    List<CertifiedBlock> blocks = new ArrayList<>();
    long bytes = 0;
    long end = Math.min(from.number() + count, store.head().height().number() + 1);
    for (long number = Math.max(1, from.number()); number < end; number++) {
      Optional<CertifiedBlock> block = store.certified(new Height(number));
      if (block.isEmpty()) {
        break;
      }
      bytes += block.get().encoded().length();
      if (bytes > ANSWER_BYTES_MAX && !blocks.isEmpty()) {
        break;
      }
      blocks.add(block.get());
    }
    return blocks;
  }

  /// Checks a block against the chain and its certificate, executes it and keeps it. Protocol
  /// §10.1.
  ///
  /// @return what is wrong with it, if something is
  private Optional<String> appendChecked(CertifiedBlock certified) {
    Head head = store.head();
    try {
      Block block = Block.decode(certified.block());
      Optional<BlockRejection> rejection = check.reject(derived, block.header(), certified);
      if (rejection.isPresent()) {
        return Optional.of(rejection.get().toString());
      }
      ProposalContent content =
          new ProposalContent(
              head.hash(),
              block.transactions().stream().map(Transaction::hash).toList(),
              certified.extension().timestampMillis(),
              certified.extension().round(),
              certified.extension().proposer(),
              certified.extension().vrfProof(),
              certified.parentCertificate(),
              certified.carried());
      BlockContext context = withId(derived.context(content, scheme), certified);
      List<RecoveredTransaction> transactions = senders.recovered(block.transactions());
      Result result = new Result(context, transactions, execution(head, context, transactions));
      ExecutionResult execution = result.execution();
      Hash signed = certified.certificate().blockHash();
      if (!execution.blockHash().equals(signed)) {
        if (block.header().hash().equals(signed) && hasTransactionsOf(block, execution)) {
          throw diverging(result, signed); // No peer could have made this up.
        }
        return Optional.of("executing it gives " + execution.blockHash());
      }
      append(
          result,
          certified.parentCertificate(),
          certified.carried(),
          certified.certificate(),
          List.of(), // Those who decided the height keep its prepare certificates.
          FinalizedBlock.of(certified, execution.facts(), scheme));
      return Optional.empty();
    } catch (MalformedException | IllegalArgumentException malformed) {
      return Optional.of(String.valueOf(malformed.getMessage()));
    }
  }

  /// Executes on `head`. An execution that throws has broken an invariant of the chain; what
  /// repeats it is kept before the node stops. Protocol §14.5.
  private ExecutionResult execution(
      Head head, BlockContext context, List<RecoveredTransaction> transactions) {
    long began = System.nanoTime();
    try {
      ExecutionResult result =
          executor.execute(context, head.header(), transactions, head.state(), workers);
      metrics.executed(System.nanoTime() - began);
      return result;
    } catch (IllegalArgumentException refused) {
      throw refused; // A block from outside may be anything.
    } catch (RuntimeException broken) {
      String fault = String.valueOf(broken.getMessage());
      throw new IllegalStateException(
          "execution broke an invariant: "
              + fault
              + "; "
              + keepBundle(fault, null, context, transactions),
          broken);
    }
  }

  private static boolean hasTransactionsOf(Block block, ExecutionResult execution) {
    return block.header().transactionsRoot().equals(execution.block().header().transactionsRoot());
  }

  /// What is thrown where a quorum signed another result than this node's.
  private IllegalStateException diverging(Result result, Hash signed) {
    String fault = differing(result, signed);
    return new IllegalStateException(
        fault + "; " + keepBundle(fault, signed, result.context(), result.transactions()));
  }

  private static String differing(Result result, Hash signed) {
    return "executed to " + result.execution().blockHash() + ", signed is " + signed;
  }

  /// Keeps what repeats an execution, and says where, or why not.
  private String keepBundle(
      String fault,
      @Nullable Hash signed,
      BlockContext context,
      List<RecoveredTransaction> transactions) {
    ExecutionBundle bundle =
        new ExecutionBundle(
            genesisHash,
            fault,
            Optional.ofNullable(signed),
            context,
            transactions.stream().map(each -> each.transaction().encoded()).toList());
    try {
      return bundle.writeTo(bundles) + " repeats it";
    } catch (IOException failed) {
      return "what repeats it could not be kept: " + failed.getMessage();
    }
  }

  private static BlockContext withId(BlockContext context, CertifiedBlock certified) {
    return new BlockContext(
        context.height(),
        context.parentHash(),
        certified.certificate().proposalId(),
        context.beacon(),
        context.parentCertificate(),
        context.extension(),
        context.epochReport());
  }

  private void append(
      Result result,
      Optional<CommitCertificate> parentCertificate,
      CarriedSignatures carried,
      CommitCertificate certificate,
      List<PrepareCertificate> prepared,
      FinalizedBlock finalized) {
    ExecutionResult execution = result.execution();
    DerivedState after = derived.after(finalized);
    FinalBlock block =
        new FinalBlock(
            execution.block(),
            execution.blockHash(),
            Senders.included(result.transactions(), execution.block()),
            execution.receipts(),
            execution.diff(),
            result.context().extension(),
            parentCertificate,
            carried,
            certificate,
            derived.set(),
            prepared,
            after.encoded());
    long began = System.nanoTime();
    store.append(block);
    metrics.stored(System.nanoTime() - began);
    if (!execution.failed().isEmpty()) {
      execution.failed().forEach(metrics::callFailed);
      LOG.atWarn()
          .addKeyValue("height", block.height().number())
          .addKeyValue("contracts", execution.failed())
          .log("calls at the end of the epoch failed");
    }
    derived = after;
    results.clear();
    whenFinal.accept(new Final(block, after));
  }

  private void keep(Hash id, Result result) {
    results.put(id, result);
    if (results.size() > RESULTS_MAX) {
      results.remove(results.keySet().iterator().next());
    }
  }
}
