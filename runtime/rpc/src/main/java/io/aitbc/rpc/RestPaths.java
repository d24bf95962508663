// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.NetworkKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The paths of the older platform under `/rpc/`, for programs that were written for it. Each is
/// answered by methods of JSON-RPC and by nothing else: what they do not serve, or refuse, is not
/// served here either. docs/rest.md.
final class RestPaths {
  /// What the paths begin with.
  static final String PREFIX = "/rpc/";

  /// Blocks of one answer of `blocks-range`, and those that one of `transactions` is looked for in.
  static final int BLOCKS_MAX = 100;

  /// Transactions in the blocks of one answer; the block that goes beyond it is the last one that
  /// is looked at.
  static final int TRANSACTIONS_MAX = 5_000;

  /// Transactions of an answer when nothing is said.
  private static final int LIMIT = 100;

  private static final Pattern HEIGHT = Pattern.compile("[0-9]{1,18}");
  private static final Pattern HASH = Pattern.compile("(?:0x)?([0-9a-fA-F]{64})");
  private static final int SHOWN_MAX = 80;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// What `transactions` was told to look for there, and nothing here keeps.
  private static final List<String> NO_INDEX =
      List.of("island_id", "pair", "status", "order_id", "job_id");

  private final Dispatcher dispatcher;
  private final NetworkKind kind;

  /// An answer of HTTP.
  ///
  /// @param body JSON
  record Answer(int status, Bytes body) {}

  /// Whether blocks are told with their transactions.
  private enum Bodies {
    SHOWN,
    LEFT_OUT
  }

  /// Gives the answer to a path.
  @FunctionalInterface
  private interface Path {
    JsonNode answer() throws RpcError, RestRefusal;
  }

  /// @param dispatcher of the methods that are served
  RestPaths(Dispatcher dispatcher, NetworkKind kind) {
    this.dispatcher = dispatcher;
    this.kind = kind;
  }

  /// Answers a GET.
  ///
  /// @param uri as it was asked, with {@link #PREFIX}
  Answer get(String uri) {
    RestQuery query = RestQuery.of(uri.substring(PREFIX.length()));
    return answer(
        query,
        () -> {
          requireThisChain(query);
          return got(query);
        });
  }

  /// Answers a POST.
  ///
  /// @param uri as it was asked, with {@link #PREFIX}
  Answer post(String uri, byte[] body) {
    RestQuery query = RestQuery.of(uri.substring(PREFIX.length()));
    return answer(
        query,
        () -> {
          if (!query.path().equals("transaction")) {
            throw RestRefusal.notServed(query.path(), RestRefusal.useInPlaceOfPost(query.path()));
          }
          return sent(Dispatcher.parsed(body));
        });
  }

  private Answer answer(RestQuery query, Path path) {
    try {
      JsonNode json = path.answer();
      Stream.concat(Stream.of(json), json.isArray() ? json.valueStream() : Stream.empty())
          .filter(JsonNode::isObject)
          .forEach(each -> Dispatcher.putFinality((ObjectNode) each, kind));
      byte[] bytes = Dispatcher.bytes(json);
      if (bytes.length > Dispatcher.ANSWER_BYTES_MAX) {
        throw new RpcError(
            RpcError.Code.LIMIT_EXCEEDED,
            "an answer has at most " + Dispatcher.ANSWER_BYTES_MAX + " bytes: ask for less");
      }
      return new Answer(200, Bytes.wrap(bytes));
    } catch (RestRefusal refusal) {
      return refused(refusal.status(), refusal.toJson());
    } catch (RpcError error) {
      return refused(error);
    } catch (RuntimeException broken) {
      return refused(Dispatcher.internal(PREFIX + query.first(), broken));
    }
  }

  private Answer refused(RpcError error) {
    return refused(
        RestRefusal.status(error.code()),
        NODES.objectNode().put("detail", error.getMessage()).put("code", error.code().number()));
  }

  private Answer refused(int status, ObjectNode body) {
    Dispatcher.putFinality(body, kind);
    return new Answer(status, Bytes.wrap(Dispatcher.bytes(body)));
  }

