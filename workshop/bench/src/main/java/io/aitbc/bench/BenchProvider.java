// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.client.CommandProvider;

/// Brings {@link BenchCommand} to the command line tool.
public final class BenchProvider implements CommandProvider {
  /// Called by the service loader.
  public BenchProvider() {}

  @Override
  public Object command() {
    return new BenchCommand();
  }
}
