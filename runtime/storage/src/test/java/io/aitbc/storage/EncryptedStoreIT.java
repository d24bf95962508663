// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.model.Transaction;
import io.aitbc.state.TriePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §13.4.1.
class EncryptedStoreIT {
  private static final Retention RETENTION = new Retention.Pruned(10, 100);
  private static final int BLOCKS = 20;

  @TempDir private Path folder;
  private final TestChain chain = new TestChain(5, 60);

  @Test
  void anEncryptedChainAnswersAsOneInPlain() throws IOException {
    write(true);
    try (DiskCipher cipher = cipher();
        ChainStore store = store(tables(Optional.of(cipher)))) {
      assertEquals(chain.blocks.getLast().height(), store.head().height());
      for (FinalBlock block : chain.blocks) {
        assertEquals(Optional.of(block.block()), store.block(block.height()));
        assertEquals(Optional.of(block.receipts()), store.receipts(block.height()));
        assertEquals(Optional.of(block.certificate()), store.certificate(block.height()));
        assertEquals(Optional.of(block.height()), store.height(block.hash()));
        assertEquals(block.prepared(), store.prepared(block.height()));
        for (Transaction transaction : block.block().transactions()) {
          assertTrue(store.place(transaction.hash()).isPresent());
        }
      }
      ChainStoreTest.same(chain, chain.state(), store.head().state());
      long oldest = store.oldestState().number();
      ChainStoreTest.same(
          chain, chain.states.get((int) oldest), store.state(store.oldestState()).orElseThrow());
    }
  }

  @Test
  void nothingOfAnEncryptedChainIsReadableOnDisk() throws IOException {
    write(true);
    assertEquals(List.of(), found(folder));
  }

  @Test
  void theSearchFindsWhatStandsInPlain() throws IOException {
    write(false);
    assertEquals(needles(), found(folder));
  }

  @Test // Protocol §13.5
  void snapshotsOfAnEncryptedChainAreKeptAndNothingOfThemIsReadableOnDisk() throws IOException {
    write(true);
    for (Path kept : List.of(keptFolder(BLOCKS / 2), keptFolder(BLOCKS))) {
      assertTrue(size(kept) > 10_000, kept + " holds " + size(kept) + " bytes");
    }
    assertEquals(List.of(), found(folder.resolve("chain-kept")));
  }

  @Test
  void theSearchFindsWhatStandsInAPlainSnapshot() throws IOException {
    write(false);
    assertEquals(needles(), found(keptFolder(BLOCKS)));
  }

  @Test // Protocol §13.5
  void snapshotsOfAnEncryptedChainAreThereAgainAfterARestart() throws IOException {
    write(true);
    try (DiskCipher cipher = cipher();
        ChainStore store = store(tables(Optional.of(cipher)))) {
      for (int height : List.of(BLOCKS / 2, BLOCKS)) {
        FinalBlock block = chain.blocks.get(height - 1);
        ChainSnapshot snapshot = store.snapshot(block.height()).orElseThrow();
        assertEquals(block.derivedState(), snapshot.derivedState());
        assertEquals(height, snapshot.headers().size());
        TriePlace root = TriePlace.ofAccounts(block.block().header().stateRoot());
        var part = snapshot.part(Bytes.wrap(root.path().toArray())).orElseThrow();
        TriePlace.Verdict verdict =
            switch (part) {
              case SnapshotMessage.Node(Bytes encoding) -> root.node(encoding);
              case SnapshotMessage.Range(var rows) ->
                  root.range(
                      rows.stream()
                          .map(row -> new TriePlace.Entry(Keccak256.hash(row.key()), row.value()))
                          .toList());
              case SnapshotMessage.Code code -> throw new AssertionError(code.toString());
            };
        assertInstanceOf(TriePlace.Verdict.Holds.class, verdict);
      }
    }
  }

