// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.TransferChain.account;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.ContractAddress;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockContext;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import io.aitbc.state.StateProof;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A network whose four validators, others in each epoch, sign the blocks that it executes, for
/// tests of what another network may believe of it.
final class Island {
  static final int VALIDATORS = 4;
  private static final long GAS = 8_000_000;
  private static final long BEGIN_MILLIS = 1_000_000_000;
  private static final BlsScheme SCHEME = new BlsScheme();

  final TransferChain chain;

  /// The time of the next block.
  long millis = BEGIN_MILLIS;

  /// The mode of the next block.
  ModeSetting mode = ModeSetting.settled(Mode.BALANCED);

  private final int number;
  private final UInt256 chainId;
  private final long[] nonces = new long[4];
  private Optional<ConsensusExtension> extension = Optional.empty();

  Island(int number) {
    this.number = number;
    chainId = UInt256.of(70 + number);
    ExecutionParameters usual = TransferChain.parameters();
    ExecutionParameters own =
        new ExecutionParameters(
            chainId,
            usual.forks(),
            usual.fastGasLimit(),
            usual.balancedGasLimit(),
            usual.secureGasLimit(),
            usual.fees());
    chain = new TransferChain(nonces.length, own, Predeploys.all());
  }

  Hash genesisHash() {
    return chain.genesis.hash();
  }

  long height() {
    return chain.parent.number();
  }

  private List<BlsSecretKey> keys(long epoch) {
    List<BlsSecretKey> keys = new ArrayList<>();
    for (int i = 0; i < VALIDATORS; i++) {
      keys.add(BlsSecretKey.fromSeed(Seed.of(1_000L * number + 10 * epoch + i).bytes(32)));
    }
    return keys;
  }

  ValidatorSet set(long epoch) {
    List<Validator> validators = new ArrayList<>();
    for (BlsSecretKey key : keys(epoch)) {
      byte[] address = new byte[Address.BYTES];
      address[0] = (byte) (validators.size() + 1);
      validators.add(
          new Validator(
              new Address(Bytes.of(address)),
              key.publicKey(),
              ValidatorClass.BOTH,
              VotingPower.of(Amount.aitbc(10_000))));
    }
    return ValidatorSet.of(validators);
  }

  /// Where the contract will be that `from` creates after `more` others.
  Address nextContract(int from, int more) {
    return ContractAddress.ofNonce(account(from), nonces[from] + more);
  }

  Address deploy(int from, String contract, CallData arguments) {
    byte[] creation = Artifacts.creationCode(contract).toArray();
    byte[] tail = arguments.toBytes().toArray();
    byte[] code = new byte[creation.length + tail.length];
    System.arraycopy(creation, 0, code, 0, creation.length);
    System.arraycopy(tail, 0, code, creation.length, tail.length);
    Address address = nextContract(from, 0);
    Receipt receipt = include(from, Optional.empty(), Amount.ZERO, Bytes.wrap(code));
    if (receipt.outcome() != Receipt.Outcome.SUCCEEDED) {
      throw new IllegalStateException(contract + " was not made");
    }
    return address;
  }

  Receipt.Outcome send(int from, Address to, Amount value, CallData call) {
    return include(from, Optional.of(to), value, call.toBytes()).outcome();
  }

