// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CborTest {
  private static Bytes hex(String digits) {
    return Bytes.fromHex(digits);
  }

  private static CborValue drawn(Seed random, int depth) {
    return switch (random.below(depth < 4 ? 7 : 4)) {
      case 0 -> new CborValue.Whole(random.nextLong() >> random.below(64));
      case 1 -> new CborValue.Octets(Bytes.wrap(random.bytes(random.below(40))));
      case 2 -> new CborValue.Text("x".repeat(random.below(30)));
      case 3 -> new CborValue.Simple(20 + random.below(3));
      case 4 -> {
        List<CborValue> items = new ArrayList<>();
        for (int i = random.below(4); i > 0; i--) {
          items.add(drawn(random, depth + 1));
        }
        yield new CborValue.Items(items);
      }
      case 5 -> {
        List<CborValue.Member> members = new ArrayList<>();
        for (int i = random.below(4); i > 0; i--) {
          members.add(new CborValue.Member(new CborValue.Whole(i), drawn(random, depth + 1)));
        }
        yield new CborValue.Members(members);
      }
      default -> new CborValue.Tagged(random.below(1_000), drawn(random, depth + 1));
    };
  }

  @Test // Protocol §18.2
  void whatWasWrittenIsReadAndWrittenTheSame() {
    Seed.forAll(
        18_001,
        2_000,
        random -> {
          Bytes encoding = CborWriter.write(drawn(random, 0));
          assertEquals(encoding, CborWriter.write(CborReader.read(encoding)));
        });
  }

  @ParameterizedTest // Protocol §18.2
  @CsvSource({
    "1817, a number below 24 in two bytes",
    "1900ff, a number below 256 in three",
    "1b00000000ffffffff, a number below 2^32 in nine",
    "1bffffffffffffffff, a number above 2^63",
    "5f4101ff, an indefinite length",
    "a201000100, a repeated key",
    "f97e00, a floating point number",
    "61ff, a text that is none",
    "5a7fffffff00, a length beyond the end",
    "9b7fffffffffffffff, a count beyond the end",
    "818181818181818181818100, nested too deep",
    "'', nothing"
  })
  void otherEncodingsAreRefused(String digits, String why) {
    assertThrows(RefusedException.class, () -> CborReader.read(hex(digits)), why);
  }

  @Test // Protocol §18.2
  void bytesAfterTheValueAreRefused() {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> CborReader.read(hex("0000")));
    assertEquals(Reason.TRAILING_DATA, refused.reason());
  }

  @Test // Protocol §18.2
  void hostileBytesAreRefusedWithinBounds() {
    List<byte[]> valid = new ArrayList<>();
    Seed random = Seed.of(18_002);
    for (int i = 0; i < 20; i++) {
      valid.add(CborWriter.write(drawn(random, 0)).toArray());
    }
    new DecoderTorture(
            input -> CborReader.read(Bytes.of(input)), e -> e instanceof RefusedException)
        .run(18_003, 2_000, valid);
  }
}
