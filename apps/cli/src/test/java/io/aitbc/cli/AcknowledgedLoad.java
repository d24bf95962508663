// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Transaction;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Transfers through each node of a network, one after another, while nodes come and go. What any
/// of them told to be in a block must be in it on all of them in the end.
final class AcknowledgedLoad implements AutoCloseable {
  private static final int RETRY_MILLIS = 50;
  private static final long ACKNOWLEDGED_NANOS_MAX = 120_000_000_000L;

  private final DevnetRun run;
  private final Amount price;
  private final List<AccountSigner> accounts = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<Hash, String> acknowledged = new ConcurrentHashMap<>();

  /// How many transfers each node told to be in a block.
  private final AtomicIntegerArray counts;

  /// What ended threads.
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  private volatile boolean stopped;

  /// Begins.
  AcknowledgedLoad(DevnetRun run, int nodes) throws IOException, RpcException {
    this.run = run;
    ChainClient chain = new ChainClient(run.rpc(0));
    counts = new AtomicIntegerArray(nodes);
    price = chain.gasPrice().times(10);
    SecureRandom random = new SecureRandom();
    try (AccountSigner rich = DevnetFiles.developmentAccount()) {
      long nonce = chain.nextNonce(rich.address());
      for (int i = 0; i < nodes; i++) {
        AccountSigner account = AccountSigner.generate(random);
        accounts.add(account);
        Hash _ = chain.send(transfer(rich, nonce + i, account.address(), Amount.aitbc(10)));
      }
    }
    for (int i = 0; i < nodes; i++) {
      int node = i;
      threads.add(Thread.ofVirtual().start(() -> send(node, accounts.get(node))));
    }
  }

  private Transaction transfer(AccountSigner from, long nonce, Address to, Amount amount) {
    return ChainClient.transfer(from, DevnetFiles.CHAIN_ID, nonce, to, amount, price);
  }

  private void send(int node, AccountSigner account) {
    ChainClient chain = new ChainClient(run.rpc(node));
    Transaction next = transfer(account, 0, Address.ZERO, Amount.wei(1));
    try {
      for (int nonce = 0; !stopped; ) {
        if (isAcknowledged(chain, node, next)) {
          int _ = counts.incrementAndGet(node);
          nonce++;
          next = transfer(account, nonce, Address.ZERO, Amount.wei(1));
        } else {
          Thread.sleep(RETRY_MILLIS);
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failed) {
      boolean _ = failures.add(failed);
    }
  }

  private boolean isAcknowledged(ChainClient chain, int node, Transaction transfer) {
    try {
      JsonNode receipt = run.rpc(node).call("eth_getTransactionReceipt", transfer.hash().toHex());
      if (receipt.isObject()) {
        String _ = acknowledged.put(transfer.hash(), receipt.path("blockHash").asText());
        return true;
      }
      Hash _ = chain.send(transfer);
    } catch (IOException | RpcException awayOrKnown) {
      return false; // It was killed, or has the transfer: it is asked again.
    }
    return false;
  }

  /// Ends the load when each node has told of a transfer. Every node has what any of them told, and
  /// nobody was convicted.
  void assertAllHolds(List<Integer> nodes) throws Exception {
    long end = System.nanoTime() + ACKNOWLEDGED_NANOS_MAX;
    for (int node : nodes) {
      while (counts.get(node) == 0 && failures.isEmpty()) {
        assertTrue(System.nanoTime() < end, "nothing from node " + node + " of " + counts);
        Thread.sleep(RETRY_MILLIS);
      }
    }
    close();
    for (Throwable each : failures) {
      throw new AssertionError("the load ended by itself", each);
    }
    long head = 0;
    for (int node : nodes) {
      head = Math.max(head, run.height(node));
    }
    for (int node : nodes) {
      run.awaitHeight(node, head);
      for (Map.Entry<Hash, String> each : acknowledged.entrySet()) {
        JsonNode receipt = run.rpc(node).call("eth_getTransactionReceipt", each.getKey().toHex());
        assertEquals(each.getValue(), receipt.path("blockHash").asText(), "on node " + node);
      }
      assertEquals(0, run.rpc(node).call("aitbc_slashings").size(), "on node " + node);
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread each : threads) {
        each.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    accounts.forEach(AccountSigner::close);
  }
}
