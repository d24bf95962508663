// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Encodings of headers, blocks, receipts and logs. Protocol §11.4, Protocol §11.5.
class BlockCodecTest {
  private static List<byte[]> samples(Function<EthereumValues, Bytes> encoding) {
    EthereumValues values = new EthereumValues(Seed.of(3));
    List<byte[]> samples = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      samples.add(encoding.apply(values).toArray());
    }
    return samples;
  }

  private static void torture(
      DecoderTorture.Decoder decoder, Function<EthereumValues, Bytes> encoding) {
    new DecoderTorture(decoder, failure -> failure instanceof MalformedException)
        .run(0xbad, 2_000, samples(encoding));
  }

  @Test // Protocol §11.4.
  void headersGoBackAndForth() {
    Seed.forAll(
        0x4ead,
        1_000,
        seed -> {
          BlockHeader header = new EthereumValues(seed).header();
          assertEquals(header, BlockHeader.decode(header.encode()));
          assertEquals(Keccak256.hash(header.encode()), header.hash());
        });
  }

  @Test // Protocol §11.4.
  void blocksGoBackAndForth() {
    Seed.forAll(
        0xb10c,
        500,
        seed -> {
          Block block = new EthereumValues(seed).block();
          assertEquals(block, Block.decode(block.encode()));
          assertEquals(block.header(), Block.headerOf(block.encode()));
          assertEquals(block.header().hash(), block.hash());
        });
  }

  @Test // Protocol §11.5.
  void receiptsGoBackAndForth() {
    Seed.forAll(
        0x4ece,
        1_000,
        seed -> {
          Receipt receipt = new EthereumValues(seed).receipt();
          assertEquals(receipt, Receipt.decode(receipt.encode()));
        });
  }

  @Test // Protocol §11.4.
  void aHeaderWithADifficultyIsRefused() {
    byte[] encoded = new EthereumValues(Seed.of(5)).header().encode().toArray();
    // Behind five hashes, an address and the filter: 3 + 3 * 33 + 21 ... the byte of difficulty.
    int difficulty = 3 + 33 + 33 + 21 + 33 + 33 + 33 + 3 + Bloom.BYTES;
    assertEquals((byte) 0x80, encoded[difficulty]);
    encoded[difficulty] = 1;
    Malformed reason =
        assertThrows(MalformedException.class, () -> BlockHeader.decode(Bytes.wrap(encoded)))
            .reason();
    assertEquals("difficulty", assertInstanceOf(Malformed.WrongValue.class, reason).field());
  }

  @Test // Protocol §11.4.
  void aBlockHasNoOmmersAndNoWithdrawals() {
    BlockHeader header = new EthereumValues(Seed.of(6)).header();
    RlpWriter writer = new RlpWriter().begin();
    header.write(writer);
    writer.begin().end().begin().begin().end().end().begin().end().end();
    assertThrows(MalformedException.class, () -> Block.decode(writer.toBytes()));
  }

  @Test // Protocol §11.4.
  void theConstantsAreHashesOfNothing() {
    assertEquals(
        BlockHeader.EMPTY_TRIE_ROOT, Keccak256.hash(new RlpWriter().string(Bytes.EMPTY).toArray()));
    assertEquals(
        BlockHeader.NO_OMMERS_HASH, Keccak256.hash(new RlpWriter().begin().end().toArray()));
  }

  @Test // Protocol §11.5.
  void aReceiptWithTheFilterOfOtherLogsIsRefused() {
    Receipt receipt =
        Receipt.of(
            TransactionType.DYNAMIC_FEE,
            Receipt.Outcome.SUCCEEDED,
            1,
            List.of(new Log(Address.ZERO, List.of(), Bytes.EMPTY)));
    Receipt forged = new Receipt(receipt.type(), receipt.outcome(), 1, Bloom.EMPTY, receipt.logs());
    assertThrows(MalformedException.class, () -> Receipt.decode(forged.encode()));
  }

  @Test // Protocol §11.5.
  void aFilterNeverDeniesWhatIsInIt() {
    Seed.forAll(
        0xb100,
        300,
        seed -> {
          EthereumValues values = new EthereumValues(seed);
          List<Log> logs = values.list(3, values::log);
          Bloom bloom = Bloom.of(logs);
          for (Log log : logs) {
            assertTrue(bloom.mayContain(log.address()));
            log.topics().forEach(topic -> assertTrue(bloom.mayContain(topic)));
          }
          List<Bloom> each = logs.stream().map(log -> Bloom.of(List.of(log))).toList();
          assertEquals(bloom, Bloom.union(each));
        });
    assertFalse(Bloom.EMPTY.mayContain(Address.ZERO));
    assertFalse(Bloom.EMPTY.mayContain(Hash.ZERO));
  }

  @Test // Protocol §11.4.
  void hostileHeadersCostNoMoreThanGoodOnes() {
    torture(input -> BlockHeader.decode(Bytes.of(input)), values -> values.header().encode());
  }

  @Test // Protocol §11.4.
  void hostileBlocksCostNoMoreThanGoodOnes() {
    torture(input -> Block.decode(Bytes.of(input)), values -> values.block().encode());
  }

  @Test // Protocol §11.5.
  void hostileReceiptsCostNoMoreThanGoodOnes() {
    torture(input -> Receipt.decode(Bytes.of(input)), values -> values.receipt().encode());
  }
}
