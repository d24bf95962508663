// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// How much the database may take.
///
/// @param cacheBytes memory for blocks of the database read last
/// @param writeBufferBytes memory for what was written last, before it goes into sorted files
/// @param filesMax open files
/// @param reads who else may keep what is read
public record RocksSettings(long cacheBytes, long writeBufferBytes, int filesMax, Reads reads) {
  /// How files are read.
  public enum Reads {
    /// As all files are: the system keeps in free memory what was read last.
    THROUGH_SYSTEM,
    /// From the disk each time, past the system's memory, on file systems that can: for measuring
    /// what a state costs that no memory holds.
    DIRECT
  }

  /// What a validator with 8 GB uses.
  public static final RocksSettings DEFAULT =
      new RocksSettings(256L << 20, 128L << 20, 512, Reads.THROUGH_SYSTEM);

  /// What a development network with many nodes on one machine uses.
  public static final RocksSettings SMALL =
      new RocksSettings(16L << 20, 16L << 20, 64, Reads.THROUGH_SYSTEM);

  /// @throws IllegalArgumentException if anything is not positive
  public RocksSettings {
    if (cacheBytes <= 0 || writeBufferBytes <= 0 || filesMax <= 0) {
      throw new IllegalArgumentException(
          "cache %d, buffer %d, files %d".formatted(cacheBytes, writeBufferBytes, filesMax));
    }
  }
}
