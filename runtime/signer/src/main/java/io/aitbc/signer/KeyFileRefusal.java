// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.nio.file.Path;

/// Why a file with a key, a password or a signing history cannot be used. No reason carries a
/// secret. Protocol §12.5.
public sealed interface KeyFileRefusal {
  /// The file cannot be read or written.
  ///
  /// @param file which file
  /// @param cause what the operating system said
  record Unreachable(Path file, String cause) implements KeyFileRefusal {}

  /// There is a file already, and a file with a key is never overwritten.
  record Exists(Path file) implements KeyFileRefusal {}

  /// A process holds the file, perhaps this one.
  record InUse(Path file) implements KeyFileRefusal {}

  /// Others than the owner may do something with the file.
  ///
  /// @param permissions as `ls -l` shows them, for example `rw-r--r--`
  record LoosePermissions(Path file, String permissions) implements KeyFileRefusal {}

  /// It is longer than any such file.
  record TooLong(long bytes, long bytesMax) implements KeyFileRefusal {}

  /// It is no JSON, is cut off, names a field twice or nests too deep.
  ///
  /// @param line where, from 1 on
  /// @param column where, from 1 on
  record NotJson(int line, int column) implements KeyFileRefusal {}

  /// A field is absent.
  ///
  /// @param field names from the outside in, joined by dots
  record MissingField(String field) implements KeyFileRefusal {}

  /// A field has a value of the wrong kind, length or range.
  ///
  /// @param field names from the outside in, joined by dots
  /// @param expected what it should be
  record WrongField(String field, String expected) implements KeyFileRefusal {}

  /// A field names a function or version that is not known here.
  ///
  /// @param field names from the outside in, joined by dots
  /// @param value its first 80 characters
  record Unsupported(String field, String value) implements KeyFileRefusal {}

  /// Deriving the key would cost more than any honest file asks for.
  ///
  /// @param parameter which parameter or product of parameters
  /// @param value what the file asks for
  /// @param max the most that is done
  record TooCostly(String parameter, long value, long max) implements KeyFileRefusal {}

  /// The password is wrong, or the file was damaged where only the checksum notices.
  record WrongPassword() implements KeyFileRefusal {}

  /// What was decrypted is no private key: 0, or not below the order of the group.
  record NoKey() implements KeyFileRefusal {}

  /// The file says another public key or address than its secret has.
  ///
  /// @param stated in the file
  /// @param actual of the secret
  record OtherKey(String stated, String actual) implements KeyFileRefusal {}
}
