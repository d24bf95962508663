// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import java.util.ArrayList;
import java.util.List;

/// Carries out a training model's plan step by step over one data set. Belongs to one thread.
/// Protocol §17.6.
public final class Training {
  /// Most steps of a segment, the unit that is committed and audited.
  public static final int SEGMENT_STEPS_MAX = 256;

  private final Model model;
  private final Executor executor;
  private final Memory memory;
  private final byte[] data;
  private List<Elements> state;

  /// Training that goes on from a state.
  ///
  /// @param data the data set: the model's input
  /// @param state the elements of the state's tensors
  /// @throws IllegalArgumentException if data or state do not fit the model
  public Training(Model model, byte[] data, List<Elements> state, Kernel kernel, Workers workers) {
    if (data.length != model.header().inputBytes() || state.size() != model.states().size()) {
      throw new IllegalArgumentException(
          data.length + " bytes of data, " + state.size() + " tensors of state");
    }
    this.model = model;
    this.data = data;
    this.executor = new Executor(model, kernel, workers);
    this.memory = new Memory(model, 1);
    int offset = 0;
    for (Tensor tensor : model.inputs()) {
      memory.put(tensor, Elements.read(tensor.type(), data, offset, tensor.elements()));
      offset += (int) tensor.bytes();
    }
    this.state = state;
    useState();
  }

  private void useState() {
    for (int i = 0; i < state.size(); i++) {
      Tensor tensor = model.states().get(i);
      Elements elements = state.get(i);
      if (elements.count() != tensor.elements() || elements.type() != tensor.type()) {
        throw new IllegalArgumentException("state " + i + " does not fit " + tensor);
      }
      memory.put(tensor, elements);
    }
  }

  /// One step.
  public void step() {
    executor.run(memory);
    advance();
  }

  /// One step, with its trace, which holds until the next step.
  public Trace tracedStep() {
    useState();
    executor.run(memory);
    return new Trace(model, memory, data);
  }

  /// Takes over the state that the trace ends with; after {@link #tracedStep}.
  public void advance() {
    int first = model.header().traceTiles() - model.header().stateTiles();
    List<Elements> next = new ArrayList<>();
    for (Entry entry : model.entries()) {
      if (entry.output().firstTile() >= first) {
        Tensor output = entry.output();
        Elements copy = Elements.zeros(output.type(), output.elements());
        copy.copyFrom(memory.of(output), 0, 0, output.elements());
        next.add(copy);
      }
    }
    state = next;
    useState();
  }

  /// The state's tensors now.
  public List<Elements> state() {
    return List.copyOf(state);
  }

  /// Root of the state now: a segment's output when it ends here.
  public Hash stateRoot() {
    return Tiles.tree(model.states(), state).root();
  }

  /// What an entry made in the last step, for example the loss.
  public Elements elements(Tensor tensor) {
    return memory.of(tensor);
  }
}
