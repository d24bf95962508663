// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Mode;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A parameter of the contract Params as it stands. Protocol §19.3.
///
/// @param number in the contract
/// @param name as in §19.1, the mode in front where there is one of each, and §19.3
/// @param value of one word
public record ChainParameter(int number, String name, UInt256 value) {
  /// Names of all parameters, in the order of their numbers.
  static final List<String> NAMES = names();

  private static List<String> names() {
    List<String> names =
        new ArrayList<>(
            List.of(
                "policy",
                "startMode",
                "forbidden",
                "rotation",
                "proposers",
                "fallback",
                "minTotalStake",
                "valueThreshold",
                "emptyBlockInterval",
                "roundTimerMax"));
    for (Mode mode : Mode.values()) {
      for (String each :
          List.of("blockInterval", "validatorsMax", "leastStake", "transactionsMax", "bytesMax")) {
        names.add(mode + "." + each);
      }
    }
    names.add("workShareMillionths");
    Stream.of(EconomyParameter.values()).forEach(each -> names.add(each.name()));
    names.addAll(
        EconomyParameter.EXECUTION,
        List.of(
            "FAST_GAS",
            "BALANCED_GAS",
            "SECURE_GAS",
            "TREASURY_FEES",
            "MAKER_FEES",
            "BASE_FEE_MIN",
            "BASE_FEE_MAX",
            "INERTIA_GAS"));
    return List.copyOf(names);
  }

  /// All, in the order of their numbers; none if the contract Params answers something else.
  static List<ChainParameter> all(EconomyView view) {
    Optional<List<UInt256>> words =
        view.read(EconomyContract.PARAMS, CallData.of("all()"))
            .words()
            .filter(each -> each.size() == NAMES.size());
    List<ChainParameter> all = new ArrayList<>();
    for (UInt256 word : words.orElse(List.of())) {
      all.add(new ChainParameter(all.size(), NAMES.get(all.size()), word));
    }
    return List.copyOf(all);
  }
}
