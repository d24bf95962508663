// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import java.util.Optional;
import java.util.function.Function;

/// A question to one of the chain's contracts that changes nothing, and how its answer is read.
/// Whoever holds a state asks by {@link Calls#read}, whoever is elsewhere by `eth_call`. Protocol
/// §16.1.
///
/// @param <T> what is asked for
/// @param contract whom it asks
/// @param input of the call
/// @param decoder of what is returned
public record ContractRead<T>(
    EconomyContract contract, Bytes input, Function<Bytes, Optional<T>> decoder) {
  /// Reads what was returned; empty if there is no such thing, or the call failed.
  public Optional<T> answer(Bytes returned) {
    return decoder.apply(returned);
  }

  /// A read of an answer word by word.
  static <T> ContractRead<T> of(
      EconomyContract contract, CallData data, Function<ReturnWords, Optional<T>> decoder) {
    return new ContractRead<>(
        contract,
        data.toBytes(),
        returned -> decoder.apply(new ReturnWords(new ReturnData(returned))));
  }
}
