// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.crypto.Bytes;

/// A request of HTTP, read whole.
///
/// @param method of HTTP
/// @param path without what stands behind a question mark
/// @param host the Host header; empty if there is none
/// @param contentType the header; empty if there is none
/// @param authorization the header; empty if there is none
/// @param keys who may ask
/// @param body the body
record GatewayRequest(
    String method,
    String path,
    String host,
    String contentType,
    String authorization,
    GatewayKeys keys,
    Bytes body) {
  /// Refuses other methods, and a body that is not said to be JSON.
  void require(String allowed) throws GatewayRefusedException {
    if (!method.equals(allowed)) {
      throw new GatewayRefusedException(new GatewayRefusal.MethodNotAllowed(allowed));
    }
    String type = contentType.split(";", 2)[0].strip();
    if (allowed.equals("POST") && !type.equalsIgnoreCase("application/json")) {
      throw new GatewayRefusedException(new GatewayRefusal.NoJson(type));
    }
  }

  /// Who asks.
  GatewayKeys.Key key() throws GatewayRefusedException {
    return keys.of(authorization);
  }
}
