// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §10.4, §19.4.
class GenesisFileTest {
  private static final Address FIRST =
      Address.fromHex("0x0000000000000000000000000000000000000001");
  private static final Address SECOND =
      Address.fromHex("0x0000000000000000000000000000000000000002");

  @Test
  void aNetworkWithoutVotesIsReadBackWithItsSlotsAndProposers() throws ConfigurationException {
    GenesisFile read = parsed(poa(2_000).toJson());
    assertEquals(new NetworkKind.Poa(2_000), read.genesis().kind());
    assertEquals(
        List.of(FIRST, SECOND),
        read.genesis().snapshot().candidates().stream().map(Candidate::account).toList());
    assertEquals(poa(2_000), read);
    assertEquals(hash(poa(2_000)), hash(read));
    assertNotEquals(hash(poa(2_001)), hash(read));
  }

  @Test
  void withoutVotesThereAreNoContractsForStake() {
    assertEquals(
        Predeploys.all().stream().map(Genesis.GenesisAccount::address).toList(),
        poa(2_000).genesis().accounts().stream()
            .filter(account -> !account.code().isEmpty())
            .map(Genesis.GenesisAccount::address)
            .toList());
  }

  @Test
  void aWordForAnotherKindIsRefusedWithTheAllowedOnes() {
    String json = poa(2_000).toJson().replace("\"poa\"", "\"proof of authority\"");
    assertRefused(json, "\"consensusMode\" is \"proof of authority\", none of hybrid, poa");
  }

  @Test
  void slotsOutOfRangeAndMissingOnesAreRefused() {
    String json = poa(2_000).toJson();
    assertRefused(json.replace("2000", "99"), "slots of 99 ms are not between 100 and 60000 ms");
    assertRefused(json.replace("slotMillis", "slots"), "lacks \"slotMillis\"");
    assertRefused(json.replace("proposers", "validators"), "lacks \"proposers\"");
  }

  @Test // Protocol §10.4
  void rulesThatNobodyFollowsWithoutVotesAreRefused() {
    String json = poa(2_000).toJson();
    for (String rules : List.of("preset", "consensus", "gasLimits", "fees", "economy")) {
      assertRefused(
          json.replaceFirst("\\{", "{\"" + rules + "\": {},"),
          "\"" + rules + "\" is for networks with votes");
    }
  }

  @Test // Protocol §19.4
  void rulesThatAFileDoesNotSayAreThoseOfItsPreset() throws ConfigurationException {
    for (GenesisPreset preset : GenesisPreset.values()) {
      GenesisFile file = parsed(votes("\"preset\": \"%s\"".formatted(preset.title())));
      GenesisRules rules = preset.rules(UInt256.of(7));
      assertEquals(rules.consensus(), file.genesis().snapshot().parameters());
      assertEquals(rules.execution(), file.genesis().execution());
      assertEquals(rules.economy(), file.economy());
      assertEquals(rules.workShareMillionths(), file.genesis().snapshot().workShareMillionths());
      assertEquals(rules.attestation(), file.attestation());
      assertEquals(
          EconomyContract.FEE_SPLITTER.address(), file.genesis().execution().fees().treasury());
    }
    assertEquals(hash(parsed(votes("\"preset\": \"hybrid\""))), hash(parsed(votes("\"a\": 1"))));
    assertRefused(
        votes("\"preset\": \"mainnet\""),
        "\"preset\" is \"mainnet\", none of hybrid, classic, dev");
  }

  @Test
  void whatAFileDescribesIsExecutedOnceInAProcess() throws ConfigurationException {
    String json = votes("\"preset\": \"dev\"");
    GenesisFile file = parsed(json);
    GenesisFile again = parsed(json.replaceFirst("\\{", "{ "));
    assertSame(file.genesis(), again.genesis());
    assertSame(file.state(), again.state());
    assertEquals(hash(file), file.state().hash());
    GenesisFile other = parsed(votes("\"preset\": \"dev\", \"economy\": {\"QUORUM\": \"200000\"}"));
    assertEquals(hash(other), other.state().hash());
    assertNotEquals(file.state().hash(), other.state().hash());
  }

  @Test // Protocol §19.4
  void aFileSaysRulesInPlaceOfItsPresets() throws ConfigurationException {
    GenesisFile file =
        parsed(
            votes(
                """
                "preset": "dev",
                "consensus": {"policy": "WHITEPAPER", "forbidden": ["FAST"], "secure": {"validatorsMax": 50},
                              "workShareMillionths": 150000},
                "gasLimits": {"secure": 400000000},
                "fees": {"treasuryMillionths": 250000},
                "economy": {"QUORUM": "200000"}
                """));
    ConsensusParameters consensus = file.genesis().snapshot().parameters();
    assertEquals(ModePolicy.WHITEPAPER, consensus.policy());
    assertEquals(List.of(Mode.FAST), consensus.forbidden());
    assertEquals(50, consensus.secure().validatorsMax());
    assertEquals(500, consensus.secure().blockIntervalMillis());
    assertEquals(150_000, file.genesis().snapshot().workShareMillionths());
    assertEquals(400_000_000, file.genesis().execution().secureGasLimit());
    assertEquals(250_000, file.genesis().execution().fees().treasuryMillionths());
    assertEquals(UInt256.of(200_000), file.economy().get(EconomyParameter.QUORUM));
    assertEquals(UInt256.ZERO, file.economy().get(EconomyParameter.TIMELOCK_DELAY));
    assertNotEquals(hash(parsed(votes("\"preset\": \"dev\""))), hash(file));
    // The text that a command writes says all of it.
    assertFalse(file.toJson().contains("preset"));
    assertEquals(file, parsed(file.toJson()));
    assertEquals(hash(file), hash(parsed(file.toJson())));
  }

