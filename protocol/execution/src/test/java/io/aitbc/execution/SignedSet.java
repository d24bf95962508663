// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Encodable;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import io.aitbc.model.VotingPower;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Validators with their keys, and a block at height 7 that they sign, for tests: authorities in
/// FAST, and in SECURE if stakers must fill the set.
final class SignedSet {
  private static final int AUTHORITIES_MAX = 21;
  private static final Height HEIGHT = new Height(7);
  private static final BlsScheme SCHEME = new BlsScheme();

  final List<BlsSecretKey> keys = new ArrayList<>();
  final ValidatorSet set;
  final ConsensusExtension extension;
  final BlockHeader header;
  private final Hash network;
  private final Mode mode;

  SignedSet(int count, Hash network) {
    this.network = network;
    List<Validator> validators = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BlsSecretKey key = BlsSecretKey.fromSeed(Seed.of(i).bytes(32));
      keys.add(key);
      byte[] address = new byte[Address.BYTES];
      address[0] = (byte) ((i + 1) >> 8);
      address[1] = (byte) (i + 1);
      validators.add(
          new Validator(
              new Address(Bytes.of(address)),
              key.publicKey(),
              i < AUTHORITIES_MAX ? ValidatorClass.AUTHORITY : ValidatorClass.STAKER,
              i < AUTHORITIES_MAX ? VotingPower.ZERO : VotingPower.of(Amount.aitbc(10_000))));
    }
    mode = count <= AUTHORITIES_MAX ? Mode.FAST : Mode.SECURE;
    set = ValidatorSet.of(validators);
    extension =
        new ConsensusExtension(
            ModeSetting.settled(mode),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            TransferChain.MAKER,
            new Round(0),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            set.hash(),
            set.hash(),
            Hash.ZERO,
            1_000);
    header = header(HEIGHT.number());
  }

  /// The header of the block, if its number were another.
  BlockHeader header(long number) {
    return new BlockHeader(
        Hash.ZERO,
        TransferChain.MAKER,
        Hash.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        Bloom.EMPTY,
        number,
        1,
        0,
        1,
        extension.hash().toBytes(),
        Hash.ZERO,
        Amount.ZERO,
        Hash.ZERO,
        0,
        0,
        Hash.ZERO,
        Optional.of(BlockHeader.NO_REQUESTS_HASH));
  }

  CommitCertificate certificate(Hash blockHash, Integer... signers) {
    var ballot = new Ballot.Commit(HEIGHT, new Round(0), mode, Hash.ZERO, blockHash);
    List<BlsSignature> signatures = new ArrayList<>();
    for (int signer : signers) {
      signatures.add(keys.get(signer).sign(ballot.message(network)));
    }
    return new CommitCertificate(
        ballot,
        new AggregateSignature(
            new Signers(bitmap(signers, 0), bitmap(signers, AUTHORITIES_MAX)),
            SCHEME.aggregate(signatures).orElseThrow()));
  }

  /// Who of the class that begins at `from` is among `signers`.
  private SignerBitmap bitmap(Integer[] signers, int from) {
    int size = Math.clamp(keys.size() - from, 0, from == 0 ? AUTHORITIES_MAX : keys.size());
    List<Integer> bits = new ArrayList<>();
    for (int signer : signers) {
      if (signer >= from && signer < from + size) {
        bits.add(signer - from);
      }
    }
    return SignerBitmap.of(size, bits);
  }

  Vote vote(int voter, Hash votersNetwork, int block) {
    var ballot =
        new Ballot.Commit(
            HEIGHT, new Round(0), mode, Hash.ZERO, Keccak256.hash(Bytes.of((byte) block)));
    return new Vote(
        ballot,
        set.validators().get(voter).account(),
        keys.get(voter).sign(ballot.message(votersNetwork)));
  }

  /// What 0x0a02 reads.
  Bytes certificateInput(
      Hash genesisHash,
      BlockHeader certified,
      ValidatorSet signers,
      CommitCertificate certificate) {
    RlpWriter writer = new RlpWriter().begin().hash(genesisHash);
    certified.write(writer);
    extension.writeTo(writer);
    signers.writeTo(writer);
    certificate.writeTo(writer);
    return writer.end().toBytes();
  }

  static Bytes list(Encodable... values) {
    RlpWriter writer = new RlpWriter().begin();
    for (Encodable value : values) {
      value.writeTo(writer);
    }
    return writer.end().toBytes();
  }
}
