// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// Things that must happen in some run of the build, or the runs do not test what they should.
enum Coverage {
  /// A round 3 or above was reached.
  ROUND_THREE,
  /// A block was decided in a round above 0.
  LATER_ROUND_DECIDED,
  /// A validator committed to another proposal than before in the same height.
  LOCK_MOVED,
  /// A node came back with a lock of the height that is still open.
  LOCK_RECALLED,
  /// A content was proposed again with its prepare certificate.
  PROPOSED_AGAIN,
  /// The mode changed.
  MODE_CHANGED,
  /// The mode changed while the network was split.
  MODE_CHANGED_UNDER_PARTITION,
  /// A block was decided by a fallback rule.
  FALLBACK_DECIDED,
  /// An epoch ended.
  EPOCH_PASSED,
  /// An epoch ended, and the contracts settled it.
  CONTRACTS_SETTLED,
  /// The validator set changed.
  SET_CHANGED,
  /// Stakers anchored a block.
  ANCHORED,
  /// Late votes were carried.
  LATE_VOTES_CARRIED,
  /// A node got blocks from a peer.
  SYNCED,
  /// A crash tore the write-ahead log.
  LOG_TORN,
  /// A crash tore a slot of the signing record.
  SLOT_TORN,
  /// A sync failed.
  SYNC_FAILED,
  /// A node with a lost record found out from where on it may sign, and signed again.
  RECORD_REPLACED,
  /// A signer refused.
  SIGNER_REFUSED,
  /// A whole network lost its power at once.
  POWER_CUT,
  /// An older copy of chain and log was put in.
  OLD_DISK,
  /// A held-up link let go of all it held.
  CLOG_RELEASED,
  /// A wall clock jumped.
  CLOCK_JUMPED,
  /// Evidence was judged of a height whose validators were others than those of the latest.
  EVIDENCE_OF_FORMER_SET,
  /// Evidence was accepted by the ledger.
  EVIDENCE_ACCEPTED,
  /// A Byzantine validator's statement contradicted another of it.
  EQUIVOCATED,
  /// A forged or stale message was refused.
  FORGERY_REFUSED,
  /// A censor's block became final without a transaction that somebody had sent.
  LEFT_OUT,
  /// A transaction that a censor's block had left out became final.
  CENSORED_AND_FINAL,
  /// A run ended with faults that struck a height which was then decided.
  STRUCK
}
