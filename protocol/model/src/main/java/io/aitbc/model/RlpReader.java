// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.ArrayList;
import java.util.List;

/// Reads the canonical encoding (RLP, Yellow Paper appendix B) and refuses every other: one value
/// has one encoding. Protocol §11.1.
///
/// A reader walks over the items of one list. Reading costs no memory beyond what is returned, and
/// what is returned is never larger than the input; nesting is walked, never recursed, so depth
/// costs nothing.
public final class RlpReader {
  private final byte[] input;
  private final int end;
  private int position;

  private RlpReader(byte[] input, int position, int end) {
    this.input = input;
    this.position = position;
    this.end = end;
  }

  /// A reader over all of `input`, which must stay unchanged while it is read.
  public static RlpReader of(byte[] input) {
    return new RlpReader(input, 0, input.length);
  }

  /// A reader over all of `input`.
  public static RlpReader of(Bytes input) {
    return of(input.toArray());
  }

  /// Where the next item begins, in bytes from the start of the input.
  public int position() {
    return position;
  }

  /// Whether another item follows in this list.
  public boolean hasNext() {
    return position < end;
  }

  /// Whether the next item is a list.
  ///
  /// @throws MalformedException if there is no next item
  public boolean nextIsList() throws MalformedException {
    return (first() & 0xff) >= 0xc0;
  }

  /// A reader over the items of the next item, which must be a list. This reader goes on after it.
  public RlpReader list() throws MalformedException {
    int start = position;
    int first = first() & 0xff;
    if (first < 0xc0) {
      throw refusal(new Malformed.WrongKind(start, Malformed.Kind.LIST));
    }
    int length = header(first, 0xc0);
    RlpReader inner = new RlpReader(input, position, position + length);
    position += length;
    return inner;
  }

  /// The elements of the next item, a list of at most `max` elements, each read by `each`.
  public <T> List<T> list(int max, Element<T> each) throws MalformedException {
    int start = position;
    RlpReader inner = list();
    List<T> elements = new ArrayList<>();
    while (inner.hasNext()) {
      if (elements.size() == max) {
        throw refusal(new Malformed.WrongLength(start, max + 1L, 0, max));
      }
      elements.add(each.read(inner));
    }
    return List.copyOf(elements);
  }

  /// The next item, a string of any length.
  public Bytes string() throws MalformedException {
    return string(0, Integer.MAX_VALUE);
  }

  /// The next item, a string of `min` to `max` bytes.
  public Bytes string(int min, int max) throws MalformedException {
    int length = stringHeader(min, max);
    position += length;
    return Bytes.of(input, position - length, length);
  }

  /// The next item, a string of 32 bytes.
  public Hash hash() throws MalformedException {
    int length = stringHeader(Hash.BYTES, Hash.BYTES);
    position += length;
    return Hash.of(input, position - length);
  }

  /// The next item, a string of 20 bytes.
  public Address address() throws MalformedException {
    int length = stringHeader(Address.BYTES, Address.BYTES);
    position += length;
    return Address.of(input, position - length);
  }

  /// The next item, a number below 2^63 in big-endian bytes without leading zeros.
  public long number() throws MalformedException {
    int start = position;
    long value = unsigned();
    if (value < 0) {
      throw refusal(new Malformed.WrongValue(start, "number", "0x" + Long.toHexString(value)));
    }
    return value;
  }

  /// The next item, a number below 2^64 in big-endian bytes without leading zeros, as 64 bits
  /// without sign.
  public long unsigned() throws MalformedException {
    int start = position;
    int length = stringHeader(0, 8);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (input[position + i] & 0xff);
    }
    noLeadingZero(start, length);
    position += length;
    return value;
  }

  /// The next item, a number from 0 to `max`.
  public int number(int max) throws MalformedException {
    int start = position;
    long value = number();
    if (value > max) {
      throw refusal(new Malformed.WrongValue(start, "number", Long.toString(value)));
    }
    return (int) value;
  }

  /// The next item, a number below 2^256.
  public UInt256 number256() throws MalformedException {
    int start = position;
    int length = stringHeader(0, UInt256.BYTES);
    noLeadingZero(start, length);
    position += length;
    return UInt256.of(input, position - length, length);
  }

  /// The next item, a number of wei.
  public Amount amount() throws MalformedException {
    return new Amount(number256());
  }

  /// The whole next item as it stands in the input, header included. What is inside is not checked.
  public Bytes encoded() throws MalformedException {
    int start = position;
    skip();
    return Bytes.of(input, start, position - start);
  }

  /// Passes over the next item. What is inside is not checked.
  public void skip() throws MalformedException {
    int first = first() & 0xff;
    int length = first >= 0xc0 ? header(first, 0xc0) : stringHeader(0, Integer.MAX_VALUE);
    position += length;
  }

  /// Makes sure that nothing follows.
  ///
  /// @throws MalformedException with {@link Malformed.TrailingBytes} if something does
  public void finish() throws MalformedException {
    if (position < end) {
      throw refusal(new Malformed.TrailingBytes(position, end - position));
    }
  }

  /// Refuses the value of a field that was just read.
  ///
  /// @param field the field, as docs/protocol.md spells it
  /// @param value what was found; only its first 80 characters are kept
  public MalformedException refuse(String field, Object value) {
    String text = String.valueOf(value);
    return refusal(
        new Malformed.WrongValue(
            position, field, text.length() <= 80 ? text : text.substring(0, 80)));
  }

  private int first() throws MalformedException {
    if (position >= end) {
      throw refusal(new Malformed.Truncated(position, 1, 0));
    }
    return input[position];
  }

  /// Moves to the content of a string and returns its length.
  private int stringHeader(int min, int max) throws MalformedException {
    int start = position;
    int first = first() & 0xff;
    if (first >= 0xc0) {
      throw refusal(new Malformed.WrongKind(start, Malformed.Kind.STRING));
    }
    int length = first < 0x80 ? 1 : header(first, 0x80);
    if (length < min || length > max) {
      throw refusal(new Malformed.WrongLength(start, length, min, max));
    }
    if (first == 0x81 && input[position] >= 0) {
      throw refusal(new Malformed.NotMinimal(start));
    }
    return length;
  }

  /// Moves behind the header of a string (kind 0x80) or list (kind 0xc0) and returns its length,
  /// which the input holds.
  private int header(int first, int kind) throws MalformedException {
    int start = position++;
    int length = first - kind;
    if (length >= 56) {
      int bytes = length - 55;
      if (bytes > end - position) {
        throw refusal(new Malformed.Truncated(start, bytes, end - position));
      }
      if (input[position] == 0) {
        throw refusal(new Malformed.NotMinimal(start));
      }
      long announced = 0;
      for (int i = 0; i < bytes; i++) {
        announced = announced << 8 | (input[position++] & 0xff);
      }
      if (announced >= 0 && announced < 56) {
        throw refusal(new Malformed.NotMinimal(start));
      }
      if (announced < 0 || announced > end - position) {
        throw refusal(new Malformed.Truncated(start, announced, end - position));
      }
      return (int) announced;
    }
    if (length > end - position) {
      throw refusal(new Malformed.Truncated(start, length, end - position));
    }
    return length;
  }

  private void noLeadingZero(int start, int length) throws MalformedException {
    if (length > 0 && input[position] == 0) {
      throw refusal(new Malformed.NotMinimal(start));
    }
  }

  private static MalformedException refusal(Malformed reason) {
    return new MalformedException(reason);
  }

  /// Reads one element of a list.
  @FunctionalInterface
  public interface Element<T> {
    /// The element at the reader's position.
    T read(RlpReader reader) throws MalformedException;
  }
}
