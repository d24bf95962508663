// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.UInt256;
import io.aitbc.rpc.Parameters.BlockTag;
import io.aitbc.state.Account;
import io.aitbc.state.FinalState;
import io.aitbc.state.StateProof;
import io.aitbc.state.StateView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The methods that are served: Ethereum's `eth_`, `net_` and `web3_`, and `aitbc_`. Where votes
/// decide every block is final, so `latest`, `safe`, `finalized` and `pending` are one, and
/// `anchored` is the last one that the stake stands behind too; without votes there is no `safe`,
/// no `finalized` and no `anchored` one.
public final class Methods {
  /// What the names of methods begin with, before the underscore.
  public static final List<String> NAMESPACES =
      List.of("aitbc", "debug", "eth", "net", "trace", "txpool", "web3");

  /// Blocks of one eth_feeHistory, as Ethereum's clients bound it.
  static final int FEE_HISTORY_BLOCKS_MAX = 1_024;

  /// Slots of one eth_getProof: some 100 trie nodes are read for each.
  static final int PROOF_SLOTS_MAX = 1_024;

  /// Slots of one eth_getStorageValues, as Ethereum's clients bound it.
  static final int STORAGE_VALUES_MAX = 1_024;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final NetworkKind kind;
  private final UInt256 chainId;
  private final ChainReader chain;
  private final ChainView view;
  private final LiveNode node;
  private final FilterMethods filters;
  private final Map<String, Dispatcher.Method> methods = new TreeMap<>();

  /// The methods over a chain and a node.
  ///
  /// @param simulation executes calls
  public Methods(
      NetworkKind kind, UInt256 chainId, ChainReader chain, LiveNode node, Simulation simulation) {
    this.kind = kind;
    this.chainId = chainId;
    this.chain = chain;
    this.view = new ChainView(chain, kind, node::anchored);
    this.node = node;
    register();
    BlockMethods blocks = new BlockMethods(view);
    CallMethods calls = new CallMethods(view, simulation);
    filters = new FilterMethods(view, blocks, System::nanoTime);
    blocks.register(methods);
    calls.register(methods);
    new SendingMethods(chainId, view, node, calls).register(methods);
    new CapabilityMethods(view, node).register(methods);
    new ConfigMethods(view, node, simulation).register(methods);
    new SenderMethods(view, node).register(methods);
    new SimulateMethods(view, simulation).register(methods);
    filters.register(methods);
    TraceMethods traces = new TraceMethods(view, simulation, calls);
    traces.register(methods);
    new FlatTraceMethods(view, simulation, traces).register(methods);
    new StorageRange(view, traces).register(methods);
    new PoolMethods(node).register(methods);
    new GovernanceMethods(view, node, simulation).register(methods);
    new EconomyMethods(view, simulation).register(methods);
    new WorkMethods(view, simulation).register(methods);
    new ConsensusMethods(chain, view, node, simulation).register(methods);
    new FinalityMethods(chain, view, node).register(methods);
  }

  NetworkKind kind() {
    return kind;
  }

  ChainReader chain() {
    return chain;
  }

  Subscriptions.Live live() {
    return new Subscriptions.Live() {
      @Override
      public Optional<RecoveredTransaction> pending(Hash transaction) {
        return node.pending(transaction);
      }

      @Override
      public JsonNode syncing() {
        return Methods.this.syncing();
      }
    };
  }

  /// Names of all methods.
  public List<String> names() {
    return List.copyOf(methods.keySet());
  }

  /// A transaction was taken into the pool.
  void pendingAdded(Hash transaction) {
    filters.pendingAdded(transaction);
  }

  Map<String, Dispatcher.Method> all() {
    return methods;
  }

  /// The methods of some namespaces.
  Map<String, Dispatcher.Method> of(List<String> namespaces) {
    Map<String, Dispatcher.Method> open = new TreeMap<>(methods);
    open.keySet().removeIf(name -> !namespaces.contains(name.substring(0, name.indexOf('_'))));
    return open;
  }

