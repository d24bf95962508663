// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Requests that are ordered as one job of one claim: what a gateway keeps of them.
///
/// @param number of the batch, ascending
/// @param model its name
/// @param version its id
/// @param verification class of the job
/// @param task hash of the job's files
/// @param afterJob how many jobs there were before it was ordered
/// @param job its number; 0 while that is not known
/// @param feePerItem wei
/// @param atSeconds Unix time of the order
/// @param status where it stands
/// @param reason why there are no outputs; empty if nothing went wrong
/// @param shares the requests, in the order of their items
record Batch(
    long number,
    String model,
    Hash version,
    Verification verification,
    Hash task,
    long afterJob,
    long job,
    Amount feePerItem,
    long atSeconds,
    Receipt.Status status,
    String reason,
    List<Share> shares) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern RECEIPT = Pattern.compile("([0-9]{1,12})-([0-9a-f]{32})");

  Batch {
    shares = List.copyOf(shares);
  }

  /// A request of it.
  ///
  /// @param secret 128 bits at random, as hexadecimal digits
  /// @param key name of the key that asked; empty without keys
  /// @param items how many it has
  record Share(String secret, String key, int items) {}

  Batch withJob(long known) {
    return new Batch(
        number,
        model,
        version,
        verification,
        task,
        afterJob,
        known,
        feePerItem,
        atSeconds,
        status,
        reason,
        shares);
  }

  Batch withStatus(Receipt.Status now, String why) {
    return new Batch(
        number,
        model,
        version,
        verification,
        task,
        afterJob,
        job,
        feePerItem,
        atSeconds,
        now,
        why,
        shares);
  }

  /// The number of the batch that a receipt belongs to; empty if it is no id of a receipt.
  static Optional<Long> numberOf(String receipt) {
    Matcher matcher = RECEIPT.matcher(receipt);
    return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }

  String receiptId(Share share) {
    return number + "-" + share.secret;
  }

  /// The receipt with this id, if it is one of this batch.
  Optional<Receipt> receipt(String id) {
    long item = 0;
    for (Share share : shares) {
      if (receiptId(share).equals(id)) {
        return Optional.of(
            new Receipt(
                id,
                model,
                version,
                verification,
                share.key,
                job,
                item,
                share.items,
                feePerItem.times(share.items),
                status,
                reason));
      }
      item += share.items;
    }
    return Optional.empty();
  }

  byte[] encoded() throws IOException {
    ObjectNode json =
        JSON.createObjectNode()
            .put("number", number)
            .put("model", model)
            .put("version", version.toHex())
            .put("task", task.toHex())
            .put("afterJob", afterJob)
            .put("job", job)
            .put("feePerItem", feePerItem.wei().toString())
            .put("atSeconds", atSeconds)
            .put("status", status.name())
            .put("reason", reason);
    switch (verification) {
      case Verification.Exact _ -> {}
      case Verification.Attested(Hash code) -> json.put("code", code.toHex());
      case Verification.Tolerance(Hash profile) -> json.put("profile", profile.toHex());
    }
    ArrayNode array = json.putArray("requests");
    for (Share share : shares) {
      ObjectNode _ =
          array
              .addObject()
              .put("secret", share.secret)
              .put("key", share.key)
              .put("items", share.items);
    }
    return JSON.writeValueAsBytes(json);
  }

  /// Reads what {@link #encoded} wrote.
  ///
  /// @throws IOException if it is something else
  static Batch decode(byte[] file) throws IOException {
    JsonNode json = JSON.readTree(file);
    try {
      Batch batch =
          new Batch(
              number(json, "number", Long.MAX_VALUE),
              text(json, "model"),
              Hash.fromHex(text(json, "version")),
              verification(json),
              Hash.fromHex(text(json, "task")),
              number(json, "afterJob", Long.MAX_VALUE),
              number(json, "job", Long.MAX_VALUE),
              Amount.wei(new BigInteger(text(json, "feePerItem"))),
              number(json, "atSeconds", Long.MAX_VALUE),
              Receipt.Status.valueOf(text(json, "status")),
              text(json, "reason"),
              shares(json.required("requests")));
      Amount _ = batch.feePerItem.times(ClaimId.ITEMS_MAX); // What its requests cost is an amount.
      return batch;
    } catch (IllegalArgumentException | ArithmeticException wrong) {
      throw new IOException("no batch of a gateway: " + wrong.getMessage(), wrong);
    }
  }

  private static List<Share> shares(JsonNode requests) {
    if (!requests.isArray()) {
      throw new IllegalArgumentException("requests are no list");
    }
    List<Share> shares = new ArrayList<>();
    long left = ClaimId.ITEMS_MAX;
    for (JsonNode each : requests) {
      int items = (int) number(each, "items", left);
      left -= items;
      shares.add(new Share(text(each, "secret"), text(each, "key"), items));
    }
    return shares;
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.required(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(field + " is no text");
    }
    return value.textValue();
  }

  private static long number(JsonNode json, String field, long max) {
    JsonNode value = json.required(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 0
        || value.longValue() > max) {
      throw new IllegalArgumentException(field + " is no number from 0 to " + max);
    }
    return value.longValue();
  }

  private static Verification verification(JsonNode json) {
    if (json.has("code")) {
      return new Verification.Attested(Hash.fromHex(text(json, "code")));
    }
    return json.has("profile")
        ? new Verification.Tolerance(Hash.fromHex(text(json, "profile")))
        : new Verification.Exact();
  }
}
