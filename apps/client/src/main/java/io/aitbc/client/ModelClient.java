// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The models of the chain: registers them, closes them, lists them. Protocol §17.11.
public final class ModelClient {
  private final JobChain chain;

  /// A client on a chain.
  public ModelClient(JobChain chain) {
    this.chain = chain;
  }

  /// Registers a model with the least deposit.
  ///
  /// @param name for people, at most 128 bytes
  /// @return its id
  /// @throws CallRefusedException if the contract refuses it, as one that is registered
  /// @throws IOException if the node does not answer
  public Hash register(Model model, String name) throws IOException {
    UInt256 deposit =
        chain
            .read(WorkRead.parameter(EconomyParameter.MODEL_DEPOSIT))
            .orElseThrow(() -> new IOException("this network has no contracts for AI work"));
    var _ =
        chain.send(
            WorkCall.registerModel(
                Bytes.wrap(model.header().encoded()),
                WorkCall.Boundary.NONE,
                name,
                new Amount(deposit)));
    return model.id();
  }

  /// Records what the account measured of its model under an execution profile, so that jobs of
  /// class TOLERANCE may name it. Protocol §17.17.
  ///
  /// @param profile its name, at most 128 bytes
  /// @param tolerance relative L2 of outputs from the referee's, billionths; 0 for no more jobs
  /// @return the profile's id
  /// @throws CallRefusedException if the contract refuses it
  /// @throws IOException if the node does not answer
  public Hash calibrate(Hash model, String profile, long tolerance) throws IOException {
    var _ = chain.send(WorkCall.calibrate(model, profile, tolerance));
    return JuryCall.profile(profile);
  }

  /// Closes the account's model: jobs that are open go on, no other may name it.
  ///
  /// @throws CallRefusedException if the contract refuses it
  /// @throws IOException if the node does not answer
  public void close(Hash model) throws IOException {
    var _ = chain.send(WorkCall.closeModel(model));
  }

  /// Draws the deposit of the account's model, a time after it was closed and its last job ended.
  ///
  /// @throws CallRefusedException if the contract refuses it
  /// @throws IOException if the node does not answer
  public void withdrawDeposit(Hash model) throws IOException {
    var _ = chain.send(WorkCall.withdrawModel(model));
  }

  /// All models, in the order in which they were registered.
  ///
  /// @throws IOException if the node does not answer
  public List<ListedModel> all() throws IOException {
    List<ListedModel> models = new ArrayList<>();
    for (DatedEvent each : chain.events(EconomyContract.MODEL_REGISTRY, 0)) {
      if (each.event() instanceof WorkEvent.ModelRegistered it) {
        chain
            .read(WorkRead.model(it.model()))
            .map(
                state -> new ListedModel(it.model(), ListedModel.shown(it.name().toArray()), state))
            .ifPresent(models::add);
      }
    }
    return models;
  }
}
