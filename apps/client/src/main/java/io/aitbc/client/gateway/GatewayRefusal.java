// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import java.time.Duration;

/// Why a gateway does not answer a request. Closed; each carries its operands.
public sealed interface GatewayRefusal {
  /// Nothing is served there.
  ///
  /// @param what was asked for
  record Unknown(String what) implements GatewayRefusal {}

  /// No request that is understood.
  ///
  /// @param why what is wrong
  record Malformed(String why) implements GatewayRefusal {}

  /// Something that the protocol has and models of fixed tensors cannot do.
  ///
  /// @param what it is
  record Unsupported(String what) implements GatewayRefusal {}

  /// More of something than one request may have.
  ///
  /// @param what of what
  /// @param given how much
  /// @param max how much is taken
  record TooMuch(String what, long given, long max) implements GatewayRefusal {}

  /// There is no place at the moment.
  ///
  /// @param what is full
  /// @param max what it holds
  record Busy(String what, long max) implements GatewayRefusal {}

  /// The method is another one.
  ///
  /// @param allowed the methods that are served there
  record MethodNotAllowed(String allowed) implements GatewayRefusal {}

  /// The body is not said to be JSON: what a page in a browser could send without being asked.
  ///
  /// @param given what it is said to be
  record NoJson(String given) implements GatewayRefusal {}

  /// The request names another host: a page in a browser that was led here.
  ///
  /// @param host that it names
  record HostNotAllowed(String host) implements GatewayRefusal {}

  /// No key, or one that is not known.
  record Unauthorized() implements GatewayRefusal {}

  /// The key's limit leaves less than the request costs.
  ///
  /// @param key its name
  /// @param needed wei of the request
  /// @param left wei of the limit
  record LimitReached(String key, String needed, String left) implements GatewayRefusal {}

  /// The gateway cannot order now.
  ///
  /// @param why what is missing
  record NotReady(String why) implements GatewayRefusal {}

  /// The time was not enough.
  ///
  /// @param timeMax the time
  /// @param receipt by which the outputs can be asked for later; empty if nothing was ordered
  record Late(Duration timeMax, String receipt) implements GatewayRefusal {}

  /// There are no outputs.
  ///
  /// @param receipt of the request
  /// @param status that it has
  /// @param why what happened
  record NoOutputs(String receipt, Receipt.Status status, String why) implements GatewayRefusal {}

  /// The status of HTTP that says it.
  default int httpStatus() {
    return switch (this) {
      case Malformed _, Unsupported _ -> 400;
      case Unauthorized _ -> 401;
      case HostNotAllowed _ -> 403;
      case Unknown _ -> 404;
      case MethodNotAllowed _ -> 405;
      case TooMuch _ -> 413;
      case NoJson _ -> 415;
      case LimitReached _ -> 429;
      case NoOutputs _ -> 502;
      case Busy _, NotReady _ -> 503;
      case Late _ -> 504;
    };
  }

  /// One word for programs.
  default String code() {
    return switch (this) {
      case Unknown _ -> "not_found";
      case Malformed _ -> "malformed";
      case Unsupported _ -> "unsupported";
      case TooMuch _ -> "too_much";
      case Busy _ -> "busy";
      case MethodNotAllowed _ -> "method_not_allowed";
      case NoJson _ -> "no_json";
      case HostNotAllowed _ -> "host_not_allowed";
      case Unauthorized _ -> "invalid_api_key";
      case LimitReached _ -> "insufficient_quota";
      case NotReady _ -> "not_ready";
      case Late _ -> "timeout";
      case NoOutputs _ -> "no_outputs";
    };
  }

  /// The receipt that it belongs to; empty for none.
  default String receipt() {
    return "";
  }

  /// A sentence for people.
  default String text() {
    return switch (this) {
      case Unknown(String what) -> what + " is not served here";
      case Malformed(String why) -> why;
      case Unsupported(String what) -> what;
      case TooMuch(String what, long given, long max) ->
          "%d %s, at most %d are taken".formatted(given, what, max);
      case Busy(String what, long max) -> "%s: all %d are taken, come back".formatted(what, max);
      case MethodNotAllowed(String allowed) -> "allowed is " + allowed;
      case NoJson(String given) ->
          "the Content-Type is \"%s\"; send application/json".formatted(given);
      case HostNotAllowed(String host) ->
          "the Host is \"%s\"; without keys only this machine's names are served".formatted(host);
      case Unauthorized _ -> "send the header Authorization: Bearer KEY";
      case LimitReached(String key, String needed, String left) ->
          "the request costs %s wei, of the limit of key %s %s are left"
              .formatted(needed, key, left);
      case NotReady(String why) -> why;
      case Late(Duration timeMax, String receipt) ->
          receipt.isEmpty()
              ? "nothing was ordered within " + timeMax.toSeconds() + " s"
              : "no outputs within %d s; they may come: ask for /receipts/%s/outputs"
                  .formatted(timeMax.toSeconds(), receipt);
      case NoOutputs(String _, Receipt.Status status, String why) ->
          "no outputs, the request is %s: %s".formatted(status.text(), why);
    };
  }
}
