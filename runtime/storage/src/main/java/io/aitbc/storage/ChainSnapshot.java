// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.SnapshotMessage;
import io.aitbc.state.NodePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The state after one final block, kept as it was while the chain goes on, for nodes that begin
/// from it. It costs what the blocks since have changed. Any number of threads may read. Protocol
/// §13.5.
public final class ChainSnapshot {
  private final Height height;
  private final Bytes derivedState;
  private final KeyValues.View view;

  /// @param view whose tables of state hold the state after the block at `height`
  ChainSnapshot(Height height, Bytes derivedState, KeyValues.View view) {
    this.height = height;
    this.derivedState = derivedState;
    this.view = view;
  }

  /// The block's height.
  public Height height() {
    return height;
  }

  /// What consensus derives from the chain up to the block, encoded.
  public Bytes derivedState() {
    return derivedState;
  }

  /// The headers of the blocks below, descending; {@link SnapshotMessage#HEADERS_MAX} of them, or
  /// as many as there are.
  public List<BlockHeader> headers() {
    List<BlockHeader> headers = new ArrayList<>();
    long number = height.number() - 1;
    while (number >= 0 && headers.size() < SnapshotMessage.HEADERS_MAX) {
      Optional<BlockHeader> header = BlockRows.header(view, new Height(number));
      if (header.isEmpty()) {
        break; // This node itself began from a snapshot.
      }
      headers.add(header.get());
      number--;
    }
    return headers;
  }

  /// One part.
  ///
  /// @param item what names it, see {@link SnapshotMessage.PartsRequest}
  /// @return empty if nothing has this name
  public Optional<SnapshotMessage.Part> part(Bytes item) {
    if (item.length() == 1 + Hash.BYTES && item.at(0) == SnapshotMessage.CODE_ITEM) {
      return view.get(Table.CODES, item.slice(1, Hash.BYTES).toArray())
          .map(code -> new SnapshotMessage.Code(Bytes.wrap(code)));
    }
    if (!NodePath.isPath(item)) {
      return Optional.empty();
    }
    NodePath place = NodePath.of(item);
    Optional<List<SnapshotMessage.Row>> rows = rows(place);
    if (rows.isPresent()) {
      return rows.get().isEmpty()
          ? Optional.empty()
          : Optional.of(new SnapshotMessage.Range(rows.get()));
    }
    return view.get(Table.NODES, place.toArray())
        .map(node -> new SnapshotMessage.Node(Bytes.wrap(node)));
  }

  /// What is below a place; empty if it is more than a range holds.
  private Optional<List<SnapshotMessage.Row>> rows(NodePath place) {
    Hash owner = place.owner();
    Table table = owner == null ? Table.ACCOUNTS : Table.SLOTS;
    int from = owner == null ? 0 : Hash.BYTES;
    byte[] first = new byte[from + Hash.BYTES];
    if (owner != null) {
      owner.copyTo(first, 0);
    }
    for (int i = 0; i < place.length(); i++) {
      first[from + i / 2] |= (byte) (place.nibble(i) << (i % 2 == 0 ? 4 : 0));
    }
    List<SnapshotMessage.Row> rows = new ArrayList<>();
    for (KeyValues.Row row : view.from(table, first, SnapshotMessage.ROWS_MAX + 1)) {
      if (!isBelow(row.key(), first, from, place.length())) {
        return Optional.of(rows);
      }
      if (rows.size() == SnapshotMessage.ROWS_MAX) {
        return Optional.empty();
      }
      rows.add(row(table, row.value()));
    }
    return Optional.of(rows);
  }

  private static boolean isBelow(Bytes key, byte[] first, int from, int nibbles) {
    for (int i = 0; i < from + nibbles / 2; i++) {
      if (key.at(i) != first[i]) {
        return false;
      }
    }
    int last = from + nibbles / 2;
    return nibbles % 2 == 0 || (key.at(last) & 0xf0) == (first[last] & 0xf0);
  }

  private static SnapshotMessage.Row row(Table table, Bytes row) {
    return Rows.read(
        table, row.toArray(), reader -> table == Table.ACCOUNTS ? account(reader) : slot(reader));
  }

  private static SnapshotMessage.Row account(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    SnapshotMessage.Row row = new SnapshotMessage.Row(fields.address().bytes(), fields.encoded());
    fields.finish();
    return row;
  }

  private static SnapshotMessage.Row slot(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    SnapshotMessage.Row row =
        new SnapshotMessage.Row(
            Bytes.wrap(fields.number256().toArray()), fields.string(0, Hash.BYTES));
    fields.finish();
    return row;
  }
}
