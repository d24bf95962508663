// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// What the database holds, one column family each. Numbers in keys are 8 bytes big-endian, so that
/// keys ascend with them. Names are on disk and never change.
public enum Table {
  /// Name of a fact about the store -> its value.
  META("meta"),
  /// Hash of an address -> the address and its account, when the tables of state were written last.
  ACCOUNTS("accounts"),
  /// Hash of an address, hash of a slot -> the slot's number and value, at that moment.
  SLOTS("slots"),
  /// Path of a trie node -> its encoding, at that moment.
  NODES("nodes"),
  /// Hash of a code -> the code. Codes are never removed.
  CODES("codes"),
  /// Hash of a code -> its length, for those that a version wrote which knows this table.
  CODE_LENGTHS("code-lengths"),
  /// Height -> header.
  HEADERS("headers"),
  /// Height -> the list of transactions, as the block's encoding has it.
  BODIES("bodies"),
  /// Height -> the senders of the transactions, 20 bytes each.
  SENDERS("senders"),
  /// Height -> the list of receipts.
  RECEIPTS("receipts"),
  /// Height -> certificate, and what the header holds as hashes only.
  CERTIFICATES("certificates"),
  /// Height -> slot and signature, of a network without votes.
  AUTHORSHIPS("authorships"),
  /// Height, round -> prepare certificate, of heights that took more than one round.
  PREPARED("prepared"),
  /// Epoch -> when it began and its validator set, or the epoch in whose row the set stands.
  SETS("sets"),
  /// Hash of a transaction -> height and index.
  TRANSACTION_PLACES("transaction-places"),
  /// Hash of a block -> height.
  BLOCK_HEIGHTS("block-heights"),
  /// Height -> what the block changed in accounts and slots, before and after. Of the last blocks.
  CHANGES("changes"),
  /// Hash of an address (and of a slot), height -> what it held before the block. In archives.
  HISTORY("history");

  private final String title;

  Table(String title) {
    this.title = title;
  }

  /// The name of the column family.
  public String title() {
    return title;
  }
}
