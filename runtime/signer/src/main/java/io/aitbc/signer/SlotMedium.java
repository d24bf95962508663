// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

/// Where a signing record lies: two sectors that can be overwritten one at a time. A file in a node
/// ({@link SlotFile}); the simulator brings one that tears and loses writes. Protocol §8.3.
public interface SlotMedium extends AutoCloseable {
  /// Length of a slot in bytes: one sector, which disks write whole or tear visibly.
  int SLOT_BYTES = 512;

  /// How many slots there are.
  int SLOTS = 2;

  /// The content of `slot`, 0 or 1; zeros where nothing was ever written.
  ///
  /// @throws RecordDiskException if it cannot be read
  byte[] read(int slot);

  /// Overwrites `slot` with 512 bytes. On return they are durable; the other slot is never touched.
  ///
  /// @throws RecordDiskException if that is not certain; nothing may be signed any more
  void write(int slot, byte[] content);

  /// Gives the medium free for others.
  @Override
  void close();
}
