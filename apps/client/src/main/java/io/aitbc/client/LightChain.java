// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.Epochs;
import io.aitbc.consensus.LightClient;
import io.aitbc.consensus.LightRejection;
import io.aitbc.consensus.LightVerdict;
import io.aitbc.consensus.TrustedHead;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.state.ReceiptProof;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The chain as a light client follows it through a node that it need not trust: what the node says
/// is believed only as far as validators that are trusted have signed it. Protocol §10.3. Used by
/// one thread at a time.
public final class LightChain {
  /// Headers that are remembered, so that a later question begins near its block: one per epoch of
  /// three hours in FAST. Those that are forgotten are followed again.
  private static final int HEADS_MAX = 1_000;

  private final JsonRpc rpc;
  private final LightClient client;
  private final InstantSource clock;

  /// What was followed, by height; the first is where the client began.
  private final TreeMap<Long, TrustedHead> heads = new TreeMap<>();

  /// A client that begins with what it trusts.
  ///
  /// @param rpc the node that is asked
  /// @param client judges headers
  /// @param begun of genesis, say
  /// @param clock the time now
  public LightChain(JsonRpc rpc, LightClient client, TrustedHead begun, InstantSource clock) {
    this.rpc = rpc;
    this.client = client;
    this.clock = clock;
    var _ = heads.put(begun.height().number(), begun);
  }

  /// What a client begins with that trusts a checkpoint; empty, with the reason, if what the node
  /// has there is not it.
  ///
  /// @throws IOException if the node does not have all of it
  public static LightVerdict begin(
      JsonRpc rpc, LightClient client, Checkpoint checkpoint, InstantSource clock)
      throws IOException, RpcException {
    LightBlock block = ask(rpc, checkpoint.height());
    return client.begin(checkpoint, block.header(), block.extension(), block.set(), clock.millis());
  }

  /// The last header that was followed.
  public TrustedHead head() {
    return heads.lastEntry().getValue();
  }

  /// What came of a transaction, proven.
  ///
  /// @throws IOException also if the node's answer is malformed, or lacks what it is followed with
  public LightReceipt receipt(Hash transaction) throws IOException, RpcException {
    JsonNode json = rpc.call("aitbc_receiptProof", transaction.toHex());
    if (json.isNull()) {
      return new LightReceipt.Unknown();
    }
    LightBlock block = LightBlock.of(json);
    ReceiptProof proof = LightBlock.receiptProof(json);
    Optional<LightReceipt> refused = follow(block);
    if (refused.isPresent()) {
      return refused.get();
    }
    return switch (proof.verify(block.header(), transaction)) {
      case ReceiptProof.Outcome.Proven(var receipt) ->
          new LightReceipt.Proven(head(block.height()), proof.position(), receipt);
      case ReceiptProof.Outcome.Refused(var reason) -> new LightReceipt.NotProven(reason);
    };
  }

  /// Follows to a block, from the last header below it that was followed; empty if that succeeds.
  private Optional<LightReceipt> follow(LightBlock block) throws IOException, RpcException {
    Height height = block.height();
    TrustedHead known = heads.get(height.number());
    if (known != null) {
      Hash given = block.header().hash();
      return known.blockHash().equals(given)
          ? Optional.empty()
          : refused(height, new LightRejection.WrongBlock(known.blockHash(), given));
    }
    Map.Entry<Long, TrustedHead> below = heads.lowerEntry(height.number());
    if (below == null) {
      Height first = heads.firstEntry().getValue().height();
      return refused(height, new LightRejection.NotAbove(first, height));
    }
    TrustedHead trusted = below.getValue();
    while (Epochs.of(height) > trusted.epoch() + 1) {
      LightBlock next = ask(rpc, Epochs.last(trusted.epoch() + 1));
      Optional<LightReceipt> refused = judge(trusted, next);
      if (refused.isPresent()) {
        return refused;
      }
      trusted = head(next.height());
    }
    return judge(trusted, block);
  }

  private TrustedHead head(Height height) {
    return Optional.ofNullable(heads.get(height.number())).orElseThrow();
  }

  private Optional<LightReceipt> judge(TrustedHead trusted, LightBlock block) {
    LightVerdict verdict =
        client.judge(
            trusted,
            block.header(),
            block.extension(),
            block.certificate(),
            block.set(),
            clock.millis());
    return switch (verdict) {
      case LightVerdict.Rejected(var reason) -> refused(block.height(), reason);
      case LightVerdict.Accepted(var head) -> {
        var _ = heads.put(head.height().number(), head);
        if (heads.size() > HEADS_MAX) {
          var _ = heads.remove(heads.higherKey(heads.firstKey()));
        }
        yield Optional.empty();
      }
    };
  }

  private static Optional<LightReceipt> refused(Height height, LightRejection reason) {
    return Optional.of(new LightReceipt.NotFollowed(height.number(), reason));
  }

  private static LightBlock ask(JsonRpc rpc, Height height) throws IOException, RpcException {
    JsonNode json = rpc.call("aitbc_lightBlock", "0x" + Long.toHexString(height.number()));
    if (json.isNull()) {
      throw new IOException(rpc.endpoint() + " has no certificate of block " + height);
    }
    LightBlock block = LightBlock.of(json);
    if (!block.height().equals(height)) {
      throw new IOException(
          rpc.endpoint() + " answered with block " + block.height() + " for " + height);
    }
    return block;
  }
}
