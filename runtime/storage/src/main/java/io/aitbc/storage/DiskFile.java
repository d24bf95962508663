// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// An open file of a {@link Disk}. Belongs to one thread. Every method throws {@link DiskException}
/// when the disk fails; after that the file must not be written any more, because what a failed
/// sync left behind is unknown.
public interface DiskFile extends AutoCloseable {
  /// Length in bytes.
  long size();

  /// `length` bytes from `offset` on.
  ///
  /// @throws DiskException also if the file ends before
  byte[] read(long offset, int length);

  /// Writes `bytes` behind the end. Durable only after {@link #sync}.
  void append(byte[] bytes);

  /// Cuts the file to `size` bytes. Durable only after {@link #sync}.
  void truncate(long size);

  /// Makes content and length durable.
  void sync();

  @Override
  void close();
}
