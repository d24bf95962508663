// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which blobs, leases and uploads there are, and what they count: the catalogue in memory. Its
/// methods are short, touch no disk, and one thread at a time is in them.
final class BlobIndex {
  private final BlobLimits limits;
  private final Map<BlobId, Entry> blobs = new HashMap<>();
  private final Map<Container, Upload> uploads = new HashMap<>();
  private final Map<BlobOwner, Long> ownerBytes = new HashMap<>();
  private final Map<BlobOwner, Integer> ownerUploads = new HashMap<>();
  private long bytes;

  BlobIndex(BlobLimits limits) {
    this.limits = limits;
  }

  /// A blob that is here.
  private static final class Entry {
    final Container container;
    final Map<BlobOwner, Long> untilSeconds = new HashMap<>();

    Entry(Container container) {
      this.container = container;
    }
  }

  /// What an upload is.
  ///
  /// @param container where its chunks lie
  /// @param id what it shall be
  /// @param owner whose it is
  /// @param leaseSeconds length of the lease with which the blob begins
  record Pending(Container container, BlobId id, BlobOwner owner, long leaseSeconds) {}

  private static final class Upload {
    final Pending pending;
    Instant lastUse;

    /// What has come and is not on the disk yet; null until the disk was looked at.
    @Nullable Progress progress;

    Upload(Pending pending, Instant lastUse) {
      this.pending = pending;
      this.lastUse = lastUse;
    }
  }

  /// How far an upload is: the hashes of the chunks that are here whole, and the beginning of the
  /// next one. Nobody writes to the arrays.
  static final class Progress {
    private final byte[] hashes;
    private final byte[] rest;

    Progress(byte[] hashes, byte[] rest) {
      this.hashes = hashes;
      this.rest = rest;
    }

    byte[] hashes() {
      return hashes;
    }

    byte[] rest() {
      return rest;
    }
  }

  synchronized Optional<Container> container(BlobId id) {
    return Optional.ofNullable(blobs.get(id)).map(entry -> entry.container);
  }

  synchronized void addBlob(BlobId id, Container container) {
    if (blobs.put(id, new Entry(container)) == null) {
      bytes += BlobLimits.charge(id);
    }
  }

  synchronized void removeBlob(BlobId id) {
    Entry entry = blobs.remove(id);
    if (entry != null) {
      bytes -= BlobLimits.charge(id);
      entry.untilSeconds.keySet().forEach(owner -> add(owner, -BlobLimits.charge(id)));
    }
  }

  /// Whether the owner may lease the blob, which it may not do yet.
  synchronized void checkLease(BlobId id, BlobOwner owner) throws BlobRefusedException {
    Entry entry = blobs.get(id);
    if (entry == null) {
      throw new BlobRefusedException(new BlobRefusal.Absent(id));
    }
    if (!entry.untilSeconds.containsKey(owner)) {
      if (entry.untilSeconds.size() >= BlobLimits.LEASES_MAX) {
        throw new BlobRefusedException(
            new BlobRefusal.TooMany("leases of a blob", BlobLimits.LEASES_MAX));
      }
      checkQuota(owner, BlobLimits.charge(id));
    }
  }

  private void checkQuota(BlobOwner owner, long needed) throws BlobRefusedException {
    if (owner.equals(BlobOwner.HOLDER)) {
      return;
    }
    long free = limits.ownerBytesMax() - ownerBytes.getOrDefault(owner, 0L);
    if (needed > free) {
      throw new BlobRefusedException(new BlobRefusal.QuotaExceeded(owner, needed, free));
    }
  }

  /// Adds or renews a lease; nothing if there is no such blob.
  synchronized void putLease(BlobId id, BlobOwner owner, long untilSeconds) {
    Entry entry = blobs.get(id);
    if (entry != null && entry.untilSeconds.put(owner, untilSeconds) == null) {
      add(owner, BlobLimits.charge(id));
    }
  }

  synchronized void removeLease(BlobId id, BlobOwner owner) {
    Entry entry = blobs.get(id);
    if (entry != null && entry.untilSeconds.remove(owner) != null) {
      add(owner, -BlobLimits.charge(id));
    }
  }

  /// The end of a lease.
  synchronized Optional<Long> leasedUntil(BlobId id, BlobOwner owner) {
    return Optional.ofNullable(blobs.get(id)).map(entry -> entry.untilSeconds.get(owner));
  }

  /// Owners whose lease of the blob has ended.
  synchronized List<BlobOwner> endedLeases(BlobId id, long nowSeconds) {
    Entry entry = blobs.get(id);
    return entry == null
        ? List.of()
        : entry.untilSeconds.entrySet().stream()
            .filter(lease -> lease.getValue() <= nowSeconds)
            .map(Map.Entry::getKey)
            .toList();
  }

