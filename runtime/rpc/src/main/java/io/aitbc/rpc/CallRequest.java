// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.AccessListTransaction;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Authorization;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.SetCodeTransaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The transaction that eth_call and eth_estimateGas are asked about, as far as the caller gave it.
///
/// @param from who sends it; the zero address if nobody was named
/// @param to whom it calls; empty to create a contract
/// @param gas its gas limit, if one was given
/// @param maxFeePerGas the most it pays per unit of gas, 0 if nothing was given
/// @param maxPriorityFeePerGas the most of it that goes to the proposer
/// @param value money sent along
/// @param input of the call, or code
/// @param accessList accounts and slots announced
record CallRequest(
    Address from,
    Optional<Address> to,
    Optional<Long> gas,
    Amount maxFeePerGas,
    Amount maxPriorityFeePerGas,
    Amount value,
    Bytes input,
    List<AccessListEntry> accessList) {
  /// Reads the object of a call.
  static CallRequest of(JsonNode call) throws RpcError {
    if (!call.isObject()) {
      throw Parameters.invalid("a call is an object");
    }
    Amount price = amount(call, "gasPrice");
    Amount maxFee = call.hasNonNull("maxFeePerGas") ? amount(call, "maxFeePerGas") : price;
    Amount tip =
        call.hasNonNull("maxPriorityFeePerGas") ? amount(call, "maxPriorityFeePerGas") : price;
    if (call.hasNonNull("gasPrice")
        && (call.hasNonNull("maxFeePerGas") || call.hasNonNull("maxPriorityFeePerGas"))) {
      throw Parameters.invalid(
          "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    }
    if (tip.compareTo(maxFee) > 0) {
      throw Parameters.invalid(
          "max priority fee per gas higher than max fee per gas: %s above %s"
              .formatted(tip.wei(), maxFee.wei()));
    }
    return new CallRequest(
        address(call, "from").orElse(Address.ZERO),
        address(call, "to"),
        gas(call),
        maxFee,
        tip,
        amount(call, "value"),
        input(call),
        accessList(call.path("accessList")));
  }

  /// The same with other announcements.
  CallRequest withAccessList(List<AccessListEntry> announced) {
    return new CallRequest(
        from, to, gas, maxFeePerGas, maxPriorityFeePerGas, value, input, announced);
  }

  /// The transaction with a gas limit.
  UnsignedTransaction transaction(UInt256 chainId, long nonce, long gasLimit) {
    return new DynamicFeeTransaction.Unsigned(
        chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, to, value, input, accessList);
  }

  /// The transaction in the type that the fields of `call`, whose reading this is, belong to.
  UnsignedTransaction typedTransaction(JsonNode call, UInt256 chainId, long nonce, long gasLimit)
      throws RpcError {
    if (!call.path("authorizationList").isEmpty()) {
      if (to.isEmpty()) {
        throw Parameters.invalid("a transaction with authorizations creates no contract");
      }
      return new SetCodeTransaction.Unsigned(
          chainId,
          nonce,
          maxPriorityFeePerGas,
          maxFeePerGas,
          gasLimit,
          to.get(),
          value,
          input,
          accessList,
          authorizations(call.get("authorizationList")));
    }
    if (!call.hasNonNull("gasPrice")) {
      return transaction(chainId, nonce, gasLimit);
    }
    return accessList.isEmpty()
        ? new LegacyTransaction.Unsigned(
            Optional.of(chainId), nonce, maxFeePerGas, gasLimit, to, value, input)
        : new AccessListTransaction.Unsigned(
            chainId, nonce, maxFeePerGas, gasLimit, to, value, input, accessList);
  }

  private static List<Authorization> authorizations(JsonNode list) throws RpcError {
    List<Authorization> all = new ArrayList<>();
    for (JsonNode each : list) {
      UInt256 parity = number(each, "yParity");
      if (!parity.fitsLong() || parity.low() > TransactionSignature.Y_PARITY_MAX) {
        throw Parameters.invalid("no parity: " + parity);
      }
      all.add(
          new Authorization(
              number(each, "chainId"),
              Parameters.address(each.path("address").asText()),
              Parameters.word64(each.path("nonce").asText()),
              new TransactionSignature(number(each, "r"), number(each, "s"), (int) parity.low())));
    }
    return all;
  }

  private static UInt256 number(JsonNode object, String field) throws RpcError {
    return Parameters.quantity(object.path(field).asText());
  }

  private static Bytes input(JsonNode call) throws RpcError {
    boolean both = call.hasNonNull("input") && call.hasNonNull("data");
    if (both && !call.get("input").equals(call.get("data"))) {
      throw Parameters.invalid("both \"data\" and \"input\" are set and not equal");
    }
    JsonNode given = call.hasNonNull("input") ? call.get("input") : call.path("data");
    return given.isTextual() ? Parameters.data(given.asText()) : Bytes.EMPTY;
  }

  private static Optional<Address> address(JsonNode call, String field) throws RpcError {
    return call.hasNonNull(field)
        ? Optional.of(Parameters.address(call.get(field).asText()))
        : Optional.empty();
  }

  private static Amount amount(JsonNode call, String field) throws RpcError {
    return call.hasNonNull(field)
        ? new Amount(Parameters.quantity(call.get(field).asText()))
        : Amount.ZERO;
  }

  private static Optional<Long> gas(JsonNode call) throws RpcError {
    if (!call.hasNonNull("gas")) {
      return Optional.empty();
    }
    UInt256 gas = Parameters.quantity(call.get("gas").asText());
    return Optional.of(gas.fitsLong() ? gas.low() : Long.MAX_VALUE);
  }

  private static List<AccessListEntry> accessList(JsonNode list) throws RpcError {
    List<AccessListEntry> entries = new ArrayList<>();
    for (JsonNode entry : list) {
      List<Hash> keys = new ArrayList<>();
      for (JsonNode key : entry.path("storageKeys")) {
        keys.add(Parameters.hash(key.asText()));
      }
      entries.add(new AccessListEntry(Parameters.address(entry.path("address").asText()), keys));
    }
    return entries;
  }
}
