// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// How much the database may take.
///
/// @param cacheBytes memory for blocks of the database read last
/// @param writeBufferBytes memory for what was written last, before it goes into sorted files
/// @param filesMax open files
public record RocksSettings(long cacheBytes, long writeBufferBytes, int filesMax) {
  /// What a validator with 8 GB uses.
  public static final RocksSettings DEFAULT = new RocksSettings(256L << 20, 128L << 20, 512);

  /// What a development network with many nodes on one machine uses.
  public static final RocksSettings SMALL = new RocksSettings(16L << 20, 16L << 20, 64);

  /// @throws IllegalArgumentException if anything is not positive
  public RocksSettings {
    if (cacheBytes <= 0 || writeBufferBytes <= 0 || filesMax <= 0) {
      throw new IllegalArgumentException(
          "cache %d, buffer %d, files %d".formatted(cacheBytes, writeBufferBytes, filesMax));
    }
  }
}
