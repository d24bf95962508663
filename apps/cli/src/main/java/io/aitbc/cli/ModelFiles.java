// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.onnx.OnnxFile;
import io.aitbc.referee.onnx.OnnxLowering;
import io.aitbc.referee.onnx.OnnxRefusalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads models and inputs that somebody has in files.
final class ModelFiles {
  /// Longest file that is read: what workers take.
  private static final long BYTES_MAX = 1L << 28;

  private ModelFiles() {}

  private static byte[] read(Path file) throws IOException {
    long length = Files.size(file);
    if (length > BYTES_MAX) {
      throw new IOException(
          "%s has %d bytes, at most %d are taken".formatted(file, length, BYTES_MAX));
    }
    return Files.readAllBytes(file);
  }

  /// A file as it is.
  ///
  /// @throws IOException if it cannot be read, or is longer than workers take
  static Bytes bytes(Path file) throws IOException {
    return Bytes.wrap(read(file));
  }

  /// A model in the chain's own form, or in ONNX if the file's name ends so.
  ///
  /// @throws IOException if it is neither, or uses what the referee does not know
  static Model model(Path file) throws IOException {
    byte[] bytes = read(file);
    try {
      return file.toString().endsWith(".onnx")
          ? OnnxLowering.model(OnnxFile.read(bytes))
          : Model.decode(bytes);
    } catch (MalformedModelException malformed) {
      throw new IOException(file + " is no model: " + malformed.fault(), malformed);
    } catch (OnnxRefusalException refused) {
      throw new IOException(file + " cannot be used: " + refused.refusal(), refused);
    }
  }

  /// A file of items, each with its length in front.
  ///
  /// @throws IOException if it is none
  static List<Bytes> items(Path file) throws IOException {
    return ItemFile.decode(read(file))
        .filter(items -> !items.isEmpty())
        .orElseThrow(() ->
            new IOException(
                file + " is no file of items; of bytes one behind the other use --raw"));
  }

  /// A file of inputs of the model's length, one behind the other.
  ///
  /// @throws IOException if its length is no multiple of that
  static List<Bytes> raw(Path file, Model model) throws IOException {
    byte[] bytes = read(file);
    long length = model.header().inputBytes();
    if (bytes.length == 0 || bytes.length % length != 0) {
      throw new IOException(
          "%s has %d bytes; an input of the model has %d".formatted(file, bytes.length, length));
    }
    List<Bytes> items = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += (int) length) {
      items.add(Bytes.of(bytes, at, (int) length));
    }
    return items;
  }
}
