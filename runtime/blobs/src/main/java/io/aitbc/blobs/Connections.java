// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The connections of a server: some in all, and a share of them for each public address.
final class Connections {
  /// Bytes of an address of IPv6 that tell one network from another (RFC 4291 §2.5.4); of a network
  /// everybody has all addresses.
  private static final int NETWORK_BYTES = 8;

  private final int connectionsMax;
  private final int addressConnectionsMax;
  private final Map<String, Integer> byNetwork = new HashMap<>();
  private int all;

  Connections(int connectionsMax, int addressConnectionsMax) {
    this.connectionsMax = connectionsMax;
    this.addressConnectionsMax = addressConnectionsMax;
  }

  /// Takes a connection, or closes it.
  void admit(HttpConnection connection) {
    SocketAddress remote = connection.remoteAddress(); // None, if it is closed already.
    String literal = remote == null ? null : remote.hostAddress();
    InetAddress address =
        literal == null
            ? InetAddress.getLoopbackAddress()
            : InetAddress.ofLiteral(literal.replaceFirst("%.*", "")); // Without its interface.
    boolean taken = take(address);
    connection.closeHandler(_ -> giveBack(address));
    if (!taken) {
      var _ = connection.close();
    }
  }

  /// Counts a connection.
  ///
  /// @return whether it may stay; in both cases it counts until it is given back
  synchronized boolean take(InetAddress address) {
    all++;
    int own = network(address).map(each -> byNetwork.merge(each, 1, Integer::sum)).orElse(0);
    return all <= connectionsMax && own <= addressConnectionsMax;
  }

  synchronized void giveBack(InetAddress address) {
    all--;
    network(address)
        .ifPresent(each -> {
          var _ = byNetwork.computeIfPresent(each, (_, count) -> count > 1 ? count - 1 : null);
        });
  }

  /// Whose share it takes from; of an address that is not public nobody's: a proxy in front of the
  /// server has one, behind which everybody stands.
  private static Optional<String> network(InetAddress address) {
    if (!Reach.isPublic(address)) {
      return Optional.empty();
    }
    byte[] bytes = address.getAddress();
    byte[] network = bytes.length == 4 ? bytes : Arrays.copyOf(bytes, NETWORK_BYTES);
    return Optional.of(Arrays.toString(network));
  }
}
