// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContractErrorsTest {
  private static Optional<String> named(EconomyContract contract, String error) throws Exception {
    return ContractErrors.signature(contract, CallData.selector(error).toHex() + "00".repeat(64));
  }

  @Test
  void anErrorOfTheContractItselfIsNamed() throws Exception {
    String error = "WrongDeposit(uint256,uint256)";
    assertEquals(Optional.of(error), named(EconomyContract.GOVERNOR, error));
  }

  @Test
  void anErrorOfAContractThatItAskedIsNamedWithThat() throws Exception {
    assertEquals(
        Optional.of("StakeManager says NoEpochYet()"),
        named(EconomyContract.GOVERNOR, "NoEpochYet()"));
  }

  @Test
  void whatNoContractSaysHasNoName() throws Exception {
    for (EconomyContract each : EconomyContract.values()) {
      assertEquals(Optional.empty(), named(each, "Nobody()"), each.artifact());
      assertEquals(Optional.empty(), ContractErrors.signature(each, "0x"), each.artifact());
    }
  }
}
