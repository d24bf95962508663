// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much of the past a store keeps. Headers, certificates and the state at the head are always
/// kept, and what evidence needs until no stake can be slashed by it. Protocol §13.4.1.
public sealed interface Retention {
  /// The past that most questions are about.
  ///
  /// @param states how many states below the head can be read, at most {@link #STATES_MAX}
  /// @param bodies how many of the last blocks have transactions, receipts and places of
  ///   transactions; at least `states`
  record Pruned(int states, long bodies) implements Retention {
    /// Most states: reading one of them reads what every block since has changed.
    public static final int STATES_MAX = 1024;

    /// @throws IllegalArgumentException if a number is out of range
    public Pruned {
      if (states < 0 || states > STATES_MAX || bodies < Math.max(1, states)) {
        throw new IllegalArgumentException(states + " states, " + bodies + " bodies");
      }
    }
  }

  /// States below the head of an archive about which something can be proven.
  int ARCHIVE_CHANGES = 128;

  /// Everything, from the block on at which the store became an archive.
  record Archive() implements Retention {}

  /// What a validator keeps: 128 states, and bodies of about a week of blocks every two seconds.
  Retention DEFAULT = new Pruned(128, 300_000);

  /// What {@link #parse} takes, for those who are to write it.
  String FORM = "archive, pruned, or pruned:STATES:BODIES";

  /// Reads a retention: `archive`, `pruned` for {@link #DEFAULT}, or `pruned:STATES:BODIES`.
  ///
  /// @return empty if it is none, or a number is out of range
  static Optional<Retention> parse(String text) {
    if (text.equals("archive")) {
      return Optional.of(new Archive());
    }
    if (text.equals("pruned")) {
      return Optional.of(DEFAULT);
    }
    Matcher numbers = Pattern.compile("pruned:([0-9]{1,4}):([0-9]{1,15})").matcher(text);
    if (!numbers.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Pruned(Integer.parseInt(numbers.group(1)), Long.parseLong(numbers.group(2))));
    } catch (IllegalArgumentException outOfRange) {
      return Optional.empty();
    }
  }

  /// What {@link #parse} reads as `retention`.
  static String text(Retention retention) {
    return switch (retention) {
      case Archive _ -> "archive";
      case Pruned(int states, long bodies) -> "pruned:" + states + ":" + bodies;
    };
  }
}
