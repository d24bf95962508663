// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

/// How much of the past a store keeps. Headers, certificates and the state at the head are always
/// kept.
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
}
