// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static io.aitbc.evm.Opcode.JUMPDEST;
import static io.aitbc.evm.Opcode.PUSH0;
import static io.aitbc.evm.Opcode.PUSH1;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Code as the interpreter reads it, with the places where a jump may land (Yellow Paper §9.4.3).
///
/// The bytes lie between zeros: 32 in front, so that the operand of a PUSH can be read as the last
/// bytes of 32; 33 behind, so that a code that ends, in the middle of a PUSH or not, ends with
/// STOP. Positions in that array, one {@link #FRONT} above the program counter, are what a frame
/// counts.
final class Code {
  /// Zeros in front of the first instruction.
  static final int FRONT = 32;

  private static final int BEHIND = 33;

  /// Code of no bytes.
  static final Code EMPTY = new Code(new byte[FRONT + BEHIND], 0);

  private final byte[] padded;
  private final int length;
  private long @Nullable [] destinations;

  private Code(byte[] padded, int length) {
    this.padded = padded;
    this.length = length;
  }

  /// The code with these bytes.
  static Code of(Bytes bytes) {
    byte[] padded = new byte[FRONT + bytes.length() + BEHIND];
    bytes.copyTo(padded, FRONT);
    return new Code(padded, bytes.length());
  }

  /// The code with `length` bytes of `memory` from `offset` on, copied.
  static Code of(byte[] memory, int offset, int length) {
    byte[] padded = new byte[FRONT + length + BEHIND];
    System.arraycopy(memory, offset, padded, FRONT, length);
    return new Code(padded, length);
  }

  /// Length in bytes.
  int length() {
    return length;
  }

  /// The bytes with their padding, to be read only.
  byte[] padded() {
    return padded;
  }

  /// A copy of the bytes.
  Bytes bytes() {
    return Bytes.of(padded, FRONT, length);
  }

  /// Keccak-256 hash of the bytes, computed anew.
  Hash hash() {
    byte[] digest = new byte[Hash.BYTES];
    Keccak256.hash(padded, FRONT, length, digest, 0);
    return Hash.of(digest);
  }

  /// A bit for every byte, set where a JUMPDEST is that is no operand of a PUSH. Found when the
  /// code first runs.
  long[] destinations() {
    if (destinations == null) {
      destinations = scan();
    }
    return destinations;
  }

  private long[] scan() {
    long[] found = new long[(length + 63) >>> 6];
    int end = FRONT + length;
    for (int at = FRONT; at < end; at++) {
      byte opcode = padded[at];
      // PUSH1 to PUSH32 are the only bytes from 0x60 to 0x7f: as signed bytes, all from 0x60 on.
      if (opcode >= PUSH1) {
        at += opcode - PUSH0;
      } else if (opcode == JUMPDEST) {
        int index = at - FRONT;
        found[index >>> 6] |= 1L << index;
      }
    }
    return found;
  }

  /// The address to whose code this one delegates: `0xef0100` and 20 bytes. EIP-7702.
  Optional<Address> delegate() {
    if (length != Delegation.BYTES
        || padded[FRONT] != (byte) 0xef
        || padded[FRONT + 1] != 1
        || padded[FRONT + 2] != 0) {
      return Optional.empty();
    }
    return Optional.of(Address.of(padded, FRONT + 3));
  }

  /// Copies `count` bytes from `offset` on to `target`, zeros from the code's end on.
  void copyTo(long offset, byte[] target, int targetAt, int count) {
    int present = (int) Math.min(Math.max(0, length - offset), count);
    if (present > 0) {
      System.arraycopy(padded, FRONT + (int) offset, target, targetAt, present);
    }
    Arrays.fill(target, targetAt + present, targetAt + count, (byte) 0);
  }
}
