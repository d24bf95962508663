// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;

/// What came of the cases of a run. Filled by many threads.
public final class Summary {
  private final Map<String, String> failures = new TreeMap<>();
  private final Map<String, Integer> skipped = new TreeMap<>();
  private int passed;

  synchronized void pass() {
    passed++;
  }

  synchronized void fail(String name, String why) {
    String before = failures.put(name, why);
    if (before != null) {
      failures.put(name + " (again)", before);
    }
  }

  synchronized void skip(String reason) {
    int _ = skipped.merge(reason, 1, Math::addExact);
  }

  /// Cases that passed.
  public synchronized int passed() {
    return passed;
  }

  /// Why each failed case failed, by its name.
  public synchronized Map<String, String> failures() {
    return new TreeMap<>(failures);
  }

  /// How many cases were skipped for each reason.
  public synchronized Map<String, Integer> skipped() {
    return new TreeMap<>(skipped);
  }

  /// Whether something was run and nothing failed.
  public synchronized boolean isGood() {
    return failures.isEmpty() && passed > 0;
  }

  /// Every failure, the skipped cases per reason, and the line `N passed, N failed, N skipped`.
  public synchronized void print(PrintWriter out) {
    failures.forEach((name, why) -> out.println("FAILED " + name + ": " + why));
    skipped.forEach((reason, count) -> out.println("skipped " + count + ": " + reason));
    int count = skipped.values().stream().mapToInt(Integer::intValue).sum();
    out.println(passed + " passed, " + failures.size() + " failed, " + count + " skipped");
    out.flush();
  }
}
