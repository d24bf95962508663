// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.aitbc.mempool.Admission;
import io.aitbc.mempool.Mempool;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Role;
import io.aitbc.model.Transaction;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What is alive in a node and cannot be read from storage. Implemented by the node; safe for use
/// by many threads.
public interface LiveNode {
  /// Brings a transaction to the pool and, if it is admitted, to the peers.
  Admission submit(Transaction transaction);

  /// A transaction that waits in the pool.
  Optional<RecoveredTransaction> pending(Hash transaction);

  /// All that waits in the pool, or all of one sender.
  Mempool.Waiting waiting(Optional<Address> sender);

  /// The nonce of the account's next transaction behind what waits in the pool.
  long nextNonce(Address account);

  /// Base fee per unit of gas of the next block.
  Amount nextBaseFee();

  /// What the pool asks for at least per unit of gas.
  Amount leastFeePerGas();

  /// What it takes to be in the pool and in a block.
  ///
  /// @param fee per unit of gas that is enough for a block
  default Amount enoughFee(Amount fee) {
    return fee.compareTo(leastFeePerGas()) < 0 ? leastFeePerGas() : fee;
  }

  /// The account of the validator that this node is; empty if it is none.
  Optional<Address> coinbase();

  /// How the node does.
  Status status();

  /// Which part of which quorum is missing, who has not voted, since when; a line each. Empty if
  /// nothing is missing.
  List<String> whyStalled();

  /// The last block of which this node knows that more than two thirds of the stake stand behind
  /// it: in FAST by the anchors that the chain carries, in other modes by its certificate. Empty
  /// where nobody has stake. Protocol §10.1.
  OptionalLong anchored();

  /// How a final block became final, if this node saw it lately.
  Optional<Finality> finality(long height);

  /// The validators of the present epoch.
  List<ValidatorInfo> validators();

  /// The mode of the next height and what it follows from; empty where there are no modes.
  Optional<ModeInfo> mode();

  /// The epoch of the next height; empty where there are none.
  Optional<EpochInfo> epoch();

  /// The validators of the height's epoch, if the node knows them: that of the next height, the one
  /// before and the one after.
  Optional<ValidatorSet> set(long height);

  /// How a node does.
  ///
  /// @param version of the software
  /// @param nodeId how peers know the node, 64 hexadecimal digits
  /// @param genesisHash the network
  /// @param height of the last final block
  /// @param mode of the height that is being decided
  /// @param round of the height that is being decided
  /// @param peers connected
  /// @param pendingTransactions waiting in the pool
  /// @param isSyncing whether blocks are being fetched from peers, or no young one was seen since
  ///   the start
  /// @param blocksBehind how far above `height` peers say they are that brought blocks
  /// @param isValidator whether the node holds a validator's key
  /// @param secp256k1 the implementation of account signatures
  record Status(
      String version,
      String nodeId,
      Hash genesisHash,
      long height,
      String mode,
      int round,
      int peers,
      int pendingTransactions,
      boolean isSyncing,
      long blocksBehind,
      boolean isValidator,
      String secp256k1) {}

  /// How a block became final.
  ///
  /// @param height of the block
  /// @param millis from the node's first sight of its proposal to its certificate
  /// @param round in which it was decided
  /// @param authorities who signed, of {@code authoritiesTotal}
  /// @param authoritiesTotal in the set
  /// @param stakers who signed, of {@code stakersTotal}
  /// @param stakersTotal in the set
  record Finality(
      long height,
      long millis,
      int round,
      int authorities,
      int authoritiesTotal,
      int stakers,
      int stakersTotal) {}

  /// A validator of the present epoch.
  ///
  /// @param account its account
  /// @param publicKey its BLS key, in hexadecimal digits
  /// @param isAuthority whether it counts in the authority quorum
  /// @param stake its weight in the stake quorum, in units of 10^12 wei; 0 for none
  /// @param role what it does in the mode in force
  record ValidatorInfo(
      Address account, String publicKey, boolean isAuthority, long stake, Role role) {}

  /// The mode of the next height and what it follows from. Protocol §3.
  ///
  /// @param height the next height
  /// @param parameters in force
  /// @param setting of that height
  /// @param measured what its policy looks at; empty before the first block
  /// @param headroom for each mode how many present validators may go before its quorum is lost; -1
  ///   if there is none
  /// @param lastChange the last change of mode that this node saw begin since its start
  record ModeInfo(
      long height,
      ConsensusParameters parameters,
      ModeSetting setting,
      Optional<Measured> measured,
      Map<Mode, Integer> headroom,
      Optional<ModeChange> lastChange) {}

  /// A change of mode that the node saw begin. Protocol §3.3, §3.4, §6.1.
  ///
  /// @param height the first block of it
  /// @param from the mode that is left
  /// @param to the mode that is entered
  /// @param cause why
  /// @param measured what the policy looked at in the block before; empty without a full window
  /// @param headroom how many present validators each mode might lose then
  record ModeChange(
      long height,
      Mode from,
      Mode to,
      Cause cause,
      Optional<Measured> measured,
      Map<Mode, Integer> headroom) {
    /// Why a mode changes.
    public enum Cause {
      /// The policy, by what is measured.
      POLICY,
      /// The mode could lose nobody more without losing its quorum.
      HEADROOM,
      /// A block was decided by the rule of a fallback round.
      FALLBACK,
      /// The validator set carries the mode no longer.
      SET
    }
  }

  /// What the policy of modes looks at, over the last 100 blocks; shares in millionths. Protocol
  /// §3.2.
  ///
  /// @param load median of gas used / gas limit
  /// @param availability share of the authorities' weight that signed
  /// @param participation share of the stake that signed, or anchored in FAST
  /// @param valueMoved mean of the value moved in a block
  /// @param convictedAuthorities convicted by evidence
  /// @param convictedStake share of the stake convicted by evidence
  record Measured(
      int load,
      int availability,
      int participation,
      Amount valueMoved,
      int convictedAuthorities,
      int convictedStake) {}

  /// An epoch. Protocol §2.
  ///
  /// @param epoch from 0 on
  /// @param set its validators
  /// @param nextSetHash hash of the next epoch's
  record EpochInfo(long epoch, ValidatorSet set, Hash nextSetHash) {}
}