  private JsonNode got(RestQuery query) throws RpcError, RestRefusal {
    Optional<String> behind = query.behindFirst();
    if (behind.isEmpty()) {
      return switch (query.path()) {
        case "head" -> RestJson.head(head());
        case "height" -> NODES.objectNode().put("height", RestJson.number(call("eth_blockNumber")));
        case "info", "status" -> info();
        case "blocks-range" -> blocks(query);
        case "transactions" -> transactions(query);
        case "mempool" -> mempool(query);
        case "network-info" -> network();
        case "genesis_allocations" -> throw RestRefusal.noList();
        default -> throw RestRefusal.notServed(query.path(), RestRefusal.use(query.path()));
      };
    }
    return switch (query.first()) {
      case "blocks" -> block(height(behind.get()), Bodies.SHOWN);
      case "transaction" -> transaction(behind.get());
      case "account", "accounts" -> account(behind.get());
      case "balance" -> balance(behind.get());
      case "staking" -> staking(behind.get());
      case "consensus" ->
          switch (behind.get()) {
            case "status" -> consensus();
            case "validators" -> validators();
            case "slashing-history" -> slashings();
            default -> throw RestRefusal.notServed(query.path(), RestRefusal.use(query.path()));
          };
      default -> throw RestRefusal.notServed(query.path(), RestRefusal.use(query.path()));
    };
  }

  /// Whoever names another chain must not take this one's answer for it.
  private void requireThisChain(RestQuery query) throws RpcError, RestRefusal {
    Optional<String> asked = query.value("chain_id");
    if (asked.isPresent() && !asked.get().equals(chainId())) {
      throw new RestRefusal(
          404, "no chain " + shortened(asked.get()) + " here, this is " + chainId(), "eth_chainId");
    }
  }

  private String chainId() throws RpcError {
    return String.valueOf(RestJson.wei(call("eth_chainId")));
  }

  private JsonNode head() throws RpcError {
    return call("eth_getBlockByNumber", text("latest"), NODES.booleanNode(false));
  }

  private JsonNode info() throws RpcError {
    JsonNode head = head();
    JsonNode status = call("aitbc_status");
    return RestJson.info(chainId(), head, call("aitbc_mode"), status);
  }

  private ObjectNode block(long height, Bodies bodies) throws RpcError, RestRefusal {
    boolean isWhole = bodies == Bodies.SHOWN;
    JsonNode block = call("eth_getBlockByNumber", quantity(height), NODES.booleanNode(isWhole));
    if (block.isNull()) {
      throw new RestRefusal(404, "block not found", "eth_getBlockByNumber");
    }
    JsonNode certificate = call("aitbc_certificate", block.path("hash"));
    ObjectNode json = RestJson.block(chainId(), block, certificate);
    if (isWhole) {
      Map<String, JsonNode> receipts = receipts(block);
      ArrayNode list = json.putArray("transactions");
      for (JsonNode each : block.path("transactions")) {
        list.add(RestJson.inBlock(each, receipt(receipts, each)));
      }
    }
    return json;
  }

  /// By transaction; none if the block was taken back meanwhile.
  private Map<String, JsonNode> receipts(JsonNode block) throws RpcError {
    Map<String, JsonNode> receipts = new TreeMap<>();
    if (!block.path("transactions").isEmpty()) {
      for (JsonNode each : call("eth_getBlockReceipts", block.path("hash"))) {
        JsonNode _ = receipts.put(each.path("transactionHash").asText(), each);
      }
    }
    return receipts;
  }

  private static JsonNode receipt(Map<String, JsonNode> receipts, JsonNode transaction) {
    return receipts.getOrDefault(transaction.path("hash").asText(), NODES.nullNode());
  }

