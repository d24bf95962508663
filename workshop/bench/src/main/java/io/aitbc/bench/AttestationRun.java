// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.attestation.Inquiry;
import io.aitbc.conformance.TeeCosts;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.Precompile;
import io.aitbc.evm.Precompiles;
import io.aitbc.execution.ChainPrecompiles;
import io.aitbc.model.Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// Judges genuine evidence of every platform, and answers contracts about it. Protocol §18.
final class AttestationRun {
  private final BestTime time;

  /// @param seconds processor time to measure a case
  AttestationRun(double seconds) {
    this.time = new BestTime(seconds);
  }

  /// Prints a row a case: processor time of judging it, and of an inquiry beside its gas.
  ///
  /// @throws IOException if the vectors cannot be read
  void run(Path vectors, PrintWriter out) throws IOException {
    Precompile precompile =
        Objects.requireNonNull(
            ChainPrecompiles.addedTo(Precompiles.NONE, Hash.ZERO, new BlsScheme())
                .functions()
                .get(Address.fromHex("0x0000000000000000000000000000000000000a06")));
    List<TeeCosts.Case> cases = TeeCosts.read(vectors);
    for (TeeCosts.Case each : cases) {
      var _ = time.micros(each.judge());
    }
    out.println("evidence                  judge us  inquiry bytes  inquiry us       gas  Mgas/s");
    for (TeeCosts.Case each : cases) {
      double judged = time.micros(each.judge());
      if (each.inquiry().isEmpty()) {
        out.println(String.format(Locale.ROOT, "%-24s %9.0f", each.name(), judged));
      } else {
        Bytes input = each.inquiry().get();
        double asked = time.micros(() -> answer(input));
        long gas = precompile.gas(input);
        out.println(
            String.format(
                Locale.ROOT,
                "%-24s %9.0f %14d %11.0f %9d %7.0f",
                each.name(),
                judged,
                input.length(),
                asked,
                gas,
                gas / asked));
      }
      out.flush();
    }
  }

  private static void answer(Bytes input) {
    if (Inquiry.answer(input).isEmpty()) {
      throw new IllegalStateException("no inquiry");
    }
  }
}
