// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.blobs.BlobIndex.Pending;
import io.aitbc.blobs.BlobIndex.Progress;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Blobs on one node: uploads that go on where they stopped, reads that are checked chunk by chunk,
/// quotas, leases, and removal of what nobody leases. A blob is here when its record is: chunks are
/// durable before. Any number of threads may use it. Protocol §17.8.
public final class BlobStore {
  private final BlobCatalog catalog;
  private final ChunkStore chunks;
  private final BlobLimits limits;
  private final Holders holders;
  private final InstantSource clock;
  private final BlobIndex index;
  private final Claims claims = new Claims();
  private final Damage damage = new Damage();

  private BlobStore(
      BlobCatalog catalog,
      ChunkStore chunks,
      BlobLimits limits,
      Holders holders,
      InstantSource clock) {
    this.catalog = catalog;
    this.chunks = chunks;
    this.limits = limits;
    this.holders = holders;
    this.clock = clock;
    index = new BlobIndex(limits);
  }

  /// What a store has.
  ///
  /// @param blobs number of blobs
  /// @param uploads number of uploads that are not finished
  /// @param bytes what both count together
  public record Usage(int blobs, int uploads, long bytes) {}

  /// How far an upload is.
  ///
  /// @param id what it shall be
  /// @param offset bytes that are here
  public record UploadState(BlobId id, long offset) {}

  /// What a collection removed.
  ///
  /// @param blobs blobs that nobody leased any more
  /// @param uploads uploads that nobody went on with
  public record Collected(int blobs, int uploads) {}

  /// Opens a store. One process at a time has it open.
  ///
  /// @param folder for the records of blobs, leases and uploads
  /// @param chunks for the chunks
  /// @param holders who is asked for what is damaged here
  /// @param clock for leases
  /// @throws IOException if the folder cannot be read, or holds what is no record
  public static BlobStore open(
      Path folder, ChunkStore chunks, BlobLimits limits, Holders holders, InstantSource clock)
      throws IOException {
    BlobCatalog catalog = new BlobCatalog(folder);
    BlobStore store = new BlobStore(catalog, chunks, limits, holders, clock);
    List<Container> finished = new ArrayList<>();
    catalog.readAll(
        new BlobCatalog.Reader() {
          @Override
          public void blob(BlobId id, Container container) {
            store.index.addBlob(id, container);
          }

          @Override
          public void lease(BlobId id, BlobOwner owner, long untilSeconds) {
            store.index.putLease(id, owner, untilSeconds);
          }

          @Override
          public void upload(Container container, BlobId id, BlobOwner owner, long leaseSeconds) {
            if (store.index.container(id).equals(Optional.of(container))) {
              finished.add(container);
            } else {
              Pending pending = new Pending(container, id, owner, leaseSeconds);
              store.index.addUpload(pending, clock.instant());
            }
          }
        });
    for (Container container : finished) {
      catalog.deleteUpload(container);
    }
    return store;
  }

  /// Whether the blob is here.
  public boolean has(BlobId id) {
    return index.container(id).isPresent();
  }

  /// Begins an upload; its bytes count at once.
  ///
  /// @param id what the content is
  /// @param owner on whose account
  /// @param lease how long the blob is leased once it is here
  /// @return the upload's name
  /// @throws BlobRefusedException if there is no room for it, or the owner leases the blob already
  /// @throws IOException if the disk fails
  public Container begin(BlobId id, BlobOwner owner, Duration lease)
      throws BlobRefusedException, IOException {
    checkDuration(lease);
    if (!owner.equals(BlobOwner.HOLDER)) {
      long free = Math.max(0, chunks.room() - index.uploadBytes());
      if (BlobLimits.charge(id) > free) {
        throw new BlobRefusedException(new BlobRefusal.StoreFull(BlobLimits.charge(id), free));
      }
    }
    Pending pending = new Pending(Container.random(), id, owner, lease.toSeconds());
    index.reserve(pending, clock.instant());
    try {
      catalog.writeUpload(pending.container(), id, owner, pending.leaseSeconds());
    } catch (IOException failed) {
      index.removeUpload(pending.container());
      throw failed;
    }
    if (id.length() == 0) {
      goOn(pending.container(), owner).close(); // Has come whole.
    }
    return pending.container();
  }

