// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.testkit.DecoderTorture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Protocol §12.5.
class AccountKeystoreTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// The example of the web3 secret storage definition, with PBKDF2.
  private static final String PBKDF2 =
      """
      {
        "crypto": {
          "cipher": "aes-128-ctr",
          "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
          "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
          "kdf": "pbkdf2",
          "kdfparams": {
            "c": 262144, "dklen": 32, "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
          },
          "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
      }
      """;

  @TempDir private Path folder;

  @Test
  void theExampleOfTheDefinitionOpens() throws KeyFileException {
    assertEquals(
        Address.fromHex("0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b"),
        AccountKeystore.open(PBKDF2, Password.of("testpassword")).address());
  }

  @Test
  void whatWasWrittenOpensAgain() throws KeyFileException {
    Path file = folder.resolve("account.json");
    AccountSigner account = AccountSigner.generate(RANDOM);
    AccountKeystore.create(file, account, Password.of(""), KeystoreCost.LIGHT, RANDOM);
    assertEquals(account.address(), AccountKeystore.open(file, Password.of("")).address());
  }

  @Test
  void theEmptyPasswordWorksWithPbkdf2() throws KeyFileException {
    AccountSigner account = AccountSigner.generate(RANDOM);
    String json = AccountKeystore.write(account, Password.of(""), KeystoreCost.PBKDF2, RANDOM);
    assertEquals(account.address(), AccountKeystore.open(json, Password.of("")).address());
  }

  @Test
  void aWrongPasswordIsRefused() {
    assertInstanceOf(KeyFileRefusal.WrongPassword.class, refusal(PBKDF2, "testpasswore"));
  }

  @Test
  void aChangedByteOfTheCiphertextIsRefused() {
    assertInstanceOf(
        KeyFileRefusal.WrongPassword.class,
        refusal(PBKDF2.replace("5318b4d5", "5318b4d4"), "testpassword"));
  }

  @Test
  void aFieldThatStandsTwiceIsRefused() {
    assertInstanceOf(
        KeyFileRefusal.NotJson.class,
        refusal(PBKDF2.replace("\"version\": 3", "\"version\": 3, \"version\": 3"), "any"));
  }

  @Test
  void aStatedAddressMustBeTheKeys() {
    String stated =
        PBKDF2.replace(
            "\"version\": 3",
            "\"version\": 3, \"address\": \"0000000000000000000000000000000000000001\"");
    assertInstanceOf(KeyFileRefusal.OtherKey.class, refusal(stated, "testpassword"));
  }

  @Test
  void anythingForAKeystoreIsReadOrRefused() {
    new DecoderTorture(input -> AccountKeystore.read(input), KeyFileException.class::isInstance)
        .run(2, 2_000, List.of(PBKDF2.getBytes(StandardCharsets.UTF_8)));
  }

  @Test // Protocol §12.4.
  void anAccountsSignatureRecoversToItsAddress() {
    AccountSigner account = AccountSigner.generate(RANDOM);
    var digest = new AccountMessage.TransactionDigest(Keccak256.hash(Bytes.of((byte) 1)));
    assertEquals(
        account.address(),
        Secp256k1.chosen()
            .recover(digest.digest(), account.sign(digest))
            .map(Address::of)
            .orElseThrow());
  }

  private static KeyFileRefusal refusal(String json, String password) {
    return assertThrows(
            KeyFileException.class, () -> AccountKeystore.open(json, Password.of(password)))
        .refusal();
  }
}