  private void register() {
    methods.put("eth_chainId", _ -> text(chainId.toHex()));
    methods.put("net_version", _ -> text(chainId.toString()));
    methods.put("net_listening", _ -> NODES.booleanNode(true));
    methods.put("net_peerCount", _ -> quantity(node.status().peers()));
    methods.put("web3_clientVersion", _ -> text(node.status().version()));
    methods.put("web3_sha3", p -> text(Keccak256.hash(p.data(0)).toHex()));
    methods.put("eth_accounts", _ -> NODES.arrayNode());
    methods.put("eth_syncing", _ -> syncing());
    methods.put("eth_blockNumber", _ -> quantity(chain.height()));
    methods.put("eth_getBalance", p -> amount(account(p).balance()));
    methods.put("eth_getTransactionCount", this::nonce);
    methods.put("eth_getCode", p -> text(state(p.block(1)).code(account(p).codeHash()).toHex()));
    methods.put(
        "eth_getStorageAt",
        p -> text(word(state(p.block(2)).storage(p.address(0), Parameters.slot(p.text(1))))));
    methods.put("eth_gasPrice", _ -> amount(gasPrice()));
    methods.put("eth_baseFee", _ -> amount(node.nextBaseFee()));
    methods.put("eth_blobBaseFee", _ -> text("0x1"));
    methods.put("eth_maxPriorityFeePerGas", _ -> amount(Amount.wei(1)));
    methods.put("eth_feeHistory", this::feeHistory);
    methods.put("eth_getTransactionByHash", this::transaction);
    methods.put("eth_getRawTransactionByHash", this::rawTransaction);
    methods.put("debug_getRawTransaction", this::rawTransaction);
    methods.put("eth_getStorageValues", this::storageValues);
    methods.put("eth_getProof", this::proof);
    methods.put("aitbc_status", _ -> status());
    methods.put("aitbc_whyStalled", _ -> strings(node.whyStalled()));
  }

  private JsonNode syncing() {
    if (!node.status().isSyncing()) {
      return NODES.booleanNode(false);
    }
    ObjectNode progress = NODES.objectNode();
    progress.put("startingBlock", "0x0");
    progress.put("currentBlock", EthereumJson.quantity(chain.height()));
    progress.put(
        "highestBlock", EthereumJson.quantity(chain.height() + node.status().blocksBehind()));
    return progress;
  }

  private JsonNode nonce(Parameters p) throws RpcError {
    boolean pending = p.has(1) && p.value(1).asText().equals("pending");
    return quantity(
        pending ? node.nextNonce(p.address(0)) : state(p.block(1)).account(p.address(0)).nonce());
  }

  /// The next base fee with room for two blocks that raise it, and the least priority fee; and what
  /// the pool takes.
  private Amount gasPrice() {
    Amount base = node.nextBaseFee();
    Amount room = new Amount(base.wei().dividedBy(UInt256.of(4)));
    return node.enoughFee(base.plus(room).plus(Amount.wei(1)));
  }

  private JsonNode feeHistory(Parameters p) throws RpcError {
    long count = p.number(0, FEE_HISTORY_BLOCKS_MAX);
    long newest = view.height(p.block(1));
    long oldest = Math.max(0, newest - count + 1);
    List<Double> percentiles = p.has(2) ? FeePercentiles.wanted(p.value(2)) : List.of();
    ObjectNode history = NODES.objectNode();
    history.put("oldestBlock", EthereumJson.quantity(oldest));
    ArrayNode fees = history.putArray("baseFeePerGas");
    ArrayNode ratios = history.putArray("gasUsedRatio");
    ArrayNode rewards = percentiles.isEmpty() ? NODES.arrayNode() : history.putArray("reward");
    for (long height = oldest; height <= newest && count > 0; height++) {
      BlockHeader header = view.header(height);
      fees.add(EthereumJson.amount(header.baseFeePerGas()));
      ratios.add((double) header.gasUsed() / header.gasLimit());
      if (!percentiles.isEmpty()) {
        rewards.add(FeePercentiles.of(view.block(height), view.receipts(height), percentiles));
      }
    }
    Optional<BlockHeader> after =
        newest < chain.height() ? chain.header(newest + 1) : Optional.empty();
    fees.add(EthereumJson.amount(after.map(BlockHeader::baseFeePerGas).orElse(node.nextBaseFee())));
    return history;
  }

