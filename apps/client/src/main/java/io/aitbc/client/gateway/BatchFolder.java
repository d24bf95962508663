// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A gateway's batches on a disk, one file each, and what keys spent on those that are gone. A file
/// is there whole or not at all, also after a loss of power.
final class BatchFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ENDING = ".json";

  private static final String SPENT = "spent.json";

  private final Path folder;
  private final Path batches;
  private final TreeMap<String, Amount> spentBefore = new TreeMap<>();
  private long gone;

  /// The batches of a folder, which is made if it is not there.
  ///
  /// @throws IOException if it cannot be used
  BatchFolder(Path folder) throws IOException {
    this.folder = folder;
    batches = Files.createDirectories(folder.resolve("batches"));
    Path spentFile = folder.resolve(SPENT);
    if (Files.exists(spentFile)) {
      JsonNode json = JSON.readTree(Files.readAllBytes(spentFile));
      gone = json.path("gone").longValue();
      try {
        for (Map.Entry<String, JsonNode> each : json.path("spent").properties()) {
          spentBefore.put(each.getKey(), Amount.wei(new BigInteger(each.getValue().asText())));
        }
      } catch (IllegalArgumentException wrong) {
        throw new IOException(spentFile + " is not a gateway's: " + wrong.getMessage(), wrong);
      }
    }
  }

  private Path file(long number) {
    return batches.resolve(number + ENDING);
  }

  /// The numbers of all batches, ascending.
  List<Long> numbers() throws IOException {
    try (Stream<Path> files = Files.list(batches)) {
      return files
          .map(each -> String.valueOf(each.getFileName()))
          .filter(name -> name.matches("[0-9]{1,12}\\" + ENDING))
          .map(name -> Long.parseLong(name.substring(0, name.length() - ENDING.length())))
          .filter(number -> number > gone)
          .sorted()
          .toList();
    }
  }

  /// The highest number that a batch had.
  long last() throws IOException {
    List<Long> numbers = numbers();
    return numbers.isEmpty() ? gone : numbers.getLast();
  }

  Optional<Batch> read(long number) throws IOException {
    Path file = file(number);
    return number > gone && Files.exists(file)
        ? Optional.of(Batch.decode(Files.readAllBytes(file)))
        : Optional.empty();
  }

  void put(Batch batch) throws IOException {
    write(batches, batch.number() + ENDING, batch.encoded());
  }

  /// What keys spent on batches that are here no more.
  Map<String, Amount> spentBefore() {
    return Map.copyOf(spentBefore);
  }

  /// Forgets the oldest batches, as long as they are over and older than a time; what they cost
  /// stays known.
  ///
  /// @return those that are forgotten
  List<Batch> forget(long beforeSeconds) throws IOException {
    List<Batch> forgotten = new ArrayList<>();
    for (long number : numbers()) {
      Batch batch = Batch.decode(Files.readAllBytes(file(number)));
      if (!batch.status().isOver() || batch.atSeconds() >= beforeSeconds) {
        break;
      }
      forgotten.add(batch);
    }
    if (forgotten.isEmpty()) {
      return forgotten;
    }
    forgotten.forEach(batch -> addSpent(spentBefore, batch));
    gone = forgotten.getLast().number();
    ObjectNode json = JSON.createObjectNode().put("gone", gone);
    ObjectNode spent = json.putObject("spent");
    spentBefore.forEach((key, wei) -> spent.put(key, wei.wei().toString()));
    write(folder, SPENT, JSON.writeValueAsBytes(json));
    for (Batch each : forgotten) {
      boolean _ = Files.deleteIfExists(file(each.number()));
    }
    return forgotten;
  }

  /// Adds what the requests of a batch cost their keys.
  static void addSpent(Map<String, Amount> spent, Batch batch) {
    if (batch.status().isSpent()) {
      for (Batch.Share share : batch.shares()) {
        Amount _ = spent.merge(share.key(), batch.feePerItem().times(share.items()), Amount::plus);
      }
    }
  }

  private static void write(Path folder, String name, byte[] content) throws IOException {
    Path part = folder.resolve(name + ".part");
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
      channel.force(true);
    }
    Path _ =
        Files.move(
            part,
            folder.resolve(name),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }
}
