// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The canonical encoding. Protocol §11.1.
class RlpTest {
  private static RlpReader reader(String hex) {
    return RlpReader.of(Bytes.fromHex(hex));
  }

  private static Malformed refusal(String hex, RlpReader.Element<?> read) {
    RlpReader reader = reader(hex);
    return assertThrows(MalformedException.class, () -> read.read(reader)).reason();
  }

  private static int skipped(RlpReader reader) throws MalformedException {
    reader.skip();
    return reader.position();
  }

  @Test
  void oneByteBelow80IsItself() throws MalformedException {
    assertEquals(Bytes.fromHex("7f"), reader("7f").string());
    assertEquals("0x7f", new RlpWriter().string(Bytes.fromHex("7f")).toBytes().toHex());
    assertEquals("0x8180", new RlpWriter().string(Bytes.fromHex("80")).toBytes().toHex());
  }

  @Test
  void zeroIsTheEmptyString() throws MalformedException {
    assertEquals("0x80", new RlpWriter().number(0).toBytes().toHex());
    assertEquals(0, reader("80").number());
    assertInstanceOf(Malformed.NotMinimal.class, refusal("00", RlpReader::number));
  }

  @Test
  void aFormLongerThanNeededIsRefused() {
    assertEquals(new Malformed.NotMinimal(0), refusal("8100", RlpReader::string));
    assertEquals(new Malformed.NotMinimal(0), refusal("817f", RlpReader::string));
    assertEquals(new Malformed.NotMinimal(0), refusal("b801ff", RlpReader::string));
    assertEquals(new Malformed.NotMinimal(0), refusal("b90001ff", RlpReader::string));
    assertEquals(new Malformed.NotMinimal(0), refusal("f800", RlpReader::list));
    assertEquals(new Malformed.NotMinimal(0), refusal("820001", RlpReader::number));
    assertEquals(new Malformed.NotMinimal(0), refusal("820001", RlpReader::number256));
    assertEquals(new Malformed.NotMinimal(0), refusal("8101", RlpTest::skipped));
  }

  @Test
  void whatIsAnnouncedMustBeThere() {
    assertEquals(new Malformed.Truncated(0, 1, 0), refusal("", RlpReader::string));
    assertEquals(new Malformed.Truncated(0, 2, 1), refusal("82ff", RlpReader::string));
    assertEquals(new Malformed.Truncated(0, 3, 1), refusal("c3ff", RlpReader::list));
    assertEquals(
        new Malformed.Truncated(0, Long.MIN_VALUE, 0),
        refusal("bf8000000000000000", RlpReader::string));
    assertEquals(new Malformed.Truncated(0, -1, 0), refusal("ffffffffffffffffff", RlpReader::list));
  }

  @Test
  void anItemMayNotReachBeyondItsList() {
    assertInstanceOf(
        Malformed.Truncated.class, refusal("c182ffff", reader -> reader.list().string()));
  }

  @Test
  void kindsAndWidthsAreChecked() {
    assertEquals(new Malformed.WrongKind(0, Malformed.Kind.LIST), refusal("80", RlpReader::list));
    assertEquals(
        new Malformed.WrongKind(0, Malformed.Kind.STRING), refusal("c0", RlpReader::string));
    assertEquals(new Malformed.WrongLength(0, 1, 32, 32), refusal("05", RlpReader::hash));
    assertEquals(
        new Malformed.WrongLength(0, 9, 0, 8), refusal("89ffffffffffffffffff", RlpReader::number));
    assertInstanceOf(Malformed.WrongValue.class, refusal("88ffffffffffffffff", RlpReader::number));
    assertInstanceOf(Malformed.WrongValue.class, refusal("05", reader -> reader.number(4)));
    assertEquals(
        new Malformed.WrongLength(0, 3, 0, 2),
        refusal("c3010203", reader -> reader.list(2, RlpReader::number)));
  }

  @Test
  void nothingMayFollow() throws MalformedException {
    RlpReader reader = reader("0102");
    assertEquals(1, reader.number());
    assertEquals(
        new Malformed.TrailingBytes(1, 1),
        assertThrows(MalformedException.class, reader::finish).reason());
  }

