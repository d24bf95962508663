// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import java.util.Optional;

/// One check of a suite.
///
/// @param name file, name in the file and, in brackets, circumstances; unique in its suite
/// @param check what is run
public record Case(String name, Check check) {
  /// Runs a case.
  @FunctionalInterface
  public interface Check {
    /// Why the case failed; empty if it passed. An exception is a failure too.
    Optional<String> failure() throws Exception;
  }

  /// Empty if both are equal, else what differs.
  static Optional<String> compare(String what, Object expected, Object actual) {
    return expected.equals(actual)
        ? Optional.empty()
        : Optional.of(what + ": expected " + expected + ", found " + actual);
  }
}
