// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;

/// What the state holds for one address. An address that the state does not hold has the account
/// {@link #EMPTY}: the two are one. Yellow Paper §4.1, EIP-161, Protocol §13.1.
///
/// @param nonce transactions sent, or contracts created, as an unsigned 64-bit number
/// @param balance money held
/// @param storageRoot root of the account's storage trie as of the last final block; while a block
///   runs, only its last step brings it up to date
/// @param codeHash Keccak-256 hash of the contract's code
public record Account(long nonce, Amount balance, Hash storageRoot, Hash codeHash) {
  /// Root of a trie that holds nothing: the hash of the empty RLP string.
  public static final Hash EMPTY_TRIE_ROOT =
      Hash.fromHex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

  /// Hash of the code of length 0.
  public static final Hash EMPTY_CODE_HASH =
      Hash.fromHex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

  /// The account of an address that was never used.
  public static final Account EMPTY = new Account(0, Amount.ZERO, EMPTY_TRIE_ROOT, EMPTY_CODE_HASH);

  /// Bytes of the longest encoding: list header 2, nonce 9, balance 33, two hashes of 33.
  public static final int ENCODED_BYTES_MAX = 110;

  /// Whether there is neither nonce nor balance nor code (EIP-161).
  public boolean isEmpty() {
    return nonce == 0 && balance.isZero() && !hasCode();
  }

  /// Whether the account is a contract, or delegates to one (EIP-7702).
  public boolean hasCode() {
    return !codeHash.equals(EMPTY_CODE_HASH);
  }

  /// Whether a final block left something in the account's storage.
  public boolean hasStorage() {
    return !storageRoot.equals(EMPTY_TRIE_ROOT);
  }

  /// This account with another nonce.
  public Account withNonce(long newNonce) {
    return new Account(newNonce, balance, storageRoot, codeHash);
  }

  /// This account with another balance.
  public Account withBalance(Amount newBalance) {
    return new Account(nonce, newBalance, storageRoot, codeHash);
  }

  /// This account with another storage root.
  public Account withStorageRoot(Hash newStorageRoot) {
    return new Account(nonce, balance, newStorageRoot, codeHash);
  }

  /// This account with other code.
  public Account withCodeHash(Hash newCodeHash) {
    return new Account(nonce, balance, storageRoot, newCodeHash);
  }

  /// The value of the account in the state trie. Yellow Paper §4.1.
  public Bytes encoded() {
    return Bytes.wrap(encodedArray());
  }

  /// The same, in an array of the caller's own.
  byte[] encodedArray() {
    UInt256 unsignedNonce = new UInt256(0, 0, 0, nonce);
    int nonceBytes = itemLength(unsignedNonce);
    int balanceBytes = itemLength(balance.wei());
    int length = nonceBytes + balanceBytes + 2 * (1 + Hash.BYTES);
    // Two hashes are more than 55 bytes, and the whole is less than 256.
    byte[] encoding = new byte[2 + length];
    encoding[0] = (byte) 0xf8;
    encoding[1] = (byte) length;
    putItem(unsignedNonce, encoding, 2, nonceBytes);
    putItem(balance.wei(), encoding, 2 + nonceBytes, balanceBytes);
    int hashes = 2 + nonceBytes + balanceBytes;
    encoding[hashes] = TrieNode.HASH_HEADER;
    storageRoot.copyTo(encoding, hashes + 1);
    encoding[hashes + 1 + Hash.BYTES] = TrieNode.HASH_HEADER;
    codeHash.copyTo(encoding, hashes + 2 + Hash.BYTES);
    return encoding;
  }

  private static int itemLength(UInt256 number) {
    return number.fitsLong() && number.low() < 0x80 ? 1 : 1 + number.byteLength();
  }

  private static void putItem(UInt256 number, byte[] target, int at, int length) {
    if (length == 1) {
      target[at] = (byte) (number.isZero() ? 0x80 : number.low());
      return;
    }
    target[at] = (byte) (0x80 + length - 1);
    for (int i = 0; i < length - 1; i++) {
      target[at + length - 1 - i] = (byte) (number.word(i >>> 3) >>> (8 * (i & 7)));
    }
  }

  /// Appends the account to an encoding.
  void write(RlpWriter writer) {
    writer
        .begin()
        .number(new UInt256(0, 0, 0, nonce))
        .amount(balance)
        .hash(storageRoot)
        .hash(codeHash)
        .end();
  }

  /// Reads what {@link #encoded} wrote.
  ///
  /// @throws MalformedException if it is nothing else's encoding
  public static Account decode(Bytes encoding) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    Account account = read(reader);
    reader.finish();
    return account;
  }

  /// Reads the account at the reader's position.
  static Account read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    UInt256 nonce = fields.number256();
    if (nonce.bitLength() > Long.SIZE) {
      throw fields.refuse("nonce", nonce);
    }
    Account account = new Account(nonce.low(), fields.amount(), fields.hash(), fields.hash());
    fields.finish();
    return account;
  }
}
