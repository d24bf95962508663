// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.ContractAddress;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.LegacyTransaction;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The contracts that tools expect at the same address of every chain. Protocol §16.9.
class PredeploysTest {
  /// keccak-256 of the code at the same addresses of Ethereum.
  private static final Hash PERMIT_HASH =
      Hash.fromHex("0xc67d1657868aa5146eaf24fb879fb1fdec3d2d493b3683a61c9c2f4fb2851131");

  private static final Hash MULTICALL_HASH =
      Hash.fromHex("0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891");

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  PredeploysTest() {
    EconomyWorld.place(Predeploys.all(), world.state);
  }

  @Test // Protocol §16.9
  void theirCodeIsThatOfEthereum() {
    assertEquals(PERMIT_HASH, Keccak256.hash(world.state.codeAt(Predeploys.PERMIT)));
    assertEquals(MULTICALL_HASH, Keccak256.hash(world.state.codeAt(Predeploys.MULTICALL)));
  }

  @Test // Protocol §16.9: nobody's key made the proxy; its address follows from its code.
  void theDeploymentProxyIsWhatItsOwnTransactionCreates() {
    Bytes runtime = world.state.codeAt(Predeploys.DEPLOYMENT_PROXY);
    // Copies what follows it, the code, and returns it.
    Bytes creation = concat(Bytes.fromHex("0x604580600e600039806000f350fe"), runtime);
    UInt256 twos = UInt256.of(Bytes.fromHex("0x" + "22".repeat(32)).toArray(), 0, UInt256.BYTES);
    LegacyTransaction keyless =
        new LegacyTransaction.Unsigned(
                Optional.empty(),
                0,
                Amount.wei(100_000_000_000L),
                100_000,
                Optional.empty(),
                Amount.ZERO,
                creation)
            .signedWith(new TransactionSignature(twos, twos, 0));
    Address sender = keyless.sender(Secp256k1.chosen()).orElseThrow();
    assertEquals(Predeploys.DEPLOYMENT_PROXY, ContractAddress.ofNonce(sender, 0));
  }

  @Test // Protocol §16.9
  void aContractIsDeployedThroughTheProxyWhereSaltAndCodeSay() {
    Bytes creation = Artifacts.creationCode("WAITBC");
    Hash salt = Keccak256.hash(Bytes.of((byte) 1));
    Address expected =
        ContractAddress.ofSalt(Predeploys.DEPLOYMENT_PROXY, salt, Keccak256.hash(creation));
    Bytes input = concat(salt.toBytes(), creation);
    EconomyWorld.Outcome deployed =
        world.send(account(9), Predeploys.DEPLOYMENT_PROXY, Amount.ZERO, input);
    assertTrue(deployed.succeeded());
    assertEquals(expected.bytes(), deployed.result().output());
    assertEquals(Artifacts.code("WAITBC"), world.state.codeAt(expected));
    assertFalse(
        world.send(account(9), Predeploys.DEPLOYMENT_PROXY, Amount.ZERO, input).succeeded());
  }

  @Test // Protocol §16.9
  void manyCallsAreMadeInOneAndAFailureIsTold() {
    record Call(EconomyContract target, String function) {}
    List<Call> calls =
        List.of(
            new Call(EconomyContract.BEACON_HISTORY, "activeMillis()"),
            new Call(EconomyContract.STAKE_MANAGER, "ready()"), // of no candidate
            new Call(EconomyContract.STAKE_MANAGER, "candidateCount()"));
    List<Bytes> parts = new ArrayList<>();
    parts.add(CallData.selector("aggregate3((address,bool,bytes)[])"));
    parts.add(word(32));
    parts.add(word(calls.size()));
    for (int i = 0; i < calls.size(); i++) {
      parts.add(word(32L * calls.size() + 5 * 32L * i));
    }
    for (Call call : calls) {
      parts.add(
          concat(
              Bytes.wrap(new byte[12]), call.target.address().bytes(), word(1), word(96), word(4)));
      parts.add(concat(CallData.selector(call.function), Bytes.wrap(new byte[28])));
    }
    Bytes input = concat(parts);
    EconomyWorld.Outcome outcome = world.send(account(9), Predeploys.MULTICALL, Amount.ZERO, input);
    assertTrue(outcome.succeeded());
    assertEquals(UInt256.of(3), outcome.word(1));
    assertEquals(
        List.of(1L, 0L, 1L),
        List.of(word(outcome, 0, 0), word(outcome, 1, 0), word(outcome, 2, 0)));
    assertEquals(world.activeMillis(), word(outcome, 0, 3));
    assertEquals(5, word(outcome, 2, 3));
  }

  /// Word `index` of the result of call `call`.
  private static long word(EconomyWorld.Outcome outcome, int call, int index) {
    long offset = outcome.word(2 + call).toLongExact();
    return outcome.word((int) (2 + offset / 32 + index)).toLongExact();
  }

  @Test // Protocol §16.9: on another chain than the code's it computes the domain.
  void tokensAreSignedForThisChain() {
    Hash domain =
        Keccak256.hash(
            concat(
                hash("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                hash("Permit2"),
                word(7),
                Bytes.wrap(new byte[12]),
                Predeploys.PERMIT.bytes()));
    EconomyWorld.Outcome outcome =
        world.send(
            account(9),
            Predeploys.PERMIT,
            Amount.ZERO,
            CallData.of("DOMAIN_SEPARATOR()").toBytes());
    assertEquals(domain.toBytes(), outcome.result().output());
  }

  @Test // Protocol §16.9
  void tokensMoveByAllowance() {
    Amount amount = Amount.aitbc(3);
    Address token = EconomyContract.WAITBC.address();
    assertTrue(world.send(account(9), token, amount, CallData.of("deposit()")).succeeded());
    CallData whole =
        CallData.of("approve(address,uint256)").address(Predeploys.PERMIT).number(UInt256.MAX);
    assertTrue(world.send(account(9), token, Amount.ZERO, whole).succeeded());
    CallData move =
        CallData.of("transferFrom(address,address,uint160,address)")
            .address(account(9))
            .address(account(11))
            .amount(amount)
            .address(token);
    assertFalse(world.send(account(10), Predeploys.PERMIT, Amount.ZERO, move).succeeded());
    CallData allow =
        CallData.of("approve(address,address,uint160,uint48)")
            .address(token)
            .address(account(10))
            .amount(amount)
            .number(1L << 40);
    assertTrue(world.send(account(9), Predeploys.PERMIT, Amount.ZERO, allow).succeeded());
    assertTrue(world.send(account(10), Predeploys.PERMIT, Amount.ZERO, move).succeeded());
    assertEquals(
        amount.wei(),
        world.read(EconomyContract.WAITBC, CallData.of("balanceOf(address)").address(account(11))));
    assertFalse(world.send(account(10), Predeploys.PERMIT, Amount.ZERO, move).succeeded());
  }

  private static Bytes concat(Bytes... parts) {
    return concat(List.of(parts));
  }

  private static Bytes concat(List<Bytes> parts) {
    byte[] all = new byte[parts.stream().mapToInt(Bytes::length).sum()];
    int at = 0;
    for (Bytes part : parts) {
      part.copyTo(all, at);
      at += part.length();
    }
    return Bytes.wrap(all);
  }

  private static Bytes word(long value) {
    return Bytes.wrap(UInt256.of(value).toArray());
  }

  private static Bytes hash(String text) {
    return Keccak256.hash(Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII))).toBytes();
  }
}
