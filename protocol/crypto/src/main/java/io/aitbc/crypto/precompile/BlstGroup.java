// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import supranational.blst.P1;

/// One of the two groups of BLS12-381, by the C functions of blst inside jblst's library, which
/// offers more than jblst's classes do: multi-scalar multiplication and the maps to the curve.
///
/// Points outside are in EIP-2537's encoding, 64 bytes per element of Fp. Inside they are blst's
/// structures in native memory: affine (x, y) or Jacobian (x, y, z), 48 bytes per element of Fp.
final class BlstGroup {
  static final BlstGroup G1 = new BlstGroup("p1", "g1", 1);
  static final BlstGroup G2 = new BlstGroup("p2", "g2", 2);

  /// Length of an encoded element of Fp: 16 zeros, then 48 bytes big-endian.
  static final int FIELD_BYTES = 64;

  /// Length of a scalar, any number below 2^256.
  static final int SCALAR_BYTES = 32;

  private static final int LIMBS_BYTES = 48;
  private static final int PADDING_BYTES = FIELD_BYTES - LIMBS_BYTES;
  private static final long ALIGNMENT = 64;
  private static final int SCALAR_BITS = 256;
  private static final int SUCCESS = 0;
  private static final int SERIALIZED_INFINITY_FLAG = 0x40;

  /// p, big-endian.
  private static final byte[] MODULUS =
      HexFormat.of()
          .parseHex(
              "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"
                  + "6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab");

  /// What a decoded point is.
  enum Decoded {
    POINT,
    IDENTITY,
    INVALID
  }

  private final int degree;
  private final MethodHandle deserialize;
  private final MethodHandle serialize;
  private final MethodHandle inSubgroup;
  private final MethodHandle fromAffine;
  private final MethodHandle add;
  private final MethodHandle multiply;
  private final MethodHandle scratchBytes;
  private final MethodHandle map;
  private final MethodHandle fieldElement;

