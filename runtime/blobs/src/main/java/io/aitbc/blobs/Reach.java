// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/// Where an address may lead. Addresses of other nodes are strangers' input: without a bound they
/// would make this node ask whatever stands beside it.
public enum Reach {
  /// Public addresses only.
  PUBLIC,
  /// Any address: for networks on one machine, and for what the operator has configured.
  ANY;

  /// Refuses a host with an address that may not be. The JDK keeps a resolved name for 30 s, so the
  /// connection that follows goes where this looked.
  ///
  /// @throws BlobRefusedException if it may not be, or the URI is not one of HTTP with a host
  /// @throws UnknownHostException if it has no address
  public void check(URI address) throws BlobRefusedException, UnknownHostException {
    String scheme = address.getScheme();
    String host = address.getHost();
    boolean http = "http".equals(scheme) || "https".equals(scheme);
    if (!http || host == null || address.getRawUserInfo() != null) {
      throw new BlobRefusedException(new BlobRefusal.AddressNotAllowed(String.valueOf(address)));
    }
    if (this == ANY) {
      return;
    }
    for (InetAddress next : InetAddress.getAllByName(host)) {
      if (!isPublic(next)) {
        throw new BlobRefusedException(new BlobRefusal.AddressNotAllowed(host));
      }
    }
  }

  /// Whether an address is a public one (the special-purpose registries of IANA, RFC 6890).
  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (bytes.length == 4) {
      boolean shared = first == 100 && second >= 64 && second < 128; // RFC 6598
      boolean protocols = first == 192 && second == 0 && (bytes[2] == 0 || bytes[2] == 2);
      boolean measuring = first == 198 && (second == 18 || second == 19); // RFC 2544
      return first != 0 && first < 240 && !shared && !protocols && !measuring;
    }
    // Global unicast is 2000::/3; within it 2002::/16 and 2001::/32 carry addresses of IPv4.
    boolean global = (first & 0xe0) == 0x20;
    boolean carries =
        first == 0x20 && (second == 0x02 || (second == 0x01 && bytes[2] == 0 && bytes[3] == 0));
    return global && !carries;
  }
}
