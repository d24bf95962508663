// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A path of the older platform and what was asked with it. Nothing that is served has a character
/// that must be encoded, so nothing is decoded.
///
/// @param path behind `/rpc/`, without a slash at its end
/// @param values by name; the last one of a name that comes twice
record RestQuery(String path, Map<String, String> values) {
  /// Takes what stands behind `/rpc/` apart.
  static RestQuery of(String text) {
    int question = text.indexOf('?');
    String path = question < 0 ? text : text.substring(0, question);
    Map<String, String> values = new TreeMap<>();
    for (String each : question < 0 ? new String[0] : text.substring(question + 1).split("&", -1)) {
      int equal = each.indexOf('=');
      if (equal > 0) {
        String _ = values.put(each.substring(0, equal), each.substring(equal + 1));
      }
    }
    return new RestQuery(path.replaceFirst("/$", ""), values);
  }

  /// The value of a name; empty if there is none, or nothing in it.
  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name)).filter(it -> !it.isEmpty());
  }

  /// The path up to its first slash.
  String first() {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /// The path behind its first slash; empty if it has none.
  Optional<String> behindFirst() {
    int slash = path.indexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(path.substring(slash + 1));
  }
}
