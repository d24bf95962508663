// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.client.DatedEvent;
import io.aitbc.client.JobChain;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.model.Address;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/// A chain that several threads use: what its account sends goes out one after another, so that no
/// two calls take one nonce.
final class SerialChain implements JobChain, AutoCloseable {
  private final JobChain chain;
  private final ExecutorService sending =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("gateway-send").factory());

  SerialChain(JobChain chain) {
    this.chain = chain;
  }

  @Override
  public Address account() {
    return chain.account();
  }

  @Override
  public long height() throws IOException {
    return chain.height();
  }

  @Override
  public long awaitHeightAbove(long height) throws IOException {
    return chain.awaitHeightAbove(height);
  }

  @Override
  public <T> Optional<T> read(ContractRead<T> read) throws IOException {
    return chain.read(read);
  }

  @Override
  public List<Optional<?>> readEach(List<ContractRead<?>> reads) throws IOException {
    return chain.readEach(reads);
  }

  @Override
  public List<DatedEvent> jobEvents(long job) throws IOException {
    return chain.jobEvents(job);
  }

  @Override
  public List<DatedEvent> events(EconomyContract contract, long fromHeight) throws IOException {
    return chain.events(contract, fromHeight);
  }

  @Override
  public Optional<String> serves(ServiceRole role, Address account) throws IOException {
    return chain.serves(role, account);
  }

  @Override
  public List<DatedEvent> send(EconomyCall call) throws IOException {
    return inTurn(() -> chain.send(call));
  }

  @Override
  public void useUpNonces() throws IOException {
    boolean _ =
        inTurn(() -> {
          chain.useUpNonces();
          return true;
        });
  }

  private <T> T inTurn(Callable<T> step) throws IOException {
    try {
      Future<T> done = sending.submit(step);
      return done.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException expected) {
        throw expected;
      }
      throw new IllegalStateException("a call broke", failed.getCause());
    } catch (RejectedExecutionException closed) {
      throw new InterruptedIOException("closed");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void close() {
    var _ = sending.shutdownNow();
  }
}
