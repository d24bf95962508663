// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.evm.CallKind;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Tracer;
import io.aitbc.model.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Watches the chain's own calls: counts their gas, and throws when they call, pay or make anybody
/// outside of the economy. Protocol §16.1.
final class CallWatch implements Tracer {
  private static final TreeSet<Address> ECONOMY = new TreeSet<>();

  static {
    for (EconomyContract contract : EconomyContract.values()) {
      ECONOMY.add(contract.address());
    }
  }

  /// Gas of each outermost call, in their order.
  private final List<Long> gas = new ArrayList<>();

  private int depth;
  private long calls;

  List<Long> gas() {
    return List.copyOf(gas);
  }

  /// Calls of any depth.
  long calls() {
    return calls;
  }

  void clear() {
    gas.clear();
    calls = 0;
  }

  @Override
  public void enter(Entered call) {
    depth++;
    calls++;
    // A proxy runs its implementation on its own storage, so who acts is the proxy.
    Address reached = call.kind() == CallKind.DELEGATECALL ? call.from() : call.to();
    boolean makes = call.kind() == CallKind.CREATE || call.kind() == CallKind.CREATE2;
    if (makes || !ECONOMY.contains(reached)) {
      throw new AssertionError("the chain's call reaches outside of the economy: " + call);
    }
  }

  @Override
  public void exit(CallResult result, long gasUsed) {
    depth--;
    if (depth == 0) {
      gas.add(gasUsed);
    }
  }
}
