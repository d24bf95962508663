// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Evidence as it travels in a claim: a collection of conceptual message wrappers (RFC 9999) in
/// deterministic CBOR, native evidence untouched inside. Protocol §18.2.
///
/// @param primary evidence of the CPU's platform
/// @param gpus reports of GPUs, at most 4
public record TeeClaim(Evidence primary, List<Evidence.Gpu> gpus) {
  /// Largest claim, in bytes.
  public static final int BYTES_MAX = 32_768;

  /// Most GPU reports of one claim.
  public static final int GPUS_MAX = 4;

  static final String TYPE = "tag:aitbc,2026:tee-claim-1";
  private static final String TYPE_LABEL = "__cmwc_t";
  private static final String SGX = "application/vnd.poai.sgx-dcap-quote";
  private static final String TDX = "application/vnd.poai.tdx-dcap-quote";
  private static final String SNP = "application/vnd.poai.sev-snp-report";
  private static final String GPU = "application/vnd.poai.nvidia-gpu-spdm";
  private static final String PSA =
      "application/eat+cwt; eat_profile=\"tag:psacertified.org,2023:psa#tfm\"";
  private static final String CCA =
      "application/eat-collection; profile=\"http://arm.com/CCA-SSD/1.0.0\"";
  private static final String CERTIFICATE = "application/pkix-cert";
  private static final String CERTIFICATES = "application/pem-certificate-chain";
  private static final int EVIDENCE = 4;
  private static final int ENDORSEMENT = 2;
  private static final int PRIMARY_LABEL = 1;
  private static final int KEY_LABEL = 2;
  private static final int GPU_LABEL = 3;
  private static final int CHAIN_LABEL = 11;

  /// Copies what it is given.
  ///
  /// @throws IllegalArgumentException if a GPU's report is primary, or there are too many
  public TeeClaim {
    gpus = List.copyOf(gpus);
    if (primary instanceof Evidence.Gpu || gpus.size() > GPUS_MAX) {
      throw new IllegalArgumentException("no claim: " + gpus.size() + " GPU reports");
    }
  }

  /// The platform that the primary evidence says it is of.
  public Platform platform() {
    return switch (primary) {
      case Evidence.Dcap(Bytes quote) -> isTdx(quote) ? Platform.TDX : Platform.SGX;
      case Evidence.Snp _ -> Platform.SEV_SNP;
      case Evidence.Psa _ -> Platform.PSA;
      case Evidence.Cca _ -> Platform.CCA;
      case Evidence.Gpu _ -> throw new IllegalStateException("a GPU's report is never primary");
    };
  }

  /// The claim's one encoding. Labels: 1 the evidence, 2 an AMD key's certificate, 3 to 6 the GPU
  /// reports, 11 to 14 their chains.
  public Bytes encoded() {
    List<CborValue.Member> members = new ArrayList<>();
    members.add(new CborValue.Member(new CborValue.Text(TYPE_LABEL), new CborValue.Text(TYPE)));
    switch (primary) {
      case Evidence.Dcap(Bytes quote) ->
          members.add(wrapper(PRIMARY_LABEL, isTdx(quote) ? TDX : SGX, quote, EVIDENCE));
      case Evidence.Snp(Bytes report, Bytes key) -> {
        members.add(wrapper(PRIMARY_LABEL, SNP, report, EVIDENCE));
        members.add(wrapper(KEY_LABEL, CERTIFICATE, key, ENDORSEMENT));
      }
      case Evidence.Psa(Bytes token) -> members.add(wrapper(PRIMARY_LABEL, PSA, token, EVIDENCE));
      case Evidence.Cca(Bytes token) -> members.add(wrapper(PRIMARY_LABEL, CCA, token, EVIDENCE));
      case Evidence.Gpu _ -> throw new IllegalStateException("a GPU's report is never primary");
    }
    for (int i = 0; i < gpus.size(); i++) {
      members.add(wrapper(GPU_LABEL + i, GPU, gpus.get(i).report(), EVIDENCE));
      members.add(wrapper(CHAIN_LABEL + i, CERTIFICATES, ascii(gpus.get(i).chain()), ENDORSEMENT));
    }
    return CborWriter.write(new CborValue.Members(members));
  }

  /// Reads a claim, or says what is wrong with it.
  static TeeClaim of(Bytes bytes) throws RefusedException {
    RefusedException.unless(bytes.length() <= BYTES_MAX, Reason.TOO_LARGE);
    CborValue.Members members = CborReader.read(bytes).asMembers();
    boolean typed =
        members
            .find(new CborValue.Text(TYPE_LABEL))
            .filter(new CborValue.Text(TYPE)::equals)
            .isPresent();
    RefusedException.unless(typed, Reason.MALFORMED);
    Wrapped first =
        Wrapped.of(members, PRIMARY_LABEL, EVIDENCE).orElseThrow(RefusedException::malformed);
    RefusedException.unless(first.value.length() <= Evidence.BYTES_MAX, Reason.TOO_LARGE);
    Optional<Wrapped> key = Wrapped.of(members, KEY_LABEL, ENDORSEMENT);
    Evidence primary =
        switch (first.type) {
          case SGX, TDX -> new Evidence.Dcap(first.value);
          case SNP ->
              new Evidence.Snp(first.value, key.orElseThrow(RefusedException::malformed).value);
          case PSA -> new Evidence.Psa(first.value);
          case CCA -> new Evidence.Cca(first.value);
          default -> throw new RefusedException(Reason.UNSUPPORTED_PLATFORM);
        };
    List<Evidence.Gpu> gpus = new ArrayList<>();
    for (int i = 0; i < GPUS_MAX; i++) {
      Optional<Wrapped> report = Wrapped.of(members, GPU_LABEL + i, EVIDENCE);
      if (report.isPresent()) {
        Wrapped chain =
            Wrapped.of(members, CHAIN_LABEL + i, ENDORSEMENT)
                .orElseThrow(RefusedException::malformed);
        gpus.add(new Evidence.Gpu(report.get().value, text(chain.value)));
      }
    }
    TeeClaim claim = new TeeClaim(primary, gpus);
    // What another encoding, label or order would also say is no claim.
    RefusedException.unless(claim.encoded().equals(bytes), Reason.MALFORMED);
    return claim;
  }

  private record Wrapped(String type, Bytes value) {
    static Optional<Wrapped> of(CborValue.Members members, int label, int kind)
        throws RefusedException {
      Optional<CborValue> wrapper = members.find(label);
      if (wrapper.isEmpty()) {
        return Optional.empty();
      }
      List<CborValue> parts = wrapper.get().asItems();
      RefusedException.unless(
          parts.size() == 3 && parts.get(2).asNumber() == kind, Reason.MALFORMED);
      return Optional.of(new Wrapped(parts.get(0).asText(), parts.get(1).asOctets()));
    }
  }

  private static CborValue.Member wrapper(int label, String type, Bytes value, int kind) {
    return new CborValue.Member(
        new CborValue.Whole(label),
        new CborValue.Items(
            List.of(
                new CborValue.Text(type), new CborValue.Octets(value), new CborValue.Whole(kind))));
  }

  /// Versions 4 and 5 are quotes of trust domains.
  private static boolean isTdx(Bytes quote) {
    return quote.length() > 0 && quote.at(0) > 3;
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String text(Bytes ascii) {
    return new String(ascii.toArray(), StandardCharsets.ISO_8859_1);
  }
}
