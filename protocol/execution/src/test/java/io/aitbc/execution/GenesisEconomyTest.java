// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GenesisEconomyTest { // Protocol §16.1, §19.3
  private final EconomyWorld world = new EconomyWorld(3, 4, 1);

  @Test // Protocol §16.1
  void bondsAndStakesAreBalancesOfTheirContracts() {
    assertEquals(Amount.aitbc(30_000), world.balance(EconomyContract.AUTHORITY_REGISTRY.address()));
    Amount stakes = Amount.ZERO;
    for (Candidate candidate : world.snapshot.candidates()) {
      stakes = stakes.plus(Amount.wei(1_000_000_000_000L).times(candidate.stake().units()));
    }
    assertEquals(stakes, world.balance(EconomyContract.STAKE_MANAGER.address()));
    assertEquals(
        stakes.wei(), world.read(EconomyContract.STAKE_MANAGER, CallData.of("totalStake()")));
  }

  @Test // Protocol §16.1
  void noContractCanBeInitializedAgain() {
    for (EconomyContract contract : List.of(EconomyContract.PARAMS, EconomyContract.SLASHING)) {
      CallData call =
          contract == EconomyContract.PARAMS
              ? CallData.of("initialize(uint256[])").numbers(List.of())
              : CallData.of("initialize(address[],bytes32[])")
                  .addresses(List.of())
                  .numbers(List.of());
      EconomyWorld.Outcome stranger = world.send(account(7), contract, Amount.ZERO, call);
      assertEquals(CallData.selector("OnlySystem(address)"), stranger.error());
      EconomyWorld.Outcome chain =
          world.send(SystemCalls.CALLER, contract.address(), Amount.ZERO, call);
      assertEquals(CallData.selector("AlreadyInitialized()"), chain.error());
    }
  }

  @Test // Protocol §19.3
  void theTableOfTheSpecificationIsWhatTheContractHas() throws IOException {
    Map<String, String[]> rows = new TreeMap<>();
    for (String line : Files.readAllLines(specification())) {
      String[] cells = line.split("\\|", 0);
      if (cells.length == 6 && cells[1].strip().matches("\\d+")) {
        rows.put(cells[2].strip(), cells);
      }
    }
    int number = ParameterWords.COUNT;
    for (EconomyParameter parameter : EconomyParameter.values()) {
      String[] row = rows.get(parameter.name());
      assertTrue(row != null, "no row of " + parameter);
      assertEquals(number, Integer.parseInt(row[1].strip()), parameter.name());
      Amount unit =
          row[5].contains("AITBC")
              ? Amount.ONE_AITBC
              : row[5].contains("days") ? Amount.wei(86_400_000) : Amount.wei(1);
      long standard = Long.parseLong(row[3].strip().replace(",", ""));
      assertEquals(unit.times(standard).wei(), parameter.standard(), parameter.name());
      assertEquals(
          parameter.standard(),
          world.read(EconomyContract.PARAMS, CallData.of("get(uint256)").number(number)));
      number++;
    }
  }

  private static Path specification() {
    Path file = Path.of("docs", "protocol.md").toAbsolutePath();
    for (int up = 0; up < 3 && !Files.exists(file); up++) {
      Path home = Path.of("").toAbsolutePath();
      for (int i = 0; i <= up; i++) {
        home = home.resolve("..");
      }
      file = home.resolve("docs").resolve("protocol.md");
    }
    return file;
  }
}
