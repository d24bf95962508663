// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.TreeMap;

/// Ethereum's system contracts, with the code that the EIPs fix, and contracts that tools expect at
/// the same address of every chain, with the code that they have on Ethereum, for a genesis.
/// Protocol §14.5, §16.9.
public final class Predeploys {
  /// Keeps the hashes of the last 8,191 blocks (EIP-2935).
  public static final Address HISTORY =
      Address.fromHex("0x0000f90827f1c53a10cb7a02335b175320002935");

  /// Keeps the certificate hashes of parents, by timestamp (EIP-4788).
  public static final Address PARENT_CERTIFICATES =
      Address.fromHex("0x000f3df6d732807ef1319fb7b8bb8522d0beac02");

  /// Creates contracts at addresses that depend on salt and creation code alone.
  public static final Address DEPLOYMENT_PROXY =
      Address.fromHex("0x4e59b44847b379578588920ca78fbf26c0b4956c");

  /// Makes many calls in one.
  public static final Address MULTICALL =
      Address.fromHex("0xca11bde05977b3631167028862be2a173976ca11");

  /// Moves ERC-20 tokens by signature. The domain of chain 1 is part of its code; on another chain
  /// it computes its own.
  public static final Address PERMIT =
      Address.fromHex("0x000000000022d473030f116ddee9f6b43ac78ba3");

  /// Blocks that the history contract keeps: the modulus of its slots.
  public static final long HISTORY_BLOCKS = 8_191;

  private static final Bytes HISTORY_CODE =
      Bytes.fromHex(
          "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f3560014303"
              + "8111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60"
              + "014303065500");

  private static final Bytes PARENT_CERTIFICATES_CODE =
      Bytes.fromHex(
          "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35"
              + "801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd"
              + "5b62001fff42064281555f359062001fff015500");

  private Predeploys() {}

  /// The contracts as accounts of a genesis, ascending by address.
  public static List<Genesis.GenesisAccount> all() {
    return List.of(
        contract(PERMIT, Artifacts.predeploy("Permit2")),
        contract(HISTORY, HISTORY_CODE),
        contract(PARENT_CERTIFICATES, PARENT_CERTIFICATES_CODE),
        contract(DEPLOYMENT_PROXY, Artifacts.predeploy("DeterministicDeploymentProxy")),
        contract(MULTICALL, Artifacts.predeploy("Multicall3")));
  }

  private static Genesis.GenesisAccount contract(Address address, Bytes code) {
    return new Genesis.GenesisAccount(address, Amount.ZERO, 1, code, new TreeMap<>());
  }
}
