// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.DurableFiles;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.ClaimId;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// What a service alone knows: 256 random bits in a file, from which the salts of its commitments
/// and its chains of secrets follow. So nothing has to be written before a commitment is sent, and
/// a service that starts again can reveal. Who loses the file loses what it committed to.
public final class ServiceSecret {
  /// Links of a chain of secrets: what one call goes through at most. Protocol §17.10.
  public static final int LINKS = 16_384;

  private final byte[] secret;
  private long cachedChain = -1;
  private Hash[] cached = new Hash[0];

  private ServiceSecret(byte[] secret) {
    this.secret = secret;
  }

  /// The secret in a file, which is made if it is not there.
  ///
  /// @throws IOException if the file cannot be read or written, or holds something else
  public static ServiceSecret open(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] fresh = new byte[Hash.BYTES];
      new SecureRandom().nextBytes(fresh);
      Path part = file.resolveSibling(file.getFileName() + ".part");
      boolean _ = Files.deleteIfExists(part);
      Path _ =
          Files.createFile(
              part,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        int _ = channel.write(ByteBuffer.wrap(fresh));
        channel.force(true);
      }
      Path _ = Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.sync(file.resolveSibling("."));
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != Hash.BYTES) {
      throw new IOException(file + " has " + bytes.length + " bytes, not " + Hash.BYTES);
    }
    return new ServiceSecret(bytes);
  }

  private Hash derive(String purpose, byte[] of) {
    byte[] name = purpose.getBytes(StandardCharsets.US_ASCII);
    return Keccak256.hash(
        ByteBuffer.allocate(name.length + secret.length + of.length)
            .put(name)
            .put(secret)
            .put(of)
            .array());
  }

  /// The salt of the commitment to a claim's outputs: another one for other outputs.
  Hash salt(UInt256 chainId, ClaimId claim, Hash outputs) {
    return derive(
        "aitbc.work.salt.v1",
        ByteBuffer.allocate(UInt256.BYTES + 8 + 8 + Hash.BYTES)
            .put(chainId.toArray())
            .putLong(claim.job())
            .putLong(claim.claim())
            .put(outputs.toArray())
            .array());
  }

  /// The salt of the score of a claim, of which there is one.
  Hash scoreSalt(UInt256 chainId, ClaimId claim) {
    return derive(
        "aitbc.work.score.salt.v1",
        ByteBuffer.allocate(UInt256.BYTES + 8 + 8)
            .put(chainId.toArray())
            .putLong(claim.job())
            .putLong(claim.claim())
            .array());
  }

  /// The salt of the opinion about an objection, of which there is one.
  Hash opinionSalt(UInt256 chainId, long objection) {
    return derive(
        "aitbc.work.opinion.salt.v1",
        ByteBuffer.allocate(UInt256.BYTES + 8).put(chainId.toArray()).putLong(objection).array());
  }

  /// A link of a chain of secrets: 0 is the end that is registered, 1 the secret of the chain's
  /// first epoch.
  ///
  /// @param chain number of the chain, from 0 on
  /// @param link 0 to {@link #LINKS}
  Hash link(long chain, int link) {
    if (chain != cachedChain) {
      Hash[] links = new Hash[LINKS + 1];
      links[LINKS] = derive("aitbc.work.chain.v1", ByteBuffer.allocate(8).putLong(chain).array());
      for (int i = LINKS; i > 0; i--) {
        links[i - 1] = Keccak256.hash(links[i].toArray());
      }
      cached = links;
      cachedChain = chain;
    }
    return cached[link];
  }
}
