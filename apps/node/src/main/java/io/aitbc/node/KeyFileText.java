// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.signer.KeyFileRefusal;

/// Says to an operator why a file with a key, a password or a signing history cannot be used.
public final class KeyFileText {
  private KeyFileText() {}

  /// One sentence about `refusal`, without any secret.
  public static String of(KeyFileRefusal refusal) {
    return switch (refusal) {
      case KeyFileRefusal.Unreachable(var file, String cause) ->
          file + " cannot be read or written: " + cause;
      case KeyFileRefusal.Exists(var file) -> file + " is there already and is not overwritten";
      case KeyFileRefusal.InUse(var file) ->
          file + " is in use: stop the node or command that holds it";
      case KeyFileRefusal.LoosePermissions(var file, String permissions) ->
          "%s has permissions %s, only its owner may touch it: chmod 600 %s"
              .formatted(file, permissions, file);
      case KeyFileRefusal.TooLong(long bytes, long bytesMax) ->
          "a file of %d bytes, at most %d are read".formatted(bytes, bytesMax);
      case KeyFileRefusal.NotJson(int line, int column) ->
          "no JSON, or cut off, at line %d, column %d: restore the backup".formatted(line, column);
      case KeyFileRefusal.MissingField(String field) -> "the field " + field + " is missing";
      case KeyFileRefusal.WrongField(String field, String expected) ->
          "%s must be %s".formatted(field, expected);
      case KeyFileRefusal.Unsupported(String field, String value) ->
          "%s is \"%s\", which is not supported".formatted(field, value);
      case KeyFileRefusal.TooCostly(String parameter, long value, long max) ->
          "%s is %d, more than %d: no real wallet writes that".formatted(parameter, value, max);
      case KeyFileRefusal.WrongPassword() -> "the password is wrong, or the file is damaged";
      case KeyFileRefusal.NoKey() -> "what is encrypted in the file is no key";
      case KeyFileRefusal.OtherKey(String stated, String actual) ->
          "the file states key %s and holds %s".formatted(stated, actual);
    };
  }
}
