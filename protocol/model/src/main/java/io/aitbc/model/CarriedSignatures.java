// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.List;

/// Late COMMIT votes and anchors that a content carries; the header holds their hash. Protocol
/// §3.2, §11.6.
///
/// @param commits at most one for each of the five blocks before, descending by height
/// @param anchors none or one
public record CarriedSignatures(List<CarriedCommits> commits, List<CarriedAnchors> anchors)
    implements Encodable {
  /// Nothing carried.
  public static final CarriedSignatures NONE = new CarriedSignatures(List.of(), List.of());

  /// @throws IllegalArgumentException if there are too many or they are out of order
  public CarriedSignatures {
    commits = List.copyOf(commits);
    anchors = List.copyOf(anchors);
    if (!ordered(commits) || commits.size() > CarriedCommits.BLOCKS_MAX || anchors.size() > 1) {
      throw new IllegalArgumentException(
          "carried for " + commits.stream().map(CarriedCommits::height).toList());
    }
  }

  private static boolean ordered(List<CarriedCommits> commits) {
    for (int i = 1; i < commits.size(); i++) {
      if (!commits.get(i - 1).height().isAbove(commits.get(i).height())) {
        return false;
      }
    }
    return true;
  }

  /// Keccak-256 of the encoding; stands in the consensus extension.
  public Hash hash() {
    return Keccak256.hash(encoded());
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin();
    writer.list(commits, (w, element) -> element.writeTo(w));
    writer.list(anchors, (w, element) -> element.writeTo(w)).end();
  }

  /// The signatures at the reader's position.
  public static CarriedSignatures readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    List<CarriedCommits> commits = fields.list(CarriedCommits.BLOCKS_MAX, CarriedCommits::readFrom);
    List<CarriedAnchors> anchors = fields.list(1, CarriedAnchors::readFrom);
    fields.finish();
    if (!ordered(commits)) {
      throw fields.refuse("carried commits", "out of order");
    }
    return new CarriedSignatures(commits, anchors);
  }
}
