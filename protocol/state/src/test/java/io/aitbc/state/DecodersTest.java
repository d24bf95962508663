// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import io.aitbc.model.Malformed;
import io.aitbc.model.MalformedException;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.DecoderTorture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodersTest { // Protocol §13.1, §13.2, §13.4
  @Test
  void strangersBytesForATrieNodeAreReadOrRefused() {
    torture(TrieNode::decode, Samples.nodes());
  }

  @Test
  void strangersBytesForAnAccountAreReadOrRefused() {
    torture(bytes -> Account.decode(Bytes.of(bytes)), Samples.accounts());
  }

  @Test
  void strangersBytesForADiffAreReadOrRefused() {
    torture(
        bytes -> StateDiff.decode(Bytes.of(bytes)), List.of(Samples.diff().encoded().toArray()));
  }

  private static void torture(DecoderTorture.Decoder decoder, List<byte[]> samples) {
    new DecoderTorture(decoder, MalformedException.class::isInstance).run(31, 2000, samples);
  }

  @Test
  void aNodeReadAndMadeAnewIsTheSameBytes() throws Exception {
    for (byte[] sample : Samples.nodes()) {
      assertArrayEquals(sample, NodeParts.madeAnew(TrieNode.decode(sample)));
    }
  }

  @Test
  void anAccountReadAndWrittenIsTheSame() throws Exception {
    Account largest = new Account(-1, new Amount(UInt256.MAX), Hash.ZERO, Hash.ZERO);
    assertEquals(largest, Account.decode(largest.encoded()));
    assertEquals(Account.ENCODED_BYTES_MAX, largest.encoded().length());
    assertEquals(Account.EMPTY, Account.decode(Account.EMPTY.encoded()));
  }

  @Test // The forms below with their one fault put right.
  void aBranchAndAnExtensionInTheirFormAreRead() throws Exception {
    assertInstanceOf(TrieNode.Branch.class, read("d5c22001c23102808080808080808080808080808080"));
    assertInstanceOf(TrieNode.Extension.class, read("e211a0" + "07".repeat(32)));
  }

  @ParameterizedTest
  @CsvSource({
    "one child,            d3c2200180808080808080808080808080808080, 0",
    "a branch value,       d5c22001c23102808080808080808080808080808001, 0",
    "extension by nothing, e200a0, 32",
    "digits in the pad,    e4820123a0, 32",
    "an unknown kind,      e241a0, 32",
    "extension of a leaf,  c411c22001, 0",
    "36 bytes inside,      f6e3952000000000000000000000000000000000000000008c"
        + "010101010101010101010101c23102808080808080808080808080808080, 0",
    "a hash of 31 bytes,   e1119f, 31",
    "three items,          e311a0, 33"
  })
  void aNodeInAnyOtherFormIsRefused(String fault, String head, int sevens) {
    MalformedException refusal =
        assertThrows(MalformedException.class, () -> read(head + "07".repeat(sevens)), fault);
    assertInstanceOf(Malformed.WrongValue.class, refusal.reason());
  }

  private static TrieNode read(String hex) throws MalformedException {
    return TrieNode.decode(Bytes.fromHex(hex).toArray());
  }
}
