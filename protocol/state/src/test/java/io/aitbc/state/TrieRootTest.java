// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrieRootTest { // Protocol §13.2
  @Test
  void theEmptyTrieHasTheHashOfTheEmptyString() {
    assertEquals(Keccak256.hash(Bytes.of((byte) 0x80)), Account.EMPTY_TRIE_ROOT);
    assertEquals(Account.EMPTY_TRIE_ROOT, TrieRoot.ofList(List.of()));
  }

  @Test
  void noCodeHasTheHashOfNoBytes() {
    assertEquals(Keccak256.hash(Bytes.EMPTY), Account.EMPTY_CODE_HASH);
  }

  // ethereum/tests, TrieTests/trieanyorder.json.
  @ParameterizedTest
  @CsvSource({
    "A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
        + "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab",
    "doe=reindeer dog=puppy dogglesworth=cat,"
        + "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3",
    "do=verb horse=stallion doge=coin dog=puppy,"
        + "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84",
    "foo=bar food=bass,17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3",
    "be=e dog=puppy bed=d,3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b"
  })
  void theRootIsThatOfEthereumsExamples(String entries, String root) {
    SortedMap<Bytes, Bytes> trie = new TreeMap<>();
    for (String entry : List.of(entries.split(" ", -1))) {
      int equals = entry.indexOf('=');
      trie.put(text(entry.substring(0, equals)), text(entry.substring(equals + 1)));
    }
    assertEquals(Hash.fromHex(root), TrieRoot.of(trie));
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
