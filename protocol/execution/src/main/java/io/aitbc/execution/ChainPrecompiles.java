// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.Inquiry;
import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.BlsVrf;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Evidence;
import io.aitbc.model.EvidenceCheck;
import io.aitbc.model.EvidenceVerdict;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Quorums;
import io.aitbc.model.RlpReader;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.referee.Judge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The chain's own precompiles, 0x0a01 to 0x0a07: what contracts must judge about validators, work
/// and hardware, and Solidity could only at great cost. Without state; a malformed input fails the
/// call, an untrue one is answered with zeros. Protocol §14.6.
public final class ChainPrecompiles {
  /// Gas of checking one BLS signature or aggregate. Like the other prices it is some 110 gas for a
  /// microsecond of measured work (docs/benchmarks.md), three times what ecrecover asks for.
  static final long SIGNATURE_GAS = 150_000;

  /// Gas of a VRF's output: a signature, a key that was not seen before, and the output.
  static final long VRF_GAS = 200_000;

  /// Gas of a proof of possession: a signature and a key that was not seen before, hashed to the
  /// curve.
  static final long POSSESSION_GAS = 250_000;

  /// Gas of a byte of a validator set, certificate or piece of evidence: reading it, and adding the
  /// keys it brings, which are 48 of about 80 bytes and cost up to 10,000 when seen first.
  static final long BYTE_GAS = 128;

  /// Gas of a Merkle proof of no siblings.
  static final long MERKLE_GAS = 300;

  /// Gas of a sibling in a Merkle proof: one hash of 65 bytes.
  static final long SIBLING_GAS = 120;

  /// Gas of an inquiry about trusted hardware, however short.
  static final long ATTESTATION_GAS = 10_000;

  /// Gas of one of its checks of a P-256 signature, or of as much work.
  static final long ATTESTATION_SIGNATURE_GAS = 25_000;

  /// Gas of a byte of such an inquiry: certificates, lists and texts are hashed and parsed.
  static final long ATTESTATION_BYTE_GAS = 4;

  /// Gas of judging a proof about AI work, however short: decoding, a plan's entry and some hashes.
  static final long REFEREE_GAS = 10_000;

  /// Gas of a byte of such a proof: it is hashed once, and multiplied and added once.
  static final long REFEREE_BYTE_GAS = 2;

  /// Greatest number of leaves of a Merkle tree that a proof may be about.
  static final int LEAVES_MAX = 1 << 30;

  private static final int POSSESSION_BYTES =
      Address.BYTES + BlsPublicKey.BYTES + BlsSignature.BYTES;
  private static final Bytes NO = Bytes.wrap(new byte[UInt256.BYTES]);
  private static final Bytes YES = Bytes.wrap(UInt256.ONE.toArray());

  /// What contracts need while a genesis is made, before there is a genesis hash.
  static final Precompiles GENESIS = Precompiles.NONE.with(0x0a06, new Walled(attestation()));

  private final Hash genesisHash;
  private final SignatureScheme scheme;

  private ChainPrecompiles(Hash genesisHash, SignatureScheme scheme) {
    this.genesisHash = genesisHash;
    this.scheme = scheme;
  }

  /// `table` and the chain's own.
  public static Precompiles addedTo(Precompiles table, Hash genesisHash, SignatureScheme scheme) {
    Precompiles all = table;
    for (var own : bare(genesisHash, scheme).functions().entrySet()) {
      all = all.with(own.getKey(), new Walled(own.getValue()));
    }
    return all;
  }

  /// The chain's own without the wall, so that tests see what it would hide.
  static Precompiles bare(Hash genesisHash, SignatureScheme scheme) {
    ChainPrecompiles own = new ChainPrecompiles(genesisHash, scheme);
    return Precompiles.NONE
        .with(0x0a01, priced(VRF_GAS, 0, own::vrf))
        .with(0x0a02, priced(SIGNATURE_GAS, BYTE_GAS, decoded(own::certificate)))
        .with(0x0a03, priced(2 * SIGNATURE_GAS, BYTE_GAS, decoded(own::evidence)))
        .with(0x0a04, priced(POSSESSION_GAS, 0, own::possession))
        .with(0x0a05, merkle())
        .with(0x0a06, attestation())
        .with(0x0a07, priced(REFEREE_GAS, REFEREE_BYTE_GAS, ChainPrecompiles::referee));
  }

