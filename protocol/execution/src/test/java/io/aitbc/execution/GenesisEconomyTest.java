// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.evm.ContractAddress;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GenesisEconomyTest { // Protocol §16.1, §19.3
  private final EconomyWorld world = new EconomyWorld(3, 4, 1);

  @Test // Protocol §16.1
  void theCodeThatAGenesisPlacesIsWhatConstructorsLeave() {
    for (EconomyContract contract : EconomyContract.values()) {
      Address created = create(Artifacts.creationCode(contract.artifact()));
      assertEquals(Artifacts.code(contract.artifact()), world.state.codeAt(created));
      Address place = contract.isUpgradeable() ? contract.implementation() : contract.address();
      assertEquals(world.state.codeAt(created), world.state.codeAt(place));
    }
  }

  @Test // Protocol §16.1
  void theStorageThatAGenesisPlacesIsWhatADeployedProxyWouldHave() {
    List<UInt256> words =
        new ArrayList<>(new ParameterWords(world.snapshot.parameters(), 0).encode());
    for (EconomyParameter parameter : EconomyParameter.values()) {
      words.add(parameter.standard());
    }
    assertSameStorage(EconomyContract.PARAMS, CallData.of("initialize(uint256[])").numbers(words));
    List<Candidate> all = world.snapshot.candidates();
    assertSameStorage(
        EconomyContract.SLASHING,
        CallData.of("initialize(address[],bytes32[])")
            .addresses(all.stream().map(Candidate::account).toList())
            .numbers(all.stream().map(c -> UInt256.of(Keccak256.hash(c.key().bytes()))).toList()));
    List<Candidate> authorities =
        all.stream().filter(c -> c.validatorClass() == ValidatorClass.AUTHORITY).toList();
    assertSameStorage(
        EconomyContract.AUTHORITY_REGISTRY,
        CallData.of("initialize(address[],bytes32[],bytes32[],uint256[])")
            .addresses(authorities.stream().map(Candidate::account).toList())
            .numbers(authorities.stream().map(c -> word(c, 0)).toList())
            .numbers(authorities.stream().map(c -> word(c, 32)).toList())
            .numbers(authorities.stream().map(_ -> Amount.aitbc(10_000).wei()).toList()));
    // These begin with nothing but the code behind them; a proxy is made with some call.
    for (EconomyContract contract :
        List.of(
            EconomyContract.GOVERNOR,
            EconomyContract.TIMELOCK,
            EconomyContract.FEE_SPLITTER,
            EconomyContract.TREASURY)) {
      assertSameStorage(contract, CallData.of("proxiableUUID()"));
    }
  }

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

  private static UInt256 word(Candidate candidate, int from) {
    byte[] word = new byte[UInt256.BYTES];
    Bytes key = candidate.key().bytes();
    key.copyTo(from, word, 0, Math.min(UInt256.BYTES, key.length() - from));
    return UInt256.of(word, 0, UInt256.BYTES);
  }

  private void assertSameStorage(EconomyContract contract, CallData initialize) {
    Bytes arguments =
        CallData.ofConstructor()
            .address(contract.implementation())
            .bytes(initialize.toBytes())
            .toBytes();
    byte[] creation = Artifacts.creationCode("SystemProxy").toArray();
    byte[] whole = new byte[creation.length + arguments.length()];
    System.arraycopy(creation, 0, whole, 0, creation.length);
    arguments.copyTo(whole, creation.length);
    Address created = create(Bytes.wrap(whole));
    assertEquals(world.state.codeAt(created), world.state.codeAt(contract.address()));
    assertEquals(world.storage(created), world.storage(contract.address()), contract.name());
  }

  /// Creates a contract as the chain itself.
  private Address create(Bytes code) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(7),
            0,
            Amount.ZERO,
            Amount.ZERO,
            16_000_000,
            Optional.empty(),
            Amount.ZERO,
            code,
            List.of());
    long nonce = world.state.account(SystemCalls.CALLER).nonce();
    TransactionOutcome outcome =
        world.machine.simulate(request, SystemCalls.CALLER, world.block, world.state);
    assertTrue(
        outcome instanceof TransactionOutcome.Executed executed && executed.succeeded(),
        outcome.toString());
    return ContractAddress.ofNonce(SystemCalls.CALLER, nonce);
  }
}
