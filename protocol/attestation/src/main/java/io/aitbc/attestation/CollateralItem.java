// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// A part of collateral as the chain's state holds it: signed by itself, so that anybody may bring
/// it, and replaced by itself. Chains are certificates as text, the signer's first, the root's
/// last. Protocol §18.5.
public sealed interface CollateralItem {
  /// A list of revoked certificates.
  ///
  /// @param chain the authority that signed the list, and its root if it is not the root itself
  /// @param list DER
  record Revocations(String chain, Bytes list) implements CollateralItem {}

  /// Intel's list of firmware levels of one family of platforms.
  ///
  /// @param text exactly what was signed
  /// @param signature r and s
  record Levels(String chain, String text, Bytes signature) implements CollateralItem {}

  /// What Intel's quoting enclave must be.
  ///
  /// @param text exactly what was signed
  /// @param signature r and s
  record QuotingEnclave(String chain, String text, Bytes signature) implements CollateralItem {}

  /// The authority that issues the keys of AMD's chips, and AMD's root.
  record Authorities(String chain) implements CollateralItem {}

  /// A key for which somebody whom governance admitted has vouched. Nothing in it is signed: the
  /// contract knows who brought it.
  ///
  /// @param key a SubjectPublicKeyInfo, DER
  record Endorsement(Bytes key) implements CollateralItem {
    /// What evidence that the key signs is judged against.
    public Hash subject() {
      return Sha256.hash((byte) kind(), key.toArray(), 0, key.length());
    }
  }

  /// Its number in encodings.
  default int kind() {
    return switch (this) {
      case Revocations _ -> 1;
      case Levels _ -> 2;
      case QuotingEnclave _ -> 3;
      case Authorities _ -> 4;
      case Endorsement _ -> 5;
    };
  }

  /// kind (1), then each part as a piece: its length (4) and its bytes.
  default Bytes encoded() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(kind());
    switch (this) {
      case Revocations(String chain, Bytes list) -> {
        piece(chain, out);
        piece(list, out);
      }
      case Levels(String chain, String text, Bytes signature) -> {
        piece(chain, out);
        piece(text, out);
        piece(signature, out);
      }
      case QuotingEnclave(String chain, String text, Bytes signature) -> {
        piece(chain, out);
        piece(text, out);
        piece(signature, out);
      }
      case Authorities(String chain) -> piece(chain, out);
      case Endorsement(Bytes key) -> piece(key, out);
    }
    return Bytes.wrap(out.toByteArray());
  }

  /// Reads what {@link #encoded} wrote, and nothing behind it; empty if it is none.
  static Optional<CollateralItem> decode(Bytes encoding) {
    try {
      ByteCursor cursor = new ByteCursor(encoding);
      CollateralItem item = read(cursor);
      return cursor.remaining() == 0 ? Optional.of(item) : Optional.empty();
    } catch (RefusedException none) {
      return Optional.empty();
    }
  }

  /// Reads one item; more may follow.
  static CollateralItem read(ByteCursor cursor) throws RefusedException {
    int kind = cursor.u8();
    return switch (kind) {
      case 1 -> new Revocations(text(cursor), cursor.piece());
      case 2 -> new Levels(text(cursor), text(cursor), cursor.piece());
      case 3 -> new QuotingEnclave(text(cursor), text(cursor), cursor.piece());
      case 4 -> new Authorities(text(cursor));
      case 5 -> new Endorsement(cursor.piece());
      default -> throw RefusedException.malformed();
    };
  }

  /// What evidence is judged against: of Intel's platforms the root's list, the list of the
  /// authority that issued the platform's key, levels, quoting enclave; of AMD's the authorities,
  /// and the root's list where there is one; an endorsement; or nothing. Any other row of items is
  /// malformed.
  static Collateral joined(List<CollateralItem> items) throws RefusedException {
    if (items.isEmpty()) {
      return new Collateral.None();
    }
    if (items.size() == 1 && items.get(0) instanceof Endorsement(Bytes key)) {
      return new Collateral.Endorsed(key);
    }
    if (items.get(0) instanceof Authorities(String chain)) {
      if (items.size() == 1) {
        return new Collateral.Snp(chain, Optional.empty());
      }
      if (items.size() == 2 && items.get(1) instanceof Revocations(String _, Bytes list)) {
        return new Collateral.Snp(chain, Optional.of(list));
      }
    }
    if (items.size() == 4
        && items.get(0) instanceof Revocations(String _, Bytes rootList)
        && items.get(1) instanceof Revocations(String _, Bytes platformList)
        && items.get(2) instanceof Levels levels
        && items.get(3) instanceof QuotingEnclave enclave) {
      return new Collateral.Dcap(
          rootList,
          platformList,
          levels.chain,
          levels.text,
          levels.signature,
          enclave.chain,
          enclave.text,
          enclave.signature);
    }
    throw RefusedException.malformed();
  }

  private static String text(ByteCursor cursor) throws RefusedException {
    return ByteCursor.utf8(cursor.piece());
  }

  private static void piece(String text, ByteArrayOutputStream out) {
    piece(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)), out);
  }

  private static void piece(Bytes bytes, ByteArrayOutputStream out) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length()).array());
    out.writeBytes(bytes.toArray());
  }
}