  private BlstGroup(String point, String group, int degree) {
    this.degree = degree;
    // Short functions may read and write Java arrays where they lie; the long ones get native
    // memory.
    Linker.Option onHeap = Linker.Option.critical(true);
    String prefix = "blst_" + point;
    deserialize =
        function(
            prefix + "_deserialize", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), onHeap);
    serialize =
        function(prefix + "_serialize", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), onHeap);
    inSubgroup =
        function(prefix + "_affine_in_" + group, FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    fromAffine = function(prefix + "_from_affine", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    add =
        function(
            prefix + "_add_or_double_affine", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    multiply =
        function(
            prefix + "s_mult_pippenger",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
    scratchBytes =
        function(
            prefix + "s_mult_pippenger_scratch_sizeof",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    map = function("blst_map_to_" + group, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    fieldElement =
        function("blst_fp_from_bendian", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), onHeap);
  }

  /// The C function `name` of the library that jblst loaded.
  @SuppressWarnings("restricted") // The processes run with --enable-native-access.
  static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    P1 _ = new P1(); // Has jblst load its library.
    return Linker.nativeLinker()
        .downcallHandle(SymbolLookup.loaderLookup().findOrThrow(name), descriptor, options);
  }

  /// Length of an encoded coordinate.
  int coordinateBytes() {
    return degree * FIELD_BYTES;
  }

  /// Length of an encoded point.
  int pointBytes() {
    return 2 * coordinateBytes();
  }

  /// Size of an affine point in native memory.
  long affineBytes() {
    return 2L * degree * LIMBS_BYTES;
  }

  MemorySegment allocateAffine(Arena arena, long count) {
    return arena.allocate(affineBytes() * count, ALIGNMENT);
  }

  MemorySegment allocateJacobian(Arena arena) {
    return arena.allocate(3L * degree * LIMBS_BYTES, ALIGNMENT);
  }

  /// Decodes the point at `offset` into `affine`, which is left as it is for the identity. Checks
  /// the encoding and the curve, not the subgroup.
  Decoded decode(byte[] input, int offset, MemorySegment affine) {
    byte[] serialized = new byte[(int) affineBytes()];
    if (!unpad(input, offset, serialized, 0)
        || !unpad(input, offset + coordinateBytes(), serialized, serialized.length / 2)) {
      return Decoded.INVALID;
    }
    if (isZero(serialized)) {
      return Decoded.IDENTITY;
    }
    try {
      int error = (int) deserialize.invokeExact(affine, MemorySegment.ofArray(serialized));
      return error == SUCCESS ? Decoded.POINT : Decoded.INVALID;
    } catch (Throwable failure) {
      throw broken(failure);
    }
  }

  boolean isInSubgroup(MemorySegment affine) {
    try {
      return (boolean) inSubgroup.invokeExact(affine);
    } catch (Throwable failure) {
      throw broken(failure);
    }
  }

  MemorySegment toJacobian(Arena arena, MemorySegment affine) {
    MemorySegment jacobian = allocateJacobian(arena);
    try {
      fromAffine.invokeExact(jacobian, affine);
      return jacobian;
    } catch (Throwable failure) {
      throw broken(failure);
    }
  }

  /// Adds `affine` to `jacobian`; both may be anything but `affine` the identity.
  void addTo(MemorySegment jacobian, MemorySegment affine) {
    try {
      add.invokeExact(jacobian, jacobian, affine);
    } catch (Throwable failure) {
      throw broken(failure);
    }
  }

  /// Sum of the `count` points times the `count` scalars, which stand one behind the other: scalars
  /// of 32 bytes, little-endian. No point is the identity; there is at least one.
  MemorySegment multiply(Arena arena, MemorySegment points, MemorySegment scalars, long count) {
    MemorySegment result = allocateJacobian(arena);
    try {
      MemorySegment scratch = arena.allocate((long) scratchBytes.invokeExact(count), ALIGNMENT);
      multiply.invokeExact(
          result,
          startOf(arena, points),
          count,
          startOf(arena, scalars),
          (long) SCALAR_BITS,
          scratch);
      return result;
    } catch (Throwable failure) {
      throw broken(failure);
    }
  }

  /// blst's way to name an array: a pointer to its start, then a null pointer.
  static MemorySegment startOf(Arena arena, MemorySegment array) {
    MemoryLayout two = MemoryLayout.sequenceLayout(2, ADDRESS);
    MemorySegment pointers = arena.allocate(two);
    pointers.setAtIndex(ADDRESS, 0, array);
    pointers.setAtIndex(ADDRESS, 1, MemorySegment.NULL);
    return pointers;
  }

  /// The encoded point that the field element at the start of `input` maps to; empty if it is none.
  Optional<byte[]> mapToCurve(byte[] input) {
    byte[] packed = new byte[degree * LIMBS_BYTES];
    if (!unpad(input, 0, packed, 0)) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment element = arena.allocate(packed.length, ALIGNMENT);
      for (int i = 0; i < degree; i++) {
        // unpad turned the order around: the last part is the real one.
        byte[] part =
            Arrays.copyOfRange(packed, (degree - 1 - i) * LIMBS_BYTES, (degree - i) * LIMBS_BYTES);
        fieldElement.invokeExact(
            element.asSlice((long) i * LIMBS_BYTES, LIMBS_BYTES), MemorySegment.ofArray(part));
      }
      MemorySegment point = allocateJacobian(arena);
      map.invokeExact(point, element, MemorySegment.NULL);
      return Optional.of(encode(point));
    } catch (Throwable failure) {
      throw broken(failure);
    }
  }

  /// The encoding of a Jacobian point.
  byte[] encode(MemorySegment jacobian) {
    byte[] serialized = new byte[(int) affineBytes()];
    try {
      serialize.invokeExact(MemorySegment.ofArray(serialized), jacobian);
    } catch (Throwable failure) {
      throw broken(failure);
    }
    byte[] encoded = new byte[pointBytes()];
    if ((serialized[0] & SERIALIZED_INFINITY_FLAG) == 0) {
      pad(serialized, 0, encoded, 0);
      pad(serialized, serialized.length / 2, encoded, coordinateBytes());
    }
    return encoded;
  }

  /// Copies a coordinate without its padding; false if the padding is not zero or an element is not
  /// below p. EIP-2537 puts the real part of an element of Fp2 first, blst's format last.
  private boolean unpad(byte[] input, int from, byte[] output, int to) {
    for (int i = 0; i < degree; i++) {
      int start = from + i * FIELD_BYTES;
      int end = start + FIELD_BYTES;
      for (int j = start; j < start + PADDING_BYTES; j++) {
        if (input[j] != 0) {
          return false;
        }
      }
      if (Arrays.compareUnsigned(input, start + PADDING_BYTES, end, MODULUS, 0, LIMBS_BYTES) >= 0) {
        return false;
      }
      int place = to + (degree - 1 - i) * LIMBS_BYTES;
      System.arraycopy(input, start + PADDING_BYTES, output, place, LIMBS_BYTES);
    }
    return true;
  }

  private void pad(byte[] input, int from, byte[] output, int to) {
    for (int i = 0; i < degree; i++) {
      int place = from + (degree - 1 - i) * LIMBS_BYTES;
      System.arraycopy(input, place, output, to + i * FIELD_BYTES + PADDING_BYTES, LIMBS_BYTES);
    }
  }

  private static boolean isZero(byte[] bytes) {
    for (byte each : bytes) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  static IllegalStateException broken(Throwable failure) {
    return new IllegalStateException("a call into blst failed", failure);
  }
}
