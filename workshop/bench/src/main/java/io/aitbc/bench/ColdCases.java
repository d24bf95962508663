// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.EvmCase.Group;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.FinalState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What reaches for state that no memory holds ({@link ColdState}), each time for another part of
/// it, in an order in which neighbours follow each other as late as can be.
final class ColdCases {
  /// Gas that is left when a loop ends: more than a round of any case here takes.
  private static final long GAS_KEPT = 400_000;

  private static final int REPEATS = 20;

  /// A prime, so that its multiples go through all entries; near the golden ratio of a billion, so
  /// that they spread.
  private static final long STRIDE = 618_034_003;

  /// The least that is paid for touching something cold (EIP-2929).
  private static final long LEAST_GAS = 2_100;

  private final ColdState cold;
  private final long gas;
  private final SortedMap<Address, Bytes> programs = new TreeMap<>();
  private final List<EvmCase> cases = new ArrayList<>();

  /// Begins where the case before ended, whichever it was.
  private long touched;

  private ColdCases(ColdState cold, long gas) {
    this.cold = cold;
    this.gas = gas;
  }

  /// All of them, each with so much gas for a run.
  static List<EvmCase> all(ColdState cold, long gas) {
    ColdCases made = new ColdCases(cold, gas);
    made.slots();
    made.accounts();
    made.contracts();
    return made.cases;
  }

  private void slots() {
    String slot = next(0, cold.entries());
    add("cold SLOAD", slot + "SLOAD POP", EvmScene.Root.LEFT_OUT);
    add("cold SLOAD of nothing", slot + "NOT SLOAD POP", EvmScene.Root.LEFT_OUT);
    add("cold SSTORE", slot + "GAS SWAP1 SSTORE", EvmScene.Root.LEFT_OUT);
    add("cold SSTORE, root", slot + "GAS SWAP1 SSTORE", EvmScene.Root.COMPUTED);
    add("cold SSTORE of 0, root", slot + "0 SWAP1 SSTORE", EvmScene.Root.COMPUTED);
  }

  private void accounts() {
    String account = next(ColdState.ACCOUNTS, cold.entries());
    add("cold BALANCE", account + "BALANCE POP", EvmScene.Root.LEFT_OUT);
    add(
        "cold CALL with money, root",
        "0 0 0 0 1 %s GAS CALL POP".formatted(below(account, 5)),
        EvmScene.Root.COMPUTED);
  }

  private void contracts() {
    String contract = next(ColdState.CONTRACTS, cold.contracts());
    add("cold EXTCODESIZE of 24 KiB", contract + "EXTCODESIZE POP", EvmScene.Root.LEFT_OUT);
    add(
        "cold EXTCODECOPY of 24 KiB",
        "%d 0 0 %s EXTCODECOPY".formatted(ColdState.CODE_BYTES, below(contract, 3)),
        EvmScene.Root.LEFT_OUT);
    add(
        "cold CALL of 24 KiB of code",
        "0 0 0 0 0 %s GAS CALL POP".formatted(below(contract, 5)),
        EvmScene.Root.LEFT_OUT);
  }

  /// Counts the number on top of the stack up, and puts the place of that number above it.
  private static String next(long first, int count) {
    return "1 ADD DUP1 %d MUL %d SWAP1 MOD %d ADD ".formatted(STRIDE, count, first);
  }

  /// The same where the number to count up lies below so many others.
  private static String below(String next, int others) {
    String counted = "SWAP%d 1 ADD SWAP%d DUP%d".formatted(others, others, others + 1);
    return next.replace("1 ADD DUP1", counted);
  }

  private void add(String name, String body, EvmScene.Root root) {
    Address program = EvmScene.address(0x1_0000 + cases.size());
    programs.put(program, Assembly.loop("0 CALLDATALOAD", body, REPEATS, GAS_KEPT));
    cases.add(new EvmCase(name, Group.COLD, () -> run(program, root)));
  }

  private long run(Address program, EvmScene.Root root) {
    byte[] input = new byte[64];
    UInt256.of(touched).toHash().toBytes().copyTo(input, 0);
    program.bytes().copyTo(input, 44);
    FinalState state = cold.state(programs);
    Overlay changes = new Overlay(state);
    BlockEnvironment block = EvmScene.block();
    LegacyTransaction.Unsigned request =
        new LegacyTransaction.Unsigned(
            Optional.empty(),
            0,
            Amount.ZERO,
            gas,
            Optional.of(ColdState.SLOTS),
            Amount.ZERO,
            Bytes.wrap(input));
    long used = EvmScene.gasOf(EvmScene.EVM.simulate(request, EvmScene.CALLER, block, changes));
    if (root == EvmScene.Root.COMPUTED) {
      var _ = StateTrie.diff(state, changes, Workers.NONE);
    }
    touched += used / LEAST_GAS;
    return used;
  }
}
