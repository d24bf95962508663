// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import org.junit.jupiter.api.Test;

class RlpReaderSkipTest { // Protocol §11.1
  @Test
  void anItemPassedOverEndsWhereTheNextBegins() throws Exception {
    RlpReader reader =
        RlpReader.of(
            new RlpWriter()
                .begin()
                .string(new byte[100])
                .begin()
                .number(300)
                .end()
                .string(new byte[3])
                .number(5)
                .end()
                .toBytes());
    RlpReader items = reader.list();
    items.skip();
    assertEquals(Bytes.fromHex("c382012c"), items.encoded());
    items.skip();
    assertEquals(5, items.number());
    items.finish();
  }
}
