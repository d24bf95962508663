// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The chain as a service sees it: final blocks of a node that it trusts, and the account that it
/// sends from. Calls block.
public interface WorkChain {
  /// The service's account.
  Address account();

  /// The chain id of transactions.
  UInt256 chainId();

  /// Height of the last final block.
  ///
  /// @throws IOException if the node does not answer
  long height() throws IOException;

  /// The hash of a final block.
  ///
  /// @throws IOException if the node does not answer, or has no such block
  Hash blockHash(long height) throws IOException;

  /// What a contract answers after the last final block.
  ///
  /// @throws IOException if the node does not answer
  <T> Optional<T> read(ContractRead<T> read) throws IOException;

  /// Another number whenever an event of one of the contracts may have changed what the chain says
  /// of a job or its claims; empty if nobody knows. What comes by time, or by a beacon, changes no
  /// number. Who read it before it looked at a job need not look again while it is the same and
  /// nothing but an event is waited for.
  default OptionalLong version(long job) {
    return OptionalLong.empty();
  }

  /// A parameter of the economy; 0 where there is none.
  ///
  /// @throws IOException if the node does not answer
  default long parameter(EconomyParameter parameter) throws IOException {
    return read(WorkRead.parameter(parameter))
        .filter(UInt256::fitsLong)
        .map(UInt256::low)
        .orElse(0L);
  }

  /// What a contract of AI work wrote from a block on, in order.
  ///
  /// @throws IOException if the node does not answer
  List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException;

  /// The same of what is about a job and says so.
  ///
  /// @throws IOException if the node does not answer
  default List<WorkEvent> events(EconomyContract contract, long job, long fromHeight)
      throws IOException {
    return events(contract, fromHeight).stream()
        .filter(each -> each.jobNumber().orElse(0) == job)
        .toList();
  }

  /// What Disputes wrote about some disputes, from a block on, in order: whoever wants to know how
  /// its own goes need not read all that strangers have laid open meanwhile.
  ///
  /// @throws IOException if the node does not answer
  default List<WorkEvent> disputes(List<Long> numbers, long fromHeight) throws IOException {
    return events(EconomyContract.DISPUTES, fromHeight).stream()
        .filter(each -> each.disputeNumber().isPresent())
        .filter(each -> numbers.contains(each.disputeNumber().getAsLong()))
        .toList();
  }

  /// Which disputes were opened about claims of a job, from a block on, in order.
  ///
  /// @throws IOException if the node does not answer
  default List<WorkEvent.Opened> opened(long job, long fromHeight) throws IOException {
    return events(EconomyContract.DISPUTES, fromHeight).stream()
        .filter(WorkEvent.Opened.class::isInstance)
        .map(WorkEvent.Opened.class::cast)
        .filter(each -> each.claim().job() == job)
        .toList();
  }

  /// Where a service says that it is reached: a stranger's text.
  ///
  /// @throws IOException if the node does not answer
  Optional<String> serves(ServiceRole role, Address account) throws IOException;

  /// The Authorization header with which the account asks a holder of blobs now.
  ///
  /// @param holder the holder's account
  String authorization(Address holder);

  /// Sends a call that would succeed after the last block.
  ///
  /// @return whether it was sent; else a contract would refuse it now, or the account cannot pay
  ///   for it, or the node's pool does not take it
  /// @throws IOException if the node does not answer
  boolean send(EconomyCall call) throws IOException;

  /// Whether a call was sent and may come into a block yet, though that takes long: it is offered
  /// again until it does, or a contract refuses it.
  default boolean isPending(EconomyCall call) {
    return false;
  }

  /// Sends calls together, each as if it were alone.
  ///
  /// @return of each whether it was sent, or may have been
  /// @throws IOException if the node does not answer
  default List<Boolean> send(List<EconomyCall> calls) throws IOException {
    List<Boolean> sent = new ArrayList<>();
    Duties all = new Duties();
    for (EconomyCall each : calls) {
      all.attempt(() -> sent.add(send(each)));
    }
    all.end();
    return sent;
  }
}
