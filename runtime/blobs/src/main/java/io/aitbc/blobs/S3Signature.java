// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs requests to S3-compatible stores: AWS Signature Version 4, in the Authorization header,
/// over the hash of the content.
final class S3Signature {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private S3Signature() {}

  /// The value of x-amz-date.
  static String time(Instant now) {
    return TIME.format(now);
  }

  /// The Authorization header of a request without a query.
  ///
  /// @param endpoint for the keys and the region
  /// @param method the method
  /// @param path the path as it is sent
  /// @param headers the headers that are signed, by their names in lower case; `host`,
  ///   `x-amz-content-sha256` and `x-amz-date` among them
  static String authorization(
      S3Endpoint endpoint, String method, String path, SortedMap<String, String> headers) {
    String names = String.join(";", headers.keySet());
    String lines =
        headers.entrySet().stream()
            .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
            .collect(Collectors.joining());
    String time = need(headers, "x-amz-date");
    String payload = need(headers, "x-amz-content-sha256");
    String request = String.join("\n", method, path, "", lines, names, payload);
    String date = time.substring(0, 8);
    String scope = date + "/" + endpoint.region() + "/s3/aws4_request";
    String toSign = String.join("\n", "AWS4-HMAC-SHA256", time, scope, hash(bytes(request)));
    byte[] key = bytes("AWS4" + endpoint.secretKey());
    for (String part : new String[] {date, endpoint.region(), "s3", "aws4_request"}) {
      key = hmac(key, part);
    }
    String signature = HexFormat.of().formatHex(hmac(key, toSign));
    return "AWS4-HMAC-SHA256 Credential="
        + endpoint.accessKey()
        + "/"
        + scope
        + ",SignedHeaders="
        + names
        + ",Signature="
        + signature;
  }

  private static String need(Map<String, String> headers, String name) {
    String value = headers.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " has to be signed");
    }
    return value;
  }

  /// The hash of content, as x-amz-content-sha256 has it.
  static String hash(byte[] content) {
    return Sha256.hash(content).toHex().substring(2);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", missing);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
