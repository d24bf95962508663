// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.ChainView;
import io.aitbc.consensus.Effect;
import io.aitbc.consensus.Input;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Executes proposals and keeps final blocks. Works beside the loop; answers come on the loop, in
/// the order of the calls.
public interface Chain {
  /// Executes a proposal on its parent, which is final, and keeps the result until the height is
  /// decided.
  void execute(Effect.Execute proposal, Consumer<Input.Executed> answer);

  /// Makes an executed block final, with its certificate: durable before anyone is told.
  ///
  /// @param durable told when the block, or what a peer brought in its place, is durable
  void commit(Effect.Commit block, Runnable durable);

  /// Keeps what repeats an execution that gave another block than the network's, and says where, or
  /// why not.
  default String keepDifference(Effect.StopDiverged difference) {
    return "nothing is kept that repeats it";
  }

  /// Checks, executes and keeps blocks that follow the head, as far as they hold.
  ///
  /// @param blocks in ascending order without gaps
  void append(List<CertifiedBlock> blocks, Consumer<Appended> answer);

  /// The last final block's height.
  Height head();

  /// The certificate of a final block, if it is kept.
  Optional<CommitCertificate> certificate(Height height);

  /// Final blocks to serve to a peer: from `from` on, at most `count`, within the bound of one
  /// message. On any thread: it takes time.
  List<CertifiedBlock> blocks(Height from, int count);

  /// What became of blocks from a peer.
  sealed interface Appended {
    /// All that were new are final here now.
    ///
    /// @param chain what the chain says after the last of them
    /// @param certificate of the last of them
    record Grown(ChainView chain, CommitCertificate certificate) implements Appended {}

    /// None was new.
    record Known() implements Appended {}

    /// One does not hold: the peer lies or is broken.
    ///
    /// @param height of the first that does not hold
    /// @param reason what was wrong with it
    /// @param before what became of those before it; empty if none was new
    record Refused(Height height, String reason, Optional<Grown> before) implements Appended {
      /// What follows when a block does not hold.
      ///
      /// @param before what became of those before it
      public static Refused after(Appended before, Height height, String reason) {
        return new Refused(
            height, reason, before instanceof Grown grown ? Optional.of(grown) : Optional.empty());
      }
    }
  }
}
