// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The vectors of RFC 7914. Where they have 64 bytes, the first 32 are held against what is derived
/// here: they do not depend on how many follow. The last vector of section 12 needs 1 GiB, more
/// than a keystore may ask for, and is left out. Protocol §12.5.
class ScryptFunctionTest {
  private static final String BLOCKS =
      "f7ce0b653d2d72a4108cf5abe912ffdd777616dbbb27a70e8204f3ae2d0f6fad"
          + "89f68f4811d1e87bcc3bd7400a9ffd29094f0184639574f39ae5a1315217bcd7"
          + "894991447213bb226c25b54da86370fbcd984380374666bb8ffcb5bf40c254b0"
          + "67d27c51ce4ad5fed829c90b505a571b7f4d1cad6a523cda770e67bceaaf7e89";

  @Test // RFC 7914 section 8.
  void salsaMixesAsInTheRfc() {
    int[] x = new int[ScryptFunction.SALSA_WORDS];
    ScryptFunction.salsa(
        x,
        words(
            "7e879a214f3ec9867ca940e641718f26baee555b8c61c1b50df846116dcd3b1d"
                + "ee24f319df9b3d8514121e4b5ac5aa3276021d2909c74829edebc68db8b8c25e"),
        0);
    assertEquals(
        "0xa41f859c6608cc993b81cacb020cef05044b2181a2fd337dfd7b1c6396682f29"
            + "b4393168e3c9e6bcfe6bc5b7a06d96bae424cc102c91745c24ad673dc7618f81",
        hex(x));
  }

  @Test // RFC 7914 section 9.
  void blocksMixAsInTheRfc() {
    int[] lane = words(BLOCKS);
    ScryptFunction.mixBlocks(lane, new int[lane.length]);
    assertEquals(
        "0xa41f859c6608cc993b81cacb020cef05044b2181a2fd337dfd7b1c6396682f29"
            + "b4393168e3c9e6bcfe6bc5b7a06d96bae424cc102c91745c24ad673dc7618f81"
            + "20edc975323881a80540f64c162dcd3c21077cfe5f8d5fe2b1a4168f953678b7"
            + "7d3b3d803b60e4ab920996e59b4d53b65d2a225877d5edf5842cb9f14eefe425",
        hex(lane));
  }

  @Test // RFC 7914 section 10.
  void aLaneMixesWithItsTableAsInTheRfc() {
    int[] lane = words(BLOCKS);
    ScryptFunction.mix(lane, 16, new int[16 * lane.length], new int[lane.length]);
    assertEquals(
        "0x79ccc193629debca047f0b70604bf6b62ce3dd4a9626e355fafc6198e6ea2b46"
            + "d58413673b99b029d665c357601fb426a0b2f4bba200ee9f0a43d19b571a9c71"
            + "ef1142e65d5a266fddca832ce59faa7cac0b9cf1be2bffca300d01ee387619c4"
            + "ae12fd4438f203a0e4e1c47ec314861f4e9087cb33396a6873e8f9d2539a4b8e",
        hex(lane));
  }

  @ParameterizedTest // RFC 7914 section 11.
  @CsvSource({
    "passwd, salt, 1, 55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
    "Password, NaCl, 80000, 4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56",
  })
  void pbkdf2DerivesAsInTheRfc(String password, String salt, int iterations, String key) {
    assertEquals(
        "0x" + key,
        Bytes.wrap(Pbkdf2Function.derive(ascii(password), ascii(salt), iterations)).toHex());
  }

  @ParameterizedTest // RFC 7914 section 12.
  @CsvSource({
    "'', '', 16, 1, 1, 77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442",
    "password, NaCl, 1024, 8, 16, fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162",
    "pleaseletmein, SodiumChloride, 16384, 8, 1,"
        + " 7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
  })
  void scryptDerivesAsInTheRfc(String password, String salt, int n, int r, int p, String key) {
    assertEquals(
        "0x" + key,
        Bytes.wrap(ScryptFunction.derive(ascii(password), ascii(salt), n, r, p)).toHex());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int[] words(String hex) {
    byte[] bytes = Bytes.fromHex(hex).toArray();
    int[] words = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    return words;
  }

  private static String hex(int[] words) {
    byte[] bytes = new byte[words.length * Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(words);
    return Bytes.wrap(bytes).toHex();
  }
}
