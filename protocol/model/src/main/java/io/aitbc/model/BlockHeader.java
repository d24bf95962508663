// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.Optional;

/// The header of a block: the fields of Ethereum's, so that every client library recomputes the
/// block hash. The fields that Ethereum's proof of stake fixed (ommers, difficulty, nonce) are no
/// part of the record; they are written, and a decoder accepts no others. Protocol §11.4.
///
/// @param parentHash hash of the parent's header
/// @param beneficiary who made the block; to whom its fees go is in Protocol §14.4
/// @param stateRoot root of the state after the block
/// @param transactionsRoot root of the trie of transactions
/// @param receiptsRoot root of the trie of receipts
/// @param logsBloom filter of all logs of the block
/// @param number height, 0 for the genesis
/// @param gasLimit gas that the block may use, at least 0
/// @param gasUsed gas that the block used, at least 0
/// @param timestampSeconds seconds since 1970, 64 bits without sign as Ethereum has them; on the
///   network a thousandth of milliseconds below 2^48
/// @param extraData at most 32 bytes; from height 1 on the hash of the consensus extension
/// @param mixHash output of the beacon
/// @param baseFeePerGas fee per unit of gas that nobody receives as priority
/// @param withdrawalsRoot root of an empty trie: the chain has no withdrawals
/// @param blobGasUsed 0: the chain has no blobs
/// @param excessBlobGas 0: the chain has no blobs
/// @param parentBeaconBlockRoot hash of the parent's certificate as carried in the proposal
/// @param requestsHash {@link #NO_REQUESTS_HASH} from Prague on, empty before
public record BlockHeader(
    Hash parentHash,
    Address beneficiary,
    Hash stateRoot,
    Hash transactionsRoot,
    Hash receiptsRoot,
    Bloom logsBloom,
    long number,
    long gasLimit,
    long gasUsed,
    long timestampSeconds,
    Bytes extraData,
    Hash mixHash,
    Amount baseFeePerGas,
    Hash withdrawalsRoot,
    long blobGasUsed,
    long excessBlobGas,
    Hash parentBeaconBlockRoot,
    Optional<Hash> requestsHash) {
  /// Greatest length of {@link #extraData}, in bytes (Yellow Paper §4.4.4); client libraries refuse
  /// more.
  public static final int EXTRA_DATA_BYTES_MAX = 32;

  /// Root of a trie without entries: the hash of the empty string's encoding.
  public static final Hash EMPTY_TRIE_ROOT =
      Hash.fromHex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

  /// Hash of a list without ommers: of the empty list's encoding (EIP-3675).
  public static final Hash NO_OMMERS_HASH =
      Hash.fromHex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

  /// Commitment to no requests: SHA-256 of nothing (EIP-7685).
  public static final Hash NO_REQUESTS_HASH =
      Hash.fromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

  private static final Bytes NONCE = Bytes.wrap(new byte[8]);

  /// @throws IllegalArgumentException if a number is negative or the extra data too long
  public BlockHeader {
    long least =
        Math.min(
            Math.min(number, Math.min(gasLimit, gasUsed)), Math.min(blobGasUsed, excessBlobGas));
    if (least < 0) {
      throw new IllegalArgumentException("negative number in a header: " + least);
    }
    if (extraData.length() > EXTRA_DATA_BYTES_MAX) {
      throw new IllegalArgumentException("extra data too long: " + extraData.length());
    }
  }

  /// The block hash: Keccak-256 of the encoding. Computed anew with every call, about 2 µs.
  public Hash hash() {
    return Keccak256.hash(encode());
  }

  /// The canonical encoding.
  public Bytes encode() {
    RlpWriter writer = new RlpWriter(768);
    write(writer);
    return writer.toBytes();
  }

  /// Appends the canonical encoding.
  public void write(RlpWriter writer) {
    writer.begin().hash(parentHash).hash(NO_OMMERS_HASH).address(beneficiary);
    writer.hash(stateRoot).hash(transactionsRoot).hash(receiptsRoot).string(logsBloom.bytes());
    writer.number(0).number(number).number(gasLimit).number(gasUsed);
    writer.unsigned(timestampSeconds);
    writer.string(extraData).hash(mixHash).string(NONCE).amount(baseFeePerGas);
    writer.hash(withdrawalsRoot).number(blobGasUsed).number(excessBlobGas);
    writer.hash(parentBeaconBlockRoot);
    requestsHash.ifPresent(writer::hash);
    writer.end();
  }

  /// The header with this encoding.
  ///
  /// @throws MalformedException if it is none, or a fixed field has another value
  public static BlockHeader decode(Bytes encoded) throws MalformedException {
    RlpReader reader = RlpReader.of(encoded);
    BlockHeader header = read(reader);
    reader.finish();
    return header;
  }

  /// Reads what {@link #write} wrote.
  public static BlockHeader read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Hash parentHash = fields.hash();
    fixed(fields, "ommersHash", fields.hash().equals(NO_OMMERS_HASH));
    Address beneficiary = fields.address();
    Hash stateRoot = fields.hash();
    Hash transactionsRoot = fields.hash();
    Hash receiptsRoot = fields.hash();
    Bloom logsBloom = new Bloom(fields.string(Bloom.BYTES, Bloom.BYTES));
    fixed(fields, "difficulty", fields.number256().isZero());
    long number = fields.number();
    long gasLimit = fields.number();
    long gasUsed = fields.number();
    long timestampSeconds = fields.unsigned();
    Bytes extraData = fields.string(0, EXTRA_DATA_BYTES_MAX);
    Hash mixHash = fields.hash();
    fixed(fields, "nonce", fields.string(NONCE.length(), NONCE.length()).equals(NONCE));
    BlockHeader header =
        new BlockHeader(
            parentHash,
            beneficiary,
            stateRoot,
            transactionsRoot,
            receiptsRoot,
            logsBloom,
            number,
            gasLimit,
            gasUsed,
            timestampSeconds,
            extraData,
            mixHash,
            fields.amount(),
            fields.hash(),
            fields.number(),
            fields.number(),
            fields.hash(),
            fields.hasNext() ? Optional.of(fields.hash()) : Optional.empty());
    fields.finish();
    return header;
  }

  private static void fixed(RlpReader fields, String field, boolean holds)
      throws MalformedException {
    if (!holds) {
      throw fields.refuse(field, "not the fixed value");
    }
  }
}
