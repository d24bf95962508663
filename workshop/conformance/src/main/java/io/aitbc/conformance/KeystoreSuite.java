// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.model.Address;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// KeyStoreTests of ethereum/tests: `json` is a keystore (web3 secret storage, version 3),
/// `password` opens it, `priv` is the private key in it. Protocol §12.5.
final class KeystoreSuite implements Suite {
  private static final String WRONG = "~";

  @Override
  public String name() {
    return "keystore";
  }

  @Override
  public boolean owns(String path) {
    return path.contains("/KeyStoreTests/") && path.endsWith(".json");
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : Json.cases(file, "json", "password", "priv")) {
      String name = file.shortPath(2) + " " + entry.getKey();
      String keystore = entry.getValue().get("json").toString();
      String password = entry.getValue().get("password").asText();
      Bytes secret = Bytes.fromHex(entry.getValue().get("priv").asText());
      cases.add(new Case(name, () -> opens(keystore, password, secret)));
      cases.add(new Case(name + " [wrong password]", () -> staysShut(keystore, password + WRONG)));
    }
    return cases;
  }

  private static Optional<String> opens(String keystore, String text, Bytes secret) {
    Address expected =
        Secp256k1SecretKey.fromSecret(secret.toArray())
            .map(key -> Address.of(key.publicKey()))
            .orElseThrow();
    try (Password password = Password.of(text);
        AccountSigner account = AccountKeystore.open(keystore, password)) {
      return Case.compare("address", expected, account.address());
    } catch (KeyFileException refused) {
      return Optional.of("refused: " + refused.getMessage());
    }
  }

  private static Optional<String> staysShut(String keystore, String text) {
    try (Password password = Password.of(text);
        AccountSigner account = AccountKeystore.open(keystore, password)) {
      return Optional.of("opened by a wrong password as " + account.address());
    } catch (KeyFileException refused) {
      return Optional.empty();
    }
  }
}
