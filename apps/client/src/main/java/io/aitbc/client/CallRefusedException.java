// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.EconomyContract;
import java.io.IOException;

/// A contract of the chain refuses a call; the message names its error.
public final class CallRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final EconomyContract contract;

  /// A refusal.
  ///
  /// @param contract who refuses
  /// @param reason the contract's error, or what the node said
  public CallRefusedException(EconomyContract contract, String reason) {
    super(contract.artifact() + " refuses: " + reason);
    this.contract = contract;
  }

  /// Who refuses.
  public EconomyContract contract() {
    return contract;
  }
}
