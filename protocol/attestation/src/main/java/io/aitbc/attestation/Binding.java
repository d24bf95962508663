// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha2;
import io.aitbc.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What evidence must be bound to: chain, task, moment, code, input, output and worker. All fields
/// have a fixed width, so no two bindings have one encoding. Protocol §18.2.
///
/// @param chain the genesis hash
/// @param task which claim of which job
/// @param anchorHash a recent final block: the evidence was not made before it
/// @param anchorHeight of that block
/// @param code what was to run, as the policy names it
/// @param input root over the inputs
/// @param output root over the outputs
/// @param worker hash of the key that signs the claim
public record Binding(
    Hash chain,
    Hash task,
    Hash anchorHash,
    long anchorHeight,
    Hash code,
    Hash input,
    Hash output,
    Hash worker) {
  /// Length of what is hashed.
  public static final int PREIMAGE_BYTES = 284;

  private static final int FIELDS_BYTES = 232;
  private static final String DOMAIN = "POAI/TEE-BINDING/v1\0";
  private static final String GPU_DOMAIN = "POAI/GPU-NONCE/v1\0";

  /// The 284 bytes that are hashed.
  ///
  /// @param auxiliary SHA-256 of all GPU evidence, or zero
  public Bytes preimage(Hash auxiliary) {
    ByteBuffer out = ByteBuffer.allocate(PREIMAGE_BYTES);
    out.put(DOMAIN.getBytes(StandardCharsets.US_ASCII));
    out.put(encoded().toArray()).put(auxiliary.toArray());
    return Bytes.wrap(out.array());
  }

  /// The fields one behind the other, 232 bytes.
  Bytes encoded() {
    ByteBuffer out = ByteBuffer.allocate(FIELDS_BYTES);
    out.put(chain.toArray()).put(task.toArray()).put(anchorHash.toArray()).putLong(anchorHeight);
    out.put(code.toArray()).put(input.toArray()).put(output.toArray()).put(worker.toArray());
    return Bytes.wrap(out.array());
  }

  /// Reads the fields; more may follow. No block has a height of 2^63 or more.
  static Binding read(ByteCursor cursor) throws RefusedException {
    Binding binding =
        new Binding(
            hash(cursor),
            hash(cursor),
            hash(cursor),
            cursor.big64(),
            hash(cursor),
            hash(cursor),
            hash(cursor),
            hash(cursor));
    RefusedException.unless(binding.anchorHeight >= 0, Reason.MALFORMED);
    return binding;
  }

  private static Hash hash(ByteCursor cursor) throws RefusedException {
    return Hash.of(cursor.take(Hash.BYTES).toArray());
  }

  /// The 64 bytes that the code must have chosen.
  public Bytes userData(Hash auxiliary) {
    return Sha2.SHA512.hash(preimage(auxiliary));
  }

  /// The nonce that a GPU must have answered: made before the GPU's report, so without it.
  public Hash gpuNonce() {
    Bytes domain = Bytes.wrap(GPU_DOMAIN.getBytes(StandardCharsets.US_ASCII));
    return Hash.of(Sha2.SHA256.hash(domain, userData(Hash.ZERO)).toArray());
  }

  /// The hash over all GPU evidence of a claim, in order; zero where there is none.
  static Hash auxiliary(Iterable<Evidence.Gpu> reports) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Evidence.Gpu each : reports) {
      all.writeBytes(each.report().toArray());
    }
    return all.size() == 0 ? Hash.ZERO : Sha256.hash(all.toByteArray());
  }
}
