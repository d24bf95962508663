// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import static io.aitbc.blobs.TestStore.ALICE;
import static io.aitbc.blobs.TestStore.BOB;
import static io.aitbc.blobs.TestStore.CHUNK;
import static io.aitbc.blobs.TestStore.HOUR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
  @TempDir Path folder;
  private TestStore test;

  @BeforeEach
  void open() throws IOException {
    test = new TestStore(folder);
  }

  private static BlobRefusal refusal(Executable call) {
    return assertThrows(BlobRefusedException.class, call).refusal();
  }

  @Test // Protocol §17.8.
  void whatWasUploadedIsReadAlsoAfterARestart() throws Exception {
    for (int length : new int[] {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7}) {
      byte[] content = Content.bytes(length, length);
      BlobId id = test.put(content, ALICE);
      assertArrayEquals(content, test.get(id));
      test.restart();
      assertArrayEquals(content, test.get(id));
    }
    assertEquals(6, test.store.usage().blobs());
    assertEquals(0, test.store.usage().uploads());
  }

  @Test
  void anUploadGoesOnWhereItStopped() throws Exception {
    byte[] content = Content.bytes(2 * CHUNK + 1_000, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = test.store.begin(id, ALICE, HOUR);
    int from = 0;
    for (int length : new int[] {10, CHUNK - 10, 5, CHUNK + 3, 0, 992}) {
      assertEquals(from, test.store.state(upload, ALICE).offset());
      test.append(upload, ALICE, Arrays.copyOfRange(content, from, from + length));
      from += length;
    }
    assertArrayEquals(content, test.get(id));
    assertEquals(
        new BlobRefusal.UnknownUpload(upload), refusal(() -> test.store.goOn(upload, ALICE)));
  }

  @Test
  void afterARestartAnUploadGoesOnAtTheLastWholeChunk() throws Exception {
    byte[] content = Content.bytes(3 * CHUNK, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = test.store.begin(id, ALICE, HOUR);
    test.append(upload, ALICE, Arrays.copyOf(content, 2 * CHUNK + 5));
    assertEquals(2 * CHUNK + 5, test.store.state(upload, ALICE).offset());
    test.restart();
    assertEquals(2 * CHUNK, test.store.state(upload, ALICE).offset());
    assertEquals(3 * CHUNK, test.store.bytesOf(ALICE));
    test.append(upload, ALICE, Arrays.copyOfRange(content, 2 * CHUNK, 3 * CHUNK));
    assertArrayEquals(content, test.get(id));
  }

  @Test
  void whatALossOfPowerToreIsUploadedAgain() throws Exception {
    byte[] content = Content.bytes(4 * CHUNK, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = test.store.begin(id, ALICE, HOUR);
    test.append(upload, ALICE, Arrays.copyOf(content, 3 * CHUNK));
    flip(CHUNK + 17); // The second chunk was not on the disk yet.
    test.restart();
    assertEquals(CHUNK, test.store.state(upload, ALICE).offset());
    test.append(upload, ALICE, Arrays.copyOfRange(content, CHUNK, 2 * CHUNK));
    try (RandomAccessFile file = new RandomAccessFile(test.chunksFile().toFile(), "rw")) {
      file.setLength(CHUNK + 3);
    }
    test.restart();
    assertEquals(CHUNK, test.store.state(upload, ALICE).offset());
    test.append(upload, ALICE, Arrays.copyOfRange(content, CHUNK, 4 * CHUNK));
    assertArrayEquals(content, test.get(id));
  }

  @Test
  void aChunkThatTheDiskRefusesComesAgain() throws Exception {
    byte[] content = Content.bytes(4 * CHUNK + 9, 1);
    BlobId id = BlobHasher.id(content);
    Set<Integer> refused = new TreeSet<>(List.of(2));
    ChunkStore chunks = new DirectoryChunks(folder.resolve("chunks"));
    Refusing disk = new Refusing(chunks, refused);
    BlobStore store = store(disk);
    Container upload = store.begin(id, ALICE, HOUR);
    try (UploadWriter writer = store.goOn(upload, ALICE)) {
      IOException full =
          assertThrows(IOException.class, () -> writer.append(Part.of(content), content.length));
      assertEquals("the disk is full", full.getMessage());
    }
    assertEquals(2 * CHUNK, store.state(upload, ALICE).offset());
    assertEquals(2 * CHUNK, store(disk).state(upload, ALICE).offset(), "after a restart");
    refused.clear();
    byte[] rest = Arrays.copyOfRange(content, 2 * CHUNK, content.length);
    try (UploadWriter writer = store.goOn(upload, ALICE)) {
      writer.append(Part.of(rest), rest.length);
    }
    test.restart();
    assertArrayEquals(content, test.get(id));
  }

  private BlobStore store(ChunkStore chunks) throws IOException {
    return BlobStore.open(folder, chunks, TestStore.LIMITS, Holders.NONE, InstantSource.system());
  }

  @Test
  void anUploadWhoseEndWasNotRecordedIsFinishedByWhoeverAsks() throws Exception {
    byte[] content = Content.bytes(CHUNK + 9, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = test.store.begin(id, ALICE, HOUR);
    Path record = folder.resolve("uploads").resolve(upload.name());
    byte[] before = Files.readAllBytes(record);
    test.append(upload, ALICE, content);
    // The process ended before the record of the upload was removed.
    Path _ = Files.write(record, before);
    test.restart();
    assertFalse(Files.exists(record));
    assertArrayEquals(content, test.get(id));
    // It ended before the blob's record was written.
    Path _ = Files.write(record, before);
    byte[] hashes = test.store.read(id).hashes().toArray();
    Path _ = Files.write(folder.resolve("uploads").resolve(upload.name() + ".hashes"), hashes);
    Files.delete(
        folder.resolve("blobs").resolve(id.toString().substring(0, 2)).resolve(id.toString()));
    test.restart();
    assertEquals(content.length, test.store.state(upload, ALICE).offset());
    test.append(upload, ALICE, new byte[0]);
    assertArrayEquals(content, test.get(id));
  }

  @Test // Protocol §17.8.
  void contentOfAnotherIdIsRefusedAndDropped() throws Exception {
    byte[] content = Content.bytes(CHUNK + 9, 1);
    BlobId id = BlobHasher.id(content);
    content[CHUNK] ^= 1;
    Container upload = test.store.begin(id, ALICE, HOUR);
    assertEquals(
        new BlobRefusal.WrongContent(id, BlobHasher.id(content)),
        refusal(() -> test.append(upload, ALICE, content)));
    assertFalse(test.store.has(id));
    assertEquals(new BlobStore.Usage(0, 0, 0), test.store.usage());
    test.restart();
    assertEquals(new BlobStore.Usage(0, 0, 0), test.store.usage());
    BlobId nothing = new BlobId(Hash.fromHex("ab".repeat(32)), 0);
    assertTrue(
        refusal(() -> test.store.begin(nothing, ALICE, HOUR)) instanceof BlobRefusal.WrongContent);
  }

  @Test
  void moreBytesThanDeclaredAreRefused() throws Exception {
    byte[] content = Content.bytes(100, 1);
    BlobId id = BlobHasher.id(content);
    Container upload = test.store.begin(id, ALICE, HOUR);
    assertEquals(
        new BlobRefusal.TooLong(100), refusal(() -> test.append(upload, ALICE, new byte[101])));
    test.append(upload, ALICE, content);
    assertTrue(test.store.has(id));
  }

  @Test
  void anUploadBelongsToItsOwnerAndToOneWriterAtATime() throws Exception {
    Container upload = test.store.begin(BlobHasher.id(new byte[10]), ALICE, HOUR);
    assertEquals(
        new BlobRefusal.UnknownUpload(upload), refusal(() -> test.store.goOn(upload, BOB)));
    assertEquals(
        new BlobRefusal.UnknownUpload(upload), refusal(() -> test.store.cancel(upload, BOB)));
    try (UploadWriter _ = test.store.goOn(upload, ALICE)) {
      assertEquals(
          new BlobRefusal.Busy(upload.toString()), refusal(() -> test.store.goOn(upload, ALICE)));
    }
    test.store.cancel(upload, ALICE);
    assertEquals(
        new BlobRefusal.UnknownUpload(upload), refusal(() -> test.store.state(upload, ALICE)));
    assertEquals(0, test.store.bytesOf(ALICE));
  }

  @Test
  void twoUploadsOfOneBlobDoNotSpoilEachOther() throws Exception {
    byte[] content = Content.bytes(CHUNK + 1, 1);
    BlobId id = BlobHasher.id(content);
    Container first = test.store.begin(id, ALICE, HOUR);
    Container second = test.store.begin(id, BOB, HOUR);
    test.append(second, BOB, Arrays.copyOf(content, CHUNK));
    byte[] wrong = content.clone();
    wrong[7] ^= 1;
    BlobRefusal _ = refusal(() -> test.append(first, ALICE, wrong));
    test.append(second, BOB, Arrays.copyOfRange(content, CHUNK, content.length));
    assertArrayEquals(content, test.get(id));
    assertEquals(new BlobRefusal.Present(id), refusal(() -> test.store.begin(id, BOB, HOUR)));
  }

  @Test
  void whoFinishesSecondLeasesWhatIsThere() throws Exception {
    byte[] content = Content.bytes(9 * CHUNK, 1); // Nearly the whole quota.
    BlobId id = BlobHasher.id(content);
    Container first = test.store.begin(id, ALICE, HOUR);
    Container second = test.store.begin(id, BOB, HOUR);
    test.append(first, ALICE, content);
    test.append(second, BOB, content);
    assertEquals(9 * CHUNK, test.store.usage().bytes());
    assertEquals(9 * CHUNK, test.store.bytesOf(BOB));
    test.store.release(id, ALICE);
    assertEquals(new BlobStore.Collected(0, 0), test.store.collect());
    assertArrayEquals(content, test.get(id));
  }

  @Test
  void aDamagedChunkIsFoundAndFetchedFromAnotherHolder() throws Exception {
    byte[] content = Content.bytes(3 * CHUNK, 1);
    BlobId id = test.put(content, ALICE);
    flip(CHUNK + 1);
    assertEquals(new BlobRefusal.ChunkLost(id, 1), refusal(() -> test.get(id)));
    byte[] lie = content.clone();
    lie[CHUNK + 1] ^= 2;
    test.elsewhere.put(id, lie);
    assertEquals(new BlobRefusal.ChunkLost(id, 1), refusal(() -> test.get(id)));
    test.elsewhere.put(id, content);
    assertArrayEquals(content, test.get(id));
    test.elsewhere.clear();
    test.restart();
    assertArrayEquals(content, test.get(id)); // Put right on the disk too.
  }

  @Test
  void aFileThatIsGoneOrShorterIsFetchedToo() throws Exception {
    byte[] content = Content.bytes(2 * CHUNK, 1);
    BlobId id = test.put(content, ALICE);
    test.elsewhere.put(id, content);
    try (RandomAccessFile file = new RandomAccessFile(test.chunksFile().toFile(), "rw")) {
      file.setLength(CHUNK + 5);
    }
    assertArrayEquals(content, test.get(id));
    Files.delete(test.chunksFile());
    assertArrayEquals(content, test.get(id));
    assertEquals(3, test.store.damagesFound());
    assertEquals(3, test.store.damagesRepaired());
    test.elsewhere.clear();
    assertArrayEquals(content, test.get(id));
  }

  @Test
  void damagedHashesAreFoundAndFetchedFromAnotherHolder() throws Exception {
    byte[] content = Content.bytes(3 * CHUNK, 1);
    BlobId id = test.put(content, ALICE);
    Path record =
        folder.resolve("blobs").resolve(id.toString().substring(0, 2)).resolve(id.toString());
    byte[] bytes = Files.readAllBytes(record);
    bytes[40] ^= 1;
    Path _ = Files.write(record, bytes);
    assertEquals(new BlobRefusal.HashesLost(id), refusal(() -> test.get(id)));
    test.elsewhere.put(id, content);
    assertArrayEquals(content, test.get(id));
    test.elsewhere.clear();
    test.restart();
    assertArrayEquals(content, test.get(id));
  }

  /// Chunks on a disk that has something against them.
  private interface Disk extends ChunkStore {
    ChunkStore chunks();

    @Override
    default void write(Container container, int chunk, ByteBuffer bytes) throws IOException {
      chunks().write(container, chunk, bytes);
    }

    @Override
    default boolean read(Container container, int chunk, ByteBuffer target) throws IOException {
      return chunks().read(container, chunk, target);
    }

    @Override
    default void sync(Container container) throws IOException {
      chunks().sync(container);
    }

    @Override
    default void delete(Container container, int count) throws IOException {
      chunks().delete(container, count);
    }
  }

  /// With little room.
  private record Crowded(ChunkStore chunks, long room) implements Disk {}

  /// Which takes some chunks by half.
  private record Refusing(ChunkStore chunks, Set<Integer> refused) implements Disk {
    @Override
    public void write(Container container, int chunk, ByteBuffer bytes) throws IOException {
      if (refused.contains(chunk)) {
        chunks.write(container, chunk, bytes.limit(bytes.limit() / 2));
        throw new IOException("the disk is full");
      }
      chunks.write(container, chunk, bytes);
    }
  }

  @Test
  void clientsLeaveRoomOnTheDiskForWhoOwnsTheStore() throws Exception {
    Path own = Files.createDirectories(folder.resolve("crowded"));
    BlobStore store =
        BlobStore.open(
            own,
            new Crowded(new DirectoryChunks(own.resolve("chunks")), 3 * CHUNK),
            BlobLimits.DEFAULT,
            Holders.NONE,
            InstantSource.system());
    BlobId id = new BlobId(Hash.fromHex("ab".repeat(32)), 2 * CHUNK);
    Container _ = store.begin(id, ALICE, HOUR);
    assertEquals(
        new BlobRefusal.StoreFull(2 * CHUNK, CHUNK), refusal(() -> store.begin(id, BOB, HOUR)));
    Container _ = store.begin(id, BlobOwner.HOLDER, HOUR);
  }

  @Test
  void aQuotaCountsLeasesAndUploads() throws Exception {
    BlobId big = new BlobId(Hash.fromHex("ab".repeat(32)), 8 * CHUNK);
    BlobId small = new BlobId(Hash.fromHex("cd".repeat(32)), 2 * CHUNK + 1);
    Container upload = test.store.begin(big, ALICE, HOUR);
    assertEquals(
        new BlobRefusal.QuotaExceeded(ALICE, 2 * CHUNK + 1, 2 * CHUNK),
        refusal(() -> test.store.begin(small, ALICE, HOUR)));
    Container _ = test.store.begin(small, BOB, HOUR);
    BlobOwner carol = new BlobOwner("carol");
    assertEquals(
        new BlobRefusal.StoreFull(10 * CHUNK, 8 * CHUNK - 1), // The last tenth is the holder's.
        refusal(() -> test.store.begin(new BlobId(small.root(), 10 * CHUNK), carol, HOUR)));
    test.store.cancel(upload, ALICE);
    Container _ = test.store.begin(small, ALICE, HOUR);
    byte[] content = Content.bytes(8 * CHUNK, 1);
    BlobId id = test.put(content, carol);
    assertEquals(
        new BlobRefusal.QuotaExceeded(ALICE, 8 * CHUNK, 8 * CHUNK - 1),
        refusal(() -> test.store.lease(id, ALICE, HOUR)));
  }

  @Test
  void theShortestBlobsCountAsTheirFiles() throws Exception {
    BlobId _ = test.put(new byte[] {1}, ALICE);
    assertEquals(BlobLimits.BLOB_BYTES_MIN, test.store.bytesOf(ALICE));
  }

  @Test
  void noMoreThanSoManyUploadsAreOpen() throws Exception {
    for (int i = 0; i < BlobLimits.UPLOADS_MAX; i++) {
      Path record = folder.resolve("uploads").resolve("%032x".formatted(i));
      Path _ = Files.writeString(record, BlobHasher.id(new byte[] {(byte) i}) + " alice 3600");
    }
    test.restart();
    assertEquals(
        new BlobRefusal.TooMany("uploads", BlobLimits.UPLOADS_MAX),
        refusal(() -> test.store.begin(BlobHasher.id(new byte[7]), BOB, HOUR)));
    BlobId own = test.put(new byte[] {7}, BlobOwner.HOLDER);
    assertTrue(test.store.isLeasedBy(own, BlobOwner.HOLDER), "the holder's own are not among them");
  }

  @Test
  void oneOwnerHasAFewUploadsOpen() throws Exception {
    Container first = test.store.begin(BlobHasher.id(new byte[] {0}), ALICE, HOUR);
    for (int i = 1; i < BlobLimits.OWNER_UPLOADS_MAX; i++) {
      Container _ = test.store.begin(BlobHasher.id(new byte[] {(byte) i}), ALICE, HOUR);
    }
    BlobId more = BlobHasher.id(new byte[7]);
    assertEquals(
        new BlobRefusal.TooMany("uploads of one owner", BlobLimits.OWNER_UPLOADS_MAX),
        refusal(() -> test.store.begin(more, ALICE, HOUR)));
    Container _ = test.store.begin(more, BOB, HOUR);
    test.store.cancel(first, ALICE);
    Container _ = test.store.begin(more, ALICE, HOUR);
  }

  @Test
  void aStoreThatOthersFilledHasRoomForTheHoldersOwn() throws Exception {
    BlobId _ = test.put(Content.bytes(9 * CHUNK, 1), ALICE);
    BlobId _ = test.put(Content.bytes(9 * CHUNK, 2), BOB);
    BlobId small = BlobHasher.id(new byte[7]);
    assertEquals(
        new BlobRefusal.StoreFull(BlobLimits.BLOB_BYTES_MIN, 0),
        refusal(() -> test.store.begin(small, new BlobOwner("carol"), HOUR)));
    BlobId own = test.put(Content.bytes(2 * CHUNK, 3), BlobOwner.HOLDER);
    assertTrue(test.store.isLeasedBy(own, BlobOwner.HOLDER));
  }

  @Test // Protocol §17.9: what is revealed is served though there is room for nothing more.
  void aFullStoreReadsAndLeasesWhatItHas() throws Exception {
    byte[] content = Content.bytes(9 * CHUNK, 1);
    BlobId id = test.put(content, ALICE);
    BlobId _ = test.put(Content.bytes(9 * CHUNK, 2), BOB);
    BlobId own = test.put(Content.bytes(2 * CHUNK, 3), BlobOwner.HOLDER);
    assertEquals(0, test.store.room());
    BlobId more = BlobHasher.id(new byte[7]);
    for (BlobOwner owner : new BlobOwner[] {ALICE, BOB, BlobOwner.HOLDER}) {
      assertEquals(
          new BlobRefusal.StoreFull(BlobLimits.BLOB_BYTES_MIN, 0),
          refusal(() -> test.store.begin(more, owner, HOUR)));
    }
    assertArrayEquals(content, test.get(id));
    test.now = test.now.plus(HOUR.dividedBy(2));
    assertEquals(test.now.plus(HOUR), test.store.renew(id, ALICE, HOUR));
    assertEquals(test.now.plus(HOUR), test.store.lease(own, BlobOwner.HOLDER, HOUR));
    assertEquals(test.now.plus(HOUR), test.store.lease(id, BlobOwner.HOLDER, HOUR));
    test.restart();
    assertArrayEquals(content, test.get(id));
    assertEquals(new BlobStore.Collected(0, 0), test.store.collect());
  }

  @Test
  void leasesAreBounded() throws Exception {
    BlobId id = BlobHasher.id(new byte[7]);
    for (Duration lease :
        new Duration[] {
          Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMillis(999), Duration.ofDays(31)
        }) {
      assertEquals(
          new BlobRefusal.LeaseOutOfRange(lease, Duration.ofDays(30)),
          refusal(() -> test.store.begin(id, ALICE, lease)));
    }
    BlobId here = test.put(new byte[9], ALICE);
    for (int i = 1; i < BlobLimits.LEASES_MAX; i++) {
      Path leases = Files.createDirectories(folder.resolve("leases").resolve("owner" + i));
      Path _ = Files.writeString(leases.resolve(here.toString()), "1900000000");
    }
    test.restart();
    assertEquals(
        new BlobRefusal.TooMany("leases of a blob", BlobLimits.LEASES_MAX),
        refusal(() -> test.store.lease(here, BOB, HOUR)));
    assertEquals(new BlobRefusal.Absent(id), refusal(() -> test.store.lease(id, BOB, HOUR)));
  }

  @Test // Protocol §17.8.
  void aBlobIsRemovedWhenItsLastLeaseHasEnded() throws Exception {
    byte[] content = Content.bytes(CHUNK + 1, 1);
    BlobId id = test.put(content, ALICE);
    assertEquals(
        test.now.plus(Duration.ofHours(3)), test.store.lease(id, BOB, Duration.ofHours(3)));
    test.now = test.now.plus(HOUR);
    assertEquals(new BlobStore.Collected(0, 0), test.store.collect());
    assertEquals(0, test.store.bytesOf(ALICE));
    test.restart();
    test.now = test.now.plus(HOUR).plus(HOUR).minusSeconds(1);
    assertEquals(new BlobStore.Collected(0, 0), test.store.collect());
    assertArrayEquals(content, test.get(id));
    Blob open = test.store.read(id);
    test.now = test.now.plusSeconds(1);
    assertEquals(new BlobStore.Collected(1, 0), test.store.collect());
    assertEquals(new BlobRefusal.Absent(id), refusal(() -> test.get(id)));
    assertEquals(new BlobRefusal.Absent(id), refusal(() -> open.chunk(0)));
    assertEquals(new BlobStore.Usage(0, 0, 0), test.store.usage());
    assertEquals(0, test.store.bytesOf(BOB));
    assertEquals(Map.of(), files());
    test.restart();
    assertEquals(new BlobStore.Usage(0, 0, 0), test.store.usage());
  }

  @Test
  void aLeaseIsNeverShortenedByRenewing() throws Exception {
    BlobId id = test.put(new byte[9], ALICE);
    Instant end = test.now.plus(HOUR);
    assertEquals(end, test.store.lease(id, ALICE, Duration.ofMinutes(1)));
  }

  @Test
  void anUploadThatNobodyGoesOnWithIsDropped() throws Exception {
    Container upload = test.store.begin(BlobHasher.id(Content.bytes(CHUNK + 1, 1)), ALICE, HOUR);
    test.now = test.now.plus(Duration.ofHours(23));
    test.append(upload, ALICE, Content.bytes(CHUNK, 1));
    test.now = test.now.plus(Duration.ofHours(23));
    assertEquals(new BlobStore.Collected(0, 0), test.store.collect());
    test.now = test.now.plus(HOUR);
    assertEquals(new BlobStore.Collected(0, 1), test.store.collect());
    assertEquals(new BlobStore.Usage(0, 0, 0), test.store.usage());
    assertEquals(Map.of(), files());
  }

  @Test
  void aFolderWithStrangeFilesIsNotOpened() throws Exception {
    Path _ = Files.writeString(folder.resolve("uploads").resolve("notes.txt"), "x");
    IOException refused = assertThrows(IOException.class, test::restart);
    assertTrue(refused.toString().contains("notes.txt"), refused.toString());
  }

  @Test
  void anUnfinishedRecordIsRemoved() throws Exception {
    Path unfinished = folder.resolve("uploads").resolve("0".repeat(32) + ".tmp");
    Path _ = Files.writeString(unfinished, "half");
    test.restart();
    assertFalse(Files.exists(unfinished));
  }

  /// All files of the store but none of its folders.
  private Map<Path, Long> files() throws IOException {
    Map<Path, Long> found = new TreeMap<>();
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        found.put(folder.relativize(path), Files.size(path));
      }
    }
    return found;
  }

  private void flip(long position) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(test.chunksFile().toFile(), "rw")) {
      file.seek(position);
      int before = file.read();
      file.seek(position);
      file.write(before ^ 1);
    }
  }

  @Test // Protocol §17.8: an id alone gives nobody a share in what others put here.
  void whoLeasesABlobSentItWhole() throws Exception {
    byte[] content = Content.bytes(2 * CHUNK + 7, 5);
    BlobId id = test.put(content, ALICE);
    assertFalse(test.store.isLeasedBy(id, BOB));
    assertEquals(new BlobRefusal.Absent(id), refusal(() -> test.store.renew(id, BOB, HOUR)));
    Container upload = test.store.begin(id, BOB, HOUR);
    assertEquals(0, test.store.state(upload, BOB).offset(), "nothing is given for what is here");
    test.append(upload, BOB, Arrays.copyOf(content, 2 * CHUNK));
    assertFalse(test.store.isLeasedBy(id, BOB));
    byte[] wrong = Arrays.copyOfRange(content, 2 * CHUNK, content.length);
    wrong[0] ^= 1;
    assertTrue(refusal(() -> test.append(upload, BOB, wrong)) instanceof BlobRefusal.WrongContent);
    assertFalse(test.store.isLeasedBy(id, BOB));
    assertArrayEquals(content, test.get(id));
    BlobId _ = test.put(content, BOB);
    assertTrue(test.store.isLeasedBy(id, BOB));
    Instant _ = test.store.renew(id, BOB, HOUR);
    assertEquals(new BlobStore.Usage(1, 0, content.length), test.store.usage(), "kept once");
    test.restart();
    assertTrue(test.store.isLeasedBy(id, BOB));
    assertEquals(new BlobRefusal.Present(id), refusal(() -> test.store.begin(id, BOB, HOUR)));
  }

  @Test // Its own outputs and what it accepted are not one client's.
  void theHolderItselfHasNoQuotaButTheStore() throws Exception {
    BlobId first = test.put(Content.bytes(9 * CHUNK, 1), ALICE);
    BlobId second = test.put(Content.bytes(9 * CHUNK, 2), BOB);
    Instant _ = test.store.lease(first, BlobOwner.HOLDER, HOUR);
    Instant _ = test.store.lease(second, BlobOwner.HOLDER, HOUR);
    assertEquals(18L * CHUNK, test.store.bytesOf(BlobOwner.HOLDER));
    BlobId third = BlobHasher.id(Content.bytes(3 * CHUNK, 3));
    assertTrue(
        refusal(() -> test.store.begin(third, BlobOwner.HOLDER, HOUR))
            instanceof BlobRefusal.StoreFull);
  }
}
