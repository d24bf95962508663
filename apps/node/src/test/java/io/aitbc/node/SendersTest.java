// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.aitbc.crypto.AccountMessage.TransactionDigest;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Workers;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.ChainHead;
import io.aitbc.mempool.Mempool;
import io.aitbc.mempool.MempoolLimits;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class SendersTest { // Protocol §12.4
  private static final UInt256 CHAIN = UInt256.of(7_000);
  private static final long BLOCK_GAS = 30_000_000;

  private final Secp256k1SecretKey key = Secp256k1SecretKey.fromSeed(new byte[32]);
  private final Mempool pool =
      new Mempool(MempoolLimits.DEFAULT, TransactionRules.of(CHAIN), Secp256k1.chosen(), head());

  /// How many were to be recovered at each call.
  private final List<Integer> recoveries = new ArrayList<>();

  private final Senders senders =
      new Senders(
          pool,
          new Workers() {
            @Override
            public void run(List<? extends Runnable> tasks) {
              Workers.NONE.run(tasks);
            }

            @Override
            public void forEach(int count, IntConsumer job) {
              boolean _ = recoveries.add(count);
              Workers.NONE.forEach(count, job);
            }
          });

  private ChainHead head() {
    MemoryState state = new MemoryState();
    Overlay overlay = new Overlay(state);
    overlay.setBalance(Address.of(key.publicKey()), Amount.ONE_AITBC);
    state.apply(StateTrie.diff(state, overlay, Workers.NONE));
    return new ChainHead(state, Amount.wei(1), BLOCK_GAS, Fork.OSAKA);
  }

  private Transaction transfer(long nonce) {
    DynamicFeeTransaction.Unsigned unsigned =
        new DynamicFeeTransaction.Unsigned(
            CHAIN,
            nonce,
            Amount.wei(1),
            Amount.wei(100),
            21_000,
            Optional.of(Address.ZERO),
            Amount.wei(1),
            Bytes.EMPTY,
            List.of());
    return unsigned.signedWith(key.sign(new TransactionDigest(unsigned.signingHash())));
  }

  /// One waits in the pool, the next is new.
  private List<Transaction> block() {
    List<Transaction> block = List.of(transfer(0), transfer(1));
    assertInstanceOf(Admission.Admitted.class, pool.add(block.getFirst()));
    return block;
  }

  private void assertFirstIsThePools(List<Transaction> block, List<RecoveredTransaction> found) {
    assertEquals(block, found.stream().map(RecoveredTransaction::transaction).toList());
    Address sender = Address.of(key.publicKey());
    assertEquals(
        List.of(sender, sender), found.stream().map(RecoveredTransaction::sender).toList());
    assertSame(pool.find(block.getFirst().hash()).orElseThrow(), found.getFirst());
    assertEquals(List.of(1), recoveries);
  }

  @Test
  void theSenderOfWhatWaitsInThePoolIsNotRecoveredAgainInItsBlock() {
    List<Transaction> block = block();
    assertFirstIsThePools(block, senders.recovered(block));
  }

  @Test
  void norInAProposalWhereItIsNotEvenDecoded() {
    List<Transaction> block = block();
    List<Hash> hashes = block.stream().map(Transaction::hash).toList();
    List<Bytes> encodings = List.of(Bytes.EMPTY, block.getLast().encoded());
    assertFirstIsThePools(block, senders.recovered(hashes, encodings));
  }

  @Test
  void whereAllWaitedNobodyIsRecovered() {
    List<Transaction> block = List.of(block().getFirst());
    assertEquals(1, senders.recovered(block).size());
    assertEquals(List.of(0), recoveries);
  }
}
