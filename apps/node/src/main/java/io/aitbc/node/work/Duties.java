// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a service has to do after a block, one thing after the other: one that fails holds up none
/// of those behind it, and is known in the end. Belongs to one thread.
final class Duties {
  private static final Logger LOG = LoggerFactory.getLogger(Duties.class);

  private Optional<IOException> failure = Optional.empty();

  /// One of them.
  @FunctionalInterface
  interface Duty {
    /// Does it.
    ///
    /// @throws IOException if the node does not answer, or the disk fails; it may be tried again
    void run() throws IOException;
  }

  /// Does one now, or notes that it failed.
  void attempt(Duty duty) {
    try {
      duty.run();
    } catch (OnItsWayException later) {
      LOG.atTrace().log("what is on its way is found when it is looked for again");
    } catch (IOException failed) {
      note(failed);
    } catch (RuntimeException broken) {
      // A fault of ours with what a stranger ordered: no other duty's bond is to pay for it.
      note(new IOException("a duty broke: " + broken, broken));
    }
  }

  private void note(IOException failed) {
    if (failure.isEmpty()) {
      failure = Optional.of(failed);
    }
  }

  /// Ends the step.
  ///
  /// @throws IOException the first failure, if there was one: what is forgotten or kept after a
  ///   step has to know all of it. Its cause is a {@link RuntimeException} if a duty broke
  void end() throws IOException {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
