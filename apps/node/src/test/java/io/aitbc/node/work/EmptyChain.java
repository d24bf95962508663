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

/// A chain on which there is nothing, and which takes nothing. For tests.
public abstract class EmptyChain implements WorkChain {
  @Override
  public Address account() {
    return Address.ZERO;
  }

  @Override
  public UInt256 chainId() {
    return UInt256.of(7);
  }

  @Override
  public long height() {
    return 1;
  }

  @Override
  public Hash blockHash(long height) {
    return Hash.ZERO;
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) {
    return Optional.empty();
  }

  @Override
  public List<WorkEvent> events(EconomyContract contract, long fromHeight) {
    return List.of();
  }

  @Override
  public Optional<String> serves(ServiceRole role, Address account) {
    return Optional.empty();
  }

  @Override
  public String authorization(Address holder) {
    return "";
  }

  @Override
  public boolean send(EconomyCall call) throws IOException {
    return false;
  }
}
