// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Ports of this machine at which nothing listens, for processes that are to be told theirs before
/// they begin. Nothing keeps others from taking them first.
public final class FreePorts {
  private FreePorts() {}

  /// A port.
  ///
  /// @throws UncheckedIOException if none is free
  public static int one() {
    return several(1).getFirst();
  }

  /// A port, as an address of this machine alone.
  ///
  /// @throws UncheckedIOException if none is free
  public static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), one());
  }

  /// Ports, each another one.
  ///
  /// @throws UncheckedIOException if so many are not free
  public static List<Integer> several(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
    return ports;
  }
}
