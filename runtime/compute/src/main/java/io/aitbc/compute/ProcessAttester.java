// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Platform;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A program that asks the machine's hardware: started for each claim, given the 64 bytes of user
/// data, and answering with the native evidence, nothing before or behind it. It has ended well if
/// its exit status is 0. When its time is over it is killed. Protocol §18.2.
final class ProcessAttester implements Attester {
  /// Quotes take milliseconds, from a GPU or a machine that is asked by many some seconds.
  static final Duration TIME_MAX = Duration.ofSeconds(30);

  private final Program program;
  private final Platform platform;
  private final Bytes key;

  /// An attester that starts this program.
  ///
  /// @param platform what it gives evidence of
  /// @param key of SEV-SNP the certificate of the chip's key, DER; else nothing
  ProcessAttester(List<String> command, Platform platform, Bytes key) {
    this.program = new Program(command, Map.of());
    this.platform = platform;
    this.key = key;
  }

  @Override
  public List<Evidence> attest(Binding binding) throws EngineRefusedException {
    Bytes said = run(binding.userData(Hash.ZERO));
    return List.of(
        switch (platform) {
          case SGX, TDX -> new Evidence.Dcap(said);
          case SEV_SNP -> new Evidence.Snp(said, key);
          case PSA -> new Evidence.Psa(said);
          case CCA -> new Evidence.Cca(said);
          case NVIDIA_GPU -> throw new IllegalStateException("a GPU's report is never primary");
        });
  }

  private Bytes run(Bytes userData) throws EngineRefusedException {
    Process process = program.start();
    try {
      FutureTask<Bytes> reading = new FutureTask<>(() -> read(process));
      Thread _ = Thread.ofVirtual().start(() -> write(process.getOutputStream(), userData));
      Thread _ = Thread.ofVirtual().start(reading);
      return reading.get(TIME_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new EngineRefusedException(new EngineRefusal.Late(TIME_MAX));
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof EngineRefusedException refused
          ? refused
          : Program.failed("it cannot be read: " + failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Program.failed("interrupted");
    } finally {
      Program.end(process);
    }
  }

  /// A program that does not read its input is judged by what it answers.
  private static void write(OutputStream out, Bytes userData) {
    try (out) {
      out.write(userData.toArray());
    } catch (IOException closed) {
      return;
    }
  }

  private static Bytes read(Process process)
      throws IOException, InterruptedException, EngineRefusedException {
    byte[] said;
    try (InputStream in = process.getInputStream()) {
      said = in.readNBytes(Evidence.BYTES_MAX + 1);
    }
    Deadline.check("bytes of evidence", said.length, Evidence.BYTES_MAX);
    int status = process.waitFor();
    if (status != 0) {
      throw Program.failed("it ended with status " + status);
    }
    if (said.length == 0) {
      throw new EngineRefusedException(new EngineRefusal.Malformed("no evidence"));
    }
    return Bytes.wrap(said);
  }

  @Override
  public void close() {
    // Each call ends its own process.
  }
}
