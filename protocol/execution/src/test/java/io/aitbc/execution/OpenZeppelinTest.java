// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.ContractAddress;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Contracts of OpenZeppelin's, compiled by solc, in blocks of the chain.
class OpenZeppelinTest { // Protocol §14.2, §14.6
  private static final long GAS = 8_000_000;
  private static final Amount SUPPLY = Amount.aitbc(1_000);

  private final TransferChain chain =
      new TransferChain(4, TransferChain.parameters(), Predeploys.all());
  private final long[] nonces = new long[4];

  @Test
  void aTokenMovesByTransferAndByAllowance() {
    Address token = deployToken();
    succeed(0, token, transfer(account(1), Amount.aitbc(100)));
    succeed(
        1,
        token,
        CallData.of("approve(address,uint256)").address(account(2)).amount(Amount.aitbc(30)));
    succeed(2, token, transferFrom(account(1), account(3), Amount.aitbc(30)));
    assertEquals(Amount.aitbc(70), balance(token, account(1)));
    assertEquals(Amount.aitbc(30), balance(token, account(3)));
    assertEquals(Amount.aitbc(900), balance(token, account(0)));
  }

  @Test
  void aTokenRefusesMoreThanThereIsAndMoreThanWasAllowed() {
    Address token = deployToken();
    assertEquals(
        Receipt.Outcome.FAILED,
        send(0, token, transfer(account(1), Amount.aitbc(1_001))).outcome());
    assertEquals(
        Receipt.Outcome.FAILED,
        send(1, token, transferFrom(account(0), account(1), Amount.aitbc(1))).outcome());
    assertEquals(SUPPLY, balance(token, account(0)));
  }

  @Test
  void aGovernorsProposalIsVotedOnDelayedAndExecuted() {
    Address token = deployToken();
    Address timelock =
        deploy(
            0,
            "TokenTimelock",
            CallData.ofConstructor()
                .number(0)
                .addresses(List.of())
                .addresses(List.of(new Address(Bytes.wrap(new byte[Address.BYTES]))))
                .address(account(0)));
    Address governor =
        deploy(0, "TokenGovernor", CallData.ofConstructor().address(token).address(timelock));
    for (String role : List.of("PROPOSER_ROLE", "CANCELLER_ROLE")) {
      succeed(
          0,
          timelock,
          CallData.of("grantRole(bytes32,address)").hash(hash(role)).address(governor));
    }
    succeed(0, token, transfer(timelock, Amount.aitbc(50)));
    succeed(0, token, CallData.of("delegate(address)").address(account(0)));

    Hash description = hash("pay");
    Bytes payment = transfer(account(3), Amount.aitbc(7)).toBytes();
    succeed(
        0,
        governor,
        proposal("propose(address[],uint256[],bytes[],string)", token, payment).bytes(text("pay")));
    UInt256 id =
        UInt256.of(
            read(
                governor,
                proposal("hashProposal(address[],uint256[],bytes[],bytes32)", token, payment)
                    .hash(description)),
            0,
            UInt256.BYTES);
    assertEquals(UInt256.ZERO, word(governor, CallData.of("state(uint256)").number(id)));
    commitEmptyBlocks(2);
    succeed(0, governor, CallData.of("castVote(uint256,uint8)").number(id).number(1));
    commitEmptyBlocks(3);
    assertEquals(UInt256.of(4), word(governor, CallData.of("state(uint256)").number(id)));
    succeed(
        0,
        governor,
        proposal("queue(address[],uint256[],bytes[],bytes32)", token, payment).hash(description));
    assertEquals(UInt256.of(5), word(governor, CallData.of("state(uint256)").number(id)));
    succeed(
        0,
        governor,
        proposal("execute(address[],uint256[],bytes[],bytes32)", token, payment).hash(description));
    assertEquals(UInt256.of(7), word(governor, CallData.of("state(uint256)").number(id)));
    assertEquals(Amount.aitbc(7), balance(token, account(3)));
    assertEquals(Amount.aitbc(43), balance(token, timelock));
  }

  private static CallData proposal(String signature, Address target, Bytes call) {
    return CallData.of(signature)
        .addresses(List.of(target))
        .numbers(List.of(UInt256.ZERO))
        .byteStrings(List.of(call));
  }

  private Address deployToken() {
    return deploy(0, "Token", CallData.ofConstructor().amount(SUPPLY));
  }

  private Address deploy(int from, String contract, CallData arguments) {
    byte[] creation = Artifacts.creationCode(contract).toArray();
    byte[] tail = arguments.toBytes().toArray();
    byte[] code = new byte[creation.length + tail.length];
    System.arraycopy(creation, 0, code, 0, creation.length);
    System.arraycopy(tail, 0, code, creation.length, tail.length);
    Address address = ContractAddress.ofNonce(account(from), nonces[from]);
    assertEquals(
        Receipt.Outcome.SUCCEEDED, include(from, Optional.empty(), Bytes.wrap(code)).outcome());
    return address;
  }

  private void succeed(int from, Address to, CallData call) {
    assertEquals(Receipt.Outcome.SUCCEEDED, send(from, to, call).outcome());
  }

  private Receipt send(int from, Address to, CallData call) {
    return include(from, Optional.of(to), call.toBytes());
  }

  /// Makes a block of one transaction.
  private Receipt include(int from, Optional<Address> to, Bytes data) {
    var unsigned =
        new DynamicFeeTransaction.Unsigned(
            TransferChain.CHAIN_ID,
            nonces[from]++,
            Amount.ZERO,
            TransferChain.FEE_CAP,
            GAS,
            to,
            Amount.ZERO,
            data,
            List.of());
    ExecutionResult result =
        chain.execute(
            List.of(
                new RecoveredTransaction(
                    unsigned.signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0)),
                    account(from))),
            Workers.NONE);
    assertEquals(List.of(), new ArrayList<>(result.dropped()));
    chain.commit(result);
    return result.receipts().getFirst();
  }

  private void commitEmptyBlocks(int count) {
    for (int i = 0; i < count; i++) {
      chain.commit(chain.execute());
    }
  }

  private byte[] read(Address contract, CallData call) {
    BlockEnvironment block = BlockEnvironments.of(chain.parameters, chain.parent, chain.state);
    var request =
        new DynamicFeeTransaction.Unsigned(
            TransferChain.CHAIN_ID,
            0,
            Amount.ZERO,
            TransferChain.FEE_CAP,
            GAS,
            Optional.of(contract),
            Amount.ZERO,
            call.toBytes(),
            List.of());
    TransactionOutcome outcome =
        new Calls(chain.machines.another()).call(request, account(0), block, chain.state);
    return ((TransactionOutcome.Executed) outcome).result().output().toArray();
  }

  private UInt256 word(Address contract, CallData call) {
    return UInt256.of(read(contract, call), 0, UInt256.BYTES);
  }

  private Amount balance(Address token, Address owner) {
    return new Amount(word(token, CallData.of("balanceOf(address)").address(owner)));
  }

  private static CallData transfer(Address to, Amount amount) {
    return CallData.of("transfer(address,uint256)").address(to).amount(amount);
  }

  private static CallData transferFrom(Address from, Address to, Amount amount) {
    return CallData.of("transferFrom(address,address,uint256)")
        .address(from)
        .address(to)
        .amount(amount);
  }

  private static Bytes text(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Hash hash(String text) {
    return Keccak256.hash(text(text));
  }
}
