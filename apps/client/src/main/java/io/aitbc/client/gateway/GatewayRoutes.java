// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a gateway serves: `/v2` the Open Inference Protocol, `/v1` what of OpenAI's API it can,
/// `/receipts/ID` where a request stands, `/receipts/ID/outputs` its outputs again.
final class GatewayRoutes {
  private static final Pattern RECEIPT = Pattern.compile("/receipts/([0-9a-f-]{1,64})(/outputs)?");
  private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

  /// Names of this machine.
  private static final Set<String> OWN_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final Logger LOG = LoggerFactory.getLogger(GatewayRoutes.class);

  private final Gateway gateway;
  private final OpenInferenceRoutes openInference;
  private final OpenAiRoutes openAi;

  GatewayRoutes(Gateway gateway, long sinceSeconds) {
    this.gateway = gateway;
    openInference = new OpenInferenceRoutes(gateway);
    openAi = new OpenAiRoutes(gateway, sinceSeconds);
  }

  /// Why a request is not even read; empty if it is. Its body may be empty still.
  Optional<GatewayRefusal> refused(GatewayRequest request) {
    try {
      checkHost(request);
      if (!request.path().startsWith("/v2/health/")) {
        GatewayKeys.Key _ = request.key();
      }
      return Optional.empty();
    } catch (GatewayRefusedException refused) {
      return Optional.of(refused.refusal());
    }
  }

  /// Answers a request that is not refused; blocks until it can.
  Reply answer(GatewayRequest request) {
    try {
      return request.path().startsWith("/v1/")
          ? openAi.answer(request)
          : request.path().startsWith("/receipts/")
              ? receipts(request)
              : openInference.answer(request);
    } catch (GatewayRefusedException refused) {
      return refusal(request.path(), refused.refusal());
    } catch (IOException failed) {
      LOG.atWarn().setCause(failed).log("the gateway's disk fails");
      return Reply.of(500, out -> out.writeStringField("error", "the gateway's disk fails"));
    }
  }

  /// A page in a browser may lead its own name to this machine, and has no key.
  private static void checkHost(GatewayRequest request) throws GatewayRefusedException {
    String host = PORT.matcher(request.host()).replaceFirst("");
    if (!request.keys().areNeeded() && !OWN_HOSTS.contains(host)) {
      throw new GatewayRefusedException(new GatewayRefusal.HostNotAllowed(host));
    }
  }

  /// A refusal in the form of the API that was asked.
  static Reply refusal(String path, GatewayRefusal refusal) {
    return path.startsWith("/v1/")
        ? Reply.of(
            refusal,
            out -> {
              out.writeObjectFieldStart("error");
              out.writeStringField("message", refusal.text());
              out.writeStringField(
                  "type", refusal.httpStatus() < 500 ? "invalid_request_error" : "server_error");
              out.writeNullField("param");
              out.writeStringField("code", refusal.code());
              out.writeEndObject();
              receiptField(out, refusal);
            })
        : Reply.of(
            refusal,
            out -> {
              out.writeStringField("error", refusal.text());
              out.writeStringField("code", refusal.code());
              receiptField(out, refusal);
            });
  }

  private static void receiptField(JsonGenerator out, GatewayRefusal refusal) throws IOException {
    if (!refusal.receipt().isEmpty()) {
      out.writeStringField("receipt", refusal.receipt());
    }
  }

  private Reply receipts(GatewayRequest request) throws GatewayRefusedException, IOException {
    Matcher matcher = RECEIPT.matcher(request.path());
    if (!matcher.matches()) {
      throw new GatewayRefusedException(new GatewayRefusal.Unknown("this path"));
    }
    request.require("GET");
    Receipt receipt = gateway.receipt(request.key(), matcher.group(1));
    if (matcher.group(2) != null) {
      ServedModel model = gateway.model(receipt.model());
      if (!model.version().equals(receipt.version())) {
        throw new GatewayRefusedException(
            new GatewayRefusal.Unknown("the receipt's version of the model"));
      }
      return OpenInferenceRoutes.reply(gateway.outputs(receipt), model, "");
    }
    return Reply.of(
        receipt,
        out -> {
          Reply.write(out, receipt);
          out.writeStringField("model_name", receipt.model());
          out.writeStringField("model_version", receipt.version().toHex());
        });
  }
}
