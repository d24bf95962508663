// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;

/// The part of an address that one party can fill cheaply: the first 24 bits of an IPv4 address,
/// the first 48 bits of an IPv6 address. Limits count by it, because whole addresses cost an
/// attacker next to nothing. Protocol §15.4.
///
/// @param prefix the leading bytes in hexadecimal, behind the family
record AddressBlock(String prefix) {
  private static final int IPV4_BYTES = 3;
  private static final int IPV6_BYTES = 6;

  /// A block that holds `address` alone.
  static AddressBlock ofOnly(InetAddress address) {
    return new AddressBlock("one:" + HexFormat.of().formatHex(address.getAddress()));
  }

  /// The block that holds `address`.
  static AddressBlock of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address
        ? new AddressBlock("4:" + HexFormat.of().formatHex(bytes, 0, IPV4_BYTES))
        : new AddressBlock("6:" + HexFormat.of().formatHex(bytes, 0, IPV6_BYTES));
  }
}
