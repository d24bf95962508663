// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.util.List;
import java.util.Optional;

/// What a client wants to have done. Protocol §17.12.
///
/// @param model that infers or trains; it is registered
/// @param inputs at least one; one that has another length than the model's has the empty output.
///   If the model trains the data set alone, of the model's length
/// @param feePerItem wei, at least 1; of a job that trains for each segment
/// @param workSeconds from acceptance to commitment, active time
/// @param workBlocks the same in blocks; late is who has passed both
/// @param valueAtRisk what a wrong result could cost; zero for the fee alone
/// @param readers who may read inputs and outputs: {@link WorkJob#PARTIES} or {@link
///   WorkJob#EVERYBODY}
/// @param training how to train; empty unless the model trains
/// @param code that trusted hardware must vouch for: the job is of class ATTESTED; empty otherwise
/// @param profile under which engines run the model: the job is of class TOLERANCE; empty otherwise
public record JobOrder(
    Model model,
    List<Bytes> inputs,
    Amount feePerItem,
    long workSeconds,
    long workBlocks,
    Amount valueAtRisk,
    Hash readers,
    Optional<Training> training,
    Optional<Hash> code,
    Optional<Hash> profile) {
  /// Most steps of a segment.
  public static final long STEPS_MAX = 256;

  /// From where, and how far, a model is trained.
  ///
  /// @param firstState the elements of the state's tensors, one behind the other
  /// @param segments at most {@link ClaimId#ITEMS_MAX}; each is audited by itself
  /// @param steps of each, at most {@link #STEPS_MAX}
  public record Training(Bytes firstState, long segments, long steps) {
    /// @throws IllegalArgumentException if there are no, or too many, segments or steps
    public Training {
      if (segments < 1 || segments > ClaimId.ITEMS_MAX || steps < 1 || steps > STEPS_MAX) {
        throw new IllegalArgumentException(
            "a training has 1 to %d segments of 1 to %d steps"
                .formatted(ClaimId.ITEMS_MAX, STEPS_MAX));
      }
    }
  }

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if there is no input, no fee or no time, or the model trains
  ///   and data set or first state do not fit it
  public JobOrder {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty() || feePerItem.isZero() || workSeconds < 1 || workBlocks < 1) {
      throw new IllegalArgumentException("an order needs inputs, a fee and time");
    }
    if (code.filter(Hash.ZERO::equals).isPresent()) {
      throw new IllegalArgumentException("zeros are the hash of no code");
    }
    if (profile.isPresent() && (code.isPresent() || model.trains())) {
      throw new IllegalArgumentException(
          code.isPresent() ? "a job has one class" : "class TOLERANCE is for models that infer");
    }
    if (model.trains() != training.isPresent()) {
      throw new IllegalArgumentException(
          model.trains() ? "the model trains, the order does not" : "the model does not train");
    }
    if (training.isPresent()) {
      fits(model, inputs, training.get());
    }
  }

  /// There is nothing to do, and no proof, about data that do not fit. Protocol §17.9 rule 3.
  private static void fits(Model model, List<Bytes> inputs, Training training) {
    long bytes = model.header().inputBytes();
    if (inputs.size() != 1 || inputs.getFirst().length() != bytes) {
      throw new IllegalArgumentException("the model's data set has %d bytes".formatted(bytes));
    }
    if (training.firstState.length() != TrainingState.bytes(model)) {
      throw new IllegalArgumentException(
          "the model's state has %d bytes".formatted(TrainingState.bytes(model)));
    }
  }

  /// An order of class EXACT.
  ///
  /// @throws IllegalArgumentException as the other
  public JobOrder(
      Model model,
      List<Bytes> inputs,
      Amount feePerItem,
      long workSeconds,
      long workBlocks,
      Amount valueAtRisk,
      Hash readers,
      Optional<Training> training) {
    this(
        model,
        inputs,
        feePerItem,
        workSeconds,
        workBlocks,
        valueAtRisk,
        readers,
        training,
        Optional.empty(),
        Optional.empty());
  }

  /// An order of inference, of class EXACT, whose parties alone read its files.
  ///
  /// @throws IllegalArgumentException as the other
  public JobOrder(
      Model model,
      List<Bytes> inputs,
      Amount feePerItem,
      long workSeconds,
      long workBlocks,
      Amount valueAtRisk) {
    this(
        model,
        inputs,
        feePerItem,
        workSeconds,
        workBlocks,
        valueAtRisk,
        WorkJob.PARTIES,
        Optional.empty());
  }

  /// This order, of class ATTESTED.
  ///
  /// @param approved the hash of code that the contract RuntimeRegistry approves (Protocol §18.9)
  /// @throws IllegalArgumentException if it is zeros
  public JobOrder attested(Hash approved) {
    return new JobOrder(
        model,
        inputs,
        feePerItem,
        workSeconds,
        workBlocks,
        valueAtRisk,
        readers,
        training,
        Optional.of(approved),
        Optional.empty());
  }

  /// This order, of class TOLERANCE.
  ///
  /// @param executionProfile id of a profile for which the model has a tolerance (Protocol §17.17)
  /// @throws IllegalArgumentException if the model trains
  public JobOrder under(Hash executionProfile) {
    return new JobOrder(
        model,
        inputs,
        feePerItem,
        workSeconds,
        workBlocks,
        valueAtRisk,
        readers,
        training,
        Optional.empty(),
        Optional.of(executionProfile));
  }

  /// Items that are paid: inputs, or segments.
  public long count() {
    return training.map(Training::segments).orElse((long) inputs.size());
  }

  /// What is put in escrow.
  public Amount fee() {
    return feePerItem.times(count());
  }

  /// What stands in the file of inputs. Protocol §17.9 rule 1.
  List<Bytes> fileItems() {
    return training.map(it -> List.of(inputs.getFirst(), it.firstState())).orElse(inputs);
  }

  /// The state that training begins with; empty if nothing is trained.
  Optional<List<Elements>> firstState() {
    return training.flatMap(it -> TrainingState.decode(model, it.firstState().toArray()));
  }
}
