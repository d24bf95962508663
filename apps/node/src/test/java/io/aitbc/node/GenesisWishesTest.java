// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisRules;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import io.aitbc.model.VotingPower;
import io.aitbc.node.GenesisWishes.Name;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class GenesisWishesTest { // Protocol §10.4
  private static final String OTHER = "0x00000000000000000000000000000000000000bb";

  private static GenesisWishes of(String kind, String proposer) throws ConfigurationException {
    return GenesisWishes.of(
        Map.of(Name.CONSENSUS_MODE.name(), kind, Name.PROPOSER_ID.name(), proposer));
  }

  private static String refusal(Name name, String value) {
    return String.valueOf(
        assertThrows(
                ConfigurationException.class, () -> GenesisWishes.of(Map.of(name.name(), value)))
            .getMessage());
  }

  private static GenesisFile poa() {
    Genesis genesis =
        GenesisFile.withoutVotes(
            UInt256.of(7),
            0,
            Amount.wei(1),
            new NetworkKind.Poa(2_000),
            List.of(GenesisFile.proposer(OneValidator.ACCOUNT, OneValidator.KEY.publicKey())),
            List.of());
    return new GenesisFile(genesis, Map.of(), Bytes.EMPTY, List.of());
  }

  /// A network of the preset `hybrid`, but for the wishes.
  private static GenesisFile hybrid(GenesisWishes wishes) {
    Genesis.GenesisAccount rich =
        Genesis.GenesisAccount.of(Address.fromHex(OTHER), GenesisPreset.HYBRID.supply());
    GenesisRules rules = wishes.applied(GenesisPreset.HYBRID.rules(UInt256.of(7)));
    return new GenesisFile(
        rules.genesis(0, Amount.wei(1_000_000_000), List.of(), List.of(rich)),
        rules.economy(),
        rules.attestation(),
        List.of());
  }

  private static GenesisWishes sets(String validators, String stake) throws ConfigurationException {
    return GenesisWishes.of(
        Map.of(Name.MAX_VALIDATORS.name(), validators, Name.MIN_STAKE.name(), stake));
  }

  @Test
  void allVariablesAreRead() throws Exception {
    assertEquals(GenesisWishes.NONE, GenesisWishes.of(Map.of()));
    assertEquals(GenesisWishes.NONE, of("", ""));
    assertEquals(Optional.of(new NetworkKind.Hybrid()), of("hybrid", "").kind());
    assertEquals(
        new GenesisWishes(
            Optional.of(new NetworkKind.Poa(2_000)),
            Optional.of(Address.fromHex(OTHER)),
            OptionalInt.of(10),
            Optional.of(Amount.aitbc(1_000))),
        GenesisWishes.of(
            Map.of(
                "CONSENSUS_MODE", "poa",
                "PROPOSER_ID", OTHER,
                "ROTATION_INTERVAL", "100",
                "MAX_VALIDATORS", "10",
                "MIN_STAKE", "1000.0",
                "REPUTATION_THRESHOLD", "0.70")));
  }

  @Test
  void aWrongValueIsRefusedWithWhatIsAllowed() throws Exception {
    assertEquals(
        "CONSENSUS_MODE is \"POA\"; allowed are hybrid, poa", refusal(Name.CONSENSUS_MODE, "POA"));
    assertTrue(refusal(Name.PROPOSER_ID, "0xbb").startsWith("PROPOSER_ID is \"0xbb\"; allowed is"));
    assertEquals(
        "ROTATION_INTERVAL is \"50\"; allowed is 100: the blocks of an epoch are a constant",
        refusal(Name.ROTATION_INTERVAL, "50"));
    assertEquals(
        "MAX_VALIDATORS is \"1001\"; allowed is a whole number from 1 to 1000",
        refusal(Name.MAX_VALIDATORS, "1001"));
    for (String none : List.of("0", "-4", "4.5", "many", "1e3")) {
      assertTrue(refusal(Name.MAX_VALIDATORS, none).contains("\"; allowed is"), none);
    }
    assertEquals(
        "MIN_STAKE is \"0.5\"; allowed is an amount of AITBC from 1 to 100000000, with up to 6 decimals",
        refusal(Name.MIN_STAKE, "0.5"));
    assertTrue(refusal(Name.MIN_STAKE, "1.0000001").contains("6 decimals"));
    assertEquals(
        "REPUTATION_THRESHOLD is \"0.8\"; allowed is 0.7: the reputation that newcomers begin with is a constant",
        refusal(Name.REPUTATION_THRESHOLD, "0.8"));
    String option =
        String.valueOf(
            assertThrows(
                    ConfigurationException.class,
                    () -> GenesisWishes.ofOptions(Map.of(Name.MAX_VALIDATORS, "x")))
                .getMessage());
    assertTrue(option.startsWith("--max-validators is \"x\""), option);
  }

  @Test // Protocol §19.3, §19.4.
  void setsAndStakeOfANewNetworkAreAsWished() throws Exception {
    GenesisFile file = hybrid(sets("10", "2000.5"));
    Amount least = Amount.wei(2_000_500_000_000_000_000L).times(1_000);
    for (Mode mode : Mode.values()) {
      ModeParameters means = file.genesis().snapshot().parameters().of(mode);
      assertEquals(10, means.validatorsMax());
      assertEquals(VotingPower.of(least), means.leastStake());
      ModeParameters preset = GenesisPreset.HYBRID.rules(UInt256.of(7)).consensus().of(mode);
      assertEquals(preset.blockIntervalMillis(), means.blockIntervalMillis());
    }
    assertEquals(least.wei(), file.economy().get(EconomyParameter.STAKE_MIN));
    assertEquals(List.of(), sets("10", "2000.5").unfulfilledBy(file));
    GenesisFile read = GenesisFile.parse("written", file.toJson().getBytes(UTF_8));
    assertEquals(List.of(), sets("10", "2000.5").unfulfilledBy(read));
    assertEquals(hybrid(GenesisWishes.NONE).toJson(), hybrid(of("hybrid", "")).toJson());
  }

  @Test
  void aNetworkThatSaysOtherwiseIsNamed() throws Exception {
    assertEquals(List.of(), of("poa", OneValidator.ACCOUNT.toString()).unfulfilledBy(poa()));
    assertEquals(
        List.of("CONSENSUS_MODE=hybrid counts for a new network only; this one is poa"),
        of("hybrid", "").unfulfilledBy(poa()));
    assertEquals(
        List.of(
            "PROPOSER_ID="
                + OTHER
                + " counts for a new network only; this one has 1 proposers, and "
                + OTHER
                + " is none of them"),
        of("poa", OTHER).unfulfilledBy(poa()));
    assertEquals(2, of("poa", OTHER).unfulfilledBy(hybrid(GenesisWishes.NONE)).size());
    assertEquals(
        List.of("MIN_STAKE=1000 counts for a new network only; this one knows no stake"),
        sets("10", "1000").unfulfilledBy(poa()));
    assertEquals(
        List.of(
            "MAX_VALIDATORS=10 counts for a new network only; this one began with 21 in FAST, 100 in BALANCED, 1000 in SECURE",
            "MIN_STAKE=1000 counts for a new network only; this one began with 1000 AITBC to be a candidate, and to be drawn 10000 in FAST, 10000 in BALANCED, 1000 in SECURE"),
        sets("10", "1000").unfulfilledBy(hybrid(GenesisWishes.NONE)));
  }

  @Test
  void whoBeginsMustFit() throws Exception {
    NetworkKind votes = of("hybrid", "").fittingKind();
    sets("2", "100").requireFit(votes, 4, VotingPower.of(Amount.aitbc(100)));
    sets("", "100").requireFit(votes, 4, VotingPower.ZERO);
    assertThrows(
        ConfigurationException.class,
        () -> sets("", "100").requireFit(votes, 4, VotingPower.of(Amount.aitbc(99))));
    NetworkKind turns = of("poa", "").fittingKind();
    sets("2", "").requireFit(turns, 2, VotingPower.ZERO);
    assertThrows(
        ConfigurationException.class, () -> sets("2", "").requireFit(turns, 3, VotingPower.ZERO));
    assertThrows(ConfigurationException.class, () -> of("hybrid", OTHER).fittingKind());
  }

  @Test
  void whatIsSaidFirstCounts() throws Exception {
    assertEquals(of("hybrid", OTHER), of("hybrid", "").or(of("poa", OTHER)));
    assertEquals(sets("3", "7"), sets("3", "").or(sets("4", "7")));
  }
}
