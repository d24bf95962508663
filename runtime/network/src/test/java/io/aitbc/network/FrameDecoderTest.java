// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.FrameType;
import io.aitbc.model.MalformedException;
import io.aitbc.testkit.Allocation;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
  private final FrameDecoder decoder = new FrameDecoder(Messages::bodyBytesMax);
  private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

  @Test // Protocol §15.2
  void aFrameIsLengthTypeAndBody() {
    assertEquals(List.of(new FrameDecoder.Frame(3, Bytes.fromHex("c107"))), read("0000000203c107"));
  }

  @Test // Protocol §15.2
  void framesAreTheSameHoweverTheStreamIsCut() {
    Seed.forAll(
        1,
        200,
        random -> {
          EmbeddedChannel cut = new EmbeddedChannel(new FrameDecoder(Messages::bodyBytesMax));
          List<Object> expected = new ArrayList<>();
          List<Byte> stream = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            FrameType type = random.pick(FrameType.values());
            byte[] body = random.bytes(random.below(Math.min(type.payloadBytesMax(), 300)));
            expected.add(new FrameDecoder.Frame(type.code(), Bytes.of(body)));
            byte[] frame = bytesOf(type.code(), body);
            for (byte each : frame) {
              stream.add(each);
            }
          }
          List<Object> seen = new ArrayList<>();
          int at = 0;
          while (at < stream.size()) {
            int to = Math.min(stream.size(), at + random.between(1, 60));
            byte[] part = new byte[to - at];
            for (int i = 0; i < part.length; i++) {
              part[i] = stream.get(at + i);
            }
            boolean _ = cut.writeInbound(Unpooled.wrappedBuffer(part));
            at = to;
            drain(cut, seen);
          }
          assertEquals(expected, seen);
          boolean _ = cut.finishAndReleaseAll();
        });
  }

  @Test // Protocol §15.2
  void anOversizeFrameIsRefusedAtItsHeader() {
    int max = FrameType.PING.payloadBytesMax();
    assertEquals(List.of(new CloseReason.OversizeFrame(3, max + 1L, max)), read("0000004103"));
  }

  @Test // Protocol §15.2
  void aLengthWithTheHighestBitIsNotNegative() {
    int max = FrameType.PING.payloadBytesMax();
    assertEquals(List.of(new CloseReason.OversizeFrame(3, 0xffffffffL, max)), read("ffffffff03"));
  }

  @Test // Protocol §15.2
  void anUnknownTypeIsRefusedWhateverItsLength() {
    assertEquals(List.of(new CloseReason.UnknownFrameType(0xee)), read("00000000ee"));
  }

  @Test // Protocol §15.2
  void afterARefusalNothingIsReadAnyMore() {
    assertEquals(1, read("00000000ee").size());
    assertEquals(List.of(), read("0000000203c107"));
  }

  @Test // Protocol §15.2
  void beforeTheHelloOtherTypesDoNotExist() {
    decoder.limits(Messages::bodyBytesMaxAtFirst);
    assertEquals(List.of(new CloseReason.UnknownFrameType(3)), read("0000000203c107"));
  }

  @Test // Protocol §15.2
  void anAnnouncedFrameTakesNoMemoryBeforeItsBytesCome() {
    int type = FrameType.BLOCKS.code();
    long before = Allocation.ofThisThreadBytes();
    assertEquals(List.of(), read("0040000031".substring(0, 8) + "%02x".formatted(type)));
    assertTrue(Allocation.ofThisThreadBytes() - before < 256 * 1024);
    assertTrue(decoder.incompleteSince().isPresent());
  }

  @Test // Protocol §15.2
  void betweenFramesNothingIsIncomplete() {
    assertEquals(1, read("0000000203c107").size());
    assertTrue(decoder.incompleteSince().isEmpty());
    assertEquals(0, read("00").size());
    assertTrue(decoder.incompleteSince().isPresent());
    assertEquals(1, read("00000203c107").size());
    assertTrue(decoder.incompleteSince().isEmpty());
  }

  @Test // Protocol §15.2
  void hostileStreamsAreDecodedOrRefused() {
    DecoderTorture torture =
        new DecoderTorture(FrameDecoderTest::decodeStream, MalformedException.class::isInstance);
    torture.run(
        1,
        300,
        List.of(
            bytesOf(3, Bytes.fromHex("c107").toArray()),
            bytesOf(7, Bytes.fromHex("c101").toArray())));
  }

  /// Decodes all frames of a stream and the messages in them, as a connection does.
  static List<Object> decodeStream(byte[] stream) throws MalformedException {
    EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(Messages::bodyBytesMax));
    try {
      boolean _ = channel.writeInbound(Unpooled.wrappedBuffer(stream));
      List<Object> decoded = new ArrayList<>();
      for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
        decoded.add(read instanceof FrameDecoder.Frame frame ? Messages.decode(frame) : read);
      }
      return decoded;
    } finally {
      boolean _ = channel.finishAndReleaseAll();
    }
  }

  private List<Object> read(String hex) {
    List<Object> seen = new ArrayList<>();
    boolean _ = channel.writeInbound(Unpooled.wrappedBuffer(Bytes.fromHex(hex).toArray()));
    drain(channel, seen);
    assertNull(channel.readInbound());
    return seen;
  }

  private static void drain(EmbeddedChannel channel, List<Object> seen) {
    for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
      seen.add(read);
    }
  }

  private static byte[] bytesOf(int type, byte[] body) {
    OutboundFrame frame = OutboundFrame.of(TrafficClass.VOTES, type, Bytes.of(body));
    byte[] bytes = new byte[frame.length()];
    var _ = frame.content().readBytes(bytes);
    return bytes;
  }
}
