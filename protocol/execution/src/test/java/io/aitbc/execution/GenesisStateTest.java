// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.state.MemoryState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GenesisStateTest { // Protocol §14.3
  private static final Genesis.GenesisAccount RICH =
      Genesis.GenesisAccount.of(account(1), Amount.aitbc(5));

  private static final Genesis GENESIS =
      TransferChain.genesis(TransferChain.parameters(), List.of(RICH));

  @Test
  void everyPartOfTheGenesisChangesItsHash() {
    Genesis g = GENESIS;
    var otherExecution = ExecutionParameters.of(UInt256.of(8));
    var otherAccount = Genesis.GenesisAccount.of(account(1), Amount.aitbc(6));
    var otherKey = TransferChain.snapshot(2, ConsensusParameters.DEFAULT);
    var otherRules = TransferChain.snapshot(1, ConsensusParameters.CLASSIC);
    List<Genesis> all =
        List.of(
            g,
            with(g, otherExecution, g.snapshot()),
            with(g, TransferChain.withGasLimit(1_000_000), g.snapshot()),
            with(g, g.execution(), otherKey),
            with(g, g.execution(), otherRules),
            new Genesis(
                g.execution(),
                g.snapshot(),
                g.timestampMillis() + 1,
                g.baseFeePerGas(),
                g.accounts()),
            new Genesis(
                g.execution(), g.snapshot(), g.timestampMillis(), Amount.ZERO, g.accounts()),
            with(g, new NetworkKind.Poa(2_000)),
            with(g, new NetworkKind.Poa(2_001)),
            TransferChain.genesis(g.execution(), List.of(otherAccount)));
    Set<Hash> hashes = new TreeSet<>();
    all.forEach(genesis -> hashes.add(GenesisState.of(genesis, Workers.NONE).hash()));
    assertEquals(all.size(), hashes.size());
  }

  @Test // Protocol §14.3: what another implementation must hash.
  void extraDataIsTheHashOfAllButTheAccounts() {
    ExecutionParameters execution = GENESIS.execution();
    FeeParameters fees = execution.fees();
    RlpWriter all = new RlpWriter(4_096).begin();
    all.begin().number(execution.chainId());
    all.begin().begin().number(0).string("OSAKA".getBytes(StandardCharsets.US_ASCII)).end().end();
    all.number(execution.fastGasLimit());
    all.number(execution.balancedGasLimit());
    all.number(execution.secureGasLimit());
    all.begin().amount(fees.baseFeeMin()).amount(fees.baseFeeMax()).number(fees.inertiaGas());
    all.address(fees.treasury());
    all.number(fees.treasuryMillionths()).number(fees.makerMillionths()).end().end();
    all.begin();
    all.list(
        GENESIS.snapshot().candidates(),
        (to, each) -> {
          to.begin().address(each.account()).string(each.key().bytes());
          to.number(each.validatorClass().code()).number(each.stake().units());
          to.number(0).number(0).number(0).end();
        });
    GENESIS.snapshot().parameters().writeTo(all);
    all.number(GENESIS.snapshot().workShareMillionths()).end();
    all.number(GENESIS.timestampMillis()).amount(GENESIS.baseFeePerGas()).end();
    BlockHeader header = GenesisState.of(GENESIS, Workers.NONE).block().header();
    assertEquals(Keccak256.hash(all.toBytes()).toBytes(), header.extraData());
    assertEquals(Hash.ZERO, header.mixHash());
  }

  private static Genesis with(Genesis g, NetworkKind kind) {
    return new Genesis(
        kind, g.execution(), g.snapshot(), g.timestampMillis(), g.baseFeePerGas(), g.accounts());
  }

  @Test // Protocol §10.4.
  void aNetworkWithoutVotesHasProposersWithoutStake() {
    NetworkKind poa = new NetworkKind.Poa(2_000);
    assertEquals(
        GENESIS.execution().secureGasLimit(),
        GenesisState.of(with(GENESIS, poa), Workers.NONE).block().header().gasLimit());
    Candidate authority = GENESIS.snapshot().candidates().getFirst();
    Candidate staker =
        new Candidate(
            authority.account(),
            authority.key(),
            ValidatorClass.BOTH,
            new VotingPower(1),
            Candidate.Standing.ACTIVE,
            0,
            OptionalLong.empty());
    for (List<Candidate> wrong : List.of(List.<Candidate>of(), List.of(staker))) {
      Genesis votes =
          with(
              GENESIS,
              GENESIS.execution(),
              new EpochSnapshot(wrong, ConsensusParameters.DEFAULT, 0));
      assertThrows(IllegalArgumentException.class, () -> with(votes, poa));
    }
  }

  private static Genesis with(Genesis g, ExecutionParameters execution, EpochSnapshot snapshot) {
    return new Genesis(execution, snapshot, g.timestampMillis(), g.baseFeePerGas(), g.accounts());
  }

  @Test
  void theStateHoldsBalancesCodeAndStorage() {
    Bytes code = Bytes.of((byte) 0x60, (byte) 0);
    TreeMap<UInt256, UInt256> storage = new TreeMap<>();
    storage.put(UInt256.ONE, UInt256.of(9));
    var contract = new Genesis.GenesisAccount(account(2), Amount.wei(3), 1, code, storage);
    var accounts =
        account(1).compareTo(account(2)) < 0 ? List.of(RICH, contract) : List.of(contract, RICH);
    GenesisState genesis =
        GenesisState.of(TransferChain.genesis(TransferChain.parameters(), accounts), Workers.NONE);
    MemoryState state = genesis.inMemory();
    assertEquals(genesis.block().header().stateRoot(), state.root());
    assertEquals(RICH.balance(), state.account(account(1)).balance());
    assertEquals(Keccak256.hash(code), state.account(account(2)).codeHash());
    assertEquals(code, state.code(Keccak256.hash(code)));
    assertEquals(UInt256.of(9), state.storage(account(2), UInt256.ONE));
  }

  @Test
  void anAccountWithNothingOrOnlyStorageIsRefused() {
    TreeMap<UInt256, UInt256> storage = new TreeMap<>();
    storage.put(UInt256.ONE, UInt256.ONE);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Genesis.GenesisAccount(account(1), Amount.ZERO, 0, Bytes.EMPTY, storage));
  }

  @Test
  void moreMoneyThanFeesCanBeCountedInIsRefused() {
    Amount much = new Amount(new UInt256(0, 1, 0, 0));
    var account = Genesis.GenesisAccount.of(account(1), much);
    assertThrows(
        IllegalArgumentException.class,
        () -> TransferChain.genesis(TransferChain.parameters(), List.of(account)));
  }

  @Test
  void accountsOutOfOrderAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> TransferChain.genesis(TransferChain.parameters(), List.of(RICH, RICH)));
  }
}
