// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.NetworkKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FilterMethodsTest {
  private final TestChain chain = new TestChain();
  private final Map<String, Dispatcher.Method> methods = new TreeMap<>();
  private long now;
  private final FilterMethods filters = over(new NetworkKind.Hybrid());

  private FilterMethods over(NetworkKind kind) {
    ChainView view = new ChainView(chain, kind, OptionalLong::empty);
    FilterMethods made = new FilterMethods(view, new BlockMethods(view), () -> now);
    made.register(methods);
    return made;
  }

  private JsonNode call(String method, String parameters) throws RpcError {
    JsonNode request = Rpc.parse(Rpc.request(method, parameters));
    return requireNonNull(methods.get(method)).call(new Parameters(request.get("params")));
  }

  private String make(String method, String parameters) throws RpcError {
    return "'" + call(method, parameters).asText() + "'";
  }

  private List<String> changes(String filter) throws RpcError {
    List<String> told = new ArrayList<>();
    call("eth_getFilterChanges", filter).forEach(each -> told.add(each.asText()));
    return told;
  }

  private String error(String method, String parameters) {
    try {
      return call(method, parameters).toString();
    } catch (RpcError error) {
      return error.toJson().get("message").asText();
    }
  }

  private String hash(long height) {
    return chain.block(height).orElseThrow().hash().toHex();
  }

  @Test
  void everyBlockIsToldOnce() throws RpcError {
    String filter = make("eth_newBlockFilter", "");
    assertEquals(List.of(), changes(filter));
    chain.grow();
    chain.grow();
    assertEquals(List.of(hash(3), hash(4)), changes(filter));
    assertEquals(List.of(), changes(filter));
  }

  @Test
  void logsOfLaterBlocksAreToldIfTheyMatch() throws RpcError {
    String echo = make("eth_newFilter", "{'address':'" + TestChain.ECHO + "'}");
    String other = make("eth_newFilter", "{'address':'" + TestChain.STORE + "'}");
    chain.growLikeTheFirst();
    JsonNode told = call("eth_getFilterChanges", echo);
    assertEquals(1, told.size());
    assertEquals("0x3", told.get(0).get("blockNumber").asText());
    assertEquals(0, call("eth_getFilterChanges", other).size());
    assertEquals(0, call("eth_getFilterChanges", echo).size());
  }

  @Test
  void logsThatOneAnswerDoesNotHoldAreToldByTheNext() throws RpcError {
    String filter = make("eth_newFilter", "{}");
    chain.growByLogs(BlockMethods.LOGS_MAX);
    chain.growByLogs(1);
    assertEquals(BlockMethods.LOGS_MAX, call("eth_getFilterChanges", filter).size());
    JsonNode rest = call("eth_getFilterChanges", filter);
    assertEquals(1, rest.size());
    assertEquals("0x4", rest.get(0).get("blockNumber").asText());
    assertEquals(0, call("eth_getFilterChanges", filter).size());
  }

  @Test
  void aFilterDoesNotGoOnBehindWhatItCouldNotTell() throws RpcError {
    String filter = make("eth_newFilter", "{}");
    chain.growByLogs(1);
    chain.growByLogs(BlockMethods.LOGS_MAX + 1);
    assertEquals(1, call("eth_getFilterChanges", filter).size());
    String refusal = "query returned more than " + BlockMethods.LOGS_MAX + " results";
    assertEquals(refusal, error("eth_getFilterChanges", filter));
    chain.grow();
    assertEquals(refusal, error("eth_getFilterChanges", filter));
  }

  @Test
  void allLogsOfAFilterAreThoseOfItsRange() throws RpcError {
    String filter = make("eth_newFilter", "{'fromBlock':'0x0'}");
    assertEquals(1, call("eth_getFilterLogs", filter).size());
    assertEquals(
        "the filter is not one of logs",
        error("eth_getFilterLogs", make("eth_newBlockFilter", "")));
  }

  @Test
  void pendingTransactionsAreToldOnceAndTheOldestAreForgotten() throws RpcError {
    String filter = make("eth_newPendingTransactionFilter", "");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < FilterMethods.PENDING_MAX + 2; i++) {
      Hash hash = Keccak256.hash(new byte[] {(byte) i, (byte) (i >> 8)});
      filters.pendingAdded(hash);
      expected.add(hash.toHex());
    }
    assertEquals(expected.subList(2, expected.size()), changes(filter));
    assertEquals(List.of(), changes(filter));
  }

  @Test
  void aFilterLivesAsLongAsItIsAsked() throws RpcError {
    String filter = make("eth_newBlockFilter", "");
    now += FilterMethods.IDLE_NANOS_MAX;
    assertEquals(List.of(), changes(filter));
    now += FilterMethods.IDLE_NANOS_MAX + 1;
    assertEquals("filter not found", error("eth_getFilterChanges", filter));
  }

  @Test
  void anEndedFilterIsNotFound() throws RpcError {
    String filter = make("eth_newBlockFilter", "");
    assertEquals("true", call("eth_uninstallFilter", filter).toString());
    assertEquals("false", call("eth_uninstallFilter", filter).toString());
    assertEquals("filter not found", error("eth_getFilterChanges", filter));
  }

  @Test
  void theFilterThatWasNotAskedLongestGivesWay() throws RpcError {
    String first = make("eth_newBlockFilter", "");
    String second = make("eth_newBlockFilter", "");
    for (int i = 2; i < FilterMethods.FILTERS_MAX; i++) {
      assertNotEquals(first, make("eth_newBlockFilter", ""));
    }
    assertEquals(List.of(), changes(first));
    assertNotEquals(first, make("eth_newBlockFilter", ""));
    assertEquals(List.of(), changes(first));
    assertEquals("filter not found", error("eth_getFilterChanges", second));
  }

  @Test // Protocol §10.4
  void withoutVotesAFilterGoesOnFromItsLastBlockThatCounts() throws RpcError {
    FilterMethods reversible = over(new NetworkKind.Poa(NetworkKind.Poa.SLOT_MILLIS_DEFAULT));
    String filter = make("eth_newBlockFilter", "");
    chain.grow();
    assertEquals(List.of(hash(3)), changes(filter));
    chain.takeBack(1);
    chain.growLikeTheFirst();
    chain.grow();
    assertEquals(List.of(hash(2), hash(3)), changes(filter));
    reversible.pendingAdded(Hash.ZERO); // No filter waits for it.
    assertEquals(List.of(), changes(filter));
  }
}
