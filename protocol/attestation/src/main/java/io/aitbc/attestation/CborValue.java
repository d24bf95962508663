// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.util.List;
import java.util.Optional;

/// A value of the concise binary object representation (RFC 8949), as far as tokens use it: no
/// floating point, no indefinite lengths.
sealed interface CborValue {
  /// An integer from -2^63 to 2^63 - 1.
  record Whole(long value) implements CborValue {}

  /// A byte string.
  record Octets(Bytes bytes) implements CborValue {}

  /// A text.
  record Text(String text) implements CborValue {}

  /// An array.
  record Items(List<CborValue> items) implements CborValue {
    public Items {
      items = List.copyOf(items);
    }
  }

  /// A map; keys are not repeated.
  record Members(List<Member> members) implements CborValue {
    public Members {
      members = List.copyOf(members);
    }

    /// The value of a key, if it is there.
    Optional<CborValue> find(CborValue key) {
      return members.stream()
          .filter(member -> member.key.equals(key))
          .map(Member::value)
          .findFirst();
    }

    Optional<CborValue> find(long key) {
      return find(new Whole(key));
    }
  }

  /// One entry of a map.
  record Member(CborValue key, CborValue value) {}

  /// A tagged value.
  record Tagged(long tag, CborValue value) implements CborValue {}

  /// false, true or null: 20, 21, 22.
  record Simple(int code) implements CborValue {}

  /// This value as an integer.
  default long asNumber() throws RefusedException {
    if (this instanceof Whole(long value)) {
      return value;
    }
    throw RefusedException.malformed();
  }

  /// This value as a byte string.
  default Bytes asOctets() throws RefusedException {
    if (this instanceof Octets(Bytes bytes)) {
      return bytes;
    }
    throw RefusedException.malformed();
  }

  /// This value as a text.
  default String asText() throws RefusedException {
    if (this instanceof Text(String text)) {
      return text;
    }
    throw RefusedException.malformed();
  }

  /// This value as an array.
  default List<CborValue> asItems() throws RefusedException {
    if (this instanceof Items(List<CborValue> items)) {
      return items;
    }
    throw RefusedException.malformed();
  }

  /// This value as a map.
  default Members asMembers() throws RefusedException {
    if (this instanceof Members members) {
      return members;
    }
    throw RefusedException.malformed();
  }
}