  private void checkDuration(Duration lease) throws BlobRefusedException {
    if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(limits.leaseMax()) > 0) {
      throw new BlobRefusedException(new BlobRefusal.LeaseOutOfRange(lease, limits.leaseMax()));
    }
  }

  private Pending pending(Container container, BlobOwner owner) throws BlobRefusedException {
    return index
        .upload(container)
        .filter(pending -> pending.owner().equals(owner))
        .orElseThrow(() -> new BlobRefusedException(new BlobRefusal.UnknownUpload(container)));
  }

  /// How far an upload is. After a restart what is here is compared with its hashes first, which
  /// takes as long as reading it.
  ///
  /// @throws BlobRefusedException if there is no such upload of this owner
  /// @throws IOException if the store fails
  public UploadState state(Container container, BlobOwner owner)
      throws BlobRefusedException, IOException {
    try (Claims.Claim _ = claims.claimNow(container)) {
      Pending pending = pending(container, owner);
      Progress progress = progress(pending);
      int whole = progress.hashes().length / Hash.BYTES;
      return new UploadState(
          pending.id(), UploadWriter.offset(pending.id(), whole, progress.rest().length));
    }
  }

  /// Goes on with an upload, whole chunks of which are kept as they come.
  ///
  /// @return takes the bytes; to be closed by its only user
  /// @throws BlobRefusedException if there is no such upload of this owner, or somebody else is at
  ///   it
  /// @throws IOException if the store fails
  public UploadWriter goOn(Container container, BlobOwner owner)
      throws BlobRefusedException, IOException {
    Claims.Claim claim = claims.claimNow(container);
    try {
      Pending pending = pending(container, owner);
      return new UploadWriter(this, pending, progress(pending), claim);
    } catch (BlobRefusedException | IOException | RuntimeException failed) {
      claim.close();
      throw failed;
    }
  }

  private Progress progress(Pending pending) throws IOException {
    Optional<Progress> known = index.progress(pending.container());
    if (known.isPresent()) {
      return known.get();
    }
    // The disk's last writes before a loss of power may be missing or torn: only a beginning whose
    // chunks have their hashes counts.
    byte[] hashes = catalog.readUploadHashes(pending.container(), pending.id());
    byte[] bytes = new byte[BlobId.CHUNK_BYTES];
    int whole = 0;
    boolean right = true;
    while (right && (whole + 1) * Hash.BYTES <= hashes.length) {
      int length = pending.id().chunkLength(whole);
      right =
          chunks.read(pending.container(), whole, ByteBuffer.wrap(bytes, 0, length))
              && MerkleTree.leaf(bytes, 0, length).equals(Hash.of(hashes, whole * Hash.BYTES));
      whole += right ? 1 : 0;
    }
    byte[] kept = Arrays.copyOf(hashes, whole * Hash.BYTES);
    catalog.replaceUploadHashes(pending.container(), kept);
    Progress progress = new Progress(kept, new byte[0]);
    index.keepProgress(pending.container(), progress, clock.instant());
    return progress;
  }

  /// Gives up an upload.
  ///
  /// @throws BlobRefusedException if there is no such upload of this owner, or somebody is at it
  /// @throws IOException if the store fails
  public void cancel(Container container, BlobOwner owner)
      throws BlobRefusedException, IOException {
    try (Claims.Claim _ = claims.claimNow(container)) {
      drop(pending(container, owner));
    }
  }

  private void drop(Pending pending) throws IOException {
    chunks.delete(pending.container(), pending.id().chunks());
    catalog.deleteUpload(pending.container());
    index.removeUpload(pending.container());
  }

  void writeChunk(Pending pending, int chunk, ByteBuffer bytes) throws IOException {
    chunks.write(pending.container(), chunk, bytes);
  }

  void recordHash(Pending pending, int chunk, Hash hash) throws IOException {
    catalog.writeHash(pending.container(), chunk, hash);
  }

  void keepProgress(Pending pending, Progress progress) {
    index.keepProgress(pending.container(), progress, clock.instant());
  }

  /// Makes a blob of an upload that has come whole.
  void finish(Pending pending, byte[] hashes) throws BlobRefusedException, IOException {
    BlobId actual = new BlobId(MerkleTree.over(hashes).root(), pending.id().length());
    if (!actual.equals(pending.id())) {
      drop(pending);
      throw new BlobRefusedException(new BlobRefusal.WrongContent(pending.id(), actual));
    }
    chunks.sync(pending.container());
    BlobId id = pending.id();
    try (Claims.Claim _ = claims.claim(id)) {
      long until = clock.instant().getEpochSecond() + pending.leaseSeconds();
      if (has(id)) { // Somebody else was faster.
        drop(pending);
        index.checkLease(id, pending.owner());
        catalog.writeLease(id, pending.owner(), until);
      } else {
        catalog.writeLease(id, pending.owner(), until);
        catalog.writeBlob(id, pending.container(), hashes);
        index.finish(pending);
        catalog.deleteUpload(pending.container());
      }
      index.putLease(id, pending.owner(), until);
    }
  }

  /// Whether this owner leases the blob: it had the content whole, or the holder gave it a lease.
  public boolean isLeasedBy(BlobId id, BlobOwner owner) {
    return index.leasedUntil(id, owner).isPresent();
  }

  /// Leases a blob for longer, as anybody may ask whose lease it is.
  ///
  /// @return the end of the lease; never earlier than it was
  /// @throws BlobRefusedException if the owner does not lease the blob; to it, it is not here
  /// @throws IOException if the disk fails
  public Instant renew(BlobId id, BlobOwner owner, Duration lease)
      throws BlobRefusedException, IOException {
    if (!isLeasedBy(id, owner)) {
      throw new BlobRefusedException(new BlobRefusal.Absent(id));
    }
    return lease(id, owner, lease);
  }

  /// Leases a blob from now on, or for longer, for the holder itself or whomever it trusts.
  ///
  /// @return the end of the lease; never earlier than it was
  /// @throws BlobRefusedException if the blob is not here, or there is no room on the owner's
  ///   account
  /// @throws IOException if the disk fails
  public Instant lease(BlobId id, BlobOwner owner, Duration lease)
      throws BlobRefusedException, IOException {
    checkDuration(lease);
    try (Claims.Claim _ = claims.claim(id)) {
      index.checkLease(id, owner);
      long until =
          Math.max(
              clock.instant().getEpochSecond() + lease.toSeconds(),
              index.leasedUntil(id, owner).orElse(0L));
      catalog.writeLease(id, owner, until);
      index.putLease(id, owner, until);
      return Instant.ofEpochSecond(until);
    }
  }

  /// Ends a lease; no fault if there is none. The next collection removes what nobody leases.
  ///
  /// @throws BlobRefusedException if somebody else is changing the blob
  /// @throws IOException if the disk fails
  public void release(BlobId id, BlobOwner owner) throws BlobRefusedException, IOException {
    try (Claims.Claim _ = claims.claim(id)) {
      catalog.deleteLease(id, owner);
      index.removeLease(id, owner);
    }
  }

  /// A blob, to be read.
  ///
  /// @throws BlobRefusedException if it is not here, or its hashes are lost
  /// @throws IOException if the disk fails
  public Blob read(BlobId id) throws BlobRefusedException, IOException {
    Container container =
        index.container(id).orElseThrow(() -> new BlobRefusedException(new BlobRefusal.Absent(id)));
    Optional<byte[]> recorded = catalog.readHashes(id);
    Optional<ChunkHashes> hashes = recorded.flatMap(bytes -> ChunkHashes.of(id, bytes));
    if (hashes.isEmpty()) {
      hashes = holders.hashes(id).flatMap(bytes -> ChunkHashes.of(id, bytes));
      damage.found(id, -1, hashes.isPresent());
      if (hashes.isPresent()) {
        repairRecord(id, container, hashes.get());
      }
    }
    return new Blob(
        this,
        id,
        container,
        hashes.orElseThrow(() -> new BlobRefusedException(new BlobRefusal.HashesLost(id))));
  }

  private void repairRecord(BlobId id, Container container, ChunkHashes hashes)
      throws BlobRefusedException, IOException {
    try (Claims.Claim _ = claims.claim(id)) {
      if (has(id)) {
        catalog.writeBlob(id, container, hashes.toArray());
      }
    }
  }

  /// A chunk, from here or, if it is damaged here, from another holder; then it is put right.
  byte[] chunk(Blob blob, int chunk) throws BlobRefusedException, IOException {
    BlobId id = blob.id();
    byte[] bytes = new byte[id.chunkLength(chunk)];
    if (chunks.read(blob.container(), chunk, ByteBuffer.wrap(bytes))
        && blob.hashes().hold(chunk, bytes, bytes.length)) {
      return bytes;
    }
    if (!has(id)) { // Removed since it was opened.
      throw new BlobRefusedException(new BlobRefusal.Absent(id));
    }
    Optional<byte[]> other =
        holders
            .chunk(id, blob.hashes(), chunk)
            .filter(given -> given.length == bytes.length)
            .filter(given -> blob.hashes().hold(chunk, given, given.length));
    damage.found(id, chunk, other.isPresent());
    byte[] right =
        other.orElseThrow(() -> new BlobRefusedException(new BlobRefusal.ChunkLost(id, chunk)));
    try (Claims.Claim _ = claims.claim(id)) {
      if (has(id)) {
        chunks.write(blob.container(), chunk, ByteBuffer.wrap(right));
        chunks.sync(blob.container());
      }
    }
    return right;
  }

  /// Removes ended leases, blobs that nobody leases, and uploads that nobody went on with. What
  /// somebody is changing is left to the next time.
  ///
  /// @throws IOException if the store fails
  public Collected collect() throws IOException {
    Instant now = clock.instant();
    int blobs = 0;
    int uploads = 0;
    for (BlobId id : index.blobs()) {
      blobs += collect(id, now.getEpochSecond()) ? 1 : 0;
    }
    for (Container container : index.idleUploads(now)) {
      uploads += collect(container, now) ? 1 : 0;
    }
    return new Collected(blobs, uploads);
  }

  private boolean collect(Container container, Instant now) throws IOException {
    try (Claims.Claim _ = claims.claimNow(container)) {
      Optional<Pending> pending = index.upload(container);
      boolean idle = pending.isPresent() && index.idleUploads(now).contains(container);
      if (idle) {
        drop(pending.get());
      }
      return idle;
    } catch (BlobRefusedException busy) {
      return false; // Somebody goes on with it.
    }
  }

  private boolean collect(BlobId id, long nowSeconds) throws IOException {
    if (index.endedLeases(id, nowSeconds).isEmpty() && !index.isUnleased(id)) {
      return false;
    }
    try (Claims.Claim _ = claims.claimNow(id)) {
      for (BlobOwner owner : index.endedLeases(id, nowSeconds)) {
        catalog.deleteLease(id, owner);
        index.removeLease(id, owner);
      }
      Optional<Container> container = index.container(id);
      if (container.isEmpty() || !index.isUnleased(id)) {
        return false;
      }
      chunks.delete(container.get(), id.chunks());
      catalog.deleteBlob(id); // Last: what is removed by half is removed after a restart.
      index.removeBlob(id);
      return true;
    } catch (BlobRefusedException busy) {
      return false;
    }
  }

  /// What the store has.
  public Usage usage() {
    return index.usage();
  }

  /// Bytes that the holder may still put here, beside what is promised to uploads.
  ///
  /// @throws IOException if nobody can say
  public long room() throws IOException {
    return Math.max(0, Math.min(index.room(), chunks.room() - index.uploadBytes()));
  }

  /// Bytes that count for an owner.
  public long bytesOf(BlobOwner owner) {
    return index.bytesOf(owner);
  }

  /// How often a chunk or a list of hashes was found damaged since the start.
  public long damagesFound() {
    return damage.found();
  }

  /// How often it was put right from another holder.
  public long damagesRepaired() {
    return damage.repaired();
  }
}
