// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.BlockCheck;
import io.aitbc.consensus.BlockRejection;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.consensus.Input;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.BlockContext;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.ProposalContent;
import io.aitbc.node.Chain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Execution and storage of one node, played: a thread of its own that does one thing after another
/// and takes its time, an {@link Execution} for a machine, an {@link Archive} for a disk.
final class VirtualChain implements Chain {
  private static final int RESULTS_MAX = 32;

  private final VirtualNode node;
  private final World world;
  private final Archive archive;
  private final Map<Hash, Executed> results = new LinkedHashMap<>();
  private long busyUntilMicros;

  private record Executed(BlockContext context, Execution.Result result) {}

  VirtualChain(VirtualNode node, World world, Archive archive) {
    this.node = node;
    this.world = world;
    this.archive = archive;
  }

  /// Has the chain's thread do something that takes a while.
  private void post(long costMicros, Runnable task) {
    busyUntilMicros = Math.max(busyUntilMicros, world.timeline().nowMicros()) + costMicros;
    world.timeline().at(busyUntilMicros, node.guarded(task));
  }

  @Override
  public void execute(Effect.Execute proposal, Consumer<Input.Executed> answer) {
    node.boundary();
    post(
        world.options().wear().executionMicros(),
        () -> {
          Archive.Tip head = archive.head();
          if (!head.hash().equals(proposal.context().parentHash())) {
            return; // The height was decided meanwhile.
          }
          Execution.Result result =
              world.executions().execute(proposal.context(), head, proposal.transactions());
          keep(proposal.proposalId(), new Executed(proposal.context(), result));
          Input.Executed executed =
              new Input.Executed(proposal.proposalId(), result.hash(), result.facts());
          world.timeline().after(1, node.guarded(() -> answer.accept(executed)));
        });
  }

  @Override
  public void commit(Effect.Commit block, Runnable durable) {
    node.boundary();
    foresee(block);
    post(
        world.options().wear().commitMicros(),
        () -> {
          commit(block);
          world.timeline().after(1, node.guarded(durable));
        });
  }

  private void commit(Effect.Commit block) {
    ProposalContent content = block.content();
    if (!content.height().isAbove(head())) {
      return; // Brought by a peer meanwhile.
    }
    Executed executed = results.get(content.id());
    if (executed == null || !executed.result().hash().equals(block.blockHash())) {
      throw new IllegalStateException("committed without its execution: " + content.id());
    }
    append(
        executed,
        content.parentCertificate(),
        content.carried(),
        block.certificate(),
        FinalizedBlock.of(content, block.blockHash(), executed.result().facts(), world.scheme()));
  }

  /// Consensus goes on to the next height before the block is durable: what the chain will say of
  /// it.
  private void foresee(Effect.Commit block) {
    ProposalContent content = block.content();
    Executed executed = results.get(content.id());
    if (executed != null && content.height().isAbove(head())) {
      FinalizedBlock finalized =
          FinalizedBlock.of(content, block.blockHash(), executed.result().facts(), world.scheme());
      node.expects(world.executions().after(archive.head().derived(), finalized));
    }
  }

  @Override
  public void append(List<CertifiedBlock> blocks, Consumer<Appended> answer) {
    node.boundary();
    post(
        world.options().wear().executionMicros(),
        () -> {
          Appended outcome = new Appended.Known();
          for (CertifiedBlock block : blocks) {
            if (!block.height().isAbove(head())) {
              continue;
            }
            Optional<String> fault = appendChecked(block);
            if (fault.isPresent()) {
              outcome = Appended.Refused.after(outcome, block.height(), fault.get());
              break;
            }
            world.coverage().count(Coverage.SYNCED);
            outcome = new Appended.Grown(world.view(archive.head().derived()), block.certificate());
          }
          Appended last = outcome;
          world.timeline().after(1, node.guarded(() -> answer.accept(last)));
        });
  }

  @Override
  public Height head() {
    return archive.head().height();
  }

  @Override
  public Optional<CommitCertificate> certificate(Height height) {
    return archive.certificate(height);
  }

  @Override
  public List<CertifiedBlock> blocks(Height from, int count) {
    List<CertifiedBlock> blocks = new ArrayList<>();
    for (long number = Math.max(1, from.number()); blocks.size() < count; number++) {
      Optional<CertifiedBlock> block = archive.at(number).flatMap(Archive.Tip::block);
      if (block.isEmpty()) {
        break;
      }
      blocks.add(block.get());
    }
    return blocks;
  }

  /// Checks a block from a peer, executes it and keeps it.
  ///
  /// @return what is wrong with it, if something is
  private Optional<String> appendChecked(CertifiedBlock certified) {
    Archive.Tip head = archive.head();
    DerivedState derived = head.derived();
    try {
      Execution.Decoded block = world.execution().decode(certified.block());
      BlockCheck check =
          new BlockCheck(new CertificateCheck(derived.genesisHash(), world.scheme()), List.of());
      Optional<BlockRejection> rejection = check.reject(derived, block.header(), certified);
      if (rejection.isPresent()) {
        return Optional.of(rejection.get().toString());
      }
      Executed executed =
          new Executed(
              context(head, certified, block),
              world.executions().execute(context(head, certified, block), head, block.entries()));
      if (!executed.result().hash().equals(certified.certificate().blockHash())) {
        return Optional.of("executing it gives " + executed.result().hash());
      }
      append(
          executed,
          certified.parentCertificate(),
          certified.carried(),
          certified.certificate(),
          FinalizedBlock.of(certified, executed.result().facts(), world.scheme()));
      return Optional.empty();
    } catch (MalformedException | IllegalArgumentException malformed) {
      return Optional.of(String.valueOf(malformed.getMessage()));
    }
  }

  private BlockContext context(
      Archive.Tip head, CertifiedBlock certified, Execution.Decoded block) {
    ConsensusExtension extension = certified.extension();
    ProposalContent content =
        new ProposalContent(
            head.hash(),
            block.entries().stream().map(Keccak256::hash).toList(),
            extension.timestampMillis(),
            extension.round(),
            extension.proposer(),
            extension.vrfProof(),
            certified.parentCertificate(),
            certified.carried());
    BlockContext context = head.derived().context(content, world.scheme());
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
      Executed executed,
      Optional<CommitCertificate> parentCertificate,
      CarriedSignatures carried,
      CommitCertificate certificate,
      FinalizedBlock finalized) {
    Execution.Result result = executed.result();
    CertifiedBlock block =
        new CertifiedBlock(
            result.block(),
            executed.context().extension(),
            parentCertificate,
            carried,
            certificate);
    archive.append(
        new Archive.Tip(
            Optional.of(block),
            result.hash(),
            result.after(),
            world.executions().after(archive.head().derived(), finalized)));
    results.clear();
    node.becameFinal(archive.head(), result);
  }

  private void keep(Hash proposalId, Executed executed) {
    results.put(proposalId, executed);
    if (results.size() > RESULTS_MAX) {
      results.remove(results.keySet().iterator().next());
    }
  }
}
