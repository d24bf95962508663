// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.time.Duration;

/// How much a store takes.
///
/// @param bytesMax bytes of all blobs and of all that is promised to uploads
/// @param ownerBytesMax bytes of what one owner leases and uploads
/// @param leaseMax the longest lease that is given at once; it can be renewed
public record BlobLimits(long bytesMax, long ownerBytesMax, Duration leaseMax) {
  /// Blobs of a store: each costs some 300 bytes of memory.
  public static final int BLOBS_MAX = 1_000_000;

  /// Uploads of others than the holder that are not finished: each may keep part of a chunk in
  /// memory, 128 MiB together.
  public static final int UPLOADS_MAX = 128;

  /// Uploads of one owner among these: whoever begins many and sends nothing keeps others out for
  /// {@link #UPLOAD_IDLE_MAX}. A client has one for each job whose files it gives.
  public static final int OWNER_UPLOADS_MAX = 16;

  /// The part of the bytes and blobs that only the holder itself may fill: with no room for its
  /// outputs a worker would be late with everything that it accepted.
  public static final int HOLDER_PART = 10;

  /// Owners who lease one blob.
  public static final int LEASES_MAX = 64;

  /// Bytes that the shortest blob counts as: what its files take on a disk.
  public static final long BLOB_BYTES_MIN = 4_096;

  /// Time after which an upload that nobody went on with is dropped: a night and the morning after.
  public static final Duration UPLOAD_IDLE_MAX = Duration.ofHours(24);

  /// 100 GiB, a tenth of it for one owner, leases of 30 days: the challenge window, the delays of a
  /// dispute and a bond's unbonding fit in.
  public static final BlobLimits DEFAULT =
      new BlobLimits(100L << 30, 10L << 30, Duration.ofDays(30));

  /// Checks them.
  public BlobLimits {
    if (bytesMax < 0 || ownerBytesMax < 0 || leaseMax.isNegative()) {
      throw new IllegalArgumentException("a limit is negative");
    }
  }

  /// Bytes of all blobs and uploads up to which an owner may add to them.
  long bytesMax(BlobOwner owner) {
    return owner.equals(BlobOwner.HOLDER) ? bytesMax : bytesMax - bytesMax / HOLDER_PART;
  }

  /// Number of blobs and uploads up to which an owner may add to them.
  static int blobsMax(BlobOwner owner) {
    return owner.equals(BlobOwner.HOLDER) ? BLOBS_MAX : BLOBS_MAX - BLOBS_MAX / HOLDER_PART;
  }

  /// Bytes that a blob counts as.
  static long charge(BlobId id) {
    return Math.max(BLOB_BYTES_MIN, id.length());
  }
}
