// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.ChainView;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.Address;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.PeerMessage;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the nodes of a run share: time, the network between them, what is known to be true, and the
/// options.
final class World {
  /// Messages held back by splits; more are lost.
  static final int HELD_MAX = 20_000;

  private static final long HELD_OF_ITS_OWN = 1_000;
  private static final long HELD_OF_A_NODE = 100;

  /// Contents whose transactions a node keeps: those of 9 rounds, a lock's and a certified one in
  /// consensus (Protocol §5.6), 16 to serve.
  private static final long CONTENTS_OF_A_NODE = 9 + 2 + 16;

  /// What may wait of one peer (Protocol §5.6), and what it may bring besides.
  private static final long HELD_OF_A_LIAR = 2_500 + 500;

  private final Options options;
  private final Timeline timeline;
  private final SignatureScheme scheme;
  private final Execution execution;
  private final Executions executions;
  private final CoverageCount coverage = new CoverageCount();
  private final Trace trace = new Trace();
  private final List<VirtualNode> nodes = new ArrayList<>();
  private final TreeMap<Address, List<VirtualNode>> nodesOf = new TreeMap<>();
  private final Seed seed;
  private final Truth truth;
  private final VirtualNetwork network;
  private final Archive.Tip genesis;
  private final Censorship censorship;
  private long steps;

  World(Options options, SignatureScheme scheme, Execution execution, Archive.Tip genesis) {
    this.options = options;
    this.scheme = scheme;
    this.execution = execution;
    this.genesis = genesis;
    seed = Seed.of(KeyedHashes.mix(options.seed()));
    timeline = new Timeline(seed.fork(), options.ties());
    executions = new Executions(execution);
    truth = new Truth(this);
    censorship = new Censorship(this);
    network = new VirtualNetwork(this, seed.fork(), options.nodes());
  }

  Options options() {
    return options;
  }

  Timeline timeline() {
    return timeline;
  }

  SignatureScheme scheme() {
    return scheme;
  }

  Execution execution() {
    return execution;
  }

  Executions executions() {
    return executions;
  }

  CoverageCount coverage() {
    return coverage;
  }

  Trace trace() {
    return trace;
  }

  Truth truth() {
    return truth;
  }

  Censorship censorship() {
    return censorship;
  }

  VirtualNetwork network() {
    return network;
  }

  Archive.Tip genesis() {
    return genesis;
  }

  Hash genesisHash() {
    return genesis.hash();
  }

  /// A stream of chance of its own.
  Seed stream() {
    return seed.fork();
  }

  void add(VirtualNode node) {
    nodes.add(node);
    if (node.isKeyed()) {
      nodesOf.computeIfAbsent(node.account(), _ -> new ArrayList<>()).add(node);
    }
  }

  VirtualNode node(int index) {
    return nodes.get(index);
  }

  List<VirtualNode> nodes() {
    return nodes;
  }

  /// The nodes that speak for an account.
  List<VirtualNode> nodesOf(Address account) {
    return nodesOf.getOrDefault(account, List.of());
  }

  /// The chain as consensus sees it.
  ChainView view(DerivedState derived) {
    return new SharedView(derived, scheme, executions);
  }

  /// How many things a node may hold at most: some votes of every other node in every round that it
  /// keeps, the transactions of the contents that it keeps, and all that consensus keeps of each
  /// that floods it.
  long heldMax() {
    long liars = options.members().stream().filter(member -> !member.isHonest()).count();
    ConsensusParameters parameters = options.parameters();
    long transactions =
        Stream.of(parameters.fast(), parameters.balanced(), parameters.secure())
            .mapToLong(ModeParameters::transactionsMax)
            .max()
            .orElseThrow();
    return HELD_OF_ITS_OWN
        + HELD_OF_A_NODE * nodes.size()
        + HELD_OF_A_LIAR * liars
        + CONTENTS_OF_A_NODE * transactions;
  }

  /// Counts an input of consensus.
  void stepped() {
    steps++;
  }

  /// How many inputs consensus got, over all nodes.
  long steps() {
    return steps;
  }

  /// Connections are made anew: all nodes tell each other how far they are.
  void greetAll() {
    nodes.forEach(VirtualNode::greet);
  }

  /// A record was written at a node; that of a proposal of its own once, when it was just made.
  void persisted(VirtualNode node, LogRecord logRecord, VirtualPool pool) {
    truth.persisted(node, logRecord);
    if (logRecord instanceof LogRecord.OwnProposal own) {
      censorship.proposed(node, own.proposal(), pool);
    }
  }

  /// Notes an event of a node.
  void note(int node, String what, Object subject, long fingerprint) {
    trace.note(timeline.nowMicros(), node, what, subject, fingerprint);
  }

  /// Tells messages apart.
  static long fingerprint(PeerMessage message) {
    return switch (message) {
      case io.aitbc.model.Vote vote -> fingerprint(vote.signature().bytes());
      case io.aitbc.model.Proposal proposal -> fingerprint(proposal.envelope().signature().bytes());
      case io.aitbc.model.Certificate certificate ->
          fingerprint(certificate.aggregate().signature().bytes());
      case io.aitbc.model.RoundChange change -> fingerprint(change.signature().bytes());
      default -> message.frameType().code();
    };
  }

  private static long fingerprint(io.aitbc.crypto.Bytes bytes) {
    long number = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      number = number << 8 | (bytes.at(i) & 0xff);
    }
    return number;
  }
}
