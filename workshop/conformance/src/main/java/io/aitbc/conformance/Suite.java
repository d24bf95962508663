// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.io.IOException;
import java.util.List;

/// A family of vectors of one format. Its methods are called from many threads.
public interface Suite {
  /// Its name on the command line.
  String name();

  /// Whether a file, by its path alone, belongs to the suite's folder in the collection that
  /// published it. The path has `/` between names and goes through archives.
  boolean owns(String path);

  /// The cases in a file; none if it has another format.
  ///
  /// @throws IOException if the content cannot be read
  List<Case> cases(VectorFile file) throws IOException;
}
