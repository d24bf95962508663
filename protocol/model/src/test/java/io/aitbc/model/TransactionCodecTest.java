// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The encodings of transactions. Protocol §11.3.
class TransactionCodecTest {
  private static final Address RECIPIENT =
      Address.fromHex("0x3535353535353535353535353535353535353535");

  private static Malformed refusal(Bytes encoded) {
    return assertThrows(MalformedException.class, () -> TransactionCodec.decode(encoded)).reason();
  }

  private static LegacyTransaction legacy(UInt256 v) throws MalformedException {
    RlpWriter writer = new RlpWriter().begin().number(0).number(1).number(21_000);
    writer.address(RECIPIENT).number(0).string(Bytes.EMPTY).number(v).number(1).number(1).end();
    return (LegacyTransaction) TransactionCodec.decode(writer.toBytes());
  }

  @Test
  void transactionsGoBackAndForth() {
    Seed.forAll(
        0x7c,
        2_000,
        seed -> {
          UnsignedTransaction unsigned = new EthereumValues(seed).unsigned();
          TransactionSignature signature = new EthereumValues(seed).signature();
          Transaction transaction = unsigned.signedWith(signature);
          Transaction decoded = TransactionCodec.decode(transaction.encoded());
          assertEquals(unsigned, decoded.unsigned());
          assertEquals(signature, decoded.signature());
          assertEquals(transaction, decoded);
          assertEquals(decoded, decoded.unsigned().signedWith(decoded.signature()));
          assertEquals(Keccak256.hash(transaction.encoded()), decoded.hash());
        });
  }

  @Test
  void whatIsAcceptedIsTheOnlyEncoding() {
    Seed.forAll(
        0x0e,
        4_000,
        seed -> {
          byte[] bytes = new EthereumValues(seed).transaction().encoded().toArray();
          bytes[seed.below(bytes.length)] ^= (byte) (1 << seed.below(8));
          Bytes damaged = Bytes.wrap(bytes);
          try {
            Transaction decoded = TransactionCodec.decode(damaged);
            assertEquals(damaged, decoded.unsigned().signedWith(decoded.signature()).encoded());
          } catch (MalformedException refused) {
            assertTrue(refused.getMessage().length() > 0);
          }
        });
  }

  @Test
  void asElementsOfAListTheyGoBackAndForth() {
    Seed.forAll(
        0x11,
        500,
        seed -> {
          List<Transaction> transactions =
              new EthereumValues(seed).list(5, new EthereumValues(seed)::transaction);
          Bytes encoded = new RlpWriter().list(transactions, TransactionCodec::write).toBytes();
          assertEquals(transactions, RlpReader.of(encoded).list(5, TransactionCodec::read));
        });
  }

  @Test
  void blobTransactionsAreRefusedByTheirType() {
    assertEquals(
        new Malformed.WrongValue(0, "transaction type", "3"), refusal(Bytes.fromHex("03c0")));
    assertEquals(
        new Malformed.WrongValue(0, "transaction type", "0"), refusal(Bytes.fromHex("00c0")));
    assertEquals(
        new Malformed.WrongValue(0, "transaction type", "191"), refusal(Bytes.fromHex("bfc0")));
    assertInstanceOf(Malformed.Truncated.class, refusal(Bytes.EMPTY));
  }

  @Test
  void aLegacyTransactionInsideAStringIsASecondEncoding() {
    Bytes legacy =
        new EthereumValues(Seed.of(1))
            .unsigned(TransactionType.LEGACY)
            .signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0))
            .encoded();
    RlpReader reader = RlpReader.of(new RlpWriter().string(legacy).toBytes());
    assertThrows(MalformedException.class, () -> TransactionCodec.read(reader));
  }

  @Test
  void theNumberVCarriesChainAndParity() throws MalformedException {
    assertEquals(Optional.empty(), legacy(UInt256.of(27)).chainId());
    assertEquals(1, legacy(UInt256.of(28)).signature().yParity());
    assertEquals(Optional.of(UInt256.ZERO), legacy(UInt256.of(35)).chainId());
    assertEquals(0, legacy(UInt256.of(35)).signature().yParity());
    assertEquals(Optional.of(UInt256.ONE), legacy(UInt256.of(38)).chainId());
    assertEquals(1, legacy(UInt256.of(38)).signature().yParity());
    assertEquals(UInt256.of(38), legacy(UInt256.of(38)).v());
    assertEquals(
        Optional.of(LegacyTransaction.CHAIN_ID_MAX),
        legacy(UInt256.MAX.minus(UInt256.ONE)).chainId());
  }

  @Test
  void anyOtherVIsRefused() {
    for (UInt256 v :
        List.of(UInt256.ZERO, UInt256.of(26), UInt256.of(29), UInt256.of(34), UInt256.MAX)) {
      assertInstanceOf(
          Malformed.WrongValue.class,
          assertThrows(MalformedException.class, () -> legacy(v)).reason());
    }
  }

  @Test
  void aGasLimitThatNoBlockHoldsReadsAsTheLargestNumber() {
    UnsignedTransaction unsigned =
        new LegacyTransaction.Unsigned(
            Optional.empty(), 0, Amount.ZERO, -1, Optional.of(RECIPIENT), Amount.ZERO, Bytes.EMPTY);
    Transaction transaction =
        unsigned.signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0));
    assertEquals(Long.MAX_VALUE, transaction.gasLimit());
  }

  @Test
  void hostileBytesCostNoMoreThanGoodOnes() {
    List<byte[]> samples = new ArrayList<>();
    EthereumValues values = new EthereumValues(Seed.of(9));
    for (int i = 0; i < 20; i++) {
      samples.add(values.transaction().encoded().toArray());
    }
    new DecoderTorture(
            input -> TransactionCodec.decode(Bytes.of(input)),
            failure -> failure instanceof MalformedException)
        .run(0xbad, 5_000, samples);
  }
}
