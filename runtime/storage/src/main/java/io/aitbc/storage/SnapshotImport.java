// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.TriePlace;
import java.util.List;

/// Fills the tables of a store that begins after a block that is not the genesis block. Until
/// {@link #finish} they hold no chain: who stops before begins anew. Belongs to one thread.
/// Protocol §13.5.
public final class SnapshotImport {
  /// Rows that are removed in one write.
  private static final int ROWS_PER_WRITE = 4_096;

  private static final List<Table> STATE =
      List.of(Table.ACCOUNTS, Table.SLOTS, Table.NODES, Table.CODES, Table.CODE_LENGTHS);

  private final KeyValues tables;
  private Batch batch = new Batch();

  private SnapshotImport(KeyValues tables) {
    this.tables = tables;
  }

  /// What a store begins after.
  ///
  /// @param block the block, with its certificate; what it holds was checked
  /// @param header its header
  /// @param transactions its transactions
  /// @param derivedState what consensus derives from the chain up to it, encoded
  /// @param below headers of the blocks below, descending
  public record Start(
      CertifiedBlock block,
      BlockHeader header,
      List<Transaction> transactions,
      Bytes derivedState,
      List<BlockHeader> below) {
    /// Copies the lists.
    public Start {
      transactions = List.copyOf(transactions);
      below = List.copyOf(below);
    }
  }

  /// Begins in tables that hold no chain, but perhaps what an earlier attempt has left.
  ///
  /// @throws IllegalStateException if they hold a chain
  public static SnapshotImport begin(KeyValues tables) {
    clear(tables);
    return new SnapshotImport(tables);
  }

  /// Removes what an attempt has left that was not finished.
  ///
  /// @throws IllegalStateException if the tables hold a chain
  public static void clear(KeyValues tables) {
    if (ChainStore.isIn(tables)) {
      throw new IllegalStateException("there is a chain already");
    }
    for (Table table : STATE) {
      List<KeyValues.Row> rows = tables.view().from(table, new byte[0], ROWS_PER_WRITE);
      while (!rows.isEmpty()) {
        Batch removed = new Batch();
        rows.forEach(row -> removed.remove(table, row.key().toArray()));
        tables.write(removed);
        rows = tables.view().from(table, new byte[0], ROWS_PER_WRITE);
      }
    }
  }

  /// An account.
  public void account(Address address, Account account) {
    batch.put(Table.ACCOUNTS, Keys.of(address), Rows.account(address, account));
  }

  /// A slot.
  ///
  /// @param owner hash of the account's address
  public void slot(Hash owner, UInt256 slot, UInt256 value) {
    byte[] key = new byte[2 * Hash.BYTES];
    owner.copyTo(key, 0);
    Keccak256.hash(slot.toArray(), 0, UInt256.BYTES, key, Hash.BYTES);
    batch.put(Table.SLOTS, key, Rows.slot(slot, value));
  }

  /// A trie node.
  public void node(TriePlace.Node node) {
    batch.put(Table.NODES, node.path().toArray(), node.encoding().toArray());
  }

  /// A code.
  public void code(Hash hash, Bytes code) {
    StateWriter.code(batch, hash, code);
  }

  /// Whether a code was written.
  public boolean hasCode(Hash hash) {
    return tables.view().get(Table.CODES, Keys.of(hash)).isPresent();
  }

  /// Writes what came since the last time. It need not be durable before the end.
  public void write() {
    tables.writeLater(batch);
    batch = new Batch();
  }

  /// All of the state is there: the tables hold the chain from now on. Durable on return.
  public void finish(Hash genesisHash, Start start, Retention retention) {
    ChainStore.begin(batch, genesisHash, start, retention);
    for (BlockHeader header : start.below()) {
      byte[] key = Keys.of(new Height(header.number()));
      batch.put(Table.HEADERS, key, header.encode().toArray());
      batch.put(Table.BLOCK_HEIGHTS, Keys.of(header.hash()), key);
    }
    tables.write(batch);
    batch = new Batch();
  }
}