  @Test
  void anotherKeyOpensNoSnapshot() throws IOException {
    write(true);
    byte[] another = new byte[DiskCipher.KEY_BYTES];
    another[0] = 1;
    assertInstanceOf(
        CipherOpening.WrongKey.class,
        DiskCipher.open(
            FolderDisk.open(folder.resolve("encryption")),
            Bytes.wrap(another),
            new SecureRandom()));
    // Nor does the same key without what says how the folder was encrypted.
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    try (DiskCipher other = cipher(elsewhere);
        KeyValues tables = tables(Optional.of(other))) {
      assertEquals(List.of((long) BLOCKS / 2, (long) BLOCKS), tables.kept());
      KeyValues.View view = tables.kept(BLOCKS);
      assertThrows(DiskException.class, () -> view.get(Table.META, ChainStore.META_DERIVED));
    }
  }

  private Path keptFolder(int height) {
    return folder.resolve("chain-kept").resolve(Integer.toString(height));
  }

  private static long size(Path under) throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.walk(under)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  @Test
  void aRowIsReadOnlyWhereItWasWritten() throws IOException {
    write(true);
    try (KeyValues below = tables(Optional.empty());
        DiskCipher cipher = cipher()) {
      byte[] header = below.view().get(Table.HEADERS, Keys.of(3)).orElseThrow();
      below.write(new Batch().put(Table.HEADERS, Keys.of(4), header));
      KeyValues.View view = new EncryptedKeyValues(below, cipher).view();
      assertTrue(view.get(Table.HEADERS, Keys.of(3)).isPresent());
      assertThrows(DiskException.class, () -> view.get(Table.HEADERS, Keys.of(4)));
    }
  }

  /// What must not be found: parts of the last block, an address that has state, and its code.
  private List<Bytes> needles() {
    FinalBlock last = chain.blocks.getLast();
    Transaction transaction = last.block().transactions().getFirst();
    return List.of(
        bytes(transaction.hash()),
        transaction.encoded().slice(transaction.encoded().length() - 30, 30),
        bytes(last.hash()),
        bytes(last.block().header().stateRoot()),
        last.derivedState(),
        last.senders().getFirst().bytes(),
        bytes(chain.genesis.diff().codes().getFirst().hash()));
  }

  private static Bytes bytes(Hash hash) {
    return Bytes.wrap(hash.toArray());
  }

  private List<Bytes> found(Path under) throws IOException {
    List<Bytes> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(under)) {
      List<byte[]> contents = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.add(Files.readAllBytes(file));
      }
      for (Bytes needle : needles()) {
        byte[] wanted = needle.toArray();
        if (contents.stream().anyMatch(each -> DiskCipherTest.indexOf(each, wanted) >= 0)) {
          found.add(needle);
        }
      }
    }
    return found;
  }

  private void write(boolean encrypted) throws IOException {
    if (!encrypted) {
      fill(tables(Optional.empty()));
      return;
    }
    try (DiskCipher cipher = cipher()) {
      fill(tables(Optional.of(cipher)));
    }
  }

  private void fill(KeyValues tables) {
    try (ChainStore store = ChainStore.begin(tables, chain.genesis, RETENTION, 1 << 20)) {
      for (int i = 1; i <= BLOCKS; i++) {
        store.append(chain.next(8));
        if (i % (BLOCKS / 2) == 0) {
          store.takeSnapshot();
        }
      }
    }
  }

  private DiskCipher cipher() {
    return cipher(folder);
  }

  private static DiskCipher cipher(Path where) {
    return assertInstanceOf(
            CipherOpening.Opened.class,
            DiskCipher.open(
                FolderDisk.open(where.resolve("encryption")),
                Bytes.wrap(new byte[DiskCipher.KEY_BYTES]),
                new SecureRandom()))
        .cipher();
  }

  private KeyValues tables(Optional<DiskCipher> cipher) {
    KeyValues rocks = RocksKeyValues.open(folder.resolve("chain"), RocksSettings.SMALL);
    return cipher.isPresent() ? new EncryptedKeyValues(rocks, cipher.get()) : rocks;
  }

  private ChainStore store(KeyValues tables) {
    return assertInstanceOf(
            StoreOpening.Opened.class,
            ChainStore.open(tables, chain.genesisHash(), RETENTION, 1 << 20))
        .store();
  }
}
