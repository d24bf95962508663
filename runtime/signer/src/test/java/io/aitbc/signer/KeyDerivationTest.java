// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

// Protocol §12.5.
class KeyDerivationTest {
  @ParameterizedTest
  @CsvSource({
    "1, 8, 1", // No cost at all.
    "0, 8, 1",
    "-2, 8, 1",
    "3, 8, 1", // No power of two.
    "1024, 0, 1",
    "1024, 8, 0",
    "1024, 8, -1",
    "4294967296, 1, 1", // Beyond an int.
    "1024, 4294967296, 1",
    "1024, 1, 18446744073709551617", // Beyond a long.
    "1024.5, 8, 1",
    "'\"1024\"', 8, 1",
    "null, 8, 1",
  })
  void scryptWithParametersOutOfRangeIsRefused(String n, String r, String p) {
    KeyFileRefusal refusal = refusal(n, r, p);
    assertTrue(
        refusal instanceof KeyFileRefusal.WrongField
            || refusal instanceof KeyFileRefusal.MissingField,
        refusal.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "1073741824, 1, 1",
    "262144, 16, 1", // 512 MiB.
    "262144, 8, 8", // Eight times the work.
    "2, 2147483647, 1",
    "2, 1, 2147483647",
    "2, 2097152, 2097152",
  })
  void scryptThatCostsTooMuchIsRefused(String n, String r, String p) {
    assertInstanceOf(KeyFileRefusal.TooCostly.class, refusal(n, r, p));
  }

  @ParameterizedTest
  @CsvSource({"262144, 1, 8", "65536, 1, 1", "2, 1, 1", "2, 3, 5"})
  void scryptIsReadWhateverItsBlockSize(String n, String r, String p) throws KeyFileException {
    Bytes salt = Bytes.fromHex("00");
    assertEquals(
        new KeyDerivation.Scrypt(
            Integer.parseInt(n), Integer.parseInt(r), Integer.parseInt(p), salt),
        KeyDerivation.Scrypt.read(parameters(n, r, p)));
  }

  private static KeyFileRefusal refusal(String n, String r, String p) {
    return assertThrows(
            KeyFileException.class, () -> KeyDerivation.Scrypt.read(parameters(n, r, p)))
        .refusal();
  }

  private static Json parameters(String n, String r, String p) throws KeyFileException {
    String text =
        "{\"dklen\": 32, \"n\": " + n + ", \"r\": " + r + ", \"p\": " + p + ", \"salt\": \"00\"}";
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
