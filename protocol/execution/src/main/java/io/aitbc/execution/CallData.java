// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Arguments of a contract's function in the encoding of the Solidity ABI, built in their order.
/// Belongs to one thread.
public final class CallData {
  /// Bytes of a function's selector.
  public static final int SELECTOR_BYTES = 4;

  private final Bytes selector;
  private final List<Argument> arguments = new ArrayList<>();

  /// One argument.
  ///
  /// @param dynamic whether it stands behind all others, and an offset in its place
  /// @param encoding what it is, in whole words
  private record Argument(boolean dynamic, Bytes encoding) {}

  private CallData(Bytes selector) {
    this.selector = selector;
  }

  /// A call of the function with this signature, for example `transfer(address,uint256)`.
  public static CallData of(String signature) {
    return of(selector(signature));
  }

  /// A call of the function with this {@link #selector}, for who calls it often.
  public static CallData of(Bytes selector) {
    return new CallData(selector);
  }

  /// Arguments alone, as a constructor takes them.
  public static CallData ofConstructor() {
    return new CallData(Bytes.EMPTY);
  }

  /// The first four bytes of the hash of a function's or an error's signature.
  public static Bytes selector(String signature) {
    Bytes text = Bytes.wrap(signature.getBytes(StandardCharsets.US_ASCII));
    return Keccak256.hash(text).toBytes().slice(0, SELECTOR_BYTES);
  }

  /// Appends a number.
  public CallData number(UInt256 value) {
    return fixed(Bytes.wrap(value.toArray()));
  }

  /// Appends a number that is not negative.
  public CallData number(long value) {
    return number(UInt256.of(value));
  }

  /// Appends an amount, in wei.
  public CallData amount(Amount value) {
    return number(value.wei());
  }

  /// Appends an address.
  public CallData address(Address value) {
    byte[] word = new byte[UInt256.BYTES];
    value.bytes().copyTo(word, UInt256.BYTES - Address.BYTES);
    return fixed(Bytes.wrap(word));
  }

  /// Appends 32 bytes.
  public CallData hash(Hash value) {
    return fixed(value.toBytes());
  }

  /// Appends a byte string of any length.
  public CallData bytes(Bytes value) {
    int padded = (value.length() + UInt256.BYTES - 1) / UInt256.BYTES * UInt256.BYTES;
    byte[] encoding = new byte[UInt256.BYTES + padded];
    length(encoding, value.length());
    value.copyTo(encoding, UInt256.BYTES);
    return dynamic(encoding);
  }

  /// Appends a list of numbers.
  public CallData numbers(List<UInt256> values) {
    byte[] encoding = new byte[(1 + values.size()) * UInt256.BYTES];
    length(encoding, values.size());
    for (int i = 0; i < values.size(); i++) {
      System.arraycopy(
          values.get(i).toArray(), 0, encoding, (i + 1) * UInt256.BYTES, UInt256.BYTES);
    }
    return dynamic(encoding);
  }

  /// Appends a list of addresses.
  public CallData addresses(List<Address> values) {
    return numbers(
        values.stream().map(a -> UInt256.of(a.bytes().toArray(), 0, Address.BYTES)).toList());
  }

  /// Appends a structure with parts of any length.
  ///
  /// @param parts built by {@link #ofConstructor}
  public CallData tuple(CallData parts) {
    return dynamic(parts.toBytes().toArray());
  }

  /// Appends a list of byte strings.
  public CallData byteStrings(List<Bytes> values) {
    CallData items = ofConstructor();
    for (Bytes value : values) {
      var _ = items.bytes(value);
    }
    Bytes content = items.toBytes();
    byte[] encoding = new byte[UInt256.BYTES + content.length()];
    length(encoding, values.size());
    content.copyTo(encoding, UInt256.BYTES);
    return dynamic(encoding);
  }

  /// Selector and arguments.
  public Bytes toBytes() {
    int head = 0;
    int size = 0;
    for (Argument argument : arguments) {
      head += argument.dynamic ? UInt256.BYTES : argument.encoding.length();
      size += (argument.dynamic ? UInt256.BYTES : 0) + argument.encoding.length();
    }
    byte[] bytes = new byte[selector.length() + size];
    selector.copyTo(bytes, 0);
    int at = selector.length();
    int tail = head;
    for (Argument argument : arguments) {
      if (argument.dynamic) {
        System.arraycopy(UInt256.of(tail).toArray(), 0, bytes, at, UInt256.BYTES);
        argument.encoding.copyTo(bytes, selector.length() + tail);
        tail += argument.encoding.length();
        at += UInt256.BYTES;
      } else {
        argument.encoding.copyTo(bytes, at);
        at += argument.encoding.length();
      }
    }
    return Bytes.wrap(bytes);
  }

  private static void length(byte[] encoding, int length) {
    System.arraycopy(UInt256.of(length).toArray(), 0, encoding, 0, UInt256.BYTES);
  }

  private CallData fixed(Bytes word) {
    arguments.add(new Argument(false, word));
    return this;
  }

  private CallData dynamic(byte[] encoding) {
    arguments.add(new Argument(true, Bytes.wrap(encoding)));
    return this;
  }
}
