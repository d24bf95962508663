// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.Optional;

/// Any bytes are a request, a reply or refused, and what is read has no other encoding. Protocol
/// §8.3.3.
class SignerWireFuzzTest {
  @FuzzTest
  void anyBytesAreAMessageOrRefused(byte[] input) throws IOException {
    Bytes encoding = Bytes.wrap(input);
    try {
      assertEquals(encoding, SignerRequest.decode(encoding).encoded());
    } catch (MalformedException refused) {
      // As most bytes are.
    }
    try {
      assertEquals(encoding, SignerReply.decode(encoding).encoded());
    } catch (MalformedException refused) {
      // As most bytes are.
    }
    framed(input);
  }

  private static void framed(byte[] input) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream(input);
    try {
      for (Optional<Bytes> next = SignerFrames.read(in);
          next.isPresent();
          next = SignerFrames.read(in)) {
        Bytes message = next.get();
        SignerFrames.write(out, writer -> writer.encoded(message));
      }
    } catch (ProtocolException | EOFException refused) {
      return;
    }
    assertEquals(Bytes.wrap(input), Bytes.wrap(out.toByteArray()));
  }
}