  /// key 48 ‖ proof 96 ‖ fields of the message: the output of 32 bytes.
  private Optional<Bytes> vrf(Bytes input) {
    int fixed = BlsPublicKey.BYTES + BlsSignature.BYTES;
    if (input.length() < fixed) {
      return Optional.empty();
    }
    Bytes fields = input.slice(fixed, input.length() - fixed);
    ValidatorMessage message =
        new ValidatorMessage(ValidatorMessage.Purpose.VRF, genesisHash, fields);
    Bytes key = input.slice(0, BlsPublicKey.BYTES);
    Bytes proof = input.slice(BlsPublicKey.BYTES, BlsSignature.BYTES);
    return Optional.of(
        new BlsVrf(scheme).output(key, message, proof).map(Hash::toBytes).orElse(NO));
  }

  /// RLP [genesis hash, header, extension, set, certificate]: block hash, hash of the set, height.
  private Bytes certificate(RlpReader fields) throws MalformedException {
    Hash network = fields.hash();
    BlockHeader header = BlockHeader.read(fields);
    ConsensusExtension extension = ConsensusExtension.readFrom(fields);
    ValidatorSet set = ValidatorSet.readFrom(fields);
    CommitCertificate certificate = CommitCertificate.readFrom(fields);
    fields.finish();
    Hash blockHash = header.hash();
    boolean belongs =
        header.number() <= Height.NUMBER_MAX
            && header.extraData().equals(extension.hash().toBytes())
            && extension.setHash().equals(set.hash())
            && certificate.blockHash().equals(blockHash)
            && Quorums.of(set, extension.fallback()).carries(extension.mode().quorumMode());
    boolean holds =
        belongs
            && new CertificateCheck(network, scheme)
                .reject(extension.rules(new Height(header.number()), set), certificate)
                .isEmpty();
    return holds ? words(blockHash, set.hash(), word(header.number())) : words();
  }

  /// RLP [evidence, set]: hash of the set, height, the set's stake and number of authorities, how
  /// many offenders, and of each the address, the hash of its key, its class and its stake.
  private Bytes evidence(RlpReader fields) throws MalformedException {
    Evidence evidence = Evidence.readFrom(fields);
    ValidatorSet set = ValidatorSet.readFrom(fields);
    fields.finish();
    return switch (new EvidenceCheck(genesisHash, scheme).judge(evidence, set)) {
      case EvidenceVerdict.Rejected _ -> words();
      case EvidenceVerdict.Convicted(var offenders) -> {
        List<Hash> words = new ArrayList<>();
        words.add(set.hash());
        words.add(word(evidence.height().number()));
        words.add(word(set.totalStake().units()));
        words.add(word(set.authorities().size()));
        words.add(word(offenders.size()));
        for (Validator offender : offenders) {
          words.add(word(offender.account()));
          words.add(Keccak256.hash(offender.key().bytes()));
          words.add(word(offender.validatorClass().code()));
          words.add(word(offender.stake().units()));
        }
        yield words(words.toArray(Hash[]::new));
      }
    };
  }

  /// account 20 ‖ key 48 ‖ proof 96: one or zero.
  private Optional<Bytes> possession(Bytes input) {
    if (input.length() != POSSESSION_BYTES) {
      return Optional.empty();
    }
    Bytes account = input.slice(0, Address.BYTES);
    BlsPublicKey key = new BlsPublicKey(input.slice(Address.BYTES, BlsPublicKey.BYTES));
    BlsSignature proof =
        new BlsSignature(input.slice(Address.BYTES + BlsPublicKey.BYTES, BlsSignature.BYTES));
    boolean holds = scheme.verify(key, ProofOfPossession.message(genesisHash, account, key), proof);
    return Optional.of(holds ? YES : NO);
  }

  /// claim ‖ proof (§17.5): the verdict's number. An input longer than a proof may be fails the
  /// call.
  private static Optional<Bytes> referee(Bytes input) {
    return input.length() > Judge.INPUT_BYTES_MAX
        ? Optional.empty()
        : Optional.of(word(Judge.judge(input.toArray()).code()).toBytes());
  }

  /// An inquiry about trusted hardware (§18.8): the words of its answer.
  private static Precompile attestation() {
    return new Precompile() {
      @Override
      public long gas(Bytes input) {
        return ATTESTATION_GAS
            + ATTESTATION_SIGNATURE_GAS * Inquiry.signatureUnits(input)
            + ATTESTATION_BYTE_GAS * input.length();
      }

      @Override
      public Optional<Bytes> run(Bytes input) {
        return Inquiry.answer(input);
      }
    };
  }

