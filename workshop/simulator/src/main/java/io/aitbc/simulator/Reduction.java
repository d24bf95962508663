// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is left of the options that a seed draws: a smaller run. A seed and a reduction are a run,
/// as a seed is.
///
/// @param members how many validators are left: the first ones
/// @param followers how many nodes without a key are left
/// @param liars numbers of those validators that are still Byzantine
/// @param faults numbers of the drawn faults that are left
/// @param untilMicros when the faults end
/// @param isCalm whether the network delays a little and loses nothing, whatever was drawn
record Reduction(
    int members,
    int followers,
    List<Integer> liars,
    List<Integer> faults,
    long untilMicros,
    boolean isCalm) {
  /// Nothing is taken away.
  static Reduction none(Options drawn) {
    List<Integer> liars = new ArrayList<>();
    for (int i = 0; i < drawn.members().size(); i++) {
      if (!drawn.members().get(i).isHonest()) {
        liars.add(i);
      }
    }
    List<Integer> faults = new ArrayList<>();
    for (int i = 0; i < drawn.faults().size(); i++) {
      faults.add(i);
    }
    return new Reduction(
        drawn.members().size(),
        drawn.followers(),
        List.copyOf(liars),
        List.copyOf(faults),
        drawn.faultyMicros(),
        false);
  }

  /// The smaller run.
  Options of(Options drawn) {
    List<Member> left = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Member member = drawn.members().get(i);
      left.add(liars.contains(i) ? member : member.with(List.of()));
    }
    List<Fault> kept = faults.stream().map(drawn.faults()::get).toList();
    Options fewer =
        drawn.withFaults(kept).withMembers(List.copyOf(left), followers).endingBy(untilMicros);
    return isCalm ? fewer.withWeather(Weather.CALM) : fewer;
  }

  /// As the command takes it: sizes, end and network, then who lies, then which faults strike.
  String text() {
    return "%d,%d,%d,%s:%s:%s"
        .formatted(
            members,
            followers,
            untilMicros,
            isCalm ? "calm" : "drawn",
            numbers(liars),
            numbers(faults));
  }

  private static String numbers(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /// The reduction of a text, for a run; empty if it is none.
  static Optional<Reduction> parse(String text, Options drawn) {
    try {
      String[] parts = text.split(":", 3);
      String[] sizes = parts[0].split(",", 4);
      Reduction reduction =
          new Reduction(
              Integer.parseInt(sizes[0]),
              Integer.parseInt(sizes[1]),
              numbers(parts[1]),
              numbers(parts[2]),
              Long.parseLong(sizes[2]),
              sizes[3].equals("calm"));
      return Optional.of(reduction).filter(each -> each.fits(drawn));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException malformed) {
      return Optional.empty();
    }
  }

  private static List<Integer> numbers(String text) {
    return text.isEmpty()
        ? List.of()
        : List.of(text.split(",", -1)).stream().map(Integer::valueOf).toList();
  }

  private boolean fits(Options drawn) {
    return members >= 1
        && members <= drawn.members().size()
        && followers >= 0
        && followers <= drawn.followers()
        && untilMicros >= 0
        && untilMicros <= drawn.faultyMicros()
        && liars.stream().allMatch(each -> each >= 0 && each < drawn.members().size())
        && faults.stream().allMatch(each -> each >= 0 && each < drawn.faults().size());
  }
}
