// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state before a transaction, and the block it is in, as vectors write them. The state is
/// built when it is asked for. Belongs to one thread.
public final class VectorState {
  /// What a transaction of vectors must fulfil: they are all of chain 1.
  static final TransactionRules RULES =
      new TransactionRules(
          UInt256.ONE, TransactionRules.ReplayProtection.OPTIONAL, Integer.MAX_VALUE);

  /// Ethereum's divisors of the blob base fee's exponent (EIP-4844, EIP-7691): only BLOBBASEFEE
  /// shows them.
  private static final long BLOB_FEE_FRACTION_CANCUN = 3_338_477;

  private static final long BLOB_FEE_FRACTION_PRAGUE = 5_007_716;

  private final JsonNode accounts;
  private @Nullable MemoryState state;

  /// The state with these accounts, as `pre` of a vector has them.
  public VectorState(JsonNode accounts) {
    this.accounts = accounts;
  }

  /// The fork's name in vectors.
  static String nameOf(Fork fork) {
    String name = fork.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  /// The state.
  public MemoryState state() {
    if (state == null) {
      MemoryState built = new MemoryState();
      Overlay overlay = new Overlay(built);
      accounts
          .properties()
          .forEach(entry -> put(overlay, Address.fromHex(entry.getKey()), entry.getValue()));
      built.apply(StateTrie.diff(built, overlay, Workers.NONE));
      state = built;
    }
    return state;
  }

  private static void put(Overlay overlay, Address address, JsonNode account) {
    overlay.setBalance(address, new Amount(number(account.get("balance"))));
    overlay.setNonce(address, number(account.get("nonce")).low());
    overlay.setCode(address, Json.hex(account.get("code").asText()).orElseThrow());
    for (Map.Entry<String, JsonNode> slot : account.get("storage").properties()) {
      overlay.setStorage(address, number(slot.getKey()), number(slot.getValue()));
    }
  }

  /// The block of a state test. Block `n` has the hash of the digits of `n`.
  static BlockEnvironment block(JsonNode vector, Fork fork) {
    JsonNode env = vector.get("env");
    return new BlockEnvironment(
        fork,
        UInt256.ONE,
        Address.fromHex(env.get("currentCoinbase").asText()),
        number(env.get("currentNumber")).low(),
        number(env.get("currentTimestamp")).low(),
        number(env.get("currentGasLimit")).low(),
        env.has("currentRandom") ? hash(number(env.get("currentRandom"))) : Hash.ZERO,
        env.has("currentBaseFee") ? new Amount(number(env.get("currentBaseFee"))) : Amount.ZERO,
        blobBaseFee(env, fork),
        number -> Keccak256.hash(Long.toString(number).getBytes(StandardCharsets.US_ASCII)));
  }

  /// EIP-4844, `fake_exponential`.
  private static Amount blobBaseFee(JsonNode env, Fork fork) {
    if (!env.has("currentExcessBlobGas")) {
      return Amount.wei(1);
    }
    BigInteger excess = number(env.get("currentExcessBlobGas")).toBigInteger();
    BigInteger fraction =
        BigInteger.valueOf(
            fork == Fork.CANCUN ? BLOB_FEE_FRACTION_CANCUN : BLOB_FEE_FRACTION_PRAGUE);
    BigInteger sum = BigInteger.ZERO;
    BigInteger term = fraction;
    for (int i = 1; term.signum() > 0; i++) {
      sum = sum.add(term);
      term = term.multiply(excess).divide(fraction.multiply(BigInteger.valueOf(i)));
    }
    return Amount.wei(sum.divide(fraction));
  }

  private static Hash hash(UInt256 number) {
    return number.toHash();
  }

  private static UInt256 number(JsonNode node) {
    return number(node.asText());
  }

  /// A quantity; `0x` is 0.
  private static UInt256 number(String text) {
    return text.equals("0x") ? UInt256.ZERO : UInt256.parse(text);
  }
}
