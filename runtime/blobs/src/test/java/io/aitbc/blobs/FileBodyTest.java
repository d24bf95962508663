// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBodyTest {
  private static final byte[] CONTENT = Content.bytes(2_000_000, 1);

  @TempDir Path folder;
  private final FileBody.Buffers buffers = new FileBody.Buffers();

  /// Takes what it is given at once, or later.
  private static final class Taker implements Flow.Subscriber<ByteBuffer> {
    private final boolean atOnce;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private Optional<Throwable> fault = Optional.empty();
    private boolean complete;

    Taker(boolean atOnce) {
      this.atOnce = atOnce;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(1);
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer piece) {
      pieces.add(piece);
      if (atOnce) {
        take(piece);
      }
    }

    void take(ByteBuffer piece) {
      byte[] bytes = new byte[piece.remaining()];
      ByteBuffer _ = piece.get(bytes);
      content.writeBytes(bytes);
    }

    @Override
    public void onError(Throwable failed) {
      fault = Optional.of(failed);
    }

    @Override
    public void onComplete() {
      complete = true;
    }

    int buffers() {
      Set<ByteBuffer> different = Collections.newSetFromMap(new IdentityHashMap<>());
      different.addAll(pieces);
      return different.size();
    }
  }

  private Taker body(long from, long to, Taker taker) throws IOException {
    Path file = Files.write(folder.resolve("file"), CONTENT);
    try (FileChannel channel = FileChannel.open(file)) {
      new FileBody(channel, from, to, buffers, _ -> {}).subscribe(taker);
    }
    return taker;
  }

  @Test
  void aPartOfAFileIsReadIntoOneBufferAgainAndAgain() throws IOException {
    Taker taker = body(100, 1_900_000, new Taker(true));
    assertTrue(taker.complete);
    assertEquals(Optional.empty(), taker.fault);
    assertArrayEquals(Arrays.copyOfRange(CONTENT, 100, 1_900_000), taker.content.toByteArray());
    assertTrue(taker.pieces.size() > 5, () -> taker.pieces.size() + " pieces");
    assertEquals(1, taker.buffers());
  }

  @Test
  void whatWasNotTakenYetIsNotOverwritten() throws IOException {
    Taker later = body(0, CONTENT.length, new Taker(false));
    assertTrue(later.complete);
    Taker next = body(0, 1_000_000, new Taker(true)); // Of the same buffers.
    assertArrayEquals(Arrays.copyOf(CONTENT, 1_000_000), next.content.toByteArray());
    later.pieces.forEach(later::take);
    assertArrayEquals(CONTENT, later.content.toByteArray());
  }

  @Test
  void aFileThatIsTooShortEndsTheBodyWithAFault() throws IOException {
    Taker taker = body(1_500_000, CONTENT.length + 1, new Taker(true));
    assertTrue(taker.fault.orElseThrow() instanceof IOException, taker.fault.toString());
    assertTrue(!taker.complete);
    assertArrayEquals(
        Arrays.copyOfRange(CONTENT, 1_500_000, CONTENT.length), taker.content.toByteArray());
  }
}
