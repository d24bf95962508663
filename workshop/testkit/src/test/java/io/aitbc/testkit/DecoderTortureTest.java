// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DecoderTortureTest {
  private static final List<byte[]> VALID = List.of(new byte[] {1, 2, 3});

  /// A decoder's own refusal.
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private static DecoderTorture of(DecoderTorture.Decoder decoder) {
    return new DecoderTorture(decoder, Refusal.class::isInstance);
  }

  @Test
  void aDecoderThatRefusesWithItsOwnExceptionPasses() {
    of(
            input -> {
              if (input.length != 3) {
                throw new Refusal();
              }
              return input;
            })
        .run(1, 100, VALID);
  }

  @Test
  void anExceptionOfAnotherKindFails() {
    AssertionError failure =
        assertThrows(AssertionError.class, () -> of(input -> input[2]).run(1, 100, VALID));
    assertTrue(String.valueOf(failure.getMessage()).contains("not a refusal"));
  }

  @Test
  void allocationBeyondTheLimitFails() {
    AssertionError failure =
        assertThrows(
            AssertionError.class, () -> of(input -> new byte[10_000_000]).run(1, 100, VALID));
    assertTrue(String.valueOf(failure.getMessage()).contains("allocated"));
  }
}
