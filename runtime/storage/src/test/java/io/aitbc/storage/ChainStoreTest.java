// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateProof;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §13.4.1.
class ChainStoreTest {
  private static final long CACHE_BYTES = 1 << 20;

  private static final Retention PRUNED = new Retention.Pruned(10, 20);
  private static final Retention ARCHIVE = new Retention.Archive();

  private final TestChain chain = new TestChain(1, 60);
  private final MemoryKeyValues tables = new MemoryKeyValues();

  @Test
  void whatWasAppendedIsReadBackAfterARestart() throws MalformedException {
    append(begin(ARCHIVE), 12);
    ChainStore store = reopened(ARCHIVE);
    assertEquals(new Height(12), store.head().height());
    assertEquals(chain.blocks.getLast().hash(), store.head().hash());
    assertEquals(chain.blocks.getLast().derivedState(), store.head().derivedState());
    for (FinalBlock block : chain.blocks) {
      Height height = block.height();
      assertEquals(Optional.of(height), store.height(block.hash()));
      assertEquals(Optional.of(block.block()), store.block(height));
      assertEquals(Optional.of(block.senders()), store.senders(height));
      assertEquals(Optional.of(block.receipts()), store.receipts(height));
      assertEquals(Optional.of(block.certificate()), store.certificate(height));
      assertEquals(Optional.of(block.extension()), store.extension(height));
      assertEquals(block.prepared(), store.prepared(height));
      var certified = store.certified(height).orElseThrow();
      assertEquals(block.block(), Block.decode(certified.block()));
      assertEquals(block.parentCertificate(), certified.parentCertificate());
    }
  }

  @Test
  void theLastBlocksAreReadAsTheyWereAppendedAndNoMoreOfThemThanAreKept() {
    ChainStore store = append(begin(new Retention.Pruned(0, 3)), 12);
    for (FinalBlock block : chain.blocks) {
      boolean isKept = block.height().number() > 9;
      assertEquals(isKept, store.block(block.height()).isPresent());
      assertEquals(isKept, store.receipts(block.height()).isPresent());
      assertEquals(block.block().header(), store.header(block.height()).orElseThrow());
    }
    FinalBlock last = chain.blocks.getLast();
    assertSame(last.block(), store.block(last.height()).orElseThrow());
    assertSame(last.receipts(), store.receipts(last.height()).orElseThrow());
  }

  @Test
  void aTransactionIsFoundByItsHash() {
    ChainStore store = append(begin(ARCHIVE), 5);
    FinalBlock block = chain.blocks.get(3);
    for (int i = 0; i < block.senders().size(); i++) {
      Transaction transaction = block.block().transactions().get(i);
      TransactionPlace place = store.place(transaction.hash()).orElseThrow();
      assertEquals(new TransactionPlace(block.height(), i), place);
      var found = store.transaction(place).orElseThrow();
      assertEquals(transaction, found.transaction());
      assertEquals(block.senders().get(i), found.sender());
      assertEquals(Optional.of(block.receipts().get(i)), store.receipt(place));
    }
    assertEquals(Optional.empty(), store.place(Hash.ZERO));
    assertEquals(
        Optional.empty(),
        store.transaction(new TransactionPlace(block.height(), block.senders().size())));
  }

  @Test
  void theStateAtTheHeadIsThatOfItsRoot() {
    ChainStore store = append(begin(PRUNED), 15);
    same(chain.state(), store.head().state());
    same(chain.state(), reopened(PRUNED).head().state());
  }

  @Test
  void lengthsThatAnEarlierVersionDidNotWriteAreThoseOfTheCodes() {
    ChainStore store = begin(PRUNED);
    Hash code = store.head().state().account(TestChain.address(0)).codeHash();
    assertEquals(40, Rows.codeLength(tables.view().get(Table.CODE_LENGTHS, Keys.of(code)).get()));
    Batch batch = new Batch();
    var _ = batch.remove(Table.CODE_LENGTHS, Keys.of(code));
    tables.write(batch);
    same(chain.state(), reopened(PRUNED).head().state());
  }

  @Test
  void blocksCanBeMadeOverTheStoreItself() {
    ChainStore store = begin(PRUNED);
    for (int i = 0; i < 30; i++) {
      FinalState before = store.head().state();
      FinalBlock block = chain.next(20, before);
      chain.states.add(new LayeredState(chain.state(), block.diff()));
      store.append(block);
      same(chain.state(), store.head().state());
    }
  }

