// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.client.CommandProvider;

/// Brings {@link SimulateCommand} to the command line tool.
public final class SimulateProvider implements CommandProvider {
  /// Called by the service loader.
  public SimulateProvider() {}

  @Override
  public Object command() {
    return new SimulateCommand();
  }
}
