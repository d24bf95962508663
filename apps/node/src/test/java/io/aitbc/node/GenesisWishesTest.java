// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GenesisWishesTest { // Protocol §10.4
  private static final String OTHER = "0x00000000000000000000000000000000000000bb";

  private static GenesisWishes of(String kind, String proposer) throws ConfigurationException {
    return GenesisWishes.of(
        Map.of(GenesisWishes.CONSENSUS_MODE, kind, GenesisWishes.PROPOSER_ID, proposer));
  }

  private static String refusal(String kind, String proposer) {
    return String.valueOf(
        assertThrows(ConfigurationException.class, () -> of(kind, proposer)).getMessage());
  }

  private static Genesis poa() {
    return GenesisFile.withoutVotes(
        UInt256.of(7),
        0,
        Amount.wei(1),
        new NetworkKind.Poa(2_000),
        List.of(GenesisFile.proposer(OneValidator.ACCOUNT, OneValidator.KEY.publicKey())),
        List.of());
  }

  private static Genesis hybrid() {
    Genesis.GenesisAccount rich =
        Genesis.GenesisAccount.of(Address.fromHex(OTHER), GenesisPreset.HYBRID.supply());
    return GenesisFile.genesis(
        UInt256.of(7), 0, Amount.wei(1), ConsensusParameters.DEFAULT, List.of(), List.of(rich));
  }

  @Test
  void bothVariablesAreRead() throws Exception {
    assertEquals(GenesisWishes.NONE, GenesisWishes.of(Map.of()));
    assertEquals(GenesisWishes.NONE, of("", ""));
    assertEquals(Optional.of(new NetworkKind.Hybrid()), of("hybrid", "").kind());
    assertEquals(
        new GenesisWishes(
            Optional.of(new NetworkKind.Poa(2_000)), Optional.of(Address.fromHex(OTHER))),
        of("poa", OTHER));
  }

  @Test
  void aWrongValueIsRefusedWithWhatIsAllowed() {
    assertEquals("CONSENSUS_MODE is \"POA\"; allowed are hybrid, poa", refusal("POA", ""));
    assertTrue(refusal("poa", "0xbb").startsWith("PROPOSER_ID is \"0xbb\"; allowed is"));
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
    assertEquals(2, of("poa", OTHER).unfulfilledBy(hybrid()).size());
  }

  @Test
  void whatIsSaidFirstCounts() throws Exception {
    assertEquals(of("hybrid", OTHER), of("hybrid", "").or(of("poa", OTHER)));
  }
}