  /// Whether nobody leases the blob any more.
  synchronized boolean isUnleased(BlobId id) {
    Entry entry = blobs.get(id);
    return entry != null && entry.untilSeconds.isEmpty();
  }

  synchronized List<BlobId> blobs() {
    return new ArrayList<>(blobs.keySet());
  }

  /// Makes room for an upload, whose record is not written yet. A blob that only others lease comes
  /// whole again: an id alone gives nobody a share in it.
  synchronized void reserve(Pending pending, Instant now) throws BlobRefusedException {
    if (leasedUntil(pending.id(), pending.owner()).isPresent()) {
      throw new BlobRefusedException(new BlobRefusal.Present(pending.id()));
    }
    BlobOwner owner = pending.owner();
    if (!owner.equals(BlobOwner.HOLDER)) {
      if (ownerUploads.getOrDefault(owner, 0) >= BlobLimits.OWNER_UPLOADS_MAX) {
        throw new BlobRefusedException(
            new BlobRefusal.TooMany("uploads of one owner", BlobLimits.OWNER_UPLOADS_MAX));
      }
      int others = uploads.size() - ownerUploads.getOrDefault(BlobOwner.HOLDER, 0);
      if (others >= BlobLimits.UPLOADS_MAX) {
        throw new BlobRefusedException(new BlobRefusal.TooMany("uploads", BlobLimits.UPLOADS_MAX));
      }
    }
    if (blobs.size() + uploads.size() >= BlobLimits.blobsMax(owner)) {
      throw new BlobRefusedException(new BlobRefusal.TooMany("blobs", BlobLimits.blobsMax(owner)));
    }
    long needed = BlobLimits.charge(pending.id());
    checkQuota(owner, needed);
    long free = Math.max(0, limits.bytesMax(owner) - bytes);
    if (needed > free) {
      throw new BlobRefusedException(new BlobRefusal.StoreFull(needed, free));
    }
    addUpload(pending, now);
  }

  synchronized void addUpload(Pending pending, Instant now) {
    uploads.put(pending.container(), new Upload(pending, now));
    ownerUploads.merge(pending.owner(), 1, Integer::sum);
    bytes += BlobLimits.charge(pending.id());
    add(pending.owner(), BlobLimits.charge(pending.id()));
  }

  synchronized void removeUpload(Container container) {
    Upload upload = uploads.remove(container);
    if (upload != null) {
      ownerUploads.computeIfPresent(
          upload.pending.owner(), (_, count) -> count > 1 ? count - 1 : null);
      bytes -= BlobLimits.charge(upload.pending.id());
      add(upload.pending.owner(), -BlobLimits.charge(upload.pending.id()));
    }
  }

  /// Makes a blob of an upload.
  synchronized void finish(Pending pending) {
    removeUpload(pending.container());
    addBlob(pending.id(), pending.container());
  }

  synchronized Optional<Pending> upload(Container container) {
    return Optional.ofNullable(uploads.get(container)).map(upload -> upload.pending);
  }

  synchronized Optional<Progress> progress(Container container) {
    return Optional.ofNullable(uploads.get(container))
        .flatMap(u -> Optional.ofNullable(u.progress));
  }

  synchronized void keepProgress(Container container, Progress progress, Instant now) {
    Upload upload = uploads.get(container);
    if (upload != null) {
      upload.progress = progress;
      upload.lastUse = now;
    }
  }

  /// Uploads that nobody went on with for too long.
  synchronized List<Container> idleUploads(Instant now) {
    Instant latest = now.minus(BlobLimits.UPLOAD_IDLE_MAX);
    return uploads.values().stream()
        .filter(upload -> !upload.lastUse.isAfter(latest))
        .map(upload -> upload.pending.container())
        .toList();
  }

  /// What unfinished uploads have still to write, at most.
  synchronized long uploadBytes() {
    return uploads.values().stream()
        .mapToLong(upload -> BlobLimits.charge(upload.pending.id()))
        .sum();
  }

  /// Bytes that the holder may add.
  synchronized long room() {
    return limits.bytesMax(BlobOwner.HOLDER) - bytes;
  }

  synchronized BlobStore.Usage usage() {
    return new BlobStore.Usage(blobs.size(), uploads.size(), bytes);
  }

  synchronized long bytesOf(BlobOwner owner) {
    return ownerBytes.getOrDefault(owner, 0L);
  }

  private void add(BlobOwner owner, long change) {
    Long _ = ownerBytes.merge(owner, change, (a, b) -> a + b == 0 ? null : a + b);
  }
}
