// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// What must hold after every step of a run, whatever the network, the disks and fewer than a third
/// of the validators do.
enum Invariant {
  /// No two honest nodes have different final blocks at one height.
  AGREEMENT,
  /// Among all votes ever made there are no two commit certificates of one height for different
  /// blocks.
  ONE_CERTIFICATE,
  /// A certificate that makes a block final is one by the arithmetic of Protocol §4, written a
  /// second time here.
  CERTIFICATE_HOLDS,
  /// An honest key signs at most one statement for each height, round and phase, over its whole
  /// life.
  VOTE_ONCE,
  /// Nothing that rests on a record leaves a node before the record is durable.
  DURABLE_BEFORE_SENT,
  /// A COMMIT follows a prepare certificate of its round, and a PREPARE for something else a later
  /// one.
  LOCK_RULE,
  /// All honest nodes have the same mode, set and oversight at a height.
  ONE_MODE,
  /// The last final block of a node never falls, also over a restart.
  MONOTONE_FINALITY,
  /// Evidence holds by the set of its height and names only the guilty.
  EVIDENCE_AGAINST_GUILTY,
  /// What a key did not sign holds nowhere as signed by it.
  NOT_FORGED,
  /// No honest node is scored down by an honest node.
  NO_HONEST_BLAMED,
  /// What an honest proposer had first when it proposed is in its block, if that becomes final,
  /// whatever others leave out.
  NOT_CENSORED,
  /// Who joins with enough stake and is ready is in the set from the epoch after next on.
  EVERYBODY_JOINS,
  /// After the faults end, a core that can decide decides within a bound, and all nodes converge.
  LIVENESS,
  /// What a node holds stays within bounds.
  BOUNDED_MEMORY,
  /// Money is neither made nor lost.
  SUPPLY,
  /// No call of the contracts at the end of an epoch fails.
  CONTRACTS_SETTLE,
  /// No honest node computes another block than the network.
  NO_DIVERGENCE,
  /// Without votes: nothing goes that is more than ten blocks below the highest head of a disk.
  NEVER_DEEPER,
  /// Without votes: after blocks are taken back by their diffs, the state is that of the head.
  STATE_BY_DIFFS,
  /// Without votes: an honest key signs one block for a slot, and none for one below, over its
  /// whole life.
  SLOT_ONCE,
  /// Without votes: after the faults end, all nodes that have not stopped come to one chain.
  ONE_CHAIN,
  /// No promise inside the code breaks.
  NO_BROKEN_PROMISE
}
