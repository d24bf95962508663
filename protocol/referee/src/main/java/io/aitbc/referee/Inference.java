// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Carries out one model's plan: inferences by the batch, and traces of single items. Belongs to
/// one thread. Protocol §17.
public final class Inference {
  /// Most items at once: enough that a layer's weights are read once for many.
  static final int ITEMS_MAX = 128;

  /// Most elements of all traces at once, whatever the model: 2^22 floats are 16 MiB.
  static final long TRACE_ELEMENTS_MAX = 1 << 22;

  private final Model model;
  private final Executor executor;
  private final int itemsMax;

  /// What the last items were carried out in, if it is not large, which the next as many use again:
  /// every element of it is written anew. A new one for each lot would have to be cleared, and
  /// moved by the collector.
  private Optional<Memory> last = Optional.empty();

  /// An engine for a model that infers.
  ///
  /// @param workers run rows of large products; the result does not depend on them
  public Inference(Model model, Kernel kernel, Workers workers) {
    this.model = model;
    this.executor = new Executor(model, kernel, workers);
    this.itemsMax =
        Math.clamp(TRACE_ELEMENTS_MAX / Math.max(1, model.traceElements()), 1, ITEMS_MAX);
  }

  /// The outputs of items, in order; that of an item which does not fit the model is empty.
  public List<byte[]> run(List<byte[]> inputs) {
    List<byte[]> outputs = new ArrayList<>();
    for (int from = 0; from < inputs.size(); from += itemsMax) {
      runSome(inputs.subList(from, Math.min(inputs.size(), from + itemsMax)), outputs);
    }
    return outputs;
  }

  private void runSome(List<byte[]> inputs, List<byte[]> outputs) {
    List<byte[]> fitting = inputs.stream().filter(this::fits).toList();
    if (fitting.isEmpty()) {
      inputs.forEach(_ -> outputs.add(new byte[0]));
      return;
    }
    Memory memory = run(fitting, memoryOf(fitting.size()));
    Tensor output = model.output();
    int bytes = (int) output.bytes();
    int item = 0;
    for (byte[] input : inputs) {
      byte[] encoding = new byte[fits(input) ? bytes : 0];
      if (encoding.length > 0) {
        memory.of(output).writeTo(item * output.elements(), output.elements(), encoding, 0);
        item++;
      }
      outputs.add(encoding);
    }
  }

  /// Whether an input is as long as the model's.
  public boolean fits(byte[] input) {
    return input.length == model.header().inputBytes();
  }

  /// The trace of one item.
  ///
  /// @throws IllegalArgumentException if the input does not fit
  public Trace trace(byte[] input) {
    if (!fits(input)) {
      throw new IllegalArgumentException(
          input.length + " bytes, not " + model.header().inputBytes());
    }
    return new Trace(model, run(List.of(input), new Memory(model, 1)), input);
  }

  /// The traces of several items, which share the passes over the weights; the same as each alone.
  ///
  /// @throws IllegalArgumentException if an input does not fit
  public List<Trace> traces(List<byte[]> inputs) {
    for (byte[] input : inputs) {
      if (!fits(input)) {
        throw new IllegalArgumentException(
            input.length + " bytes, not " + model.header().inputBytes());
      }
    }
    List<Trace> traces = new ArrayList<>();
    for (int from = 0; from < inputs.size(); from += itemsMax) {
      List<byte[]> some = inputs.subList(from, Math.min(inputs.size(), from + itemsMax));
      Memory memory = run(some, memoryOf(some.size()));
      for (int item = 0; item < some.size(); item++) {
        traces.add(new Trace(model, memory.of(model, item), some.get(item)));
      }
    }
    return traces;
  }

  private Memory memoryOf(int items) {
    Memory memory =
        last.filter(it -> it.items() == items).orElseGet(() -> new Memory(model, items));
    last = Optional.of(memory).filter(_ -> elements(items) <= TRACE_ELEMENTS_MAX);
    return memory;
  }

  private long elements(int items) {
    long inputs = model.inputs().stream().mapToLong(Tensor::elements).sum();
    return items * (inputs + model.traceElements());
  }

  private Memory run(List<byte[]> inputs, Memory memory) {
    int offset = 0;
    for (Tensor tensor : model.inputs()) {
      for (int item = 0; item < inputs.size(); item++) {
        memory
            .of(tensor)
            .readFrom(inputs.get(item), offset, item * tensor.elements(), tensor.elements());
      }
      offset += (int) tensor.bytes();
    }
    executor.run(memory);
    return memory;
  }
}
