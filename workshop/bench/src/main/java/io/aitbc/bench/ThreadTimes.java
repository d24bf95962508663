// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Processor time of a process and of its threads since their start, as Linux counts it. A thread
/// that ends takes its own figure along; the process keeps it.
///
/// @param processSeconds of the whole process
/// @param threads by number
record ThreadTimes(double processSeconds, Map<Long, Task> threads) {
  /// The rest of a process: threads that began or ended between two looks.
  static final String ENDED = "(ended)";

  /// What /proc counts in: the kernel's interface fixes it on all of Linux's common platforms.
  private static final double TICKS_PER_SECOND = 100;

  private static final double NANOS = 1e9;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  /// A thread.
  ///
  /// @param name as its process calls it, cut by the kernel after 15 characters
  record Task(String name, double seconds) {}

  /// What a process and its threads have used.
  ///
  /// @throws IOException if there is no such process, or the system has no /proc
  static ThreadTimes of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Map<Long, Task> threads = new TreeMap<>();
    List<Path> tasks;
    try (Stream<Path> all = Files.list(process.resolve("task"))) {
      tasks = all.toList();
    }
    for (Path task : tasks) {
      try {
        String stat = read(task.resolve("stat"));
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        double seconds =
            Double.parseDouble(read(task.resolve("schedstat")).split(" ", -1)[0]) / NANOS;
        Task _ = threads.put(Long.valueOf(task.getFileName().toString()), new Task(name, seconds));
      } catch (IOException ended) {
        // Its time is in the process's.
      }
    }
    String stat = read(process.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double ticks =
        Double.parseDouble(fields[USER_TICKS]) + Double.parseDouble(fields[SYSTEM_TICKS]);
    return new ThreadTimes(ticks / TICKS_PER_SECOND, threads);
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /// Seconds since an earlier look at the same process, by the names of threads without their
  /// numbers.
  Map<String, Double> since(ThreadTimes before) {
    Map<String, Double> used = new TreeMap<>();
    double sum = 0;
    for (Map.Entry<Long, Task> each : threads.entrySet()) {
      Task earlier = before.threads.get(each.getKey());
      double seconds = each.getValue().seconds - (earlier == null ? 0 : earlier.seconds);
      double _ = used.merge(group(each.getValue().name), seconds, Double::sum);
      sum += seconds;
    }
    // The clock of the process is coarser: what is below its tick is no thread's.
    double rest = processSeconds - before.processSeconds - sum;
    if (rest > 1 / TICKS_PER_SECOND) {
      double _ = used.merge(ENDED, rest, Double::sum);
    }
    return used;
  }

  private static String group(String name) {
    return name.replaceAll("[-# ]*[0-9]+$", "");
  }
}
