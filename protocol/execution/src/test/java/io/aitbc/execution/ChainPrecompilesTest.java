// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsVrf;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.Sha256;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Address;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import io.aitbc.testkit.DecoderTorture;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChainPrecompilesTest { // Protocol §14.6
  private static final Hash NETWORK = Keccak256.hash(Bytes.of((byte) 1));
  private static final BlsScheme SCHEME = new BlsScheme();
  private static final Precompiles TABLE =
      ChainPrecompiles.bare(NETWORK, SCHEME); // The wall would hide a fault.
  private static final SignedSet FOUR = new SignedSet(4, NETWORK);
  private static final List<BlsSecretKey> KEYS = FOUR.keys;
  private static final ValidatorSet SET = FOUR.set;
  private static final BlockHeader HEADER = FOUR.header;
  private static final Bytes NO = zeros(32);

  // VRF

  @Test
  void theVrfsOutputIsGivenForItsProofAndZeroForAnother() {
    Bytes fields = Bytes.of((byte) 3, (byte) 4);
    var message = new ValidatorMessage(ValidatorMessage.Purpose.VRF, NETWORK, fields);
    BlsVrf vrf = new BlsVrf(SCHEME);
    Bytes key = KEYS.get(0).publicKey().bytes();
    Bytes proof = vrf.prove(KEYS.get(0), message);
    assertEquals(
        vrf.output(key, message, proof).orElseThrow().toBytes(),
        run(0x0a01, join(key, proof, fields)));
    assertEquals(NO, run(0x0a01, join(key, proof, Bytes.of((byte) 3))));
    assertEquals(Optional.empty(), precompile(0x0a01).run(Bytes.of(key.toArray(), 0, 40)));
  }

  // Certificate

  @Test
  void aQuorumsCertificateGivesBlockAndSet() {
    assertEquals(
        join(HEADER.hash().toBytes(), SET.hash().toBytes(), word(7)),
        run(
            0x0a02,
            FOUR.certificateInput(NETWORK, HEADER, SET, FOUR.certificate(HEADER.hash(), 0, 1, 2))));
  }

  @Test
  void fewerThanAQuorumGiveZeros() {
    assertEquals(
        zeros(96),
        run(
            0x0a02,
            FOUR.certificateInput(NETWORK, HEADER, SET, FOUR.certificate(HEADER.hash(), 0, 1))));
  }

  @Test
  void aCertificateOfAnotherBlockNetworkOrSetGivesZeros() {
    CommitCertificate other = FOUR.certificate(Hash.ZERO, 0, 1, 2);
    assertEquals(zeros(96), run(0x0a02, FOUR.certificateInput(NETWORK, HEADER, SET, other)));
    CommitCertificate right = FOUR.certificate(HEADER.hash(), 0, 1, 2);
    assertEquals(zeros(96), run(0x0a02, FOUR.certificateInput(Hash.ZERO, HEADER, SET, right)));
    ValidatorSet smaller = ValidatorSet.of(SET.validators().subList(0, 3));
    assertEquals(zeros(96), run(0x0a02, FOUR.certificateInput(NETWORK, HEADER, smaller, right)));
  }

  @Test
  void aBlockAboveEveryHeightGivesZeros() {
    for (long number : new long[] {Height.NUMBER_MAX + 1, Long.MAX_VALUE}) {
      BlockHeader above = FOUR.header(number);
      CommitCertificate certificate = FOUR.certificate(above.hash(), 0, 1, 2);
      assertEquals(zeros(96), run(0x0a02, FOUR.certificateInput(NETWORK, above, SET, certificate)));
    }
  }

  // Evidence

  @Test
  void twoVotesOfOneRoundConvictTheirVoter() {
    Evidence evidence =
        new Evidence.Equivocation(FOUR.vote(1, NETWORK, 1), FOUR.vote(1, NETWORK, 2));
    Validator offender = SET.validators().get(1);
    assertEquals(
        join(
            SET.hash().toBytes(),
            word(7),
            word(SET.totalStake().units()),
            word(SET.authorities().size()),
            word(1),
            Contracts.word(offender.account()),
            Keccak256.hash(offender.key().bytes()).toBytes(),
            word(offender.validatorClass().code()),
            word(offender.stake().units())),
        run(0x0a03, SignedSet.list(evidence, SET)));
  }

  @Test
  void votesOfAnotherNetworkConvictNobody() {
    Evidence evidence =
        new Evidence.Equivocation(FOUR.vote(1, Hash.ZERO, 1), FOUR.vote(1, Hash.ZERO, 2));
    assertEquals(zeros(96), run(0x0a03, SignedSet.list(evidence, SET)));
  }

  @Test
  void oneVoteTwiceConvictsNobody() {
    Evidence evidence =
        new Evidence.Equivocation(FOUR.vote(1, NETWORK, 1), FOUR.vote(1, NETWORK, 1));
    assertEquals(zeros(96), run(0x0a03, SignedSet.list(evidence, SET)));
  }

  // Possession

  @Test
  void aProofOfPossessionHoldsForItsAccountOnly() {
    BlsSecretKey key = KEYS.get(0);
    Address account = TransferChain.account(1);
    Bytes proof = ProofOfPossession.prove(key, NETWORK, account.bytes()).bytes();
    assertEquals(word(1), run(0x0a04, join(account.bytes(), key.publicKey().bytes(), proof)));
    Address other = TransferChain.account(2);
    assertEquals(NO, run(0x0a04, join(other.bytes(), key.publicKey().bytes(), proof)));
    assertEquals(Optional.empty(), precompile(0x0a04).run(proof));
  }

  // Merkle leaf

  @Test
  void everyLeafOfEveryTreeIsProvenAndNoOther() {
    for (int count = 1; count <= 20; count++) {
      for (int index = 0; index < count; index++) {
        Hash leaf = leaf(index);
        List<Hash> siblings = new ArrayList<>();
        Hash root = root(count, index, siblings);
        assertEquals(word(1), merkle(root, count, index, leaf, siblings));
        assertEquals(NO, merkle(root, count, index, leaf(99), siblings));
        assertEquals(NO, merkle(root, count, count, leaf, siblings));
        List<Hash> longer = new ArrayList<>(siblings);
        longer.add(leaf);
        assertEquals(NO, merkle(root, count, index, leaf, longer));
        if (!siblings.isEmpty()) {
          siblings.removeLast();
          assertEquals(NO, merkle(root, count, index, leaf, siblings));
        }
      }
    }
  }

  private static Bytes merkle(Hash root, int count, int index, Hash leaf, List<Hash> siblings) {
    List<Bytes> parts = new ArrayList<>();
    parts.add(root.toBytes());
    parts.add(word(count));
    parts.add(word(index));
    parts.add(leaf.toBytes());
    siblings.forEach(sibling -> parts.add(sibling.toBytes()));
    return run(0x0a05, join(parts.toArray(new Bytes[0])));
  }

  /// The root of a tree of `count` leaves, level by level, with the siblings of leaf `index`.
  private static Hash root(int count, int index, List<Hash> siblings) {
    List<Hash> level = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      level.add(leaf(i));
    }
    int position = index;
    while (level.size() > 1) {
      List<Hash> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        boolean pair = i + 1 < level.size();
        if (pair && i / 2 == position / 2) {
          siblings.add(level.get(position ^ 1));
        }
        above.add(
            pair
                ? Sha256.hash(
                    join(Bytes.of((byte) 1), level.get(i).toBytes(), level.get(i + 1).toBytes())
                        .toArray())
                : level.get(i));
      }
      level = above;
      position /= 2;
    }
    return level.getFirst();
  }

  private static Hash leaf(int index) {
    return Sha256.hash(new byte[] {0, (byte) index});
  }

  // All

  @Test
  void strangersInputIsAnsweredOrRefused() {
    List<byte[]> certificates =
        List.of(
            FOUR.certificateInput(NETWORK, HEADER, SET, FOUR.certificate(HEADER.hash(), 0))
                .toArray());
    List<byte[]> evidence =
        List.of(
            SignedSet.list(
                    new Evidence.Equivocation(FOUR.vote(1, NETWORK, 1), FOUR.vote(1, NETWORK, 1)),
                    SET)
                .toArray());
    torture(0x0a02, certificates);
    torture(0x0a03, evidence);
  }

  private static void torture(int address, List<byte[]> samples) {
    new DecoderTorture(
            input -> precompile(address).run(Bytes.of(input)).orElseThrow(Refused::new),
            Refused.class::isInstance)
        .run(5, 300, samples);
  }

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void anInputThatAFunctionBreaksAtIsRefused() {
    assertEquals(Optional.empty(), walled(new IllegalArgumentException("a fault")).run(NO));
    assertEquals(Optional.empty(), walled(new IllegalStateException("another")).run(NO));
    assertEquals(7, walled(new IllegalStateException()).gas(NO));
  }

  @Test
  void whatDependsOnTheMachineGoesThroughTheWall() {
    assertThrows(StackOverflowError.class, () -> walled(new StackOverflowError()).run(NO));
    assertThrows(OutOfMemoryError.class, () -> walled(new OutOfMemoryError()).run(NO));
  }

  @Test
  void theChainsOwnAreAllBehindTheWall() {
    Precompiles walled = ChainPrecompiles.addedTo(Precompiles.NONE, NETWORK, SCHEME);
    assertEquals(TABLE.functions().keySet(), walled.functions().keySet());
    for (Precompiles table : List.of(walled, ChainPrecompiles.GENESIS)) {
      table
          .functions()
          .values()
          .forEach(each -> assertInstanceOf(ChainPrecompiles.Walled.class, each));
    }
  }

  private static Precompile walled(Throwable thrown) {
    return new ChainPrecompiles.Walled(
        new Precompile() {
          @Override
          public long gas(Bytes input) {
            return 7;
          }

          @Override
          public Optional<Bytes> run(Bytes input) {
            switch (thrown) {
              case RuntimeException fault -> throw fault;
              case Error error -> throw error;
              default -> throw new AssertionError(thrown);
            }
          }
        });
  }

  @Test
  void noInputCostsLessThanItsWork() {
    assertTrue(precompile(0x0a03).gas(zeros(80_000)) > 10_000_000);
    assertEquals(200_000, precompile(0x0a01).gas(NO));
    assertEquals(250_000, precompile(0x0a04).gas(NO));
    assertEquals(300 + 120 * 5, precompile(0x0a05).gas(zeros(5 * 32)));
  }

  // Values

  private static Precompile precompile(int number) {
    byte[] address = new byte[Address.BYTES];
    address[18] = (byte) (number >> 8);
    address[19] = (byte) number;
    return Objects.requireNonNull(TABLE.functions().get(new Address(Bytes.of(address))));
  }

  private static Bytes run(int address, Bytes input) {
    return precompile(address).run(input).orElseThrow();
  }

  private static Bytes word(long number) {
    return Bytes.wrap(UInt256.of(number).toArray());
  }

  private static Bytes zeros(int length) {
    return Bytes.wrap(new byte[length]);
  }

  private static Bytes join(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (Bytes part : parts) {
      part.copyTo(joined, at);
      at += part.length();
    }
    return Bytes.wrap(joined);
  }
}
