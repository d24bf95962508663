// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;

/// What the contracts tell consensus in the last block of an epoch; from it the sets of the epoch
/// after next are drawn. Protocol §2, §14.8.
///
/// @param candidates ordered by account, each account once, at most {@link #CANDIDATES_MAX}
/// @param parameters the parameters as they stand
/// @param workShareMillionths the part of the proposers' odds that settled work decides, from 0 to
///   1,000,000
public record EpochSnapshot(
    List<Candidate> candidates, ConsensusParameters parameters, int workShareMillionths)
    implements Encodable {
  /// Most candidates: four for each seat of the largest set. The contracts keep those with the most
  /// stake.
  public static final int CANDIDATES_MAX = 4_096;

  /// All odds.
  public static final int MILLIONTHS = 1_000_000;

  /// @throws IllegalArgumentException if a value is out of range or the candidates are out of order
  public EpochSnapshot {
    candidates = List.copyOf(candidates);
    if (candidates.size() > CANDIDATES_MAX
        || !ordered(candidates)
        || workShareMillionths < 0
        || workShareMillionths > MILLIONTHS) {
      throw new IllegalArgumentException(
          candidates.size() + " candidates, share of work " + workShareMillionths);
    }
  }

  private static boolean ordered(List<Candidate> candidates) {
    for (int i = 1; i < candidates.size(); i++) {
      if (candidates.get(i - 1).account().compareTo(candidates.get(i).account()) >= 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().list(candidates, (w, candidate) -> candidate.writeTo(w));
    parameters.writeTo(writer);
    writer.number(workShareMillionths).end();
  }

  /// The snapshot at the reader's position.
  public static EpochSnapshot readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    List<Candidate> candidates = fields.list(CANDIDATES_MAX, Candidate::readFrom);
    ConsensusParameters parameters = ConsensusParameters.readFrom(fields);
    int workShare = fields.number(MILLIONTHS);
    fields.finish();
    if (!ordered(candidates)) {
      throw fields.refuse("candidates", "out of order");
    }
    return new EpochSnapshot(candidates, parameters, workShare);
  }
}