  private static Precompile merkle() {
    return new Precompile() {
      @Override
      public long gas(Bytes input) {
        return MERKLE_GAS + SIBLING_GAS * (input.length() / Hash.BYTES); // rounded down
      }

      @Override
      public Optional<Bytes> run(Bytes input) {
        return merkleLeaf(input);
      }
    };
  }

  /// root 32 ‖ count 32 ‖ index 32 ‖ leaf 32 ‖ siblings of 32 each, from the leaf up: one or zero.
  /// An inner node is SHA-256(1 ‖ left ‖ right); an odd node moves up alone.
  private static Optional<Bytes> merkleLeaf(Bytes input) {
    if (input.length() < 4 * Hash.BYTES || input.length() % Hash.BYTES != 0) {
      return Optional.empty();
    }
    byte[] bytes = input.toArray();
    UInt256 count = UInt256.of(bytes, Hash.BYTES, Hash.BYTES);
    UInt256 index = UInt256.of(bytes, 2 * Hash.BYTES, Hash.BYTES);
    if (count.compareTo(UInt256.of(LEAVES_MAX)) > 0 || index.compareTo(count) >= 0) {
      return Optional.of(NO);
    }
    Hash node = Hash.of(bytes, 3 * Hash.BYTES);
    int next = 4 * Hash.BYTES;
    long position = index.low();
    for (long width = count.low(); width > 1; width = (width + 1) / 2, position /= 2) {
      boolean alone = position == width - 1 && (width & 1) == 1;
      if (!alone) {
        if (next == bytes.length) {
          return Optional.of(NO);
        }
        Hash sibling = Hash.of(bytes, next);
        next += Hash.BYTES;
        node = (position & 1) == 0 ? parent(node, sibling) : parent(sibling, node);
      }
    }
    return Optional.of(next == bytes.length && node.equals(Hash.of(bytes, 0)) ? YES : NO);
  }

  private static Hash parent(Hash left, Hash right) {
    byte[] bytes = new byte[1 + 2 * Hash.BYTES];
    bytes[0] = 1;
    left.copyTo(bytes, 1);
    right.copyTo(bytes, 1 + Hash.BYTES);
    return Sha256.hash(bytes);
  }

  /// A function that refuses each input it breaks at. A run-time exception is a fault of the
  /// function, but it comes from the input alone, so it comes on every node: better that all refuse
  /// an input than that all stop. An {@link Error} goes through: whether stack or memory end
  /// depends on the machine, and a node that refused what others answer would leave their chain.
  record Walled(Precompile function) implements Precompile {
    @Override
    public long gas(Bytes input) {
      return function.gas(input);
    }

    @Override
    public Optional<Bytes> run(Bytes input) {
      try {
        return function.run(input);
      } catch (RuntimeException fault) {
        return Optional.empty();
      }
    }
  }

  /// What a decoder of one RLP list answers.
  @FunctionalInterface
  private interface Decoded {
    Bytes run(RlpReader fields) throws MalformedException;
  }

  private static Function<Bytes, Optional<Bytes>> decoded(Decoded function) {
    return input -> {
      try {
        RlpReader reader = RlpReader.of(input);
        RlpReader fields = reader.list();
        reader.finish();
        return Optional.of(function.run(fields));
      } catch (MalformedException malformed) {
        return Optional.empty();
      }
    };
  }

  private static Precompile priced(
      long gas, long gasPerByte, Function<Bytes, Optional<Bytes>> function) {
    return new Precompile() {
      @Override
      public long gas(Bytes input) {
        return gas + gasPerByte * input.length();
      }

      @Override
      public Optional<Bytes> run(Bytes input) {
        return function.apply(input);
      }
    };
  }

  private static Hash word(long number) {
    return Hash.of(UInt256.of(number).toArray());
  }

  private static Hash word(Address address) {
    byte[] bytes = new byte[Hash.BYTES];
    address.copyTo(bytes, Hash.BYTES - Address.BYTES);
    return Hash.of(bytes);
  }

  /// The words; three of zeros for none.
  private static Bytes words(Hash... words) {
    byte[] bytes = new byte[Math.max(3, words.length) * Hash.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i].copyTo(bytes, i * Hash.BYTES);
    }
    return Bytes.wrap(bytes);
  }
}