  private JsonNode transaction(Parameters p) throws RpcError {
    Hash hash = p.hash(0);
    Optional<ChainReader.Place> place = chain.place(hash);
    if (place.isPresent()) {
      return BlockMethods.transaction(view.block(place.get().height()), place.get().index());
    }
    Optional<RecoveredTransaction> pending = node.pending(hash);
    return pending.isPresent()
        ? EthereumJson.transaction(pending.get().transaction(), Optional.empty())
        : NODES.nullNode();
  }

  private JsonNode rawTransaction(Parameters p) throws RpcError {
    Hash hash = p.hash(0);
    Optional<ChainReader.Place> place = chain.place(hash);
    if (place.isPresent()) {
      Block block = view.block(place.get().height());
      return text(block.transactions().get(place.get().index()).encoded().toHex());
    }
    return text(node.pending(hash).map(each -> each.transaction().encoded().toHex()).orElse("0x"));
  }

  /// Slots of several accounts, by account.
  private JsonNode storageValues(Parameters p) throws RpcError {
    JsonNode wanted = p.value(0);
    if (!wanted.isObject() || wanted.isEmpty()) {
      throw Parameters.invalid("empty request");
    }
    StateView state = state(p.block(1));
    ObjectNode json = NODES.objectNode();
    int slots = 0;
    for (Map.Entry<String, JsonNode> each : wanted.properties()) {
      Address address = Parameters.address(each.getKey());
      ArrayNode values = json.putArray(each.getKey());
      slots += each.getValue().size();
      if (slots > STORAGE_VALUES_MAX) {
        throw new RpcError(
            RpcError.Code.LIMIT_EXCEEDED, "at most " + STORAGE_VALUES_MAX + " slots at one time");
      }
      for (JsonNode slot : each.getValue()) {
        values.add(word(state.storage(address, Parameters.slot(slot.asText()))));
      }
    }
    return json;
  }

  private static String word(UInt256 value) {
    return Bytes.of(value.toArray()).toHex();
  }

  private JsonNode status() {
    LiveNode.Status status = node.status();
    OptionalLong anchored = node.anchored();
    return NODES
        .objectNode()
        .put("version", status.version())
        .put("nodeId", status.nodeId())
        .put("genesisHash", status.genesisHash().toHex())
        .put("height", status.height())
        .put("anchored", anchored.isPresent() ? (Long) anchored.getAsLong() : null)
        .put("mode", status.mode())
        .put("round", status.round())
        .put("peers", status.peers())
        .put("pendingTransactions", status.pendingTransactions())
        .put("syncing", status.isSyncing())
        .put("blocksBehind", status.blocksBehind())
        .put("validator", status.isValidator())
        .put("secp256k1", status.secp256k1());
  }

  /// The account and slots of the state after a block, with the trie nodes that lead to them
  /// (EIP-1186).
  private JsonNode proof(Parameters p) throws RpcError {
    if (p.value(1).size() > PROOF_SLOTS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED, "at most " + PROOF_SLOTS_MAX + " slots in one proof");
    }
    List<UInt256> slots = new ArrayList<>();
    for (JsonNode each : p.value(1)) {
      slots.add(Parameters.slot(each.asText()));
    }
    FinalState proven = view.provable(view.height(p.block(2)));
    return EthereumJson.proof(p.address(0), StateProof.of(proven, p.address(0), slots), p.value(1));
  }

  private Account account(Parameters p) throws RpcError {
    return state(p.block(1)).account(p.address(0));
  }

  private StateView state(BlockTag tag) throws RpcError {
    return view.state(view.height(tag));
  }

  private static JsonNode strings(List<String> lines) {
    ArrayNode list = NODES.arrayNode();
    lines.forEach(list::add);
    return list;
  }

  private static JsonNode text(String text) {
    return NODES.textNode(text);
  }

  private static JsonNode quantity(long value) {
    return text(EthereumJson.quantity(value));
  }

  private static JsonNode amount(Amount amount) {
    return text(EthereumJson.amount(amount));
  }
}
