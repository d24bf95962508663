// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The snapshots of a chain: the last two, so that who began with the first of them can end. They
/// are there again after a restart. One thread adds; any number of threads read. Protocol §13.5.
final class KeptSnapshots {
  private static final int KEPT_MAX = 2;

  private final KeyValues tables;
  private volatile List<ChainSnapshot> snapshots;

  /// Those of earlier runs; what is none of this chain is dropped.
  ///
  /// @param height of the chain's head
  KeptSnapshots(KeyValues tables, Hash genesisHash, long height) {
    this.tables = tables;
    List<ChainSnapshot> found = new ArrayList<>();
    for (long number : tables.kept()) {
      KeyValues.View view = tables.kept(number);
      if (number <= height && isOf(view, genesisHash, number)) {
        Bytes derived = Bytes.wrap(ChainStore.required(view, ChainStore.META_DERIVED));
        found.add(new ChainSnapshot(new Height(number), derived, view));
      } else {
        tables.drop(number);
      }
    }
    snapshots = List.copyOf(found);
  }

  private static boolean isOf(KeyValues.View view, Hash genesisHash, long height) {
    return Keys.number(ChainStore.required(view, ChainStore.META_VERSION), 0) == ChainStore.VERSION
        && Hash.of(ChainStore.required(view, ChainStore.META_GENESIS)).equals(genesisHash)
        && Keys.number(ChainStore.required(view, ChainStore.META_HEAD), 0) == height
        && ChainStore.stateHeight(view) == height;
  }

  /// Keeps the tables as they are, which hold the snapshot; the earliest before gives way.
  void add(ChainSnapshot taken) {
    tables.keep(taken.height().number());
    List<ChainSnapshot> all = new ArrayList<>(snapshots);
    all.add(taken);
    snapshots = List.copyOf(all.subList(Math.max(0, all.size() - KEPT_MAX), all.size()));
    for (long number : tables.kept()) {
      if (of(new Height(number)).isEmpty()) {
        tables.drop(number);
      }
    }
  }

  Optional<ChainSnapshot> of(Height height) {
    return snapshots.stream().filter(each -> each.height().equals(height)).findFirst();
  }
}
