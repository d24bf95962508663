// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.crypto.Mac;

/// scrypt, which makes 32 bytes of key out of a password with memory as the price of a guess. RFC
/// 7914, without the bound of its section 2 that n be below 2^(16 r): wallets wrote files with n =
/// 2^18 and r = 1, and the function is the same. Protocol §12.5.
///
/// Blocks are words here, little-endian as Salsa20 reads them. Of the p lanes only one is in memory
/// at a time: 128 * n * r bytes for its table and 256 * r for the lane.
final class ScryptFunction {
  /// Words that Salsa20/8 mixes: 64 bytes.
  static final int SALSA_WORDS = 16;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int WORDS_PER_HASH = Pbkdf2Function.BYTES / Integer.BYTES;

  private ScryptFunction() {}

  /// The first 32 bytes of scrypt, the caller's to overwrite. The caller has judged the cost. RFC
  /// 7914 section 6.
  ///
  /// @param n cost, a power of two above 1
  /// @param r size of a block in units of 128 bytes
  /// @param p how many lanes
  static byte[] derive(byte[] password, byte[] salt, int n, int r, int p) {
    Mac mac = Pbkdf2Function.hmac(password);
    Mac last = Pbkdf2Function.hmac(password);
    int words = 2 * r * SALSA_WORDS;
    int[] lane = new int[words];
    int[] scratch = new int[words];
    int[] table = new int[n * words];
    byte[] hash = new byte[Pbkdf2Function.BYTES];
    int block = 1;
    for (int i = 0; i < p; i++) {
      for (int at = 0; at < words; at += WORDS_PER_HASH) {
        Pbkdf2Function.block(mac, salt, block++, 1, hash);
        toWords(hash, lane, at);
      }
      mix(lane, n, table, scratch);
      for (int at = 0; at < words; at += WORDS_PER_HASH) {
        toBytes(lane, at, hash);
        last.update(hash);
      }
    }
    Arrays.fill(lane, 0);
    Arrays.fill(scratch, 0);
    Arrays.fill(table, 0);
    Pbkdf2Function.block(last, new byte[0], 1, 1, hash);
    return hash;
  }

  /// Mixes a lane with the table of its own earlier values. RFC 7914 section 5 (scryptROMix).
  ///
  /// @param table room for n lanes
  /// @param scratch room for one lane
  static void mix(int[] lane, int n, int[] table, int[] scratch) {
    int words = lane.length;
    for (int i = 0; i < n; i++) {
      System.arraycopy(lane, 0, table, i * words, words);
      mixBlocks(lane, scratch);
    }
    for (int i = 0; i < n; i++) {
      // Integerify: the beginning of the last 64 bytes as a number, modulo a power of two.
      int from = (lane[words - SALSA_WORDS] & (n - 1)) * words;
      for (int w = 0; w < words; w++) {
        lane[w] ^= table[from + w];
      }
      mixBlocks(lane, scratch);
    }
  }

  /// RFC 7914 section 4 (scryptBlockMix): the blocks at even places go to the first half, those at
  /// odd places to the second.
  static void mixBlocks(int[] lane, int[] scratch) {
    int[] x = new int[SALSA_WORDS];
    System.arraycopy(lane, lane.length - SALSA_WORDS, x, 0, SALSA_WORDS);
    int even = 0;
    int odd = lane.length / 2;
    for (int from = 0; from < lane.length; from += 2 * SALSA_WORDS) {
      salsa(x, lane, from);
      System.arraycopy(x, 0, scratch, even, SALSA_WORDS);
      salsa(x, lane, from + SALSA_WORDS);
      System.arraycopy(x, 0, scratch, odd, SALSA_WORDS);
      even += SALSA_WORDS;
      odd += SALSA_WORDS;
    }
    System.arraycopy(scratch, 0, lane, 0, lane.length);
  }

