// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Workers;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import io.aitbc.state.StateView;
import io.aitbc.storage.DiskException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

// Protocol §14.1: what makes a whole proposal invalid, before anybody prepares it.
class NodePoolTest {
  private static final UInt256 CHAIN = UInt256.of(7_000);
  private static final long BLOCK_GAS = 30_000_000;
  private static final TransactionRules RULES = TransactionRules.of(CHAIN);

  private final Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(new byte[32]);
  private final Mempool mempool =
      new Mempool(MempoolLimits.DEFAULT, RULES, Secp256k1.chosen(), head());
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final LinkedBlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
  private final PoolWorkers workers = new PoolWorkers(3);
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final NodePool pool =
      new NodePool(
          mempool,
          RULES,
          () -> new NodePool.BlockRules(BLOCK_GAS, Fork.OSAKA),
          waiting::add,
          workers,
          loop::add);

  private ChainHead head() {
    MemoryState state = new MemoryState();
    Overlay overlay = new Overlay(state);
    overlay.setBalance(Address.of(key.publicKey()), Amount.ONE_AITBC);
    state.apply(StateTrie.diff(state, overlay, Workers.NONE));
    return new ChainHead(state, Amount.wei(1), BLOCK_GAS, Fork.OSAKA);
  }

  @AfterEach
  void end() {
    workers.close();
    thread.shutdownNow();
  }

  private DynamicFeeTransaction.Unsigned transfer(long nonce, UInt256 chain) {
    return new DynamicFeeTransaction.Unsigned(
        chain,
        nonce,
        Amount.wei(1),
        Amount.wei(100),
        21_000,
        Optional.of(Address.ZERO),
        Amount.wei(1),
        Bytes.EMPTY,
        List.of());
  }

  private Bytes signed(DynamicFeeTransaction.Unsigned transfer) {
    return transfer.signedWith(key.sign(new TransactionDigest(transfer.signingHash()))).encoded();
  }

  /// Numbers that no key can have made: no point of the curve has this x coordinate.
  private Bytes ofNobody(DynamicFeeTransaction.Unsigned transfer) {
    for (long r = 1; ; r++) {
      var transaction =
          transfer.signedWith(new TransactionSignature(UInt256.of(r), UInt256.of(1), 0));
      if (transaction.sender(Secp256k1.chosen()).isEmpty()) {
        return transaction.encoded();
      }
    }
  }

  private boolean judge(List<Bytes> transactions) throws Exception {
    List<Boolean> answers = new ArrayList<>();
    List<Hash> hashes = transactions.stream().map(Keccak256::hash).toList();
    pool.judge(new Ports.Pool.Batch(hashes, transactions), answers::add);
    while (!waiting.isEmpty()) {
      thread.submit(waiting.remove()).get();
    }
    assertEquals(List.of(), answers, "the answer comes on the loop");
    Runnable answer = loop.poll(10, TimeUnit.SECONDS);
    assertTrue(answer != null && loop.isEmpty());
    answer.run();
    assertEquals(1, answers.size());
    return answers.getFirst();
  }

  @Test
  void transactionsThatSomebodySignedAreValidAndWaitInThePool() throws Exception {
    List<Bytes> transactions = new ArrayList<>();
    for (int nonce = 0; nonce < 10; nonce++) {
      transactions.add(signed(transfer(nonce, CHAIN)));
    }
    assertTrue(judge(transactions));
    assertEquals(10, mempool.size());
  }

  @Test
  void whatWaitsInThePoolIsNotJudgedAgain() throws Exception {
    List<Bytes> transactions = List.of(signed(transfer(0, CHAIN)));
    assertTrue(judge(transactions));
    pool.judge(
        new Ports.Pool.Batch(List.of(Keccak256.hash(transactions.getFirst())), transactions),
        valid -> assertTrue(valid));
    assertTrue(waiting.isEmpty());
    loop.remove().run();
  }

  @Test
  void oneSignatureThatIsNobodysMakesAllInvalid() throws Exception {
    assertEquals(
        List.of(false, false, true),
        List.of(
            judge(List.of(signed(transfer(0, CHAIN)), ofNobody(transfer(1, CHAIN)))),
            judge(List.of(ofNobody(transfer(1, CHAIN)))),
            judge(List.of(signed(transfer(0, CHAIN))))));
  }

  @Test
  void whatThePoolRefusesForTheStateIsValid() throws Exception {
    assertTrue(judge(List.of(signed(transfer(1_000_000, CHAIN)))));
    assertEquals(0, mempool.size());
  }

  @Test
  void oneOfAnotherChainOrNoneAtAllMakesAllInvalid() throws Exception {
    Bytes good = signed(transfer(0, CHAIN));
    assertEquals(false, judge(List.of(good, signed(transfer(1, UInt256.of(1))))));
    assertEquals(false, judge(List.of(good, Bytes.of((byte) 2, (byte) 1))));
    assertTrue(judge(List.of()));
  }

  @Test
  void aDiskThatFailsWhileTransactionsAreJudgedIsTheLoops() {
    DiskException failure = new DiskException("reading an account");
    mempool.reload(new ChainHead(new FailingState(failure), Amount.wei(1), BLOCK_GAS, Fork.OSAKA));
    Bytes transfer = signed(transfer(0, CHAIN));
    pool.judge(
        new Ports.Pool.Batch(List.of(Keccak256.hash(transfer)), List.of(transfer)),
        _ -> {
          throw new AssertionError("nobody knows");
        });
    waiting.remove().run();
    assertSame(failure, assertThrows(DiskException.class, loop.remove()::run));
  }

  private record FailingState(DiskException failure) implements StateView {
    @Override
    public Account account(Address address) {
      throw failure;
    }

    @Override
    public UInt256 storage(Address address, UInt256 slot) {
      throw failure;
    }

    @Override
    public Bytes code(Hash codeHash) {
      throw failure;
    }
  }
}
