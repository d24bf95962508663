// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Two signed statements that together convict whoever signed both. Anyone can verify it. Protocol
/// §8.1, §8.2, §11.8.
public sealed interface Evidence extends ConsensusMessage {
  /// One statement.
  Testimony first();

  /// The other.
  Testimony second();

  /// Two different statements for the same (height, round, phase): envelopes, PREPARE or COMMIT
  /// votes, single or in certificates; or anchors on two blocks of one height.
  ///
  /// @param first one of them
  /// @param second the other
  record Equivocation(Testimony first, Testimony second) implements Evidence {}

  /// A COMMIT for one proposal in round r, and a PREPARE for another in a later round of that
  /// height with v at most r or none.
  ///
  /// @param first the COMMIT: a vote or a certificate
  /// @param second the PREPARE: a vote or a certificate
  record ForgottenLock(Testimony first, Testimony second) implements Evidence {}

  @Override
  default Height height() {
    return first().height();
  }

  @Override
  default FrameType frameType() {
    return FrameType.EVIDENCE;
  }

  @Override
  default void writeTo(RlpWriter writer) {
    int kind =
        switch (this) {
          case Equivocation _ -> 1;
          case ForgottenLock _ -> 2;
        };
    writer.begin().number(kind);
    Testimony.write(writer, first());
    Testimony.write(writer, second());
    writer.end();
  }

  /// The evidence at the reader's position. Whether it convicts is for {@link EvidenceCheck}.
  static Evidence readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int kind = fields.number(2);
    if (kind == 0) {
      throw fields.refuse("evidence", kind);
    }
    Testimony first = Testimony.read(fields);
    Testimony second = Testimony.read(fields);
    fields.finish();
    return kind == 1 ? new Equivocation(first, second) : new ForgottenLock(first, second);
  }
}