  @Test // Protocol §19.4
  void aRuleThatDoesNotExistOrThatTheContractsRefuseIsRefused() {
    assertRefused(votes("\"economy\": {\"QUORUMS\": \"1\"}"), "\"economy\" has \"QUORUMS\"");
    assertRefused(votes("\"economy\": {\"QUORUM\": \"1\"}"), "PARAMS refuses");
    assertRefused(
        votes("\"consensus\": {\"workShareMillionths\": 1000001}"), "share of work 1000001");
    assertRefused(votes("\"fees\": {\"burned\": 1}"), "\"fees\" has \"burned\"");
    assertRefused(
        votes("\"consensus\": {\"fast\": {\"interval\": 1}}"), "\"fast\" has \"interval\"");
    assertRefused(votes("\"consensus\": {\"fast\": 1}"), "\"fast\" is no object");
    assertRefused(votes("\"consensus\": {\"forbidden\": \"FAST\"}"), "\"forbidden\" is no list");
  }

  @Test // Protocol §19.1
  void leastStakeOfMoreThanATwentiethOfTheSupplyIsRefused() throws ConfigurationException {
    // 30,000,000,000 AITBC are the account's, nobody has bond or stake.
    String least = "\"consensus\": {\"minTotalStake\": %d}";
    assertNotNull(parsed(votes(least.formatted(1_500_000_000_000_000L))));
    assertRefused(votes(least.formatted(1_500_000_000_000_001L)), "more than a twentieth");
  }

  @Test // Protocol §14.3
  void anAccountMayBeginWithANonce() throws ConfigurationException {
    String money = "\"" + SECOND + "\" : \"1000000000000000000\"";
    String json = poa(2_000).toJson();
    assertTrue(json.contains(money), json);
    String object = "\"" + SECOND + "\": {\"balance\": \"%s\", \"nonce\": %s}";
    GenesisFile file = parsed(json.replace(money, object.formatted("1000000000000000000", 7)));
    assertEquals(
        7,
        file.genesis().accounts().stream()
            .filter(each -> each.address().equals(SECOND))
            .findFirst()
            .orElseThrow()
            .nonce());
    assertEquals(file, parsed(file.toJson()));
    assertNotEquals(hash(poa(2_000)), hash(file));
    assertEquals(
        hash(poa(2_000)),
        hash(parsed(json.replace(money, object.formatted("1000000000000000000", 0)))));
    assertRefused(json.replace(money, object.formatted("1", -1)), "is negative");
    assertRefused(json.replace(money, object.formatted("0", 0)), "nothing, or only storage");
    assertRefused(json.replace(money, object.formatted("1", "\"7\"")), "no whole number");
    assertRefused(
        json.replace(money, "\"" + SECOND + "\": {\"balance\": \"1\", \"code\": \"0x\"}"),
        "has \"code\"");
  }

  private static String votes(String rules) {
    return """
    {"chainId": "7", "timestampMillis": 1000, "baseFeePerGas": "1000000000",
     "validators": [], "accounts": {"%s": "30000000000000000000000000000"}, %s}
    """
        .formatted(SECOND, rules);
  }

  private static void assertRefused(String json, String reason) {
    String message =
        String.valueOf(assertThrows(ConfigurationException.class, () -> parsed(json)).getMessage());
    assertTrue(message.contains(reason), message);
  }

  private static GenesisFile parsed(String json) throws ConfigurationException {
    return GenesisFile.parse("genesis.json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static Hash hash(GenesisFile file) {
    return GenesisState.of(file.genesis(), Workers.NONE).hash();
  }

  private static GenesisFile poa(int slotMillis) {
    List<Candidate> proposers = List.of(proposer(FIRST, 1), proposer(SECOND, 2));
    Genesis genesis =
        GenesisFile.withoutVotes(
            UInt256.of(7),
            1_000,
            Amount.wei(1_000_000_000),
            new NetworkKind.Poa(slotMillis),
            proposers.reversed(),
            List.of(Genesis.GenesisAccount.of(SECOND, Amount.ONE_AITBC)));
    return new GenesisFile(
        genesis,
        Map.of(),
        Bytes.EMPTY,
        proposers.stream()
            .map(each ->
                new GenesisFile.GenesisValidator(
                    each,
                    Optional.of(new BlsSignature(Bytes.of(new byte[BlsSignature.BYTES]))),
                    Optional.empty()))
            .toList());
  }

  private static Candidate proposer(Address account, int key) {
    byte[] bytes = new byte[BlsPublicKey.BYTES];
    bytes[0] = (byte) key;
    return GenesisFile.proposer(account, new BlsPublicKey(Bytes.of(bytes)));
  }
}
