// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.util.List;
import java.util.Optional;

/// The encodings of transactions (EIP-2718): a legacy transaction is a list, every other its type
/// byte and a list. Protocol §11.3.
///
/// Decoding accepts exactly the canonical encodings of the four types and refuses everything else
/// with a {@link Malformed} reason. Time and memory are linear in the input; nesting is fixed by
/// the type, so nothing recurses. The number of bytes is judged by the caller, who knows its limit.
public final class TransactionCodec {
  /// Least first byte of a list.
  private static final int LIST = 0xc0;

  private TransactionCodec() {}

  /// The transaction with this encoding.
  ///
  /// @throws MalformedException if it is none, of a type that the chain does not know included
  public static Transaction decode(Bytes encoded) throws MalformedException {
    if (encoded.isEmpty()) {
      throw new MalformedException(new Malformed.Truncated(0, 1, 0));
    }
    int first = encoded.at(0) & 0xff;
    TransactionType type =
        first >= LIST
            ? TransactionType.LEGACY
            : TransactionType.of(first)
                .filter(known -> known != TransactionType.LEGACY)
                .orElseThrow(() -> unknownType(first));
    RlpReader reader = RlpReader.of(encoded);
    if (type != TransactionType.LEGACY) {
      reader.skip(); // A byte below 0x80 is an item of its own.
    }
    RlpReader fields = reader.list();
    reader.finish();
    return switch (type) {
      case LEGACY -> LegacyTransaction.decode(encoded, fields);
      case ACCESS_LIST -> AccessListTransaction.decode(encoded, fields);
      case DYNAMIC_FEE -> DynamicFeeTransaction.decode(encoded, fields);
      case SET_CODE -> SetCodeTransaction.decode(encoded, fields);
    };
  }

  /// Appends a transaction as an element of a list: a legacy transaction as the list it is, another
  /// as a string that holds its encoding.
  public static void write(RlpWriter writer, Transaction transaction) {
    RlpWriter _ =
        transaction.type() == TransactionType.LEGACY
            ? writer.encoded(transaction.encoded())
            : writer.string(transaction.encoded());
  }

  /// Reads what {@link #write} wrote.
  public static Transaction read(RlpReader reader) throws MalformedException {
    if (reader.nextIsList()) {
      return decode(reader.encoded());
    }
    int start = reader.position();
    Bytes encoded = reader.string();
    if (!encoded.isEmpty() && (encoded.at(0) & 0xff) >= LIST) {
      // A legacy transaction inside a string would be a second encoding of it.
      throw new MalformedException(new Malformed.WrongKind(start, Malformed.Kind.LIST));
    }
    return decode(encoded);
  }

  private static MalformedException unknownType(int type) {
    return new MalformedException(
        new Malformed.WrongValue(0, "transaction type", Integer.toString(type)));
  }

  static Bytes typed(UnsignedTransaction unsigned, TransactionSignature signature) {
    RlpWriter writer = new RlpWriter(192 + unsigned.data().length());
    writer.raw(unsigned.type().code()).begin();
    unsigned.writeFields(writer);
    writer.number(signature.yParity()).number(signature.r()).number(signature.s()).end();
    return writer.toBytes();
  }

  static TransactionSignature readSignature(RlpReader fields) throws MalformedException {
    int yParity = fields.number(TransactionSignature.Y_PARITY_MAX);
    UInt256 r = fields.number256();
    UInt256 s = fields.number256();
    fields.finish();
    return new TransactionSignature(r, s, yParity);
  }

  static void writeRecipient(RlpWriter writer, Optional<Address> recipient) {
    RlpWriter _ = writer.string(recipient.map(Address::bytes).orElse(Bytes.EMPTY));
  }

  static Optional<Address> readRecipient(RlpReader fields) throws MalformedException {
    int start = fields.position();
    Bytes bytes = fields.string(0, Address.BYTES);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    if (bytes.length() != Address.BYTES) {
      throw new MalformedException(
          new Malformed.WrongLength(start, bytes.length(), Address.BYTES, Address.BYTES));
    }
    return Optional.of(new Address(bytes));
  }

  static List<AccessListEntry> readAccessList(RlpReader fields) throws MalformedException {
    return fields.list(Integer.MAX_VALUE, AccessListEntry::read);
  }
}
