// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Where a peer listens.
///
/// @param id who must answer there
/// @param host an IP address, or a name that is looked up at each attempt
/// @param port 1 to 65535
public record PeerEndpoint(PeerId id, String host, int port) {
  /// Greatest length of a host in characters, that of a DNS name (RFC 1035 §2.3.4).
  public static final int HOST_CHARACTERS_MAX = 253;

  /// @throws IllegalArgumentException if host or port are out of range
  public PeerEndpoint {
    if (host.isEmpty() || host.length() > HOST_CHARACTERS_MAX || port < 1 || port > 65535) {
      throw new IllegalArgumentException("no address: " + host + ":" + port);
    }
  }

  /// Reads `id@host:port`; an IPv6 address stands in brackets.
  ///
  /// @throws IllegalArgumentException if it is nothing like that
  public static PeerEndpoint parse(String text) {
    int at = text.indexOf('@');
    int colon = text.lastIndexOf(':');
    if (at < 0 || colon < at) {
      throw new IllegalArgumentException("not of the form id@host:port: " + text);
    }
    String host = text.substring(at + 1, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new PeerEndpoint(
        PeerId.fromHex(text.substring(0, at)), host, Integer.parseInt(text.substring(colon + 1)));
  }

  /// The IP address; looks the name up, which may block.
  InetAddress resolved() throws UnknownHostException {
    return InetAddress.getByName(host);
  }

  /// In the form that {@link #parse} reads.
  @Override
  public String toString() {
    return id + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
