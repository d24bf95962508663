// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import io.aitbc.crypto.Keccak256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One case in so many of a suite, drawn by the hash of the case's name: the same ones on every
/// machine, of every kind.
///
/// @param suite the whole suite
/// @param oneIn how many cases stand behind one that is run
record Drawn(Suite suite, int oneIn) implements Suite {
  @Override
  public String name() {
    return suite.name();
  }

  @Override
  public boolean owns(String path) {
    return suite.owns(path);
  }

  @Override
  public List<Case> cases(VectorFile file) throws IOException {
    return suite.cases(file).stream().filter(this::isDrawn).toList();
  }

  private boolean isDrawn(Case one) {
    long hash = Keccak256.hash(one.name().getBytes(StandardCharsets.UTF_8)).firstLong();
    return Long.remainderUnsigned(hash, oneIn) == 0;
  }
}
