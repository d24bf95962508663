// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import io.aitbc.client.CommandProvider;

/// Brings {@link ConformanceCommand} to the command line tool.
public final class ConformanceProvider implements CommandProvider {
  /// Called by the service loader.
  public ConformanceProvider() {}

  @Override
  public Object command() {
    return new ConformanceCommand();
  }
}
