// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A chain to which something is otherwise than to others.
abstract class ChainAround implements WorkChain {
  private final WorkChain chain;

  ChainAround(WorkChain chain) {
    this.chain = chain;
  }

  @Override
  public Address account() {
    return chain.account();
  }

  @Override
  public UInt256 chainId() {
    return chain.chainId();
  }

  @Override
  public long height() throws IOException {
    return chain.height();
  }

  @Override
  public Hash blockHash(long height) throws IOException {
    return chain.blockHash(height);
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) throws IOException {
    return chain.read(read);
  }

  @Override
  public OptionalLong version(long job) {
    return chain.version(job);
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
    return chain.events(contract, fromHeight);
  }

  @Override
  public Optional<String> serves(ServiceRole role, Address account) throws IOException {
    return chain.serves(role, account);
  }

  @Override
  public String authorization(Address holder) {
    return chain.authorization(holder);
  }

  @Override
  public boolean isPending(EconomyCall call) {
    return chain.isPending(call);
  }

  @Override
  public boolean send(EconomyCall call) throws IOException {
    return chain.send(call);
  }
}
