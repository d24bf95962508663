// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeSet;

/// Records distilled from the outputs of jobs whose model embeds: an output near a record is that
/// record once more, any other is a record of its own. Whole numbers, and the order of the outputs,
/// decide alone, so whoever has the outputs makes the same records. ADR 0035.
public final class Experiences {
  /// Most records: each output is compared with all of them.
  public static final int RECORDS_MAX = 65_536;

  private static final String HEADER = "experiences";
  private static final String NONE = "-";

  /// Whose square a long holds.
  private static final long DIFFERENCE_MAX = 3_037_000_499L;

  private final ElementType type;
  private final int elements;
  private final long within;
  private final TreeSet<Long> jobs = new TreeSet<>();
  private final List<Experience> records = new ArrayList<>();

  /// A record.
  ///
  /// @param job whose output it was first
  /// @param item which output of the job
  /// @param novelty square of the distance to the nearest record before it; empty for the first
  ///   record
  /// @param occurrences how many outputs it stands for, the first included
  /// @param embedding that output
  public record Experience(
      long job, long item, OptionalLong novelty, long occurrences, Bytes embedding) {
    private Experience again() {
      return new Experience(job, item, novelty, occurrences + 1, embedding);
    }
  }

  /// What a job brought.
  ///
  /// @param created records that were not there before
  /// @param repeated outputs that are a record once more
  /// @param empty outputs of inputs that do not fit the model
  public record Added(int created, int repeated, int empty) {}

  /// Without records.
  ///
  /// @param type of an output's elements: INT8 or INT32
  /// @param elements of an output, at least 1
  /// @param within the greatest distance (L2) at which two outputs are the same, 0 to 2^31 - 1
  /// @throws IllegalArgumentException if the elements are no whole numbers, or a bound is passed
  public Experiences(ElementType type, int elements, long within) {
    if (type == ElementType.FLOAT32) {
      throw new IllegalArgumentException("outputs of FLOAT32: distances are of whole numbers");
    }
    if (elements < 1 || within < 0 || within > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d elements, within %d: at least 1, and 0 to 2^31 - 1".formatted(elements, within));
    }
    this.type = type;
    this.elements = elements;
    this.within = within;
  }

  /// Reads what {@link #write} wrote.
  ///
  /// @throws IOException if it cannot be read, or is something else
  public static Experiences read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    try {
      String[] header = lines.getFirst().split(" ", -1);
      if (!header[0].equals(HEADER)) {
        throw new IllegalArgumentException("it begins with " + header[0]);
      }
      Experiences read =
          new Experiences(
              ElementType.valueOf(header[1]),
              Integer.parseInt(header[2]),
              Long.parseLong(header[3]));
      for (String job : lines.get(1).strip().split(" ", -1)) {
        boolean _ = read.jobs.add(Long.parseLong(job));
      }
      for (String line : lines.subList(2, lines.size())) {
        String[] words = line.split(" ", -1);
        Bytes embedding = Bytes.fromHex(words[4]);
        if (embedding.length() != read.bytes() || read.records.size() == RECORDS_MAX) {
          throw new IllegalArgumentException("an embedding is no output, or there are too many");
        }
        boolean _ =
            read.records.add(
                new Experience(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    words[2].equals(NONE)
                        ? OptionalLong.empty()
                        : OptionalLong.of(Long.parseLong(words[2])),
                    Long.parseLong(words[3]),
                    embedding));
      }
      return read;
    } catch (IllegalArgumentException
        | IndexOutOfBoundsException
        | NoSuchElementException damaged) {
      throw new IOException(
          "%s is no file of records: %s".formatted(file, damaged.getMessage()), damaged);
    }
  }

  /// Writes all records, in the place of what the file was.
  ///
  /// @throws IOException if it cannot be written
  public void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("%s %s %d %d".formatted(HEADER, type, elements, within));
    lines.add(String.join(" ", jobs.stream().map(String::valueOf).toList()));
    for (Experience each : records) {
      lines.add(
          "%d %d %s %d %s"
              .formatted(
                  each.job,
                  each.item,
                  each.novelty.isPresent() ? Long.toString(each.novelty.getAsLong()) : NONE,
                  each.occurrences,
                  each.embedding.toHex()));
    }
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Path _ = Files.write(whole, lines);
    Path _ = Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Takes the outputs of a job, in their order.
  ///
  /// @throws IllegalArgumentException if the job was taken before, an output has another length, or
  ///   there are more records than {@link #RECORDS_MAX}; then nothing was taken
  public Added add(long job, List<Bytes> outputs) {
    if (jobs.contains(job)) {
      throw new IllegalArgumentException("job %d is among the records already".formatted(job));
    }
    List<Experience> all = new ArrayList<>(records);
    List<long[]> known = new ArrayList<>(all.stream().map(it -> numbers(it.embedding)).toList());
    int empty = 0;
    for (int item = 0; item < outputs.size(); item++) {
      Bytes output = outputs.get(item);
      if (output.length() == 0) {
        empty++;
        continue;
      }
      if (output.length() != bytes()) {
        throw new IllegalArgumentException(
            "output %d has %d bytes, the records have %d"
                .formatted(item, output.length(), bytes()));
      }
      long[] numbers = numbers(output);
      int nearest = nearest(known, numbers);
      long distance = nearest < 0 ? Long.MAX_VALUE : distance(known.get(nearest), numbers);
      if (nearest >= 0 && distance <= within * within) {
        Experience _ = all.set(nearest, all.get(nearest).again());
        continue;
      }
      if (all.size() == RECORDS_MAX) {
        throw new IllegalArgumentException("more than %d records".formatted(RECORDS_MAX));
      }
      boolean _ = known.add(numbers);
      boolean _ =
          all.add(
              new Experience(
                  job,
                  item,
                  nearest < 0 ? OptionalLong.empty() : OptionalLong.of(distance),
                  1,
                  output));
    }
    int created = all.size() - records.size();
    records.clear();
    boolean _ = records.addAll(all);
    boolean _ = jobs.add(job);
    return new Added(created, outputs.size() - empty - created, empty);
  }

  /// All records, in the order in which they came.
  public List<Experience> records() {
    return List.copyOf(records);
  }

  /// Whether these are records of such outputs.
  ///
  /// @param type of an output's elements
  /// @param elements of an output
  /// @param within the greatest distance of two that are the same
  public boolean areOf(ElementType type, int elements, long within) {
    return type == this.type && elements == this.elements && within == this.within;
  }

  private int bytes() {
    return elements * type.bytes();
  }

  private long[] numbers(Bytes output) {
    Elements read = Elements.read(type, output.toArray(), 0, elements);
    long[] numbers = new long[elements];
    for (int i = 0; i < elements; i++) {
      numbers[i] = type == ElementType.INT8 ? read.bytes()[i] : read.ints()[i];
    }
    return numbers;
  }

  /// The first of those that are nearest; -1 if there is none.
  private static int nearest(List<long[]> known, long[] numbers) {
    int nearest = -1;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < known.size(); i++) {
      long distance = distance(known.get(i), numbers);
      if (nearest < 0 || distance < least) {
        nearest = i;
        least = distance;
      }
    }
    return nearest;
  }

  /// The square of the distance; what a long does not hold is its greatest number.
  private static long distance(long[] one, long[] other) {
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      long difference = Math.abs(one[i] - other[i]);
      if (difference > DIFFERENCE_MAX) {
        return Long.MAX_VALUE;
      }
      sum += difference * difference;
      if (sum < 0) {
        return Long.MAX_VALUE;
      }
    }
    return sum;
  }
}
