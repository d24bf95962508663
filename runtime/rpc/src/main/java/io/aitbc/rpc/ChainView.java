// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Receipt;
import io.aitbc.rpc.Parameters.BlockTag;
import io.aitbc.state.FinalState;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// The chain as methods read it: what is not there is an error with the words for it.
///
/// @param kind whether blocks are final
/// @param anchored the last block that is anchored, as {@link LiveNode#anchored}
record ChainView(ChainReader reader, NetworkKind kind, Supplier<OptionalLong> anchored) {
  /// The height that a caller means, if there is such a block.
  ///
  /// @throws RpcError if it is a final block, in a network that has none
  Optional<Long> find(BlockTag tag) throws RpcError {
    return switch (tag) {
      case BlockTag.LastFinal(String word) -> Optional.of(lastFinal(word));
      case BlockTag.Anchored _ -> Optional.of(lastAnchored());
      case BlockTag.Latest _ -> Optional.of(reader.height());
      case BlockTag.AtHeight(long height) ->
          height <= reader.height() ? Optional.of(height) : Optional.empty();
      case BlockTag.ByHash(Hash hash) -> reader.heightOf(hash);
    };
  }

  private long lastFinal(String word) throws RpcError {
    return switch (kind) {
      case NetworkKind.Hybrid _ -> reader.height();
      case NetworkKind.Poa _ -> throw neverFinal(word);
    };
  }

  private long lastAnchored() throws RpcError {
    return switch (kind) {
      case NetworkKind.Hybrid _ ->
          anchored
              .get()
              .orElseThrow(() ->
                  new RpcError(
                      RpcError.Code.REFUSED, "anchored block not found: nobody has stake here"));
      case NetworkKind.Poa _ -> throw neverFinal("anchored");
    };
  }

  private static RpcError neverFinal(String word) {
    return new RpcError(
        RpcError.Code.REFUSED,
        word + " block not found: no block of this network (CONSENSUS_MODE=poa) is ever final");
  }

  /// The height that a caller means.
  long height(BlockTag tag) throws RpcError {
    return find(tag).orElseThrow(() -> notKept("block"));
  }

  Block block(long height) throws RpcError {
    return reader.block(height).orElseThrow(() -> notKept("block"));
  }

  BlockHeader header(long height) throws RpcError {
    return reader.header(height).orElseThrow(() -> notKept("header of block"));
  }

  /// The header of a block in a range from a height on, the transactions of which must be kept: if
  /// those of the first block are, so are the others'.
  BlockHeader keptHeader(long height, long from) throws RpcError {
    return height == from ? block(height).header() : header(height);
  }

  /// The block of a height that was found; empty if none was.
  Optional<Block> blockOf(Optional<Long> height) throws RpcError {
    return height.isPresent() ? Optional.of(block(height.get())) : Optional.empty();
  }

  Optional<Hash> hashOf(long height) {
    return reader.header(height).map(BlockHeader::hash);
  }

  List<Receipt> receipts(long height) throws RpcError {
    return reader.receipts(height).orElseThrow(() -> notKept("receipts of block"));
  }

  StateView state(long height) throws RpcError {
    return reader.state(height).orElseThrow(() -> notKept("state of block"));
  }

  FinalState provable(long height) throws RpcError {
    return reader.provable(height).orElseThrow(() -> notKept("trie of the state of block"));
  }

  private static RpcError notKept(String what) {
    return new RpcError(RpcError.Code.NOT_KEPT, what + " not found or not kept by this node");
  }
}
