// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;

/// A block: header and transactions. Encoded as Ethereum's, with no ommers and no withdrawals. That
/// the header's roots are those of the transactions is for `state` to check. Protocol §11.4.
///
/// @param header the header
/// @param transactions in the order in which they were executed
public record Block(BlockHeader header, List<Transaction> transactions) {
  /// Greatest length of an encoding, in bytes (EIP-7934): 10 MiB less 2 MiB for what travels beside
  /// the block.
  public static final int BLOCK_BYTES_MAX = 8 * 1024 * 1024;

  /// Copies the list.
  public Block {
    transactions = List.copyOf(transactions);
  }

  /// The hash of the header, computed anew with every call.
  public Hash hash() {
    return header.hash();
  }

  /// The canonical encoding.
  public Bytes encode() {
    RlpWriter writer = new RlpWriter(1024);
    write(writer);
    return writer.toBytes();
  }

  /// Appends the canonical encoding: the list of header, transactions, ommers (none) and
  /// withdrawals (none).
  public void write(RlpWriter writer) {
    writer.begin();
    header.write(writer);
    writer.list(transactions, TransactionCodec::write).begin().end().begin().end().end();
  }

  /// The block with this encoding.
  ///
  /// @throws MalformedException if it is none, has ommers or withdrawals, or is longer than {@link
  ///   #BLOCK_BYTES_MAX}
  public static Block decode(Bytes encoded) throws MalformedException {
    if (encoded.length() > BLOCK_BYTES_MAX) {
      throw new MalformedException(
          new Malformed.WrongLength(0, encoded.length(), 0, BLOCK_BYTES_MAX));
    }
    RlpReader reader = RlpReader.of(encoded);
    Block block = read(reader);
    reader.finish();
    return block;
  }

  /// The header of the block with this encoding. What follows it is not looked at.
  ///
  /// @throws MalformedException if no header comes first
  public static BlockHeader headerOf(Bytes encoded) throws MalformedException {
    return BlockHeader.read(RlpReader.of(encoded).list());
  }

  /// Reads what {@link #write} wrote.
  public static Block read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    BlockHeader header = BlockHeader.read(fields);
    List<Transaction> transactions = fields.list(Integer.MAX_VALUE, TransactionCodec::read);
    fields.list().finish();
    fields.list().finish();
    fields.finish();
    return new Block(header, transactions);
  }
}
