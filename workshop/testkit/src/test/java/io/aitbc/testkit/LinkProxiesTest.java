// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkProxiesTest {
  private static final Duration DELAY = Duration.ofMillis(30);

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private ServerSocket target;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private LinkProxies links;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private Socket near;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private Socket far;

  @BeforeEach
  void twoProcesses() throws IOException {
    target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    links = new LinkProxies(DELAY);
    InetSocketAddress wire =
        links.between(0, 1, (InetSocketAddress) target.getLocalSocketAddress());
    near = new Socket(wire.getAddress(), wire.getPort());
    far = target.accept();
  }

  @AfterEach
  void end() throws IOException {
    links.close();
    near.close();
    far.close();
    target.close();
  }

  @Test
  void bytesArriveBothWaysInOrderAndLate() throws IOException {
    byte[] sent = Seed.of(1).bytes(300_000);
    long began = System.nanoTime();
    near.getOutputStream().write(sent);
    assertArrayEquals(sent, far.getInputStream().readNBytes(sent.length));
    far.getOutputStream().write(sent, 0, 5);
    assertEquals(5, near.getInputStream().readNBytes(5).length);
    // Not a bound on speed: nothing may be earlier than the delay.
    assertTrue(System.nanoTime() - began >= 2 * DELAY.toNanos());
    near.close();
    assertEquals(-1, far.getInputStream().read());
  }

  @Test
  void aCutWireIsSilentAndLosesNothing() throws IOException {
    links.cut(Set.of(0, 2));
    near.getOutputStream().write(7);
    far.setSoTimeout(100);
    assertThrows(SocketTimeoutException.class, () -> far.getInputStream().read());
    links.mend();
    far.setSoTimeout(20_000);
    assertEquals(7, far.getInputStream().read());
    links.cut(Set.of(0, 1)); // Both ends are on one side.
    near.getOutputStream().write(8);
    assertEquals(8, far.getInputStream().read());
  }
}
