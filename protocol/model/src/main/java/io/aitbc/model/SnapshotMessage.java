// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;

/// What a node asks and is told that begins from the state after a final block instead of all
/// blocks before. Nothing in an answer is believed before it was held against a checkpoint.
/// Protocol §13.5, §15.5.
public sealed interface SnapshotMessage extends PeerMessage {
  /// Most bytes of consensus's derived state: three sets of 1,000 validators, accounts of all of
  /// them and 100 blocks with their signers are less than half of it.
  int DERIVED_BYTES_MAX = 2 << 20;

  /// Headers that come with a snapshot at most: what contracts may ask a block's ancestors for.
  int HEADERS_MAX = 256;

  /// Most parts that are asked for at once.
  int ITEMS_MAX = 64;

  /// Most bytes of the parts in one answer.
  int PARTS_BYTES_MAX = 1 << 20;

  /// Most accounts or slots in one range.
  int ROWS_MAX = 2_048;

  /// Most bytes that name a part: the deepest place of a storage trie.
  int ITEM_BYTES_MAX = 1 + Hash.BYTES + 64;

  /// Most bytes of a code, as of the fork of the future that allows the longest.
  int CODE_BYTES_MAX = 1 << 18;

  /// Most bytes of a trie node, or of the value of an account.
  int NODE_BYTES_MAX = 1 << 10;

  /// First byte of what names a code, before its hash. Smaller ones begin the places of trie nodes
  /// (Protocol §13.2).
  byte CODE_ITEM = 2;

  /// The name of the code with this hash.
  static Bytes codeItem(Hash hash) {
    byte[] item = new byte[1 + Hash.BYTES];
    item[0] = CODE_ITEM;
    hash.copyTo(item, 1);
    return Bytes.wrap(item);
  }

  /// Asks for what begins the snapshot of a height.
  ///
  /// @param request number that the answer repeats, not negative
  /// @param height the height
  record Request(long request, Height height) implements SnapshotMessage {
    /// @throws IllegalArgumentException if the number is negative
    public Request {
      requireAtLeast(request);
    }

    @Override
    public FrameType frameType() {
      return FrameType.SNAPSHOT_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).number(height.number()).end();
    }

    static Request readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Request message = new Request(fields.number(), Height.readFrom(fields));
      fields.finish();
      return message;
    }
  }

  /// What begins a snapshot.
  ///
  /// @param request the number of the request
  /// @param derivedState what consensus derives from the chain up to the height, encoded, at most
  ///   {@link #DERIVED_BYTES_MAX} bytes; empty if the sender has no such snapshot
  /// @param headers those of the blocks below, descending, at most {@link #HEADERS_MAX}
  record Beginning(long request, Bytes derivedState, List<BlockHeader> headers)
      implements SnapshotMessage {
    /// @throws IllegalArgumentException if something is out of range
    public Beginning {
      requireAtLeast(request);
      headers = List.copyOf(headers);
      requireAtMost(derivedState.length(), DERIVED_BYTES_MAX);
      requireAtMost(headers.size(), HEADERS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.SNAPSHOT;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).string(derivedState);
      writer.list(headers, (to, header) -> to.encoded(header.encode())).end();
    }

    static Beginning readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Beginning message =
          new Beginning(
              fields.number(),
              fields.string(0, DERIVED_BYTES_MAX),
              fields.list(HEADERS_MAX, BlockHeader::read));
      fields.finish();
      return message;
    }
  }

  /// Asks for parts of the snapshot of a height.
  ///
  /// @param request number that the answer repeats, not negative
  /// @param height the snapshot's height
  /// @param items places of trie nodes as they are stored (Protocol §13.2) and {@link #codeItem}s,
  ///   at most {@link #ITEMS_MAX}
  record PartsRequest(long request, Height height, List<Bytes> items) implements SnapshotMessage {
    /// @throws IllegalArgumentException if something is out of range
    public PartsRequest {
      requireAtLeast(request);
      items = List.copyOf(items);
      requireAtMost(items.size(), ITEMS_MAX);
      items.forEach(item -> requireAtMost(item.length(), ITEM_BYTES_MAX));
    }

    @Override
    public FrameType frameType() {
      return FrameType.SNAPSHOT_PARTS_REQUEST;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).number(height.number());
      writer.list(items, RlpWriter::string).end();
    }

    static PartsRequest readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      PartsRequest message =
          new PartsRequest(
              fields.number(),
              Height.readFrom(fields),
              fields.list(ITEMS_MAX, item -> item.string(0, ITEM_BYTES_MAX)));
      fields.finish();
      return message;
    }
  }

  /// Parts of a snapshot, in the order in which they were asked for. Those that are left out at the
  /// end had no room, or the sender has them not.
  ///
  /// @param request the number of the request
  /// @param parts at most {@link #ITEMS_MAX}
  record Parts(long request, List<Part> parts) implements SnapshotMessage {
    /// @throws IllegalArgumentException if something is out of range
    public Parts {
      requireAtLeast(request);
      parts = List.copyOf(parts);
      requireAtMost(parts.size(), ITEMS_MAX);
    }

    @Override
    public FrameType frameType() {
      return FrameType.SNAPSHOT_PARTS;
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(request).list(parts, (to, part) -> part.writeTo(to)).end();
    }

    static Parts readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Parts message = new Parts(fields.number(), fields.list(ITEMS_MAX, Part::readFrom));
      fields.finish();
      return message;
    }
  }

  /// A part of a snapshot.
  sealed interface Part extends Encodable {
    /// Reads a part.
    static Part readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      int kind = fields.number(2);
      Part part =
          switch (kind) {
            case 0 -> new Node(fields.string(0, NODE_BYTES_MAX));
            case 1 -> new Range(fields.list(ROWS_MAX, Row::readFrom));
            default -> new Code(fields.string(0, CODE_BYTES_MAX));
          };
      fields.finish();
      return part;
    }
  }

  /// The trie node at a place with more below it than a range holds.
  ///
  /// @param encoding what it is
  record Node(Bytes encoding) implements Part {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(0).string(encoding).end();
    }
  }

  /// All accounts, or all slots, below a place, in the order of the hashes of their keys.
  ///
  /// @param rows at most {@link #ROWS_MAX}
  record Range(List<Row> rows) implements Part {
    /// @throws IllegalArgumentException if there are too many
    public Range {
      rows = List.copyOf(rows);
      requireAtMost(rows.size(), ROWS_MAX);
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(1).list(rows, (to, row) -> row.writeTo(to)).end();
    }
  }

  /// The code with the hash that was asked for.
  ///
  /// @param code its bytes
  record Code(Bytes code) implements Part {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(2).string(code).end();
    }
  }

  /// An account or a slot.
  ///
  /// @param key its address, 20 bytes, or its number, 32 bytes
  /// @param value the encoded account, or the value without leading zeros
  record Row(Bytes key, Bytes value) implements Encodable {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().string(key).string(value).end();
    }

    static Row readFrom(RlpReader reader) throws MalformedException {
      RlpReader fields = reader.list();
      Row row = new Row(fields.string(0, Hash.BYTES), fields.string(0, NODE_BYTES_MAX));
      fields.finish();
      return row;
    }
  }

  private static void requireAtLeast(long request) {
    if (request < 0) {
      throw new IllegalArgumentException("negative: " + request);
    }
  }

  private static void requireAtMost(int count, int max) {
    if (count > max) {
      throw new IllegalArgumentException(count + " is above " + max);
    }
  }
}
