// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.DecoderTorture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §12.5.
class ValidatorKeystoreTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path folder;

  @Test // EIP-2335, Test Cases.
  void theKeystoreWithScryptOpens() throws KeyFileException {
    BlsValidatorKey key =
        ValidatorKeystore.open(KeystoreVectors.SCRYPT, Password.of(KeystoreVectors.PASSWORD));
    assertEquals(KeystoreVectors.SECRET, HexFormat.of().formatHex(key.exportSecret()));
  }

  @Test // EIP-2335, Test Cases.
  void theKeystoreWithPbkdf2Opens() throws KeyFileException {
    BlsValidatorKey key =
        ValidatorKeystore.open(KeystoreVectors.PBKDF2, Password.of(KeystoreVectors.PASSWORD));
    assertEquals("0x" + KeystoreVectors.PUBLIC_KEY, key.publicKey().bytes().toHex());
  }

  @Test // EIP-2335, Password Requirements.
  void controlCharactersOfThePasswordDoNotCount() throws KeyFileException {
    Password password =
        Password.of("\u0007" + KeystoreVectors.PASSWORD.replace("🔑", "\u007f🔑\u0085\n"));
    var _ = ValidatorKeystore.open(KeystoreVectors.PBKDF2, password);
  }

  @Test // EIP-2335, Password Requirements.
  void aPasswordIsNormalized() {
    assertEquals(
        "testpassword🔑",
        new String(
            Password.of(KeystoreVectors.PASSWORD).normalizedBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void whatWasWrittenOpensAgain() throws KeyFileException {
    for (KeystoreCost cost : List.of(KeystoreCost.LIGHT, KeystoreCost.PBKDF2)) {
      BlsValidatorKey key = BlsValidatorKey.generate(RANDOM);
      String json = ValidatorKeystore.write(key, Password.of("päss"), cost, RANDOM);
      assertEquals(key.publicKey(), ValidatorKeystore.open(json, Password.of("päss")).publicKey());
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    assertInstanceOf(KeyFileRefusal.WrongPassword.class, refusal(light(), Password.of("wrong")));
  }

  @Test
  void aFileCutAnywhereIsRefused() {
    String json = light().strip();
    for (int length = 0; length < json.length(); length++) {
      KeyFileRefusal refusal = refusal(json.substring(0, length), Password.of("right"));
      assertInstanceOf(KeyFileRefusal.NotJson.class, refusal);
    }
  }

  @Test
  void aKeystoreOfAnotherKeyIsRefused() {
    String json = light().replaceAll("\"pubkey\" : \"..", "\"pubkey\" : \"00");
    assertInstanceOf(KeyFileRefusal.OtherKey.class, refusal(json, Password.of("right")));
  }

  @Test
  void derivationThatCostsTooMuchIsRefusedBeforeItBegins() {
    String strong = KeystoreVectors.SCRYPT;
    Password password = Password.of("any");
    List<KeyFileRefusal> refusals =
        List.of(
            refusal(strong.replace("262144", "1073741824"), password),
            refusal(strong.replace("\"r\": 8", "\"r\": 2147483647"), password),
            refusal(strong.replace("\"r\": 8", "\"r\": 16"), password),
            refusal(strong.replace("\"p\": 1", "\"p\": 2147483647"), password),
            refusal(strong.replace("\"p\": 1", "\"p\": 5"), password),
            refusal(KeystoreVectors.PBKDF2.replace("262144", "9223372036854775807"), password));
    refusals.forEach(refusal -> assertInstanceOf(KeyFileRefusal.TooCostly.class, refusal));
  }

  @Test
  void anUnknownVersionIsRefused() {
    assertEquals(
        new KeyFileRefusal.Unsupported("version", "5"),
        refusal(light().replace("\"version\" : 4", "\"version\" : 5"), Password.of("right")));
  }

  @Test
  void aMissingFieldIsNamed() {
    assertEquals(
        new KeyFileRefusal.MissingField("crypto.cipher.message"),
        refusal(
            KeystoreVectors.PBKDF2.replaceAll(",\\s*\"message\": \"cee03[0-9a-f]*\"", ""),
            Password.of("right")));
  }

  @Test
  void anythingForAKeystoreIsReadOrRefused() {
    new DecoderTorture(input -> ValidatorKeystore.read(input), KeyFileException.class::isInstance)
        .run(
            1,
            2_000,
            List.of(
                KeystoreVectors.SCRYPT.getBytes(StandardCharsets.UTF_8),
                KeystoreVectors.PBKDF2.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aCreatedFileIsItsOwnersAlone() throws Exception {
    Path file = folder.resolve("validator.json");
    ValidatorKeystore.create(
        file, BlsValidatorKey.generate(RANDOM), Password.of("p"), KeystoreCost.LIGHT, RANDOM);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aFileWithAKeyIsNeverOverwritten() throws Exception {
    Path file = Files.writeString(folder.resolve("validator.json"), "mine");
    KeyFileException refused =
        assertThrows(
            KeyFileException.class,
            () ->
                ValidatorKeystore.create(
                    file,
                    BlsValidatorKey.generate(RANDOM),
                    Password.of("p"),
                    KeystoreCost.LIGHT,
                    RANDOM));
    assertEquals(new KeyFileRefusal.Exists(file), refused.refusal());
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws Exception {
    Path file = folder.resolve("validator.json");
    ValidatorKeystore.create(
        file, BlsValidatorKey.generate(RANDOM), Password.of("p"), KeystoreCost.LIGHT, RANDOM);
    for (String permissions : List.of("rw-r-----", "rw----r--", "rw--w----", "rw------x")) {
      var _ = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      KeyFileException refused =
          assertThrows(
              KeyFileException.class, () -> ValidatorKeystore.open(file, Password.of("p")));
      assertEquals(new KeyFileRefusal.LoosePermissions(file, permissions), refused.refusal());
    }
    var _ = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    var _ = ValidatorKeystore.open(file, Password.of("p"));
  }

  @Test
  void aPasswordFileHoldsThePasswordInItsFirstLine() throws Exception {
    Path file = folder.resolve("password");
    var _ = Files.createFile(file, OwnerFiles.ownerOnly(folder));
    Files.writeString(file, "right\r\n");
    var _ = ValidatorKeystore.open(light(), Password.read(file));
  }

  @Test
  void nothingPrintedShowsASecret() {
    byte[] secret = HexFormat.of().parseHex(KeystoreVectors.SECRET);
    BlsValidatorKey validator = BlsValidatorKey.fromSecret(secret).orElseThrow();
    AccountSigner account = AccountSigner.fromSecret(secret).orElseThrow();
    String printed =
        validator
            + " "
            + account
            + " "
            + Password.of("hunter2")
            + " "
            + refusal(light(), Password.of("hunter2"));
    assertFalse(printed.contains("19d6689c") || printed.contains("hunter2"), printed);
    assertTrue(printed.contains("hidden"));
  }

  @Test
  void aClosedKeySignsNothing() {
    BlsValidatorKey key = BlsValidatorKey.generate(RANDOM);
    key.close();
    assertThrows(IllegalStateException.class, () -> key.exportSecret());
  }

  private static String light() {
    return ValidatorKeystore.write(
        BlsValidatorKey.generate(RANDOM), Password.of("right"), KeystoreCost.LIGHT, RANDOM);
  }

  private static KeyFileRefusal refusal(String json, Password password) {
    return assertThrows(KeyFileException.class, () -> ValidatorKeystore.open(json, password))
        .refusal();
  }
}
