// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.ContractRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Questions to contracts that are asked in one go. Belongs to one thread.
final class Questions {
  private final List<ContractRead<?>> reads = new ArrayList<>();
  private List<Optional<?>> answers = List.of();

  /// Adds one.
  ///
  /// @return its answer, once all are asked
  @SuppressWarnings("unchecked") // The answer to a read is of its kind.
  <T> Supplier<Optional<T>> add(ContractRead<T> read) {
    int index = reads.size();
    reads.add(read);
    return () -> (Optional<T>) answers.get(index);
  }

  /// Asks all.
  ///
  /// @throws IOException if the node does not answer
  void ask(JobChain chain) throws IOException {
    answers = reads.isEmpty() ? List.of() : chain.readEach(reads);
  }
}
