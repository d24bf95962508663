// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.client.Experiences.Added;
import io.aitbc.client.Experiences.Experience;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperiencesTest { // ADR 0035
  private static final Bytes ORIGIN = output(0, 0);
  private static final Bytes NEAR = output(3, 4);
  private static final Bytes FAR = output(4, 4);

  private static Bytes output(int... numbers) {
    return Bytes.wrap(Elements.of(numbers).encoded());
  }

  private static Experiences within(long distance) {
    return new Experiences(ElementType.INT32, 2, distance);
  }

  @Test
  void whatIsNearARecordIsTheRecordOnceMore() {
    Experiences experiences = within(5);
    assertEquals(
        new Added(2, 2, 1), experiences.add(1, List.of(ORIGIN, NEAR, FAR, Bytes.EMPTY, ORIGIN)));
    assertEquals(
        List.of(
            new Experience(1, 0, OptionalLong.empty(), 3, ORIGIN),
            new Experience(1, 2, OptionalLong.of(32), 1, FAR)),
        experiences.records());
    assertEquals(new Added(0, 1, 0), experiences.add(2, List.of(output(5, 4))));
    assertEquals(2, experiences.records().get(1).occurrences(), "the nearest, not the first");
  }

  @Test
  void theOrderDecidesWhatIsARecord() {
    Experiences other = within(5);
    assertEquals(new Added(1, 2, 0), other.add(1, List.of(NEAR, FAR, ORIGIN)));
  }

  @Test
  void distancesThatNoLongHoldsAreFar() {
    Experiences experiences = within(Integer.MAX_VALUE);
    Bytes least = output(Integer.MIN_VALUE, Integer.MIN_VALUE);
    Bytes greatest = output(Integer.MAX_VALUE, Integer.MAX_VALUE);
    assertEquals(new Added(2, 0, 0), experiences.add(1, List.of(least, greatest)));
    assertEquals(OptionalLong.of(Long.MAX_VALUE), experiences.records().get(1).novelty());
  }

  @Test
  void aFileGivesTheSameRecords(@TempDir Path folder) throws IOException {
    Experiences experiences = within(5);
    Added _ = experiences.add(7, List.of(ORIGIN, NEAR, FAR));
    Path file = folder.resolve("records");
    experiences.write(file);
    Experiences read = Experiences.read(file);
    assertEquals(experiences.records(), read.records());
    assertTrue(read.areOf(ElementType.INT32, 2, 5));
    assertThrows(IllegalArgumentException.class, () -> read.add(7, List.of(ORIGIN)));
    Added _ = read.add(8, List.of(output(100, 0)));
    read.write(file);
    assertEquals(3, Experiences.read(file).records().size());
  }

  @Test
  void whatIsNoFileOfRecordsIsRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("records");
    Experiences experiences = within(5);
    Added _ = experiences.add(7, List.of(ORIGIN));
    experiences.write(file);
    String whole = Files.readString(file).strip();
    for (int length = 0; length < whole.length(); length++) {
      Path _ = Files.writeString(file, whole.substring(0, length));
      assertThatNothingElseIsThrown(file);
    }
    Path _ = Files.writeString(file, "something else\n\n");
    assertThrows(IOException.class, () -> Experiences.read(file));
  }

  private static void assertThatNothingElseIsThrown(Path file) {
    try {
      assertTrue(Experiences.read(file).records().isEmpty(), "half of a record was read");
    } catch (IOException refused) {
      assertTrue(String.valueOf(refused.getMessage()).contains("no file of records"));
    }
  }

  @Test
  void whatCannotBeIsRefusedAndNothingIsTaken() {
    Experiences experiences = within(5);
    assertThrows(
        IllegalArgumentException.class, () -> experiences.add(1, List.of(ORIGIN, output(1))));
    assertEquals(List.of(), experiences.records());
    assertEquals(new Added(1, 0, 0), experiences.add(1, List.of(ORIGIN)));
    assertThrows(IllegalArgumentException.class, () -> new Experiences(ElementType.FLOAT32, 2, 5));
    assertThrows(IllegalArgumentException.class, () -> within(-1));
    assertThrows(IllegalArgumentException.class, () -> within(1L << 31));
  }
}
