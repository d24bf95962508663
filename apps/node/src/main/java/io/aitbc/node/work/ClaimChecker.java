// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import java.io.IOException;

/// A service that looks at what workers made of claims: {@link AuditorService} or {@link
/// EvaluatorService}.
public interface ClaimChecker extends AutoCloseable {
  /// Does what the chain waits for after its last final block.
  ///
  /// @return whether there was a new block, or something has come of what is fetched
  /// @throws IOException if the node does not answer, or the disk fails; it may be tried again
  boolean step() throws IOException;

  @Override
  void close();
}
