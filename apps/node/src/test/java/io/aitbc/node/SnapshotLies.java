// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SnapshotMessage;
import java.util.function.UnaryOperator;

/// What a peer may say instead of the parts of a snapshot.
final class SnapshotLies {
  private SnapshotLies() {}

  /// Lies about the first part of a kind.
  static UnaryOperator<PeerMessage> about(UnaryOperator<SnapshotMessage.Part> part) {
    return answer ->
        answer instanceof SnapshotMessage.Parts(long request, var parts)
            ? new SnapshotMessage.Parts(request, parts.stream().map(part).toList())
            : answer;
  }

  static SnapshotMessage.Part torn(SnapshotMessage.Part part) {
    return part instanceof SnapshotMessage.Range(var rows)
        ? new SnapshotMessage.Range(rows.subList(0, rows.size() - 1))
        : part;
  }

  static SnapshotMessage.Part withoutValue(SnapshotMessage.Part part) {
    return part instanceof SnapshotMessage.Range(var rows)
        ? new SnapshotMessage.Range(
            rows.stream().map(row -> new SnapshotMessage.Row(row.key(), Bytes.EMPTY)).toList())
        : part;
  }

  static SnapshotMessage.Part otherNode(SnapshotMessage.Part part) {
    return part instanceof SnapshotMessage.Node
        ? new SnapshotMessage.Node(Bytes.of((byte) 0xc0))
        : part;
  }

  static SnapshotMessage.Part otherCode(SnapshotMessage.Part part) {
    return part instanceof SnapshotMessage.Code(Bytes code)
        ? new SnapshotMessage.Code(code.slice(0, code.length() - 1))
        : part;
  }
}
