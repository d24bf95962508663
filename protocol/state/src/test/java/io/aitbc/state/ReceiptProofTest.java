// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.TransactionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptProofTest { // Protocol §13.3
  /// A block with so many transactions: what came of each names its position by its gas.
  private record Content(List<Bytes> transactions, List<Bytes> receipts) {
    static Content of(int count) {
      List<Bytes> transactions = new ArrayList<>();
      List<Bytes> receipts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        // Of all lengths from 1 on: short ones stand inside of their parents.
        byte[] transaction = new byte[1 + i % 80];
        transaction[0] = (byte) (i + 1);
        transaction[transaction.length - 1] = (byte) (1 + i / 80);
        transactions.add(Bytes.of(transaction));
        receipts.add(receipt(i).encode());
      }
      return new Content(transactions, receipts);
    }

    static Receipt receipt(int position) {
      Log log = new Log(Address.ZERO, List.of(), Bytes.wrap(new byte[position % 300]));
      return Receipt.of(
          TransactionType.DYNAMIC_FEE,
          position % 3 == 0 ? Receipt.Outcome.FAILED : Receipt.Outcome.SUCCEEDED,
          21_000L * (position + 1),
          position % 2 == 0 ? List.of() : List.of(log));
    }

    Hash hash(int position) {
      return Keccak256.hash(transactions.get(position));
    }

    BlockHeader header() {
      return new BlockHeader(
          Hash.ZERO,
          Address.ZERO,
          Hash.ZERO,
          TrieRoot.ofList(transactions),
          TrieRoot.ofList(receipts),
          Bloom.EMPTY,
          1,
          30_000_000,
          0,
          1_700_000_000,
          Bytes.EMPTY,
          Hash.ZERO,
          Amount.ZERO,
          BlockHeader.EMPTY_TRIE_ROOT,
          0,
          0,
          Hash.ZERO,
          Optional.of(BlockHeader.NO_REQUESTS_HASH));
    }

    ReceiptProof proof(int position) {
      return ReceiptProof.of(transactions, receipts, position);
    }
  }

  private static ProofRejection refusal(ReceiptProof proof, Content content, int position) {
    ReceiptProof.Outcome outcome = proof.verify(content.header(), content.hash(position));
    return assertInstanceOf(ReceiptProof.Outcome.Refused.class, outcome).reason();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 17, 127, 128, 129, 130, 256, 257, 300})
  void theReceiptOfEveryTransactionIsProven(int count) {
    Content content = Content.of(count);
    BlockHeader header = content.header();
    for (int i = 0; i < count; i++) {
      assertEquals(
          new ReceiptProof.Outcome.Proven(Content.receipt(i)),
          content.proof(i).verify(header, content.hash(i)),
          "position " + i);
    }
  }

  @Test
  void theReceiptOfAnotherPositionIsRefused() {
    Content content = Content.of(200);
    ReceiptProof proof = content.proof(150);
    assertEquals(
        new ProofRejection.OtherTransaction(content.hash(151), content.hash(150)),
        refusal(proof, content, 151));
    ReceiptProof mixed = new ReceiptProof(150, proof.transaction(), content.proof(151).receipt());
    ProofRejection refused = refusal(mixed, content, 150);
    assertEquals(false, refused instanceof ProofRejection.OtherTransaction, refused::toString);
  }

  @Test
  void aProofOfAnotherBlockIsRefused() {
    Content content = Content.of(20);
    assertInstanceOf(ProofRejection.WrongHash.class, refusal(Content.of(19).proof(3), content, 3));
  }

  @Test
  void aPositionBehindTheLastHasNothing() {
    Content content = Content.of(1);
    ReceiptProof last = content.proof(0);
    assertEquals(
        new ProofRejection.NothingThere(1),
        refusal(new ReceiptProof(1, last.transaction(), last.receipt()), content, 0));
  }

  @Test
  void noNodeMayBeChangedLeftOutOrAdded() {
    Content content = Content.of(130);
    ReceiptProof proof = content.proof(129);
    List<Bytes> nodes = proof.receipt().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      byte[] changed = nodes.get(i).toArray();
      changed[changed.length / 2] ^= 1;
      List<Bytes> others = new ArrayList<>(nodes);
      others.set(i, Bytes.wrap(changed));
      assertInstanceOf(ProofRejection.WrongHash.class, refusal(with(proof, others), content, 129));
    }
    assertEquals(
        new ProofRejection.NodeMissing(nodes.size() - 1),
        refusal(with(proof, nodes.subList(0, nodes.size() - 1)), content, 129));
    List<Bytes> more = new ArrayList<>(nodes);
    more.add(nodes.getFirst());
    assertEquals(
        new ProofRejection.NodesLeft(nodes.size(), nodes.size() + 1),
        refusal(with(proof, more), content, 129));
  }

  @Test
  void whatIsNoReceiptIsRefused() {
    Content content = Content.of(3);
    Content odd =
        new Content(
            content.transactions(),
            List.of(content.receipts().get(0), Bytes.of((byte) 7), content.receipts().get(2)));
    assertInstanceOf(ProofRejection.MalformedReceipt.class, refusal(odd.proof(1), odd, 1));
  }

  private static ReceiptProof with(ReceiptProof proof, List<Bytes> receipt) {
    return new ReceiptProof(proof.position(), proof.transaction(), new MerkleProof(receipt));
  }
}