  @Test
  void stringsOfEveryLengthGoBackAndForth() throws MalformedException {
    for (int length = 0; length < 700; length++) {
      Bytes string = Bytes.wrap(Seed.of(length).bytes(length));
      Bytes encoded = new RlpWriter().string(string).toBytes();
      assertEquals(string, RlpReader.of(encoded).string());
      assertArrayEquals(encoded.toArray(), new RlpWriter().string(string.toArray()).toArray());
    }
  }

  @Test
  void numbersGoBackAndForth() {
    Seed.forAll(
        0x71,
        5_000,
        seed -> {
          EthereumValues values = new EthereumValues(seed);
          UInt256 large = values.uint256();
          long small = seed.magnitude();
          long unsigned = seed.nextLong();
          Bytes encoded =
              new RlpWriter()
                  .begin()
                  .number(large)
                  .number(small)
                  .unsigned(unsigned)
                  .end()
                  .toBytes();
          RlpReader fields = RlpReader.of(encoded).list();
          assertEquals(large, fields.number256());
          assertEquals(small, fields.number());
          assertEquals(unsigned, fields.unsigned());
          fields.finish();
        });
  }

  /// A tree of items: a byte string, or a list of trees.
  private sealed interface Item {
    record Text(Bytes bytes) implements Item {}

    record Many(List<Item> items) implements Item {}
  }

  private static Item item(Seed seed, int depth) {
    EthereumValues values = new EthereumValues(seed);
    return depth == 0 || seed.chance(1, 2)
        ? new Item.Text(values.string(80))
        : new Item.Many(values.list(5, () -> item(seed, depth - 1)));
  }

  private static void write(RlpWriter writer, Item item) {
    switch (item) {
      case Item.Text text -> writer.string(text.bytes);
      case Item.Many many -> writer.list(many.items, RlpTest::write);
    }
  }

  private static Item read(RlpReader reader) throws MalformedException {
    return reader.nextIsList()
        ? new Item.Many(reader.list(Integer.MAX_VALUE, RlpTest::read))
        : new Item.Text(reader.string());
  }

  @Test
  void treesGoBackAndForth() {
    Seed.forAll(
        0x7ee,
        2_000,
        seed -> {
          Item item = item(seed, 5);
          RlpWriter writer = new RlpWriter(16);
          write(writer, item);
          assertEquals(item, read(RlpReader.of(writer.toBytes())));
        });
  }

  @Test
  void theBytesOfAnItemAreGivenAsTheyStand() throws MalformedException {
    RlpReader fields = reader("c6c20102820304").list();
    assertEquals(Bytes.fromHex("c20102"), fields.encoded());
    assertEquals(Bytes.fromHex("820304"), fields.encoded());
    fields.finish();
  }

  @Test
  void aWriterKeepsItsListsInOrder() {
    assertThrows(IllegalStateException.class, () -> new RlpWriter().end());
    assertThrows(IllegalStateException.class, () -> new RlpWriter().begin().toArray());
    assertThrows(IllegalArgumentException.class, () -> new RlpWriter().number(-1));
    assertThrows(IllegalArgumentException.class, () -> new RlpWriter().raw(0x80));
  }

  /// Walks over every item at every depth, as a stack of readers.
  private static int walk(byte[] input) throws MalformedException {
    List<RlpReader> open = new ArrayList<>();
    open.add(RlpReader.of(input));
    int items = 0;
    while (!open.isEmpty()) {
      RlpReader reader = open.getLast();
      if (!reader.hasNext()) {
        open.removeLast();
      } else if (reader.nextIsList()) {
        open.add(reader.list());
        items++;
      } else {
        reader.skip();
        items++;
      }
    }
    return items;
  }

  @Test
  void hostileBytesCostNoMoreThanGoodOnes() {
    byte[] sample = new RlpWriter().begin().number(7).begin().end().end().toArray();
    assertTrue(sample.length > 0);
    new DecoderTorture(RlpTest::walk, failure -> failure instanceof MalformedException)
        .run(0xbad, 3_000, List.of(sample));
  }
}
