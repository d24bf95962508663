// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Receipt;
import java.util.List;

/// What came of a transaction in a block, with proofs under the block's roots. A receipt names no
/// transaction, so the transaction at the same position is proven with it. Protocol §13.3.
///
/// @param position of the transaction in the block, from 0 on
/// @param transaction nodes of the trie of the block's transactions
/// @param receipt nodes of the trie of its receipts
public record ReceiptProof(int position, MerkleProof transaction, MerkleProof receipt) {
  /// What a proof shows.
  public sealed interface Outcome {
    /// The transaction is in the block, and this came of it.
    record Proven(Receipt receipt) implements Outcome {}

    /// It is no proof of that.
    record Refused(ProofRejection reason) implements Outcome {}
  }

  /// @throws IllegalArgumentException if the position is negative
  public ReceiptProof {
    if (position < 0) {
      throw new IllegalArgumentException("negative position: " + position);
    }
  }

  /// The proof of the receipt at a position.
  ///
  /// @param transactions encodings of all transactions of the block
  /// @param receipts encodings of their receipts
  /// @throws IndexOutOfBoundsException if the block has no such position
  public static ReceiptProof of(List<Bytes> transactions, List<Bytes> receipts, int position) {
    return new ReceiptProof(
        position,
        TrieRoot.proofOfList(transactions, position),
        TrieRoot.proofOfList(receipts, position));
  }

  /// What this shows about a transaction in the block with `header`, which must be trusted.
  public Outcome verify(BlockHeader header, Hash transactionHash) {
    Bytes key = TrieRoot.key(position);
    return switch (transaction.verify(header.transactionsRoot(), key)) {
      case MerkleProof.Outcome.Refused(var reason) -> new Outcome.Refused(reason);
      case MerkleProof.Outcome.Absent() -> nothingThere();
      case MerkleProof.Outcome.Present(var encoded) -> {
        Hash proven = Keccak256.hash(encoded);
        yield proven.equals(transactionHash)
            ? receipt(header, key)
            : new Outcome.Refused(new ProofRejection.OtherTransaction(transactionHash, proven));
      }
    };
  }

  private Outcome receipt(BlockHeader header, Bytes key) {
    return switch (receipt.verify(header.receiptsRoot(), key)) {
      case MerkleProof.Outcome.Refused(var reason) -> new Outcome.Refused(reason);
      case MerkleProof.Outcome.Absent() -> nothingThere();
      case MerkleProof.Outcome.Present(var encoded) -> {
        try {
          yield new Outcome.Proven(Receipt.decode(encoded));
        } catch (MalformedException malformed) {
          yield new Outcome.Refused(new ProofRejection.MalformedReceipt(malformed.reason()));
        }
      }
    };
  }

  private Outcome nothingThere() {
    return new Outcome.Refused(new ProofRejection.NothingThere(position));
  }
}