  /// Makes a block of one transaction.
  private Receipt include(int from, Optional<Address> to, Amount value, Bytes data) {
    RecoveredTransaction transaction =
        new RecoveredTransaction(
            request(nonces[from]++, to, value, data)
                .signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0)),
            account(from));
    ExecutionResult result = block(List.of(transaction));
    if (!result.dropped().isEmpty()) {
      throw new IllegalStateException(result.dropped().toString());
    }
    return result.receipts().getFirst();
  }

  private DynamicFeeTransaction.Unsigned request(
      long nonce, Optional<Address> to, Amount value, Bytes data) {
    return new DynamicFeeTransaction.Unsigned(
        chainId, nonce, Amount.ZERO, TransferChain.FEE_CAP, GAS, to, value, data, List.of());
  }

  void emptyBlocks(long count) {
    for (long i = 0; i < count; i++) {
      var _ = block(List.of());
    }
  }

  private ExecutionResult block(List<RecoveredTransaction> transactions) {
    long height = height() + 1;
    long epoch = (height - 1) / 100;
    ConsensusExtension next =
        new ConsensusExtension(
            mode,
            Fallback.ON,
            Oversight.REQUIRED,
            epoch,
            TransferChain.MAKER,
            new Round(0),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            set(epoch).hash(),
            set(epoch + 1).hash(),
            Hash.ZERO,
            millis);
    BlockContext context =
        new BlockContext(
            new Height(height),
            chain.parent.hash(),
            Hash.ZERO,
            Keccak256.hash(Bytes.of((byte) height)),
            Optional.empty(),
            next,
            Optional.empty());
    ExecutionResult result =
        chain.executor().execute(context, chain.parent, transactions, chain.state, Workers.NONE);
    chain.commit(result);
    extension = Optional.of(next);
    millis += 1_000;
    return result;
  }

  /// The last block with a certificate by these validators of `signersEpoch`, as 0x0a02 reads it,
  /// said to be of the network `genesis`.
  Bytes statement(Hash genesis, long signersEpoch, Integer... signers) {
    ConsensusExtension named = extension.orElseThrow();
    var ballot =
        new Ballot.Commit(
            new Height(height()),
            new Round(0),
            named.mode().quorumMode(),
            Hash.ZERO,
            chain.parent.hash());
    List<BlsSecretKey> keys = keys(signersEpoch);
    List<BlsSignature> signatures = new ArrayList<>();
    for (int signer : signers) {
      signatures.add(keys.get(signer).sign(ballot.message(genesis)));
    }
    SignerBitmap bits = SignerBitmap.of(VALIDATORS, List.of(signers));
    RlpWriter writer = new RlpWriter().begin().hash(genesis);
    chain.parent.write(writer);
    named.writeTo(writer);
    set(signersEpoch).writeTo(writer);
    new CommitCertificate(
            ballot,
            new AggregateSignature(
                new Signers(bits, bits), SCHEME.aggregate(signatures).orElseThrow()))
        .writeTo(writer);
    return writer.end().toBytes();
  }

  /// The last block with a certificate by three of its four validators.
  Bytes statement() {
    return statement(genesisHash(), extension.orElseThrow().epoch(), 0, 1, 3);
  }

  /// Appends height, id, receiver and amount of what was sent from `end`, with the proof of it
  /// under the last block's state.
  CallData arrival(CallData call, Address end, long id, Address to, Amount amount) {
    Bytes place = CallData.ofConstructor().number(id).number(0).toBytes();
    UInt256 slot = UInt256.of(Keccak256.hash(place));
    StateProof proof = StateProof.of(chain.state, end, List.of(slot));
    return call.number(height())
        .number(id)
        .address(to)
        .amount(amount)
        .byteStrings(proof.accountProof().nodes())
        .byteStrings(proof.slots().getFirst().proof().nodes());
  }

  /// What a call comes to on the state after the last block, at its time.
  CallResult call(int from, Address contract, Bytes input) {
    BlockEnvironment block = BlockEnvironments.of(chain.parameters, chain.parent, chain.state);
    TransactionOutcome outcome =
        new Calls(chain.machines.another())
            .call(
                request(nonces[from], Optional.of(contract), Amount.ZERO, input),
                account(from),
                block,
                chain.state);
    return ((TransactionOutcome.Executed) outcome).result();
  }

  UInt256 word(Address contract, CallData call) {
    return UInt256.of(call(0, contract, call.toBytes()).output().toArray(), 0, UInt256.BYTES);
  }

  Amount balance(Address address) {
    return chain.state.account(address).balance();
  }
}
