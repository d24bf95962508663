// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// What opening an encrypted folder came to.
public sealed interface CipherOpening {
  /// It can be read and written.
  record Opened(DiskCipher cipher) implements CipherOpening {}

  /// The folder was encrypted with another key.
  record WrongKey() implements CipherOpening {}

  /// What says how the folder is encrypted is damaged.
  record Corrupt() implements CipherOpening {}
}
