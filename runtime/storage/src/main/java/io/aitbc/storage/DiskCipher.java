// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Encrypts what a node writes with AES-256 in GCM: nobody without the key reads it, changes it, or
/// puts it in another place. Any number of threads may use it.
///
/// GCM must never meet a nonce twice under one key (NIST SP 800-38D §8). So each process that
/// writes begins a session with 32 random bytes, from which its key is derived, and counts its
/// nonces: also a folder that was restored from a copy goes on under a key of its own. The random
/// bytes of all sessions stand in a file, beside a value that only the right key gives; a session's
/// are durable before it encrypts anything.
public final class DiskCipher implements AutoCloseable {
  /// Length of the key that an operator keeps.
  public static final int KEY_BYTES = 32;

  /// What encryption adds to a value: number of the session, nonce, tag.
  static final int EXTRA_BYTES = Integer.BYTES + Long.BYTES + 16;

  private static final byte[] MAGIC = "AITBCEN1".getBytes(StandardCharsets.US_ASCII);
  private static final int SALT_BYTES = 32;
  private static final int CHECK_BYTES = 32;
  private static final int HEADER_BYTES = MAGIC.length + CHECK_BYTES;
  private static final int TAG_BITS = 128;
  private static final int NONCE_BYTES = Integer.BYTES + Long.BYTES;

  /// Sessions of one folder: one for each start of the node.
  private static final int SESSIONS_MAX = 1 << 20;

  private static final String FILE = "sessions";
  private static final String FRESH = "sessions.new";

  private final Disk disk;
  private final SecretKey master;
  private final SecretKey names;
  private final RandomGenerator random;
  private final byte[] salts;
  private final ConcurrentHashMap<Integer, SecretKey> keys = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Cipher> idle = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Session writing;

  /// The session of this process.
  private static final class Session {
    final int number;
    final SecretKey key;
    private long nonces;

    Session(int number, SecretKey key) {
      this.number = number;
      this.key = key;
    }

    synchronized long nextNonce() {
      return nonces++;
    }
  }

  private DiskCipher(Disk disk, SecretKey master, RandomGenerator random, byte[] salts) {
    this.disk = disk;
    this.master = master;
    this.names = derived(master, "names", new byte[0]);
    this.random = random;
    this.salts = salts;
  }

  /// Opens what `disk` says about an encrypted folder; begins it where there is nothing. The disk
  /// is closed unless the answer is {@link CipherOpening.Opened}.
  ///
  /// @param key the operator's, {@link #KEY_BYTES} long
  /// @param random a generator of secrets
  public static CipherOpening open(Disk disk, Bytes key, RandomGenerator random) {
    if (key.length() != KEY_BYTES) {
      throw new IllegalArgumentException("a key of " + key.length() + " bytes");
    }
    SecretKey master = new SecretKeySpec(key.toArray(), "HmacSHA256");
    byte[] header = header(master);
    if (!disk.names().contains(FILE)) {
      try (DiskFile file = disk.open(FRESH)) {
        file.truncate(0);
        file.append(header);
        file.sync();
      }
      disk.rename(FRESH, FILE);
    }
    byte[] content;
    try (DiskFile file = disk.open(FILE)) {
      long max = HEADER_BYTES + (long) SALT_BYTES * SESSIONS_MAX;
      content = file.read(0, Math.toIntExact(Math.min(max, file.size())));
    }
    if (content.length < HEADER_BYTES || !Arrays.equals(content, 0, 8, MAGIC, 0, 8)) {
      disk.close();
      return new CipherOpening.Corrupt();
    }
    if (!MessageDigest.isEqual(Arrays.copyOf(content, HEADER_BYTES), header)) {
      disk.close();
      return new CipherOpening.WrongKey();
    }
    return new CipherOpening.Opened(
        new DiskCipher(
            disk, master, random, Arrays.copyOfRange(content, HEADER_BYTES, content.length)));
  }

