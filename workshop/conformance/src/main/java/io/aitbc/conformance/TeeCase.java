// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.attestation.Attestation;
import io.aitbc.attestation.AttestationResult;
import io.aitbc.attestation.Collateral;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.NormalisedClaims;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One folder of the TEE vectors: evidence, collateral, and what an independent reference made of
/// them at a stated time under the laxest policy. Protocol §18.
///
/// @param name as in the vectors' index, for example `sgx/real-v3-a067`
/// @param evidence empty where only a key's chain is judged
/// @param key the certificate of an AMD key
/// @param seconds when it is judged, never the wall clock
/// @param accepted the expected verdict
/// @param claims what the reference read in the evidence
/// @param nonce what a GPU must have answered, where the case says it
record TeeCase(
    String name,
    Optional<Evidence> evidence,
    Optional<Bytes> key,
    Collateral collateral,
    TrustPolicy policy,
    long seconds,
    boolean accepted,
    @Nullable JsonNode claims,
    Optional<Bytes> nonce) {
  /// Reads the case in a folder of the vectors.
  static TeeCase read(Path vectors, Path folder) throws IOException {
    JsonNode expected = json(folder.resolve("expected.json"));
    String anchor = expected.get("trust_anchor").asText().replaceAll(" .*", "");
    boolean vendor = anchor.startsWith("roots/");
    Path anchorFile = vendor ? anchor(vectors, anchor, folder) : folder.resolve(anchor);
    Optional<Bytes> key = optional(folder.resolve("vek.der"));
    JsonNode type = expected.get("media_type");
    JsonNode nonce = expected.get("expected_nonce");
    return new TeeCase(
        expected.get("id").asText(),
        type.isNull() ? Optional.empty() : Optional.of(evidence(folder, type.asText())),
        key,
        collateral(folder, anchorFile),
        policy(vectors, vendor ? Optional.empty() : Optional.of(anchorFile)),
        Instant.parse(expected.get("verify_at").asText()).getEpochSecond(),
        expected.get("verdict").asText().equals("ACCEPT"),
        expected.get("claims"),
        nonce == null || nonce.isNull()
            ? Optional.empty()
            : Optional.of(Bytes.fromHex(nonce.asText())));
  }

  /// What is wrong with our judgement; empty if it agrees.
  Optional<String> failure() {
    if (evidence.isEmpty()) {
      Reason reason =
          Attestation.authenticateKey(
              key.orElseThrow(), (Collateral.Snp) collateral, policy, seconds);
      return Case.compare("accepted (" + reason + ")", accepted, reason == Reason.OK);
    }
    AttestationResult result =
        Attestation.authenticate(evidence.get(), collateral, policy, seconds);
    boolean bound =
        nonce.isEmpty()
            || result.claims().filter(c -> c.userData().equals(nonce.get())).isPresent();
    return Case.compare(
            "accepted (" + result.reason() + ")", accepted, result.isAccepted() && bound)
        .or(() -> result.claims().flatMap(this::differing));
  }

  /// The collateral as the chain would hold it, item by item.
  List<CollateralItem> items() {
    return switch (collateral) {
      case Collateral.Dcap c ->
          List.of(
              new CollateralItem.Revocations(last(c.tcbInfoChain(), 1), c.rootRevocations()),
              new CollateralItem.Revocations(platformChain(), c.platformRevocations()),
              new CollateralItem.Levels(c.tcbInfoChain(), c.tcbInfo(), c.tcbInfoSignature()),
              new CollateralItem.QuotingEnclave(
                  c.identityChain(), c.identity(), c.identitySignature()));
      case Collateral.Snp(String chain, Optional<Bytes> list) -> {
        List<CollateralItem> items = new ArrayList<>();
        items.add(new CollateralItem.Authorities(chain));
        list.ifPresent(bytes -> items.add(new CollateralItem.Revocations(last(chain, 1), bytes)));
        yield items;
      }
      case Collateral.Endorsed(Bytes key) -> List.of(new CollateralItem.Endorsement(key));
      case Collateral.None _ -> List.of();
    };
  }

  /// The last certificates of a chain, as text.
  private static String last(String chain, int count) {
    String begin = "-----BEGIN";
    String[] blocks = chain.substring(chain.indexOf(begin)).split("(?=" + begin + ")");
    return String.join(
        "", Arrays.asList(blocks).subList(Math.max(0, blocks.length - count), blocks.length));
  }

  /// The authority that issued the platform's key, and the root, out of the quote.
  private String platformChain() {
    Bytes quote = ((Evidence.Dcap) evidence.orElseThrow()).quote();
    String text = new String(quote.toArray(), StandardCharsets.ISO_8859_1);
    return text.contains("-----BEGIN") ? last(text, 2).replace("\0", "") : "";
  }

  /// The case's policy, with what was read in accepted evidence as approved code.
  TrustPolicy approving(Hash codeHash) {
    List<TrustPolicy.ApprovedCode> code =
        Attestation.authenticate(evidence.orElseThrow(), collateral, policy, seconds)
            .claims()
            .map(read ->
                List.of(
                    new TrustPolicy.ApprovedCode(
                        read.platform(), read.measurement(), read.version(), codeHash)))
            .orElse(List.of());
    return new TrustPolicy(
        policy.production(),
        policy.platforms(),
        policy.roots(),
        policy.developmentRoots(),
        policy.accepted(),
        policy.evaluationMin(),
        policy.floors(),
        policy.privilegeMax(),
        policy.strictDomains(),
        policy.psaProfiles(),
        policy.ccaProfiles(),
        code,
        policy.gpuSets(),
        new TreeSet<>(),
        policy.anchorBlocksMax(),
        Sha256.hash(policy.encoded()));
  }

  /// The first claim that was read otherwise than by the reference.
  private Optional<String> differing(NormalisedClaims read) {
    if (claims == null || claims.isNull()) {
      return Optional.empty();
    }
    return switch (read.platform()) {
      case SGX ->
          hex("mrenclave", read.measurement())
              .or(() -> hex("rdata", read.userData()))
              .or(() -> rating(read));
      case TDX ->
          hex("mrtd", read.measurement().slice(0, 48))
              .or(() -> hex("rdata", read.userData()))
              .or(() -> rating(read));
      case SEV_SNP -> hex("meas", read.measurement()).or(() -> hex("rdata", read.userData()));
      case PSA -> hex("10", read.userData());
      case CCA ->
          Case.compare(
              "44238",
              claims.get("realm").get("44238").asText(),
              read.measurement().toHex().substring(2));
      case NVIDIA_GPU -> hex("nonce", read.userData()).or(() -> hex("fwid", read.extra().get(0)));
    };
  }

  private Optional<String> rating(NormalisedClaims read) {
    if (claims == null || !claims.has("tcb_status")) {
      return Optional.empty();
    }
    List<String> advisories = new ArrayList<>();
    claims.get("advisory_ids").forEach(each -> advisories.add(each.asText()));
    return Case.compare(
            "tcb_status",
            claims.get("tcb_status").asText(),
            read.tcbStatus().map(TcbStatus::text).orElse(""))
        .or(() -> Case.compare("advisory_ids", advisories, read.advisories()))
        .or(() ->
            Case.compare(
                "tcb_date",
                Instant.parse(claims.get("tcb_date").asText()).getEpochSecond(),
                read.tcbDate()));
  }

  private Optional<String> hex(String claim, Bytes read) {
    return claims != null && claims.has(claim)
        ? Case.compare(claim, claims.get(claim).asText(), read.toHex().substring(2))
        : Optional.empty();
  }

  /// The anchor's file. Where the index leaves the product open, as in `amd_ask_ark_*`, it is that
  /// of whoever issued the key.
  private static Path anchor(Path vectors, String name, Path folder) throws IOException {
    if (!name.contains("*")) {
      return vectors.resolve(name);
    }
    String issuer = certificate(folder.resolve("vek.der")).getIssuerX500Principal().getName();
    try (var files = Files.list(vectors.resolve("roots"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".pem")).sorted().toList()) {
        if (certificate(file).getSubjectX500Principal().getName().equals(issuer)) {
          return file;
        }
      }
    }
    return vectors.resolve("roots/amd_ask_ark_milan_vcek.pem");
  }

  private static X509Certificate certificate(Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(content);
    } catch (CertificateException unreadable) {
      throw new IOException("no certificate: " + file, unreadable);
    }
  }

  private static Evidence evidence(Path folder, String type) throws IOException {
    if (type.contains("dcap-quote")) {
      Bytes bytes = read(folder.resolve("evidence.bin"));
      // Drivers hand out larger buffers; whoever makes a claim cuts them.
      int length = Attestation.quoteLength(bytes).orElse(bytes.length());
      return new Evidence.Dcap(bytes.slice(0, length));
    }
    if (type.contains("sev-snp")) {
      return new Evidence.Snp(
          read(folder.resolve("evidence.bin")), read(folder.resolve("vek.der")));
    }
    if (type.contains("nvidia")) {
      return new Evidence.Gpu(
          read(folder.resolve("evidence.bin")), Files.readString(folder.resolve("chain.pem")));
    }
    Bytes token = read(folder.resolve("evidence.cbor"));
    return type.contains("collection") ? new Evidence.Cca(token) : new Evidence.Psa(token);
  }

  private static Collateral collateral(Path folder, Path anchor) throws IOException {
    String name = anchor.getFileName().toString();
    if (Files.exists(folder.resolve("collateral.json"))) {
      JsonNode fields = json(folder.resolve("collateral.json"));
      return new Collateral.Dcap(
          Bytes.fromHex(fields.get("root_ca_crl").asText()),
          Bytes.fromHex(fields.get("pck_crl").asText()),
          fields.get("tcb_info_issuer_chain").asText(),
          fields.get("tcb_info").asText(),
          Bytes.fromHex(fields.get("tcb_info_signature").asText()),
          fields.get("qe_identity_issuer_chain").asText(),
          fields.get("qe_identity").asText(),
          Bytes.fromHex(fields.get("qe_identity_signature").asText()));
    }
    if (name.endsWith("_public.pem")) {
      return new Collateral.Endorsed(der(Files.readString(anchor)).get(0));
    }
    return name.endsWith(".pem") && !name.startsWith("nvidia")
        ? new Collateral.Snp(Files.readString(anchor), optional(folder.resolve("crl.der")))
        : new Collateral.None();
  }

  /// The laxest policy: every platform, every rating that is not out of date.
  private static TrustPolicy policy(Path vectors, Optional<Path> development) throws IOException {
    SortedSet<Hash> roots = new TreeSet<>();
    try (var files = Files.list(vectors.resolve("roots"))) {
      for (Path file : files.toList()) {
        roots.add(root(file));
      }
    }
    SortedSet<Hash> developmentRoots = new TreeSet<>();
    if (development.isPresent() && !development.get().toString().endsWith("_public.pem")) {
      developmentRoots.add(root(development.get()));
    }
    TreeMap<String, Bytes> floors = new TreeMap<>();
    for (String product : List.of("Milan", "Genoa", "Turin")) {
      floors.put(product, Bytes.of(new byte[8]));
    }
    return new TrustPolicy(
        developmentRoots.isEmpty(),
        new TreeSet<>(List.of(Platform.values())),
        roots,
        developmentRoots,
        new TreeSet<>(
            List.of(
                TcbStatus.UP_TO_DATE,
                TcbStatus.SW_HARDENING_NEEDED,
                TcbStatus.CONFIGURATION_NEEDED,
                TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED)),
        0,
        floors,
        3,
        false,
        List.of("tag:psacertified.org,2023:psa#tfm", "http://arm.com/psa/2.0.0"),
        List.of("http://arm.com/CCA-SSD/1.0.0"),
        List.of(),
        new TreeSet<>(),
        new TreeSet<>(),
        100,
        Hash.ZERO);
  }

  /// The fingerprint of the last certificate in a file, DER or PEM.
  private static Hash root(Path file) throws IOException {
    return file.toString().endsWith(".der")
        ? Sha256.hash(read(file))
        : Sha256.hash(der(Files.readString(file)).getLast());
  }

  private static List<Bytes> der(String pem) {
    List<Bytes> blocks = new ArrayList<>();
    String rest = pem;
    while (rest.contains("-----BEGIN")) {
      String body = rest.substring(rest.indexOf('\n', rest.indexOf("-----BEGIN")));
      String base64 = body.substring(0, body.indexOf("-----END"));
      blocks.add(Bytes.wrap(Base64.getMimeDecoder().decode(base64)));
      rest = body.substring(body.indexOf("-----END") + 8);
    }
    return blocks;
  }

  private static JsonNode json(Path file) throws IOException {
    return Json.read(new VectorFile(file.toString(), Files.readAllBytes(file)));
  }

  private static Optional<Bytes> optional(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.wrap(Files.readAllBytes(file));
  }
}