  private JsonNode blocks(RestQuery query) throws RpcError, RestRefusal {
    long last = RestJson.number(call("eth_blockNumber"));
    Optional<String> limit = query.value("limit");
    boolean isOfLast =
        limit.isPresent() && query.value("start").isEmpty() && query.value("end").isEmpty();
    long from = height(query.value("start").orElse("0"));
    long to = height(query.value("end").orElse("10"));
    if (isOfLast) {
      from = Math.max(0, last - height(limit.get()) + 1);
      to = last;
    }
    to = Math.min(to, last);
    if (to - from >= BLOCKS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED, "at most " + BLOCKS_MAX + " blocks at one time");
    }
    Bodies bodies =
        query.value("include_tx").orElse("").toLowerCase(Locale.ROOT).equals("false")
            ? Bodies.LEFT_OUT
            : Bodies.SHOWN;
    ObjectNode json = NODES.objectNode().put("success", true);
    ArrayNode list = json.putArray("blocks");
    int transactions = 0;
    for (long height = from; height <= to; height++) {
      ObjectNode block = block(height, bodies);
      transactions += block.path("transactions").size();
      if (transactions > TRANSACTIONS_MAX && height > from) {
        throw new RpcError(
            RpcError.Code.LIMIT_EXCEEDED,
            "more than %d transactions: ask for fewer blocks than up to %d"
                .formatted(TRANSACTIONS_MAX, height));
      }
      list.add(block);
    }
    return json.put("count", list.size());
  }

  private JsonNode transaction(String text) throws RpcError, RestRefusal {
    var matcher = HASH.matcher(text);
    if (!matcher.matches()) {
      throw Parameters.invalid("no hash of 64 hexadecimal digits: " + shortened(text));
    }
    JsonNode hash = text("0x" + matcher.group(1).toLowerCase(Locale.ROOT));
    JsonNode found = call("eth_getTransactionByHash", hash);
    if (found.isNull()) {
      throw new RestRefusal(
          404, "Transaction " + hash.asText() + " not found", "eth_getTransactionByHash");
    }
    boolean isPending = found.path("blockHash").isNull();
    JsonNode receipt = isPending ? NODES.nullNode() : call("eth_getTransactionReceipt", hash);
    return RestJson.transaction(chainId(), found, receipt);
  }

  /// The latest transactions, the latest first.
  private JsonNode transactions(RestQuery query) throws RpcError, RestRefusal {
    for (String each : NO_INDEX) {
      if (query.value(each).isPresent()) {
        throw new RestRefusal(400, "transactions are not kept by " + each + " here", "eth_getLogs");
      }
    }
    Optional<Address> address =
        query.value("address").isPresent()
            ? Optional.of(address(query.value("address").get()))
            : Optional.empty();
    Optional<String> type = query.value("transaction_type");
    int limit = limit(query);
    String chainId = chainId();
    long last = RestJson.number(call("eth_blockNumber"));
    ArrayNode list = NODES.arrayNode();
    int seen = 0;
    for (long height = last;
        height > Math.max(0, last - BLOCKS_MAX) && list.size() < limit && seen < TRANSACTIONS_MAX;
        height--) {
      Optional<JsonNode> block = keptBlock(height);
      if (block.isEmpty()) {
        break;
      }
      seen += block.get().path("transactions").size();
      addWanted(block.get(), chainId, address, type, limit, list);
    }
    return list;
  }

  /// A block with its transactions; empty if this node does not keep them.
  private Optional<JsonNode> keptBlock(long height) throws RpcError {
    try {
      JsonNode whole = NODES.booleanNode(true);
      return Optional.of(call("eth_getBlockByNumber", quantity(height), whole));
    } catch (RpcError error) {
      if (error.code() == RpcError.Code.NOT_KEPT) {
        return Optional.empty();
      }
      throw error;
    }
  }

  private void addWanted(
      JsonNode block,
      String chainId,
      Optional<Address> address,
      Optional<String> type,
      int limit,
      ArrayNode list)
      throws RpcError {
    Optional<Map<String, JsonNode>> receipts = Optional.empty();
    JsonNode transactions = block.path("transactions");
    for (int i = transactions.size() - 1; i >= 0 && list.size() < limit; i--) {
      JsonNode each = transactions.get(i);
      boolean isOf =
          address.isEmpty()
              || Stream.of("from", "to")
                  .anyMatch(it -> each.path(it).asText().equals(address.get().toString()));
      if (isOf && (type.isEmpty() || type.get().equals(RestJson.type(each)))) {
        if (receipts.isEmpty()) {
          receipts = Optional.of(receipts(block));
        }
        list.add(RestJson.transaction(chainId, each, receipt(receipts.get(), each)));
      }
    }
  }

  private JsonNode mempool(RestQuery query) throws RpcError {
    int limit = limit(query);
    JsonNode waiting = call("txpool_content");
    ObjectNode json = NODES.objectNode().put("success", true);
    ArrayNode list = json.putArray("transactions");
    for (String part : List.of("pending", "queued")) {
      waiting
          .path(part)
          .valueStream()
          .flatMap(JsonNode::valueStream)
          .forEach(each -> {
            if (list.size() < limit) {
              list.add(RestJson.inBlock(each, NODES.nullNode()));
            }
          });
    }
    return json.put("count", list.size());
  }

  private ObjectNode account(String text) throws RpcError, RestRefusal {
    JsonNode account = text(address(text).toString());
    // One block for both, whatever comes meanwhile.
    JsonNode at = NODES.objectNode().set("blockHash", head().path("hash"));
    JsonNode balance = call("eth_getBalance", account, at);
    JsonNode nonce = call("eth_getTransactionCount", account, at);
    if (RestJson.wei(balance).signum() == 0 && RestJson.wei(nonce).signum() == 0) {
      throw new RestRefusal(404, "Account not found", "eth_getBalance");
    }
    return RestJson.account(account.asText(), chainId(), balance, nonce);
  }

  private JsonNode balance(String text) throws RpcError {
    JsonNode account = text(address(text).toString());
    JsonNode head = head();
    JsonNode at = NODES.objectNode().set("blockHash", head.path("hash"));
    JsonNode balance = call("eth_getBalance", account, at);
    return RestJson.balance(
        account.asText(), chainId(), head, balance, call("aitbc_rewards", account));
  }

  private JsonNode staking(String text) throws RpcError {
    JsonNode account = text(address(text).toString());
    JsonNode staked = call("aitbc_rewards", account);
    return RestJson.staking(account.asText(), chainId(), staked, call("aitbc_validator", account));
  }

  private JsonNode network() throws RpcError {
    return RestJson.network(chainId(), call("aitbc_status"), call("aitbc_validators"));
  }

  private JsonNode consensus() throws RpcError {
    JsonNode status = call("aitbc_status");
    return RestJson.consensus(
        chainId(), status, call("aitbc_mode"), call("aitbc_epoch"), call("aitbc_validators"));
  }

  private JsonNode validators() throws RpcError {
    return RestJson.validators(chainId(), call("aitbc_validators"));
  }

  private JsonNode slashings() throws RpcError {
    return RestJson.slashings(chainId(), call("aitbc_slashings"), call("aitbc_validators"));
  }

  private JsonNode sent(JsonNode body) throws RpcError, RestRefusal {
    if (!body.path("raw").isTextual()) {
      throw RestRefusal.olderSignature(chainId());
    }
    JsonNode hash = call("eth_sendRawTransaction", body.get("raw"));
    return NODES
        .objectNode()
        .put("success", true)
        .put("transaction_hash", hash.asText())
        .put("message", "Transaction submitted to mempool");
  }

  private static int limit(RestQuery query) throws RpcError {
    String said = query.value("limit").orElse(String.valueOf(LIMIT));
    return (int) Math.min(TRANSACTIONS_MAX, height(said));
  }

  private static long height(String text) throws RpcError {
    if (!HEIGHT.matcher(text).matches()) {
      throw Parameters.invalid("no whole number of at most 18 digits: " + shortened(text));
    }
    return Long.parseLong(text);
  }

  private static Address address(String text) throws RpcError {
    return OlderPlatform.address(text)
        .orElseThrow(() ->
            Parameters.invalid(
                "no address, 0x, ait1 or aitbc1 and 40 hexadecimal digits: " + shortened(text)));
  }

  private JsonNode call(String method, JsonNode... parameters) throws RpcError {
    return dispatcher.result(method, NODES.arrayNode().addAll(Arrays.asList(parameters)));
  }

  private static JsonNode text(String text) {
    return NODES.textNode(text);
  }

  private static JsonNode quantity(long value) {
    return text(EthereumJson.quantity(value));
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }
}
