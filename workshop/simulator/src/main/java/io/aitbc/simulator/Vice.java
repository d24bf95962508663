// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// How a Byzantine validator misbehaves.
enum Vice {
  /// Proposes two contents, each to a part of the others.
  EQUIVOCATES,
  /// Votes for everything that it hears proposed or voted for.
  VOTES_TWICE,
  /// Sends to some only.
  SENDS_SELECTIVELY,
  /// Sends nothing for a while.
  WITHHOLDS,
  /// Runs twice under one key, each instance honest by itself.
  TWIN,
  /// Sends stale and forged messages.
  FORGES,
  /// Votes in another mode than the height's, under its own key.
  MISTAKES_MODE,
  /// Brings certificates of other heights and other sets, and blocks that are not the chain's.
  MISTAKES_CHAIN,
  /// Proposes with a wrong proof of randomness, or none.
  SPOILS_RANDOMNESS,
  /// Keeps a proposal back when it does not like the randomness that it brings.
  WITHHOLDS_RANDOMNESS,
  /// Forgets its lock and its record at every height.
  FORGETS,
  /// Brings evidence against innocents.
  SLANDERS,
  /// Floods with messages of future rounds and heights.
  FLOODS,
  /// Gives each half of the others what it needs for another block.
  SPLITS_VOTES,
  /// Leaves a sender's transactions out of what it proposes and passes on, and gives no vote to a
  /// proposal that has one.
  CENSORS
}
