// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import java.util.List;

/// An account and slots of its storage that a transaction announces to touch (EIP-2930). Protocol
/// §11.3.
///
/// @param address the account
/// @param storageKeys the slots, 32 bytes each; duplicates allowed and paid for
public record AccessListEntry(Address address, List<Hash> storageKeys) {
  /// Copies the keys.
  public AccessListEntry {
    storageKeys = List.copyOf(storageKeys);
  }

  void write(RlpWriter writer) {
    writer.begin().address(address).list(storageKeys, RlpWriter::hash).end();
  }

  static AccessListEntry read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Address address = fields.address();
    List<Hash> keys = fields.list(Integer.MAX_VALUE, RlpReader::hash);
    fields.finish();
    return new AccessListEntry(address, keys);
  }
}