  /// Combines `x` with the 16 words of `other` from `at` on, and mixes it. RFC 7914 section 3
  /// (Salsa20/8). The words live in locals so that the compiler keeps them in registers.
  static void salsa(int[] x, int[] other, int at) {
    for (int i = 0; i < SALSA_WORDS; i++) {
      x[i] ^= other[at + i];
    }
    int x0 = x[0];
    int x1 = x[1];
    int x2 = x[2];
    int x3 = x[3];
    int x4 = x[4];
    int x5 = x[5];
    int x6 = x[6];
    int x7 = x[7];
    int x8 = x[8];
    int x9 = x[9];
    int x10 = x[10];
    int x11 = x[11];
    int x12 = x[12];
    int x13 = x[13];
    int x14 = x[14];
    int x15 = x[15];
    for (int round = 0; round < 8; round += 2) {
      // columns
      x4 ^= Integer.rotateLeft(x0 + x12, 7);
      x8 ^= Integer.rotateLeft(x4 + x0, 9);
      x12 ^= Integer.rotateLeft(x8 + x4, 13);
      x0 ^= Integer.rotateLeft(x12 + x8, 18);
      x9 ^= Integer.rotateLeft(x5 + x1, 7);
      x13 ^= Integer.rotateLeft(x9 + x5, 9);
      x1 ^= Integer.rotateLeft(x13 + x9, 13);
      x5 ^= Integer.rotateLeft(x1 + x13, 18);
      x14 ^= Integer.rotateLeft(x10 + x6, 7);
      x2 ^= Integer.rotateLeft(x14 + x10, 9);
      x6 ^= Integer.rotateLeft(x2 + x14, 13);
      x10 ^= Integer.rotateLeft(x6 + x2, 18);
      x3 ^= Integer.rotateLeft(x15 + x11, 7);
      x7 ^= Integer.rotateLeft(x3 + x15, 9);
      x11 ^= Integer.rotateLeft(x7 + x3, 13);
      x15 ^= Integer.rotateLeft(x11 + x7, 18);
      // rows
      x1 ^= Integer.rotateLeft(x0 + x3, 7);
      x2 ^= Integer.rotateLeft(x1 + x0, 9);
      x3 ^= Integer.rotateLeft(x2 + x1, 13);
      x0 ^= Integer.rotateLeft(x3 + x2, 18);
      x6 ^= Integer.rotateLeft(x5 + x4, 7);
      x7 ^= Integer.rotateLeft(x6 + x5, 9);
      x4 ^= Integer.rotateLeft(x7 + x6, 13);
      x5 ^= Integer.rotateLeft(x4 + x7, 18);
      x11 ^= Integer.rotateLeft(x10 + x9, 7);
      x8 ^= Integer.rotateLeft(x11 + x10, 9);
      x9 ^= Integer.rotateLeft(x8 + x11, 13);
      x10 ^= Integer.rotateLeft(x9 + x8, 18);
      x12 ^= Integer.rotateLeft(x15 + x14, 7);
      x13 ^= Integer.rotateLeft(x12 + x15, 9);
      x14 ^= Integer.rotateLeft(x13 + x12, 13);
      x15 ^= Integer.rotateLeft(x14 + x13, 18);
    }
    x[0] += x0;
    x[1] += x1;
    x[2] += x2;
    x[3] += x3;
    x[4] += x4;
    x[5] += x5;
    x[6] += x6;
    x[7] += x7;
    x[8] += x8;
    x[9] += x9;
    x[10] += x10;
    x[11] += x11;
    x[12] += x12;
    x[13] += x13;
    x[14] += x14;
    x[15] += x15;
  }

  private static void toWords(byte[] bytes, int[] words, int at) {
    for (int i = 0; i < WORDS_PER_HASH; i++) {
      words[at + i] = (int) WORDS.get(bytes, i * Integer.BYTES);
    }
  }

  private static void toBytes(int[] words, int at, byte[] bytes) {
    for (int i = 0; i < WORDS_PER_HASH; i++) {
      WORDS.set(bytes, i * Integer.BYTES, words[at + i]);
    }
  }
}
