// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Further COMMIT votes for a final block, carried by one of the five blocks after it: they earn
/// their voters credit, decide nothing and need no quorum. Protocol §3.2, Protocol §11.6.
///
/// @param ballot that of the certificate which the chain carries for the block
/// @param aggregate who said it besides
public record CarriedCommits(Ballot.Commit ballot, AggregateSignature aggregate)
    implements Encodable {
  /// A vote counts if one of so many blocks after its own brings it, so that no single proposer can
  /// fake an absence.
  public static final int BLOCKS_MAX = 5;

  /// The height of the block voted for.
  public Height height() {
    return ballot.height();
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin();
    ballot.writeTo(writer);
    aggregate.writeTo(writer);
    writer.end();
  }

  /// The votes at the reader's position.
  public static CarriedCommits readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Ballot.Commit ballot = Ballot.Commit.readFrom(fields);
    AggregateSignature aggregate = AggregateSignature.readFrom(fields);
    fields.finish();
    return new CarriedCommits(ballot, aggregate);
  }
}