  /// The tables of state are written with every other block, and the memory for tries is far too
  /// small for them.
  @Test
  void whatIsForgottenOfTheTriesIsReadAgainByThisStateAndByEarlierOnes() {
    TestChain large = new TestChain(9, 4_000);
    ChainStore store = ChainStore.begin(tables, large.genesis, PRUNED, 1 << 19, Runnable::run);
    FinalState early = store.head().state();
    for (int i = 0; i < 30; i++) {
      store.append(large.next(60, store.head().state()));
    }
    FinalState middle = store.head().state();
    for (int i = 0; i < 30; i++) {
      store.append(large.next(60, store.head().state()));
    }
    for (FinalState state : List.of(early, middle, store.head().state())) {
      for (int i = 0; i < large.accounts(); i += 7) {
        StateProof proof = StateProof.of(state, TestChain.address(i), List.of(UInt256.of(i % 20)));
        assertEquals(Optional.empty(), proof.verify(state.root()));
      }
    }
  }

  @Test
  void statesInTheWindowAreReadAsTheyWere() {
    append(begin(PRUNED), 25);
    ChainStore store = reopened(PRUNED);
    assertEquals(new Height(15), store.oldestState());
    for (int height = 15; height <= 25; height++) {
      same(chain.states.get(height), store.state(new Height(height)).orElseThrow());
    }
    assertEquals(Optional.empty(), store.state(new Height(14)));
    assertEquals(Optional.empty(), store.state(new Height(26)));
  }

  @Test
  void anArchiveReadsEveryState() {
    append(begin(ARCHIVE), 40);
    ChainStore store = reopened(ARCHIVE);
    for (int height = 0; height <= 40; height++) {
      same(chain.states.get(height), store.state(new Height(height)).orElseThrow());
    }
  }

  @Test
  void anArchiveAndAPrunedStoreAnswerAlikeUpToTheHorizon() {
    MemoryKeyValues others = new MemoryKeyValues();
    ChainStore archive = begin(ARCHIVE);
    ChainStore pruned = ChainStore.begin(others, chain.genesis, PRUNED, CACHE_BYTES, Runnable::run);
    for (int i = 0; i < 30; i++) {
      FinalBlock block = chain.next(10);
      archive.append(block);
      pruned.append(block);
    }
    for (long h = pruned.oldestBody().number(); h <= 30; h++) {
      Height height = new Height(h);
      assertEquals(archive.block(height), pruned.block(height));
      assertEquals(archive.receipts(height), pruned.receipts(height));
      assertEquals(archive.certified(height), pruned.certified(height));
    }
    for (long h = pruned.oldestState().number(); h <= 30; h++) {
      same(archive.state(new Height(h)).orElseThrow(), pruned.state(new Height(h)).orElseThrow());
    }
  }

  @Test
  void bodiesBelowTheHorizonGoAndHeadersAndCertificatesStay() {
    ChainStore store = append(begin(PRUNED), 30);
    assertEquals(new Height(11), store.oldestBody());
    FinalBlock old = chain.blocks.get(9);
    assertEquals(Optional.empty(), store.block(old.height()));
    assertEquals(Optional.empty(), store.receipts(old.height()));
    assertEquals(Optional.empty(), store.certified(old.height()));
    old.block().transactions().forEach(t -> assertEquals(Optional.empty(), store.place(t.hash())));
    assertEquals(Optional.of(old.block().header()), store.header(old.height()));
    assertEquals(Optional.of(old.certificate()), store.certificate(old.height()));
    assertEquals(
        Optional.of(chain.blocks.get(10).block()), store.block(chain.blocks.get(10).height()));
  }

  @Test
  void aShorterRetentionForgetsALittleWithEachBlock() {
    append(begin(new Retention.Pruned(10, 100)), 30);
    ChainStore store = append(reopened(PRUNED), 1);
    assertEquals(new Height(4), store.oldestBody());
    append(store, 10);
    assertEquals(new Height(22), store.oldestBody());
  }

  @Test
  void aStoreThatBecomesAnArchiveKeepsThePastFromThenOn() {
    append(begin(PRUNED), 12);
    ChainStore store = append(reopened(ARCHIVE), 20);
    assertFalse(store.oldestState().isAbove(new Height(2)));
    for (int height : new int[] {2, 11, 12, 13, 31}) {
      same(chain.states.get(height), store.state(new Height(height)).orElseThrow());
    }
    ChainStore pruned = append(reopened(PRUNED), 3);
    assertEquals(new Height(25), pruned.oldestState());
    for (int height = 25; height < 35; height++) {
      same(chain.states.get(height), pruned.state(new Height(height)).orElseThrow());
    }
  }

  @Test // Protocol §13.3.
  void everyStateInTheWindowProvesItsAccounts() {
    append(begin(PRUNED), 40);
    proves(reopened(PRUNED), 30);
  }

  @Test // Protocol §13.3.
  void theLastStatesOfAnArchiveProveTheirAccounts() {
    append(begin(ARCHIVE), Retention.ARCHIVE_CHANGES + 10);
    proves(reopened(ARCHIVE), 10);
  }

