// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.List;
import java.util.Optional;

/// What consensus learns from executing a block. Protocol §14.8.
///
/// @param gasUsed gas used by the block
/// @param gasLimit the block's limit, above 0 and not below `gasUsed`
/// @param valueMoved sum of what balances lost over the block; money sent in a circle counts
///   nothing
/// @param convicted accounts convicted by evidence that the block accepted, ordered, each once, at
///   most {@link #CONVICTED_MAX}
/// @param snapshot present exactly in the last block of an epoch
public record BlockFacts(
    long gasUsed,
    long gasLimit,
    Amount valueMoved,
    List<Address> convicted,
    Optional<EpochSnapshot> snapshot)
    implements Encodable {
  /// Most convictions in one block: a whole set.
  public static final int CONVICTED_MAX = ValidatorSet.VALIDATORS_MAX;

  /// @throws IllegalArgumentException if a value is out of range
  public BlockFacts {
    convicted = List.copyOf(convicted);
    if (!fits(gasUsed, gasLimit, convicted)) {
      throw new IllegalArgumentException(
          "gas " + gasUsed + " of " + gasLimit + ", " + convicted.size() + " convicted");
    }
  }

  private static boolean fits(long gasUsed, long gasLimit, List<Address> convicted) {
    for (int i = 1; i < convicted.size(); i++) {
      if (convicted.get(i - 1).compareTo(convicted.get(i)) >= 0) {
        return false;
      }
    }
    return gasUsed >= 0 && gasLimit > 0 && gasUsed <= gasLimit && convicted.size() <= CONVICTED_MAX;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(gasUsed).number(gasLimit).amount(valueMoved);
    writer.list(convicted, RlpWriter::address);
    writer.list(snapshot.stream().toList(), (w, s) -> s.writeTo(w)).end();
  }

  /// The facts at the reader's position.
  public static BlockFacts readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    long gasUsed = fields.number();
    long gasLimit = fields.number();
    Amount valueMoved = fields.amount();
    List<Address> convicted = fields.list(CONVICTED_MAX, RlpReader::address);
    Optional<EpochSnapshot> snapshot = fields.list(1, EpochSnapshot::readFrom).stream().findFirst();
    fields.finish();
    if (!fits(gasUsed, gasLimit, convicted)) {
      throw fields.refuse("block facts", gasUsed);
    }
    return new BlockFacts(gasUsed, gasLimit, valueMoved, convicted, snapshot);
  }
}
