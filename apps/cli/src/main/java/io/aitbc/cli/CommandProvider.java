// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

/// Brings a subcommand to `aitbc`. Found by {@link java.util.ServiceLoader}, so the workshop's
/// commands are there in the source tree and absent from the distribution.
public interface CommandProvider {
  /// A new instance of a class annotated with {@link picocli.CommandLine.Command}, whose name is
  /// the subcommand's.
  Object command();
}