  private void proves(ChainStore store, long oldest) {
    assertEquals(new Height(oldest), store.oldestProvable());
    for (long h = oldest; h < chain.states.size(); h++) {
      FinalState expected = chain.states.get((int) h);
      FinalState state = store.provableState(new Height(h)).orElseThrow();
      same(expected, state);
      for (int i : new int[] {10, 11, chain.accounts() + 5, chain.accounts() + 100}) {
        StateProof proof =
            StateProof.of(state, TestChain.address(i), List.of(UInt256.of(1), UInt256.of(2)));
        assertEquals(Optional.empty(), proof.verify(expected.root()));
      }
    }
    assertEquals(Optional.empty(), store.provableState(new Height(oldest - 1)));
    assertEquals(Optional.empty(), store.provableState(new Height(chain.states.size())));
  }

  @Test
  void changesThatDoNotLeadToTheHeadAreAnErrorOfTheDisk() {
    append(begin(PRUNED), 3);
    StateDiff other = chain.blocks.getFirst().diff();
    tables.damage(Table.CHANGES, Keys.of(3), _ -> Changes.encode(other));
    assertThrows(DiskException.class, () -> open(tables.crashed(), PRUNED));
  }

  @Test
  void onlyTheChildOfTheHeadIsAppended() {
    ChainStore store = append(begin(PRUNED), 2);
    assertThrows(IllegalArgumentException.class, () -> store.append(chain.blocks.getLast()));
    var _ = chain.next(1);
    FinalBlock tooHigh = chain.next(1);
    assertThrows(IllegalArgumentException.class, () -> store.append(tooHigh));
  }

  @Test
  void anEmptyStoreSaysSo() {
    assertInstanceOf(StoreOpening.Empty.class, open(tables, PRUNED));
  }

  @Test
  void theStoreOfAnotherNetworkIsRefused() {
    var _ = begin(PRUNED);
    assertEquals(
        new StoreOpening.OtherNetwork(chain.genesisHash(), Hash.ZERO),
        ChainStore.open(tables, Hash.ZERO, PRUNED, CACHE_BYTES));
  }

  @Test
  void anotherVersionIsRefused() {
    var _ = begin(PRUNED);
    tables.damage(Table.META, ChainStore.meta("version"), _ -> Keys.of(99));
    assertEquals(new StoreOpening.OtherVersion(99, ChainStore.VERSION), open(tables, PRUNED));
  }

  @Test
  void aDamagedRowIsAnErrorOfTheDisk() {
    append(begin(ARCHIVE), 3);
    tables.damage(
        Table.HEADERS,
        Keys.of(2),
        row -> {
          row[0] = 0;
          return row;
        });
    ChainStore store = reopened(ARCHIVE);
    assertThrows(DiskException.class, () -> store.header(new Height(2)));
  }

  @Test
  void whatEvidenceNeedsStaysWhenBodiesGo() {
    append(begin(PRUNED), 40);
    ChainStore store = reopened(PRUNED);
    int kept = 0;
    for (FinalBlock block : chain.blocks) {
      assertEquals(block.prepared(), store.prepared(block.height()));
      assertEquals(Optional.of(block.set()), store.set(block.height()));
      kept += block.prepared().size();
    }
    assertTrue(kept > 0);
    assertEquals(Optional.empty(), store.set(new Height(101)));
  }

  @Test
  void aClosedStoreIsNotRead() {
    ChainStore store = append(begin(PRUNED), 2);
    store.close();
    assertThrows(IllegalStateException.class, () -> store.header(new Height(1)));
    assertThrows(DiskException.class, () -> store.append(chain.next(1)));
  }

  private ChainStore begin(Retention retention) {
    return ChainStore.begin(tables, chain.genesis, retention, CACHE_BYTES, Runnable::run);
  }

  @CanIgnoreReturnValue
  private ChainStore append(ChainStore store, int blocks) {
    for (int i = 0; i < blocks; i++) {
      store.append(chain.next(8));
    }
    return store;
  }

  private ChainStore reopened(Retention retention) {
    return assertInstanceOf(StoreOpening.Opened.class, open(tables.reopened(), retention)).store();
  }

  private StoreOpening open(KeyValues keyValues, Retention retention) {
    return ChainStore.open(keyValues, chain.genesisHash(), retention, CACHE_BYTES, Runnable::run);
  }

  private void same(StateView expected, StateView actual) {
    same(chain, expected, actual);
  }

  static void same(TestChain chain, StateView expected, StateView actual) {
    for (int i = 0; i < chain.accounts() + 50; i++) {
      Address address = TestChain.address(i);
      var account = expected.account(address);
      assertEquals(account, actual.account(address));
      Bytes code = expected.code(account.codeHash());
      assertEquals(code, actual.code(account.codeHash()));
      assertEquals(code.length(), actual.codeLength(account.codeHash()));
      if (i % 10 == 0) {
        for (int slot = 0; slot < 20; slot++) {
          assertEquals(
              expected.storage(address, UInt256.of(slot)),
              actual.storage(address, UInt256.of(slot)));
        }
      }
    }
  }
}
