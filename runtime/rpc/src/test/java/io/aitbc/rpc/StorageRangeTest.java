// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.UInt256;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Slots as transactions met them, in go-ethereum's form.
class StorageRangeTest {
  private static final String SLOT = Keccak256.hash(UInt256.ZERO.toArray()).toHex();

  private final Rpc rpc = new Rpc();

  /// What its transactions use by Ethereum's rules, added up.
  private static final List<Long> GAS = List.of(26_147L, 47_482L, 90_729L, 111_729L);

  /// Block 3 writes 9 to the slot, then 0, and 7 at the end.
  @BeforeEach
  void stores() {
    rpc.chain.growByStores(List.of(UInt256.of(9), UInt256.ZERO, UInt256.of(7)), GAS);
  }

  @Test
  void slotsAreToldAsTheTransactionMetThem() {
    assertEquals(told(5), range(0, "'0x'", "1024"));
    assertEquals(told(9), range(1, "'0x'", "1024"));
    JsonNode none = range(2, "'0x'", "1024");
    assertEquals("{\"storage\":{},\"nextKey\":null}", none.toString());
    assertEquals(told(7), range(3, "'0x'", "1024"));
  }

  @Test
  void slotsBeginWithTheLeastHashThatWasAskedFor() {
    assertTrue(SLOT.startsWith("0x29"), SLOT);
    assertEquals(told(5), range(0, "'0x29'", "1"));
    assertEquals(0, range(0, "'0x2a'", "1").get("storage").size());
    assertEquals(told(9), range(1, "'" + SLOT + "'", "1"));
    assertEquals(0, range(1, "'0x2a'", "1").get("storage").size());
  }

  @Test
  void whatIsNotThereIsRefused() {
    String rest = ",'" + TestChain.STORE + "','0x',1";
    assertEquals(
        "-32602 block 3 has no transaction 4", rpc.error("debug_storageRangeAt", "'0x3',4" + rest));
    assertEquals(
        "-32602 a key has at most 32 bytes, not 33",
        rpc.error(
            "debug_storageRangeAt",
            "'0x3',0,'%s','0x%s',1".formatted(TestChain.STORE, "00".repeat(33))));
    JsonNode nobody =
        rpc.result("debug_storageRangeAt", "'0x2',0,'" + TestChain.SENDER + "','0x',1");
    assertEquals("{\"storage\":{},\"nextKey\":null}", nobody.toString());
  }

  private JsonNode range(int index, String from, String max) {
    return rpc.result(
        "debug_storageRangeAt", "'0x3',%d,'%s',%s,%s".formatted(index, TestChain.STORE, from, max));
  }

  private static JsonNode told(long value) {
    return Rpc.parse(
        "{'storage':{'%s':{'key':'0x%s','value':'0x%s'}},'nextKey':null}"
            .formatted(SLOT, Rpc.word(0), Rpc.word(value)));
  }
}
