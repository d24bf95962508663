// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static io.aitbc.execution.TransferChain.transaction;
import static io.aitbc.execution.TransferChain.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.TransactionRefusal;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.TransactionRejection;
import io.aitbc.model.TransactionType;
import io.aitbc.model.UInt256;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlockExecutorTest { // Protocol §14.2, §14.3, §14.4, §14.8
  private static final Amount VALUE = Amount.aitbc(3);

  private final TransferChain chain = new TransferChain(10, TransferChain.parameters());

  /// The base fee of the first block: the genesis block was empty, so it is a little lower.
  private final Amount baseFee = chain.parameters.fees().nextBaseFee(chain.parent);

  private final Amount fee = baseFee.plus(Amount.wei(10)).times(21_000);

  @Test
  void aTransferMovesItsValueAndCostsItsFee() {
    chain.commit(chain.execute(transfer(1, 0, 2, VALUE)));
    assertEquals(
        TransferChain.START.minus(VALUE).minus(fee), chain.state.account(account(1)).balance());
    assertEquals(TransferChain.START.plus(VALUE), chain.state.account(account(2)).balance());
    assertEquals(1, chain.state.account(account(1)).nonce());
  }

  @Test
  void aTransferToOneselfCostsOnlyItsFee() {
    chain.commit(chain.execute(transfer(1, 0, 1, VALUE)));
    assertEquals(TransferChain.START.minus(fee), chain.state.account(account(1)).balance());
  }

  @Test
  void aTransferOfNothingToNobodyLeavesNoAccount() {
    ExecutionResult result = chain.execute(transfer(1, 0, 700, Amount.ZERO));
    assertTrue(result.diff().accounts().stream().noneMatch(c -> c.address().equals(account(700))));
  }

  @Test
  void priorityFeesAndAPartOfTheBaseFeesAreTheMakersAndTheRestIsTheTreasurysOrBurned() {
    Amount base = baseFee.times(21_000);
    chain.commit(chain.execute(transfer(1, 0, 2, VALUE)));
    Amount maker = Amount.wei(base.wei().toLongExact() * 4 / 10 + 210_000);
    assertEquals(maker, chain.state.account(TransferChain.MAKER).balance());
    assertEquals(
        Amount.wei(base.wei().toLongExact() / 10),
        chain.state.account(TransferChain.TREASURY).balance());
  }

  @Test
  void theReceiptOfATransferHasItsTypeAndTheGasSoFar() {
    ExecutionResult result = chain.execute(transfer(1, 0, 2, VALUE), transfer(2, 0, 3, VALUE));
    assertEquals(List.of(receipt(21_000), receipt(42_000)), result.receipts());
  }

  private static Receipt receipt(long gas) {
    return Receipt.of(TransactionType.DYNAMIC_FEE, Receipt.Outcome.SUCCEEDED, gas, List.of());
  }

  @Test
  void theHeaderCarriesWhatConsensusTold() {
    BlockContext context = chain.context(Optional.empty());
    BlockHeader header = chain.execute(transfer(1, 0, 2, VALUE)).block().header();
    assertEquals(context.parentHash(), header.parentHash());
    assertEquals(TransferChain.MAKER, header.beneficiary());
    assertEquals(1, header.number());
    assertEquals(context.beacon(), header.mixHash());
    assertEquals(context.extension().hash().toBytes(), header.extraData());
    assertEquals(context.timestampSeconds(), header.timestampSeconds());
    assertEquals(context.parentCertificateHash(), header.parentBeaconBlockRoot());
    assertEquals(Optional.of(BlockHeader.NO_REQUESTS_HASH), header.requestsHash());
  }

  @Test
  void theHeaderCarriesWhatExecutionGave() {
    ExecutionResult result = chain.execute(transfer(1, 0, 2, VALUE));
    BlockHeader header = result.block().header();
    assertEquals(result.diff().rootAfter(), header.stateRoot());
    assertEquals(125_000_000, header.gasLimit());
    assertEquals(21_000, header.gasUsed());
    assertEquals(baseFee, header.baseFeePerGas());
    assertEquals(Bloom.EMPTY, header.logsBloom());
    assertEquals(result.blockHash(), header.hash());
  }

  @Test
  void anEmptyBlockLeavesTheState() {
    ExecutionResult result = chain.execute();
    assertEquals(chain.parent.stateRoot(), result.block().header().stateRoot());
    assertEquals(BlockHeader.EMPTY_TRIE_ROOT, result.block().header().transactionsRoot());
    assertEquals(BlockHeader.EMPTY_TRIE_ROOT, result.block().header().receiptsRoot());
    assertEquals(Amount.ZERO, result.facts().valueMoved());
  }

  @Test
  void aNonceBelowTheSendersIsDropped() {
    ExecutionResult result = chain.execute(transfer(1, 0, 2, VALUE), transfer(1, 0, 3, VALUE));
    assertRefused(new TransactionRefusal.NonceTooLow(1, 0), result);
  }

  @Test
  void aNonceAboveTheSendersIsDropped() {
    assertRefused(
        new TransactionRefusal.NonceTooHigh(0, 1), chain.execute(transfer(1, 1, 2, VALUE)));
  }

  @Test
  void whatCostsMoreThanTheSenderHoldsIsDropped() {
    Amount needed = TransferChain.START.plus(TransferChain.FEE_CAP.times(21_000));
    assertRefused(
        new TransactionRefusal.BalanceTooLow(needed, TransferChain.START),
        chain.execute(transfer(1, 0, 2, TransferChain.START)));
  }

  @Test
  void whatOffersLessThanTheBaseFeeIsDropped() {
    Amount offered = baseFee.minus(Amount.wei(1));
    assertRefused(
        new TransactionRefusal.FeeBelowBaseFee(baseFee, offered),
        chain.execute(to(account(2), offered, 21_000, TransferChain.CHAIN_ID)));
  }

  @Test
  void whatIsForAnotherChainIsDropped() {
    UInt256 other = UInt256.of(8);
    assertDropped(
        new DropReason.Invalid(
            new TransactionRejection.WrongChain(TransferChain.CHAIN_ID, Optional.of(other))),
        chain.execute(to(account(2), TransferChain.FEE_CAP, 21_000, other)));
  }

  @Test
  void whatHasNotTheGasOfATransferIsDropped() {
    assertDropped(
        new DropReason.Invalid(new TransactionRejection.GasLimitBelowIntrinsic(21_000, 20_999)),
        chain.execute(to(account(2), TransferChain.FEE_CAP, 20_999, TransferChain.CHAIN_ID)));
  }

  @Test // EIP-3607
  void aSenderThatIsAContractIsDropped() {
    Overlay overlay = new Overlay(chain.state);
    overlay.setCode(account(1), Bytes.of((byte) 0xfe));
    var diff = StateTrie.diff(chain.state, overlay, Workers.NONE);
    chain.state.apply(diff);
    chain.parent = withRoot(chain.parent, diff.rootAfter());
    assertRefused(
        new TransactionRefusal.SenderIsContract(account(1)),
        chain.execute(transfer(1, 0, 2, VALUE)));
  }

  @Test
  void whatDoesNotFitTheGasLeftIsDroppedAndWhatFollowsMayFit() {
    TransferChain small = new TransferChain(10, TransferChain.withGasLimit(50_000));
    RecoveredTransaction large =
        transaction(
            2,
            0,
            Optional.of(account(3)),
            VALUE,
            TransferChain.FEE_CAP,
            30_000,
            TransferChain.CHAIN_ID);
    ExecutionResult result =
        small.execute(transfer(1, 0, 2, VALUE), large, transfer(3, 0, 4, VALUE));
    assertDropped(new DropReason.BlockGasExhausted(29_000, 30_000), result);
    assertEquals(2, result.receipts().size());
  }

  @Test
  void aDroppedTransactionLeavesNoTrace() {
    ExecutionResult without = chain.execute(transfer(1, 0, 2, VALUE), transfer(2, 0, 3, VALUE));
    ExecutionResult with =
        chain.execute(
            transfer(4, 5, 2, VALUE),
            transfer(1, 0, 2, VALUE),
            transfer(1, 0, 2, VALUE),
            transfer(5, 0, 2, TransferChain.START),
            to(account(2), Amount.ZERO, 21_000, TransferChain.CHAIN_ID),
            transfer(2, 0, 3, VALUE));
    assertEquals(4, with.dropped().size());
    assertEquals(without.block(), with.block());
    assertEquals(without.blockHash(), with.blockHash());
    assertEquals(without.diff(), with.diff());
    assertEquals(without.facts(), with.facts());
  }

  @Test
  void moneySentInACircleMovesOnlyTheFees() {
    ExecutionResult result =
        chain.execute(transfer(1, 0, 2, VALUE), transfer(2, 0, 3, VALUE), transfer(3, 0, 1, VALUE));
    assertEquals(fee.times(3), result.facts().valueMoved());
  }

  @Test
  void theLastBlockOfAnEpochBringsASnapshotAndNoOtherDoes() {
    EpochReport report =
        new EpochReport(0, List.of(), Absences.NONE, Hash.ZERO, ConsensusParameters.DEFAULT, 0);
    ExecutionResult result =
        chain
            .executor()
            .execute(
                chain.context(Optional.of(report)),
                chain.parent,
                List.of(),
                chain.state,
                Workers.NONE);
    assertEquals(Optional.of(TransferChain.SNAPSHOT), result.facts().snapshot());
    assertEquals(Optional.empty(), chain.execute().facts().snapshot());
  }

  @Test // Protocol §16.1
  void theResultNamesTheContractsWhoseCallsAtTheEpochsEndFailed() {
    SystemContracts failing =
        new SystemContracts() {
          @Override
          public void startBlock(BlockContext context, Amount burned, SystemCalls calls) {}

          @Override
          public Address feesTo(Address proposer, SystemCalls calls) {
            return proposer;
          }

          @Override
          public void paidProposer(Amount fees, SystemCalls calls) {}

          @Override
          public EpochSnapshot settle(EpochReport report, BlockContext context, SystemCalls calls) {
            assertFalse(calls.attempt(() -> calls.tryCall(account(1), Bytes.EMPTY).isPresent()));
            calls.failed(EconomyContract.REWARDS);
            return TransferChain.SNAPSHOT;
          }

          @Override
          public List<Address> convicted(List<Log> logs) {
            return List.of();
          }
        };
    EpochReport report =
        new EpochReport(0, List.of(), Absences.NONE, Hash.ZERO, ConsensusParameters.DEFAULT, 0);
    ExecutionResult result =
        new BlockExecutor(chain.parameters, failing, chain.machines)
            .execute(
                chain.context(Optional.of(report)),
                chain.parent,
                List.of(),
                chain.state,
                Workers.NONE);
    assertEquals(List.of(EconomyContract.REWARDS), result.failed());
    assertEquals(List.of(), chain.execute().failed());
  }

  @Test
  void aBlockIsNotExecutedOverAnotherParent() {
    BlockHeader other = withRoot(chain.parent, Hash.ZERO);
    BlockContext context = chain.context(Optional.empty());
    var executor = chain.executor();
    assertThrows(
        IllegalArgumentException.class,
        () -> executor.execute(context, other, List.of(), chain.state, Workers.NONE));
  }

  private static RecoveredTransaction to(
      Address recipient, Amount feeCap, long gasLimit, UInt256 chainId) {
    return transaction(1, 0, Optional.of(recipient), VALUE, feeCap, gasLimit, chainId);
  }

  private static void assertRefused(TransactionRefusal refusal, ExecutionResult result) {
    assertDropped(new DropReason.Refused(refusal), result);
  }

  private static void assertDropped(DropReason reason, ExecutionResult result) {
    assertEquals(
        List.of(reason), result.dropped().stream().map(ExecutionResult.Dropped::reason).toList());
  }

  /// A header with another state.
  static BlockHeader withRoot(BlockHeader header, Hash stateRoot) {
    return new BlockHeader(
        header.parentHash(),
        header.beneficiary(),
        stateRoot,
        header.transactionsRoot(),
        header.receiptsRoot(),
        header.logsBloom(),
        header.number(),
        header.gasLimit(),
        header.gasUsed(),
        header.timestampSeconds(),
        header.extraData(),
        header.mixHash(),
        header.baseFeePerGas(),
        header.withdrawalsRoot(),
        header.blobGasUsed(),
        header.excessBlobGas(),
        header.parentBeaconBlockRoot(),
        header.requestsHash());
  }
}
