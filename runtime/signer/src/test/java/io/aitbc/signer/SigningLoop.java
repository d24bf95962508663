// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A process that signs one vote for each height and tells the height once the signature is there,
/// until it is killed.
final class SigningLoop {
  private SigningLoop() {}

  static Process begin(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SigningLoop.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  public static void main(String[] arguments) throws KeyFileException {
    PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    SlotFile slots = SlotFile.open(Path.of(arguments[0]));
    if (!(LocalValidatorSigner.open(Votes.KEY, Votes.GENESIS, Votes.HOST, slots, Witnessed.NOTHING)
        instanceof RecordOpening.Ready(LocalValidatorSigner signer, RecordOpening.Tail _))) {
      throw new IllegalStateException("no record");
    }
    long height = signer.record().last().map(mark -> mark.height().number()).orElse(0L);
    while (true) {
      height++;
      if (signer.sign(Votes.commit(height, 0, 1)) instanceof SigningAnswer.Signed) {
        output.println(height);
      }
    }
  }
}
