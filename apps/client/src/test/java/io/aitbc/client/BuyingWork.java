// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.blobs.Reach;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Model;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The example of docs/ai-work.md: has strangers run a registered model on inputs.
final class BuyingWork {
  private BuyingWork() {}

  /// Through a node's JSON-RPC.
  ///
  /// @param folder keeps the job's files, so that a program that starts again goes on
  static List<Bytes> buy(
      URI node, AccountSigner account, Path folder, byte[] modelFile, List<Bytes> inputs)
      throws Exception {
    try (JsonRpc rpc = new JsonRpc(node, Duration.ofSeconds(10))) {
      ChainClient chain = new ChainClient(rpc);
      JobChain work = RpcJobChain.sending(chain, account, Duration.ofMinutes(1));
      StoreOpening stores =
          StoreOpening.signed(
              account, UInt256.of(chain.chainId()), InstantSource.system(), Reach.PUBLIC);
      try (JobClient client = new JobClient(work, folder, stores, Reach.PUBLIC)) {
        return buy(client, modelFile, inputs, Amount.wei(1_000_000_000_000_000L));
      }
    }
  }

  /// Submits a job, follows it to its end, and returns the outputs that the chain vouches for.
  static List<Bytes> buy(JobClient client, byte[] modelFile, List<Bytes> inputs, Amount feePerItem)
      throws Exception {
    long job =
        client.submit(
            new JobOrder(Model.decode(modelFile), inputs, feePerItem, 60, 60, Amount.ZERO));
    JobStatus _ = client.follow(job, _ -> {}); // It is told of uploads, states and results.
    List<Bytes> outputs = new ArrayList<>();
    for (ClaimOutputs claim : client.result(job).values()) {
      switch (claim) {
        case ClaimOutputs.Right(List<Bytes> items) -> outputs.addAll(items);
        case ClaimOutputs.NoneYet _, ClaimOutputs.NotServed _, ClaimOutputs.Wrong _ ->
            throw new IOException("no outputs: " + claim);
      }
    }
    return outputs;
  }
}
