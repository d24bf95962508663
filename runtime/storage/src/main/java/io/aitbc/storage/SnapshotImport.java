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
import io.aitbc.model.SnapshotMessage;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.TriePlace;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Fills the tables of a store that begins after a block that is not the genesis block. Until
/// {@link #finish} they hold no chain. Who stops before goes on with what is there: it was proven
/// before it was written, and {@link #part} gives it to be proven again. Belongs to one thread.
/// Protocol §13.5.
public final class SnapshotImport {
  /// Rows that are removed in one write.
  private static final int ROWS_PER_WRITE = 4_096;

  private static final List<Table> STATE =
      List.of(Table.ACCOUNTS, Table.SLOTS, Table.NODES, Table.CODES, Table.CODE_LENGTHS);

  /// The block whose state is fetched: of another the rows would be wrong.
  private static final byte[] META_TARGET = "snapshot-target".getBytes(StandardCharsets.US_ASCII);

  private final KeyValues tables;
  private final Height height;
  private final boolean resumes;
  private Batch batch = new Batch();

  private SnapshotImport(KeyValues tables, Height height, boolean resumes) {
    this.tables = tables;
    this.height = height;
    this.resumes = resumes;
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

  /// Begins in tables that hold no chain, or goes on with what an earlier attempt for the same
  /// state has left there; what one for another has left is removed.
  ///
  /// @param height of the block whose state it is
  /// @param next hash of the block after it, which the state is held against
  /// @throws IllegalStateException if they hold a chain
  public static SnapshotImport begin(KeyValues tables, Height height, Hash next) {
    Optional<byte[]> before = tables.view().get(Table.META, META_TARGET);
    if (before.isPresent() && Hash.of(before.get()).equals(next) && !ChainStore.isIn(tables)) {
      return new SnapshotImport(tables, height, true);
    }
    clear(tables);
    Batch target = new Batch();
    target.put(Table.META, META_TARGET, next.toArray());
    tables.write(target);
    return new SnapshotImport(tables, height, false);
  }

  /// Whether an earlier attempt has left something.
  public boolean resumes() {
    return resumes;
  }

  /// A part of the state as far as it is there, perhaps less than the whole part.
  ///
  /// @param item what names it, see {@link SnapshotMessage.PartsRequest}
  public Optional<SnapshotMessage.Part> part(Bytes item) {
    return new ChainSnapshot(height, Bytes.EMPTY, tables.view()).part(item);
  }

  /// Forgets what came since the last {@link #write}.
  public void forget() {
    batch = new Batch();
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
    Batch target = new Batch();
    target.remove(Table.META, META_TARGET);
    tables.write(target);
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
    batch.remove(Table.META, META_TARGET);
    tables.write(batch);
    batch = new Batch();
  }
}
