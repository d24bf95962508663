// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Why bytes from outside are no canonical encoding of what was expected. Closed: a reader can say
/// what was wrong with its operands. Protocol §11.1.
public sealed interface Malformed {
  /// The input ended before what was announced.
  ///
  /// @param offset where in the input, in bytes
  /// @param needed bytes announced from there on, as an unsigned number
  /// @param left bytes that were left
  record Truncated(int offset, long needed, int left) implements Malformed {}

  /// Bytes were left after the value.
  ///
  /// @param offset where the value ended
  /// @param left how many bytes followed
  record TrailingBytes(int offset, int left) implements Malformed {}

  /// A string where a list was expected, or a list where a string was.
  ///
  /// @param offset where in the input, in bytes
  /// @param expected what was expected there
  record WrongKind(int offset, Kind expected) implements Malformed {}

  /// A longer form was used than the value needs.
  ///
  /// @param offset where in the input, in bytes
  record NotMinimal(int offset) implements Malformed {}

  /// A number, string or list is shorter or longer than its field allows.
  ///
  /// @param offset where in the input, in bytes
  /// @param length length found, in bytes or elements
  /// @param min least length allowed
  /// @param max greatest length allowed
  record WrongLength(int offset, long length, long min, long max) implements Malformed {}

  /// A value that the field does not allow.
  ///
  /// @param offset where in the input, in bytes
  /// @param field the field, as docs/protocol.md spells it
  /// @param value the value found, shortened
  record WrongValue(int offset, String field, String value) implements Malformed {}

  /// The two kinds of item.
  enum Kind {
    /// A byte string.
    STRING,
    /// A list of items.
    LIST
  }
}
