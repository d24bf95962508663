// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Set;

/// Finds ports on loopback that nobody listens on.
final class FreePorts {
  private static final int PORT_MAX = 65_535;

  private final Set<Integer> given = new LinkedHashSet<>();

  /// The first free port from `wanted` on that was not given before.
  ///
  /// @throws IOException if there is none
  int from(int wanted) throws IOException {
    for (int port = wanted; port <= PORT_MAX; port++) {
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw new IOException("no free port from " + wanted + " on");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
