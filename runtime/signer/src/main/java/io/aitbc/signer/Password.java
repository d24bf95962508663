// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;

/// What a keystore is locked with. Shows nothing of itself; {@link #close} overwrites it.
public final class Password implements AutoCloseable {
  /// Most bytes of a file with a password: a line of text.
  public static final int FILE_BYTES_MAX = 4096;

  private final char[] characters;

  private Password(char[] characters) {
    this.characters = characters;
  }

  /// A copy of `characters`, which stay the caller's to overwrite.
  public static Password of(char[] characters) {
    return new Password(characters.clone());
  }

  /// The password `text`. A string cannot be overwritten; where that matters, use {@link
  /// #of(char[])}.
  public static Password of(String text) {
    return new Password(text.toCharArray());
  }

  /// The first line of a UTF-8 file that only its owner may read.
  ///
  /// @throws KeyFileException if the file cannot be read or is open to others
  public static Password read(Path file) throws KeyFileException {
    byte[] content = OwnerFiles.read(file, FILE_BYTES_MAX);
    try {
      int end = 0;
      while (end < content.length && content[end] != '\n' && content[end] != '\r') {
        end++;
      }
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(content, 0, end));
      char[] characters = new char[text.remaining()];
      text.get(characters);
      Arrays.fill(text.array(), '\0');
      return new Password(characters);
    } catch (CharacterCodingException notText) {
      throw new KeyFileException(new KeyFileRefusal.WrongField("password", "UTF-8 text"));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /// The password's UTF-8 bytes as they are, which account keystores use. The caller overwrites
  /// them.
  byte[] bytes() {
    return utf8(CharBuffer.wrap(characters));
  }

  /// The bytes that EIP-2335 uses: NFKD, without control characters, in UTF-8. The caller
  /// overwrites them.
  byte[] normalizedBytes() {
    String normal = Normalizer.normalize(CharBuffer.wrap(characters), Normalizer.Form.NFKD);
    char[] kept = new char[normal.length()];
    int length = 0;
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      boolean control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
      if (!control) {
        kept[length++] = c;
      }
    }
    byte[] bytes = utf8(CharBuffer.wrap(kept, 0, length));
    Arrays.fill(kept, '\0');
    return bytes;
  }

  private static byte[] utf8(CharBuffer text) {
    // Three bytes at most for a character, four for a pair of surrogates.
    byte[] room = new byte[3 * text.remaining()];
    ByteBuffer encoded = ByteBuffer.wrap(room);
    var _ =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .encode(text, encoded, true);
    byte[] bytes = Arrays.copyOf(room, encoded.position());
    Arrays.fill(room, (byte) 0);
    return bytes;
  }

  /// Overwrites the password; afterwards it is a wrong one.
  @Override
  public void close() {
    Arrays.fill(characters, '\0');
  }

  @Override
  public String toString() {
    return "Password(hidden)";
  }
}
