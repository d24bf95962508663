// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class JsonObjectTest { // Protocol §18.4
  /// Names of one length that collide under every hash of the form h * 33 + c, whatever it begins
  /// with: 33 * 'a' + 'b' = 33 * 'b' + 'A'.
  private static String collidingName(int number) {
    StringBuilder name = new StringBuilder();
    for (int bit = 0; bit < 10; bit++) {
      name.append((number >> bit & 1) == 0 ? "ab" : "bA");
    }
    return name.toString();
  }

  private static String text(int from, int to) {
    StringBuilder text = new StringBuilder("{");
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ",")
          .append('"')
          .append(collidingName(i))
          .append("\":")
          .append(i);
    }
    return text.append('}').toString();
  }

  @Test
  void whatWasReadBeforeDoesNotMatter() throws RefusedException {
    // A table that is kept has a full bucket after the second text, and refuses the third.
    assertEquals(1, JsonObject.parse(text(0, 152)).number(collidingName(1)));
    assertEquals(153, JsonObject.parse(text(152, 303)).number(collidingName(153)));
    assertEquals(304, JsonObject.parse(text(303, 455)).number(collidingName(304)));
    assertEquals(1_000, JsonObject.parse(text(0, 1_024)).number(collidingName(1_000)));
  }

  @Test
  void aNameMayNotBeRepeated() {
    assertRefused("{\"a\":1,\"a\":2}");
    assertRefused("{\"b\":{\"a\":1,\"a\":2}}");
  }

  @Test
  void whatIsNoJsonIsMalformed() {
    for (String text :
        new String[] {
          "",
          "1",
          "[]",
          "{",
          "{}{}",
          "{\"a\"}",
          "{\"a\":}",
          "{\"a\":1,}",
          "{\"a\":[1}",
          "{\"a\":[",
          "{\"a\":{",
          "{\"a\":\"",
          "{\"a\":\"\\u00\"}",
          "{\"a\":tru}",
          "{\"a\":null}",
          "{\"a\":1.5}",
          "{\"a\":1e3}",
          "{\"a\":01}",
          "{\"a\":+1}",
          "{\"a\":NaN}",
          "{'a':1}",
          "{a:1}",
          "{/**/}",
          "{\"a\":9223372036854775808}",
          "{\"a\":" + "9".repeat(40) + "}",
          "{\"a\":\"\n\"}",
          "{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
          "{\"" + "a".repeat(60_000) + "\":1}"
        }) {
      assertRefused(text);
    }
  }

  private static void assertRefused(String text) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> JsonObject.parse(text), () -> text);
    assertEquals(Reason.MALFORMED, refused.reason());
  }

  @Test
  void aTimeHasOneForm() throws RefusedException {
    assertEquals(1_750_328_163, at("2025-06-19T10:16:03Z"));
    assertEquals(0, at("1970-01-01T00:00:00Z"));
    assertTrue(at("0001-01-01T00:00:00Z") < 0);
    for (String other :
        new String[] {
          "",
          "2025-06-19",
          "2025-06-19T10:16:03",
          "2025-06-19T10:16:03z",
          "2025-06-19t10:16:03Z",
          "2025-06-19T10:16:03.0Z",
          "2025-06-19T10:16:03+00:00",
          "2025-06-19T10:16:3Z",
          "2025-06-19T24:00:00Z",
          "2025-06-19T23:59:60Z",
          "2025-02-29T10:16:03Z",
          "+2025-06-19T10:16:03Z",
          "-025-06-19T10:16:03Z",
          "2025-06-19T10:16Z",
          "2025-6-19T10:16:003Z",
          "2025-06-19T10:16:0\u0663Z",
          "+1000000000-12-31T23:59:59Z"
        }) {
      RefusedException refused = assertThrows(RefusedException.class, () -> at(other), () -> other);
      assertEquals(Reason.MALFORMED, refused.reason());
    }
  }

  private static long at(String time) throws RefusedException {
    return JsonObject.parse("{\"t\":\"" + time + "\"}").seconds("t");
  }
}
