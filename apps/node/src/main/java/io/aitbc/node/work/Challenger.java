// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A challenger's moves: down the worker's trace to the first tile that is not its own, and the
/// proof. Where a dispute stands is told by the chain alone. Protocol §17.4, §17.5, §17.14.
final class Challenger {
  private Challenger() {}

  /// The next move, if it is the challenger's and there is one: none if the worker's trace and
  /// output are right.
  ///
  /// @param leaf the disputed item, as the worker served it
  /// @param fromHeight a block not after the one that opened the dispute
  static Optional<EconomyCall> move(
      WorkChain chain, long number, WorkDispute dispute, ClaimLeaf leaf, long fromHeight)
      throws IOException {
    byte[] output = leaf.output().toArray();
    boolean ofReport = dispute.report().isPresent();
    if (!leaf.fits()) {
      return Optional.of(DisputeCall.prove(number, leaf.length(dispute.report())));
    }
    Trace own = leaf.trace();
    if (!ofReport && output.length != own.output().length) {
      return Optional.of(DisputeCall.prove(number, leaf.length(dispute.report())));
    }
    Walk walk = new Walk(own.tree(), dispute.trace());
    for (WorkEvent event : chain.disputes(List.of(number), fromHeight)) {
      switch (event) {
        case WorkEvent.Answered(long of, List<Hash> hashes) when of == number ->
            walk.answered(hashes);
        case WorkEvent.TileOpened(long of, Bytes tile) when of == number -> {
          byte[] proof =
              new Prover(own, walk.other(), leaf.inputs(), leaf.item())
                  .element(walk.index(), tile.toArray());
          return Optional.of(DisputeCall.prove(number, Bytes.wrap(proof)));
        }
        default -> {}
      }
    }
    if (walk.differs()) {
      return Optional.of(walk.descend(number));
    }
    if (ofReport) {
      return Optional.empty(); // The auditor's trace is right, whatever the worker's output is.
    }
    return provenOutput(own, output)
        .map(tile ->
            DisputeCall.prove(
                number,
                Bytes.wrap(
                    new Prover(own, walk.other(), leaf.inputs(), leaf.item())
                        .output(
                            leaf.outputs(),
                            leaf.leaf(),
                            output,
                            tile,
                            own.tile(own.model().output().firstTile() + tile)))));
  }

  /// The first tile of the output that is not the own one.
  private static Optional<Integer> provenOutput(Trace own, byte[] output) {
    int first = own.model().output().firstTile();
    int mismatch = Arrays.mismatch(own.output(), output);
    return IntStream.range(0, own.model().output().tiles())
        .filter(tile -> {
          int from =
              own.model().output().firstElementOf(first + tile)
                  * own.model().output().type().bytes();
          return mismatch >= from && mismatch < from + own.model().output().bytesOf(first + tile);
        })
        .boxed()
        .findFirst();
  }
}
