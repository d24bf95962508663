// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.nio.charset.StandardCharsets;

/// What a validator's key signs: a named purpose, the network's genesis hash and the fields of that
/// purpose. There is no way to sign bytes without a purpose. Protocol §12.1.
///
/// @param purpose what the signature is for; part of the signed bytes
/// @param genesisHash the network; a signature of another network is worth nothing here
/// @param fields the canonical encoding of the purpose's fields
public record ValidatorMessage(Purpose purpose, Hash genesisHash, Bytes fields) {
  /// The purposes of a validator's key. The tag is on the wire and never changes.
  public enum Purpose {
    /// The envelope of a proposal.
    ENVELOPE("AITBC/ENVELOPE/1"),
    /// A PREPARE vote.
    PREPARE("AITBC/PREPARE/1"),
    /// A COMMIT vote.
    COMMIT("AITBC/COMMIT/1"),
    /// A ROUND-CHANGE.
    ROUND_CHANGE("AITBC/ROUND-CHANGE/1"),
    /// A stake anchor on a final block.
    ANCHOR("AITBC/ANCHOR/1"),
    /// The input of the verifiable random function.
    VRF("AITBC/VRF/1"),
    /// A proof of possession.
    POSSESSION("AITBC/POSSESSION/1"),
    /// A block of a network without votes.
    AUTHORED_BLOCK("AITBC/AUTHORED-BLOCK/1");

    private final String tag;

    Purpose(String tag) {
      this.tag = tag;
    }

    /// The bytes that begin every message of this purpose: ASCII, no tag a prefix of another.
    public byte[] tag() {
      return tag.getBytes(StandardCharsets.US_ASCII);
    }
  }

  /// The bytes that are signed: one byte with the length of the tag, the tag, the genesis hash, the
  /// fields.
  public byte[] signingBytes() {
    byte[] tag = purpose.tag();
    byte[] bytes = new byte[1 + tag.length + Hash.BYTES + fields.length()];
    bytes[0] = (byte) tag.length;
    System.arraycopy(tag, 0, bytes, 1, tag.length);
    genesisHash.copyTo(bytes, 1 + tag.length);
    fields.copyTo(bytes, 1 + tag.length + Hash.BYTES);
    return bytes;
  }
}
