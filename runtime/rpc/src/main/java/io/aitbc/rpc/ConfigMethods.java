// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.Precompiles;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Predeploys;
import io.aitbc.model.Address;
import io.aitbc.model.Fork;
import io.aitbc.model.ForkSchedule.Activation;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/// eth_config (EIP-7910): the rules in force, those that come next, and the last ones that are
/// scheduled.
final class ConfigMethods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// EIP-7910's names of Ethereum's precompiles, and ours. Protocol §14.6.
  private static final Map<Integer, String> NAMES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(0x01, "ECREC"),
              Map.entry(0x02, "SHA256"),
              Map.entry(0x03, "RIPEMD160"),
              Map.entry(0x04, "ID"),
              Map.entry(0x05, "MODEXP"),
              Map.entry(0x06, "BN254_ADD"),
              Map.entry(0x07, "BN254_MUL"),
              Map.entry(0x08, "BN254_PAIRING"),
              Map.entry(0x09, "BLAKE2F"),
              Map.entry(0x0a, "KZG_POINT_EVALUATION"),
              Map.entry(0x0b, "BLS12_G1ADD"),
              Map.entry(0x0c, "BLS12_G1MSM"),
              Map.entry(0x0d, "BLS12_G2ADD"),
              Map.entry(0x0e, "BLS12_G2MSM"),
              Map.entry(0x0f, "BLS12_PAIRING_CHECK"),
              Map.entry(0x10, "BLS12_MAP_FP_TO_G1"),
              Map.entry(0x11, "BLS12_MAP_FP2_TO_G2"),
              Map.entry(0x100, "P256VERIFY"),
              Map.entry(0x0a01, "AITBC_VRF"),
              Map.entry(0x0a02, "AITBC_CERTIFICATE"),
              Map.entry(0x0a03, "AITBC_EVIDENCE"),
              Map.entry(0x0a04, "AITBC_POSSESSION"),
              Map.entry(0x0a05, "AITBC_MERKLE"),
              Map.entry(0x0a06, "AITBC_ATTESTATION"),
              Map.entry(0x0a07, "AITBC_REFEREE")));

  private final ChainView chain;
  private final LiveNode node;
  private final Simulation simulation;

  ConfigMethods(ChainView chain, LiveNode node, Simulation simulation) {
    this.chain = chain;
    this.node = node;
    this.simulation = simulation;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_config", _ -> config());
  }

  private JsonNode config() throws RpcError {
    long head = chain.reader().height();
    return simulation.withMachine(machine ->
        config(
            simulation.genesis(),
            node.status().genesisHash(),
            chain.header(head).timestampSeconds(),
            chain.state(head),
            machine::precompiles));
  }

  /// Tells the precompiles of a fork.
  @FunctionalInterface
  interface Tables {
    Precompiles of(Fork fork);
  }

  /// The answer at a moment.
  ///
  /// @param nowSeconds timestamp of the last block
  /// @param state after it
  static JsonNode config(
      ExecutionParameters genesis,
      Hash genesisHash,
      long nowSeconds,
      StateView state,
      Tables tables) {
    List<Activation> all = genesis.forks().activations();
    int current = 0;
    while (current + 1 < all.size() && all.get(current + 1).timestampSeconds() <= nowSeconds) {
      current++;
    }
    ObjectNode json = NODES.objectNode();
    int last = all.size() - 1;
    for (Map.Entry<String, Integer> each :
        List.of(
            Map.entry("current", current),
            Map.entry("next", current + 1),
            Map.entry("last", current == last ? all.size() : last))) {
      if (each.getValue() > last) {
        json.putNull(each.getKey());
        continue;
      }
      Activation activation = all.get(each.getValue());
      ObjectNode shown = json.putObject(each.getKey());
      shown.put("activationTime", activation.timestampSeconds());
      // There are no blobs (Protocol §14.1), so there is nothing that their fee would follow.
      shown
          .putObject("blobSchedule")
          .put("baseFeeUpdateFraction", 0)
          .put("max", 0)
          .put("target", 0);
      shown.put("chainId", genesis.chainId().toHex());
      shown.put("forkId", forkId(genesisHash, all.subList(0, each.getValue() + 1)));
      shown.set("precompiles", precompiles(tables.of(activation.fork())));
      shown.set("systemContracts", contracts(state));
    }
    return json;
  }

  /// EIP-6122's: CRC-32 of the genesis hash and of the times, of 8 bytes each, of the forks up to
  /// this one that came after genesis.
  private static String forkId(Hash genesisHash, List<Activation> upTo) {
    CRC32 checksum = new CRC32();
    checksum.update(genesisHash.toBytes().toArray());
    for (Activation each : upTo) {
      if (each.timestampSeconds() > 0) {
        checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(each.timestampSeconds()).array());
      }
    }
    return "0x%08x".formatted(checksum.getValue());
  }

  private static ObjectNode precompiles(Precompiles table) {
    Map<String, String> named = new TreeMap<>();
    for (Address each : table.functions().keySet()) {
      named.put(name(each), each.toString());
    }
    return text(named);
  }

  /// Its address where there is no name for it.
  private static String name(Address precompile) {
    Bytes bytes = precompile.bytes();
    UInt256 number = UInt256.of(bytes.toArray(), 0, Address.BYTES);
    return number.bitLength() < Integer.SIZE
        ? NAMES.getOrDefault((int) number.low(), precompile.toString())
        : precompile.toString();
  }

  /// Those that are in the state. EIP-7910 names Ethereum's.
  private static ObjectNode contracts(StateView state) {
    Map<String, Address> all = new TreeMap<>();
    all.put("BEACON_ROOTS_ADDRESS", Predeploys.PARENT_CERTIFICATES);
    all.put("HISTORY_STORAGE_ADDRESS", Predeploys.HISTORY);
    for (EconomyContract each : EconomyContract.values()) {
      all.put("AITBC_" + each.name() + "_ADDRESS", each.address());
    }
    Map<String, String> there = new TreeMap<>();
    all.forEach((name, address) -> {
      if (state.account(address).hasCode()) {
        there.put(name, address.toString());
      }
    });
    return text(there);
  }

  private static ObjectNode text(Map<String, String> entries) {
    ObjectNode json = NODES.objectNode();
    entries.forEach(json::put);
    return json;
  }
}
