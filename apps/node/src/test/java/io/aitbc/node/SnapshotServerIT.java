// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Height;
import io.aitbc.storage.ChainStore;
import io.aitbc.storage.DiskException;
import io.aitbc.storage.Retention;
import io.aitbc.storage.RocksKeyValues;
import io.aitbc.storage.RocksSettings;
import io.aitbc.storage.StoreOpening;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotServerIT { // Protocol §13.5, §15.5
  private static final Height FIRST = new Height(1);

  @TempDir private Path folder;

  @Test
  void aSnapshotThatGivesWayWhileItIsReadIsNoFailureAndAnyOtherOneIs() throws Exception {
    OneValidatorChain chain =
        new OneValidatorChain(ExecutionBundleIT.genesis(), folder, Retention.DEFAULT);
    for (int i = 0; i < 2; i++) {
      chain.grow();
      chain.store.takeSnapshot();
    }
    chain.grow();
    chain.close();
    StoreOpening opening =
        ChainStore.open(
            RocksKeyValues.open(folder.resolve("chain"), RocksSettings.SMALL),
            chain.genesis.hash(),
            Retention.DEFAULT,
            1 << 20);
    try (ChainStore store = assertInstanceOf(StoreOpening.Opened.class, opening).store();
        SnapshotServer server = new SnapshotServer(store, (_, _) -> {}, _ -> {})) {
      assertTrue(server.read(FIRST, kept -> !kept.headers().isEmpty()).orElseThrow());
      for (RuntimeException failure :
          new RuntimeException[] {new IllegalStateException(), new DiskException("reading")}) {
        assertThrows(failure.getClass(), () -> server.read(FIRST, _ -> fails(failure)));
      }
      assertEquals(
          Optional.empty(),
          server.read(
              FIRST,
              kept -> {
                store.takeSnapshot();
                return kept.headers();
              }));
    }
  }

  private static boolean fails(RuntimeException failure) {
    throw failure;
  }
}
