// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static io.aitbc.execution.TransferChain.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.UInt256;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateDiff;
import io.aitbc.state.StateTrie;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who is paid the fees of a block. Protocol §14.4, §16.5.
class FeeRecipientTest {
  private static final Address MAKER = TransferChain.MAKER;
  private static final Address RECIPIENT = account(950);

  private final TransferChain chain = chain();
  private final BlockExecutor executor =
      new BlockExecutor(chain.parameters, new Economy(chain.parameters), chain.machines);
  private long nonce;
  private long makersNonce;

  /// With the economy, of which the maker is the one authority, and money for it.
  private static TransferChain chain() {
    List<Genesis.GenesisAccount> accounts =
        new ArrayList<>(
            new GenesisEconomy(
                    TransferChain.parameters(),
                    TransferChain.snapshot(1, ConsensusParameters.DEFAULT),
                    new EnumMap<>(EconomyParameter.class),
                    EconomyWorld.SUPPLY)
                .accounts());
    accounts.add(Genesis.GenesisAccount.of(MAKER, TransferChain.START));
    return new TransferChain(3, TransferChain.parameters(), accounts);
  }

  @Test // Protocol §14.4
  void theFeesOfItsBlocksGoWhereAnAuthoritySays() {
    Amount fees = feesOf(block());
    assertEquals(TransferChain.START.plus(fees), balance(MAKER));
    Amount first = fees;
    describe(RECIPIENT);
    Amount before = balance(MAKER);
    Amount paid = balance(RECIPIENT);
    fees = feesOf(block());
    assertTrue(!fees.isZero());
    assertEquals(before, balance(MAKER));
    assertEquals(paid.plus(fees), balance(RECIPIENT));
    assertEquals(MAKER, chain.parent.beneficiary());
    // What proposers got of the epoch's fees is what recipients got.
    assertEquals(
        balance(RECIPIENT).plus(first),
        new Amount(chain.state.storage(EconomyContract.BEACON_HISTORY.address(), UInt256.of(11))));
    describe(Address.ZERO);
    paid = balance(RECIPIENT);
    before = balance(MAKER);
    fees = feesOf(block());
    assertEquals(paid, balance(RECIPIENT));
    assertEquals(before.plus(fees), balance(MAKER));
  }

  @Test // Protocol §16.5: who is no authority any more says nothing.
  void whoLeftIsPaidItself() {
    describe(RECIPIENT);
    ask(CallData.of("resign()"));
    Amount before = balance(MAKER);
    Amount fees = feesOf(block());
    assertEquals(before.plus(fees), balance(MAKER));
  }

  @Test // Protocol §14.4: whatever an upgrade answers.
  void theMakerIsPaidWhereTheRegistryFailsOrAnswersNoAddress() {
    describe(RECIPIENT);
    for (String code : List.of("0x5f5ffd", "0x5f195f5260205ff3", "0x5f5f5260205ff3", "0x00")) {
      Overlay overlay = new Overlay(chain.state);
      Hash _ =
          overlay.setCode(EconomyContract.AUTHORITY_REGISTRY.implementation(), Bytes.fromHex(code));
      StateDiff diff = StateTrie.diff(chain.state, overlay, Workers.NONE);
      chain.state.apply(diff);
      chain.parent = BlockExecutorTest.withRoot(chain.parent, diff.rootAfter());
      Amount before = balance(MAKER);
      Amount fees = feesOf(block());
      assertEquals(before.plus(fees), balance(MAKER), code);
    }
  }

  private void describe(Address recipient) {
    ask(
        CallData.of("describe(address,address,bytes32)")
            .address(Address.ZERO)
            .address(recipient)
            .hash(Hash.ZERO));
  }

  /// A block in which the maker calls the registry.
  private void ask(CallData call) {
    RecoveredTransaction sent =
        TransferChain.call(
            1,
            makersNonce++,
            Optional.of(EconomyContract.AUTHORITY_REGISTRY.address()),
            Amount.ZERO,
            call.toBytes());
    ExecutionResult result = execute(new RecoveredTransaction(sent.transaction(), MAKER));
    assertEquals(Receipt.Outcome.SUCCEEDED, result.receipts().getFirst().outcome());
  }

  /// A block with a transfer.
  private ExecutionResult block() {
    return execute(transfer(1, nonce++, 2, Amount.ONE_AITBC));
  }

  private ExecutionResult execute(RecoveredTransaction transaction) {
    ExecutionResult result =
        executor.execute(
            chain.context(Optional.empty()),
            chain.parent,
            List.of(transaction),
            chain.state,
            Workers.NONE);
    assertEquals(List.of(), result.dropped());
    chain.commit(result);
    return result;
  }

  /// What of a block's fees is the maker's.
  private Amount feesOf(ExecutionResult result) {
    BlockHeader header = result.block().header();
    Amount base = header.baseFeePerGas().times(header.gasUsed());
    Amount priority = Amount.wei(10).times(header.gasUsed());
    return chain.parameters.fees().shares(base, priority).maker();
  }

  private Amount balance(Address address) {
    return chain.state.account(address).balance();
  }
}
