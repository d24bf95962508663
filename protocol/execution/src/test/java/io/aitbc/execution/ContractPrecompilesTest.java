// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsVrf;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Evidence;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The chain's own precompiles, called by a contract through the library that the project gives to
/// contracts.
class ContractPrecompilesTest { // Protocol §14.6
  private static final Address USER = TransferChain.account(1);
  private static final Hash NETWORK = Keccak256.hash(Bytes.of((byte) 1));
  private static final BlsScheme SCHEME = new BlsScheme();
  private static final SignedSet FOUR = new SignedSet(4, NETWORK);
  private static final BlsSecretKey KEY = FOUR.keys.get(0);
  private static final Bytes PUBLIC = KEY.publicKey().bytes();

  private final Overlay state = new Overlay(new MemoryState());
  private final SystemCalls calls;

  ContractPrecompilesTest() {
    var _ = state.setCode(USER, Artifacts.code("PrecompileUser"));
    calls =
        new SystemCalls(
            new Machines(NETWORK, Secp256k1.chosen(), SCHEME).of(0),
            new BlockEnvironment(
                Fork.OSAKA,
                UInt256.of(7_000),
                Address.ZERO,
                1,
                1,
                30_000_000,
                Hash.ZERO,
                Amount.ZERO,
                Amount.wei(1),
                _ -> Hash.ZERO),
            state);
  }

  private List<UInt256> call(CallData data) {
    ReturnData answer = new ReturnData(calls.call(USER, data.toBytes()));
    return IntStream.range(0, answer.bytes().length() / UInt256.BYTES)
        .mapToObj(i -> answer.word(i).orElseThrow())
        .toList();
  }

  private static UInt256 word(Hash hash) {
    return UInt256.of(hash.toArray(), 0, Hash.BYTES);
  }

  private static List<UInt256> words(long... numbers) {
    return IntStream.range(0, numbers.length).mapToObj(i -> UInt256.of(numbers[i])).toList();
  }

  @Test
  void aContractGetsTheVrfsOutput() {
    Bytes fields = Bytes.of((byte) 3, (byte) 4);
    var message = new ValidatorMessage(ValidatorMessage.Purpose.VRF, NETWORK, fields);
    BlsVrf vrf = new BlsVrf(SCHEME);
    Bytes proof = vrf.prove(KEY, message);
    String function = "vrfOutput(bytes,bytes,bytes)";
    assertEquals(
        List.of(word(vrf.output(PUBLIC, message, proof).orElseThrow())),
        call(CallData.of(function).bytes(PUBLIC).bytes(proof).bytes(fields)));
    assertEquals(
        words(0), call(CallData.of(function).bytes(PUBLIC).bytes(proof).bytes(Bytes.EMPTY)));
    Bytes shorter = PUBLIC.slice(0, PUBLIC.length() - 1);
    assertEquals(words(0), call(CallData.of(function).bytes(shorter).bytes(proof).bytes(fields)));
  }

  @Test
  void aContractLearnsWhichBlockIsFinal() {
    Hash block = FOUR.header.hash();
    Bytes quorum =
        FOUR.certificateInput(NETWORK, FOUR.header, FOUR.set, FOUR.certificate(block, 0, 1, 2));
    assertEquals(
        List.of(word(block), word(FOUR.set.hash()), UInt256.of(7)),
        call(CallData.of("certified(bytes)").bytes(quorum)));
    Bytes fewer =
        FOUR.certificateInput(NETWORK, FOUR.header, FOUR.set, FOUR.certificate(block, 0, 1));
    assertEquals(words(0, 0, 0), call(CallData.of("certified(bytes)").bytes(fewer)));
    assertEquals(words(0, 0, 0), call(CallData.of("certified(bytes)").bytes(Bytes.EMPTY)));
  }

  @Test
  void aContractLearnsWhomEvidenceConvicts() {
    Validator offender = FOUR.set.validators().get(1);
    Evidence twice = new Evidence.Equivocation(FOUR.vote(1, NETWORK, 1), FOUR.vote(1, NETWORK, 2));
    assertEquals(
        List.of(
            UInt256.of(32),
            word(FOUR.set.hash()),
            UInt256.of(7),
            UInt256.of(FOUR.set.totalStake().units()),
            UInt256.of(FOUR.set.authorities().size()),
            UInt256.of(5 * 32),
            UInt256.of(1),
            UInt256.of(offender.account().bytes().toArray(), 0, Address.BYTES),
            word(Keccak256.hash(offender.key().bytes())),
            UInt256.of(offender.validatorClass().code()),
            UInt256.of(offender.stake().units())),
        call(CallData.of("convicted(bytes)").bytes(SignedSet.list(twice, FOUR.set))));
    Evidence once = new Evidence.Equivocation(FOUR.vote(1, NETWORK, 1), FOUR.vote(1, NETWORK, 1));
    assertEquals(
        words(32, 0, 0, 0, 0, 5 * 32, 0),
        call(CallData.of("convicted(bytes)").bytes(SignedSet.list(once, FOUR.set))));
  }

  @Test
  void aContractChecksAProofOfPossession() {
    Address account = TransferChain.account(2);
    Bytes proof = ProofOfPossession.prove(KEY, NETWORK, account.bytes()).bytes();
    String function = "possesses(address,bytes,bytes)";
    assertEquals(words(1), call(CallData.of(function).address(account).bytes(PUBLIC).bytes(proof)));
    assertEquals(words(0), call(CallData.of(function).address(USER).bytes(PUBLIC).bytes(proof)));
    assertEquals(words(0), call(CallData.of(function).address(account).bytes(proof).bytes(proof)));
  }

  @Test
  void aContractChecksALeafOfATree() {
    Hash left = Sha256.hash(new byte[] {1});
    Hash right = Sha256.hash(new byte[] {2});
    byte[] inner = new byte[1 + 2 * Hash.BYTES];
    inner[0] = 1;
    left.copyTo(inner, 1);
    right.copyTo(inner, 1 + Hash.BYTES);
    Hash root = Sha256.hash(inner);
    assertEquals(words(1), call(leaf(root, 1, right, left)));
    assertEquals(words(1), call(leaf(root, 0, left, right)));
    assertEquals(words(0), call(leaf(root, 0, right, left)));
  }

  private static CallData leaf(Hash root, long index, Hash leaf, Hash sibling) {
    return CallData.of("isLeaf(bytes32,uint256,uint256,bytes32,bytes32[])")
        .hash(root)
        .number(2)
        .number(index)
        .hash(leaf)
        .numbers(List.of(word(sibling)));
  }
}