  private static byte[] header(SecretKey master) {
    byte[] check = derived(master, "check", new byte[0]).getEncoded();
    return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).put(check).array();
  }

  /// `plain`, encrypted as what stands in a place.
  ///
  /// @param kind of place, for example a table
  /// @param place the place; it opens nowhere else
  byte[] seal(String kind, byte[] place, byte[] plain) {
    Session session = session();
    byte[] sealed = new byte[EXTRA_BYTES + plain.length];
    int _ = ByteBuffer.wrap(sealed).putInt(session.number).putLong(session.nextNonce()).position();
    Cipher cipher = cipher();
    try {
      begin(cipher, Cipher.ENCRYPT_MODE, session.key, sealed, kind, place);
      int _ = cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
      boolean _ = idle.offer(cipher);
      return sealed;
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("AES-GCM does not encrypt", broken);
    }
  }

  /// What {@link #seal} encrypted.
  ///
  /// @throws DiskException if it was not encrypted for this place, or was damaged
  byte[] open(String kind, byte[] place, byte[] sealed) {
    int number = sealed.length < EXTRA_BYTES ? -1 : ByteBuffer.wrap(sealed).getInt();
    SecretKey key = number < 0 ? null : key(number);
    if (key == null) {
      throw new DiskException("what stands in " + kind + " was not encrypted by this node");
    }
    Cipher cipher = cipher();
    try {
      begin(cipher, Cipher.DECRYPT_MODE, key, sealed, kind, place);
      byte[] plain = cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      boolean _ = idle.offer(cipher);
      return plain;
    } catch (GeneralSecurityException damaged) {
      throw new DiskException("what stands in " + kind + " was damaged", damaged);
    }
  }

  /// A name for `name` that tells nothing about it, always the same, 32 bytes.
  byte[] name(String kind, byte[] name) {
    return hmac(names, kind, name);
  }

  private static void begin(
      Cipher cipher, int mode, SecretKey key, byte[] sealed, String kind, byte[] place)
      throws GeneralSecurityException {
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES));
    cipher.updateAAD(kind.getBytes(StandardCharsets.US_ASCII));
    cipher.updateAAD(new byte[1]); // No kind is the beginning of another with a place.
    cipher.updateAAD(place);
  }

  private Cipher cipher() {
    Cipher known = idle.poll();
    if (known != null) {
      return known;
    }
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this Java has no AES-GCM", missing);
    }
  }

  private Session session() {
    Session known = writing;
    return known != null ? known : beginSession();
  }

  private synchronized Session beginSession() {
    Session known = writing;
    if (known != null) {
      return known;
    }
    int number = salts.length / SALT_BYTES;
    if (number >= SESSIONS_MAX) {
      throw new DiskException("the folder was encrypted by " + number + " starts: copy the chain");
    }
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    try (DiskFile file = disk.open(FILE)) {
      file.truncate(HEADER_BYTES + (long) SALT_BYTES * number); // The rest is of a torn write.
      file.append(salt);
      file.sync();
    }
    Session begun = new Session(number, derived(master, "session", salt));
    var _ = keys.put(number, begun.key);
    writing = begun;
    return begun;
  }

  /// The key of a session; null if there was none.
  private @Nullable SecretKey key(int number) {
    SecretKey known = keys.get(number);
    if (known != null || number >= salts.length / SALT_BYTES) {
      return known;
    }
    byte[] salt = Arrays.copyOfRange(salts, SALT_BYTES * number, SALT_BYTES * (number + 1));
    SecretKey made = derived(master, "session", salt);
    var _ = keys.put(number, made);
    return made;
  }

  private static SecretKey derived(SecretKey from, String purpose, byte[] salt) {
    return new SecretKeySpec(hmac(from, purpose, salt), "AES");
  }

  private static byte[] hmac(SecretKey key, String purpose, byte[] value) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(purpose.getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) 0);
      return mac.doFinal(value);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this Java has no HMAC-SHA-256", missing);
    }
  }

  @Override
  public void close() {
    disk.close();
  }
}
