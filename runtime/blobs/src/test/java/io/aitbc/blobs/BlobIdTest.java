// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlobIdTest {
  private static byte[] sha256(byte prefix, byte[]... parts) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(prefix);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  @Test // Protocol §17.8: the tree written out by hand, an odd node moves up alone.
  void theRootIsThatOfTheTreeOverTheChunks() throws Exception {
    byte[] content = Content.bytes(2 * BlobId.CHUNK_BYTES + 5, 1);
    byte[] first = sha256((byte) 0, Arrays.copyOf(content, BlobId.CHUNK_BYTES));
    byte[] second =
        sha256((byte) 0, Arrays.copyOfRange(content, BlobId.CHUNK_BYTES, 2 * BlobId.CHUNK_BYTES));
    byte[] third =
        sha256((byte) 0, Arrays.copyOfRange(content, 2 * BlobId.CHUNK_BYTES, content.length));
    byte[] root = sha256((byte) 1, sha256((byte) 1, first, second), third);
    BlobId expected = new BlobId(Hash.of(root), content.length);
    assertEquals(expected, BlobHasher.id(content));
    assertEquals(expected, BlobHasher.id(new ByteArrayInputStream(content)));
    assertEquals(3, expected.chunks());
    assertEquals(5, expected.chunkLength(2));
  }

  @Test // Protocol §17.8.
  void theBlobOfNoBytesHasARootOfZeros() {
    assertEquals(new BlobId(Hash.ZERO, 0), BlobHasher.id(new byte[0]));
    assertEquals(0, BlobHasher.id(new byte[0]).chunks());
  }

  @Test
  void aTextIsReadBack() {
    BlobId id = BlobHasher.id(Content.bytes(100, 2));
    assertEquals(Optional.of(id), BlobId.parse(id.toString()));
  }

  @Test
  void everyOtherTextIsNoId() {
    String root = "ab".repeat(32);
    for (String text :
        List.of(
            "",
            root,
            root + "-",
            root + "--1",
            root + "-01",
            root + "-1 ",
            root + "-1\n",
            root + "-0", // A blob of no bytes has a root of zeros.
            root + "-" + (BlobId.LENGTH_BYTES_MAX + 1),
            root + "-9999999999999",
            root + "-99999999999999999999",
            root.toUpperCase(java.util.Locale.ROOT) + "-1",
            "0x" + root + "-1",
            "../" + root + "-1",
            root + "-1/../x",
            root.substring(1) + "-1")) {
      assertEquals(Optional.empty(), BlobId.parse(text), text);
    }
    assertEquals(true, BlobId.parse(root + "-" + BlobId.LENGTH_BYTES_MAX).isPresent());
  }

  @Test
  void namesOfOwnersAndContainersCannotLeadOutOfAFolder() {
    for (String name : List.of("", ".", "..", "a/b", "a\\b", "a\0", "a".repeat(65), "ä", "a\n")) {
      assertEquals(Optional.empty(), BlobOwner.parse(name), name);
      assertEquals(Optional.empty(), Container.parse(name), name);
    }
  }
}
