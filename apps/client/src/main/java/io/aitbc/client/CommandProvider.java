// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

/// Brings a subcommand to `aitbc`. Found by {@link java.util.ServiceLoader}, so the workshop's
/// commands are there in the source tree and absent from the distribution. It stands here and not
/// beside the command line tool, so that a room which brings a command need not see the tool.
public interface CommandProvider {
  /// A new instance of a class annotated with picocli's `Command`, whose name is the subcommand's.
  Object command();
}
