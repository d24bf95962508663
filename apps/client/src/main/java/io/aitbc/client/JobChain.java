// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.model.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The chain as a client of AI work sees it: final blocks of a node that it trusts, and the account
/// that pays. Calls block; an interrupted one throws {@link java.io.InterruptedIOException}.
public interface JobChain {
  /// The account that pays.
  Address account();

  /// Height of the last final block.
  ///
  /// @throws IOException if the node does not answer
  long height() throws IOException;

  /// Waits until a block above `height` is final.
  ///
  /// @return the height of the last one
  /// @throws IOException if the node does not answer
  long awaitHeightAbove(long height) throws IOException;

  /// What a contract answers after the last final block; empty if there is no such thing.
  ///
  /// @throws IOException if the node does not answer
  <T> Optional<T> read(ContractRead<T> read) throws IOException;

  /// What contracts answer to many questions after the last final block, in their order; a chain
  /// far away is asked in one go.
  ///
  /// @throws IOException if the node does not answer
  default List<Optional<?>> readEach(List<ContractRead<?>> reads) throws IOException {
    List<Optional<?>> answers = new ArrayList<>();
    for (ContractRead<?> each : reads) {
      answers.add(read(each));
    }
    return answers;
  }

  /// What all contracts of AI work wrote about a job, in order.
  ///
  /// @throws IOException if the node does not answer
  List<DatedEvent> jobEvents(long job) throws IOException;

  /// What a contract of AI work wrote from a block on, in order.
  ///
  /// @throws IOException if the node does not answer
  List<DatedEvent> events(EconomyContract contract, long fromHeight) throws IOException;

  /// Where a service says that it is reached: a stranger's text.
  ///
  /// @throws IOException if the node does not answer
  Optional<String> serves(ServiceRole role, Address account) throws IOException;

  /// Sends a call that would succeed after the last block, and waits until it is final.
  ///
  /// @return what the contracts of AI work wrote because of it, in order
  /// @throws CallRefusedException if the contract refuses it, then nothing was sent, or others'
  ///   transactions came before it
  /// @throws IOException if the node does not answer or does not take it
  List<DatedEvent> send(EconomyCall call) throws IOException;

  /// Makes sure that nothing that the account has sent can still come: whatever waits somewhere is
  /// replaced, and it is awaited that the replacements are final. Pools keep what nobody includes
  /// without end.
  ///
  /// @throws IOException if the node does not answer or take them, or it takes too long; it may be
  ///   called again
  void useUpNonces() throws IOException;
}
