// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.FinalState;
import io.aitbc.state.NodePath;
import java.util.Optional;

/// The state after one final block, as the database held it when that block was the head. Stands
/// still while it is held. Protocol §13.1.
final class StoredState implements FinalState {
  private final long height;
  private final Hash root;
  private final KeyValues.View view;
  private final StateCache cache;

  StoredState(long height, Hash root, KeyValues.View view, StateCache cache) {
    this.height = height;
    this.root = root;
    this.view = view;
    this.cache = cache;
  }

  @Override
  public Hash root() {
    return root;
  }

  @Override
  public Account account(Address address) {
    return cache
        .accounts()
        .get(
            address,
            height,
            () ->
                view.get(Table.ACCOUNTS, Keys.of(address))
                    .map(Rows::account)
                    .orElse(Account.EMPTY));
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    return cache
        .slots()
        .get(
            new StateCache.SlotKey(address, key),
            height,
            () ->
                view.get(Table.SLOTS, Keys.of(address, key)).map(Rows::slot).orElse(UInt256.ZERO));
  }

  @Override
  public Optional<Bytes> findCode(Hash codeHash) {
    return view.get(Table.CODES, Keys.of(codeHash)).map(Bytes::wrap);
  }

  @Override
  public Optional<Bytes> node(NodePath path) {
    return cache
        .nodes()
        .get(path, height, () -> view.get(Table.NODES, path.toArray()).map(Bytes::wrap));
  }

  long height() {
    return height;
  }

  KeyValues.View view() {
    return view;
  }
}
