// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.NistCurve;
import io.aitbc.crypto.Sha2;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Judges quotes of Intel's platforms, in the order of Protocol §18.4; the first fault is the
/// answer.
final class DcapCheck {
  private final Collateral.Dcap collateral;
  private final TrustPolicy policy;
  private final long seconds;
  private final DcapQuote quote;

  private DcapCheck(DcapQuote quote, Collateral.Dcap collateral, TrustPolicy policy, long seconds) {
    this.quote = quote;
    this.collateral = collateral;
    this.policy = policy;
    this.seconds = seconds;
  }

  static NormalisedClaims check(
      Bytes bytes, Optional<Collateral.Dcap> collateral, TrustPolicy policy, long seconds)
      throws RefusedException {
    DcapQuote quote = DcapQuote.of(bytes);
    RefusedException.unless(quote.length() == bytes.length(), Reason.TRAILING_DATA);
    CertificateChain chain = new CertificateChain(Pem.certificates(quote.chain()));
    boolean development = policy.checkRoot(chain.root());
    RefusedException.unless(chain.certificates().size() == 3, Reason.CHAIN_INVALID);
    chain.checkLinks();
    chain.checkTimes(seconds);
    RefusedException.unless(collateral.isPresent(), Reason.COLLATERAL_MISSING);
    return new DcapCheck(quote, collateral.get(), policy, seconds).check(chain, development);
  }

  private NormalisedClaims check(CertificateChain chain, boolean development)
      throws RefusedException {
    RevocationList rootList = RevocationList.of(collateral.rootRevocations());
    rootList.check(chain.root(), seconds);
    rootList.checkNotRevoked(chain.issuer());
    RevocationList platformList = RevocationList.of(collateral.platformRevocations());
    platformList.check(chain.issuer(), seconds);
    platformList.checkNotRevoked(chain.leaf());

    CertificateChain infoChain = signer(collateral.tcbInfoChain(), chain.root(), rootList);
    checkSigned(infoChain, collateral.tcbInfo(), collateral.tcbInfoSignature());
    TcbInfo info = TcbInfo.parse(collateral.tcbInfo());
    checkWindow(info.issueDate(), info.nextUpdate());
    CertificateChain identityChain = signer(collateral.identityChain(), chain.root(), rootList);
    checkSigned(identityChain, collateral.identity(), collateral.identitySignature());
    QeIdentity identity = QeIdentity.parse(collateral.identity());
    checkWindow(identity.issueDate(), identity.nextUpdate());

    checkSignatures(chain.leaf());
    PckExtension platform = PckExtension.of(chain.leaf());
    boolean matches =
        info.id().equals(quote.tdx() ? "TDX" : "SGX")
            && identity.id().equals(quote.tdx() ? "TD_QE" : "QE")
            && info.family().equals(platform.family())
            && info.pceId().equals(platform.pceId());
    RefusedException.unless(matches, Reason.COLLATERAL_MISMATCH);
    TcbInfo.VersionLevel enclave = checkIdentity(identity);
    long validUntil =
        min(
            chain.validUntil(),
            infoChain.validUntil(),
            identityChain.validUntil(),
            rootList.nextUpdate(),
            platformList.nextUpdate(),
            info.nextUpdate(),
            identity.nextUpdate());
    Optional<TdReport> domain =
        quote.tdx() ? Optional.of(TdReport.of(quote.body())) : Optional.empty();
    Rating rating = rate(info, platform, domain, enclave);
    NormalisedClaims claims =
        domain.isPresent()
            ? ofDomain(domain.get(), platform, rating, chain, development, validUntil)
            : ofEnclave(
                SgxReport.of(quote.body()), platform, rating, chain, development, validUntil);
    RefusedException.unless(
        policy.accepted().contains(rating.status)
            && Math.min(info.evaluation(), identity.evaluation()) >= policy.evaluationMin(),
        Reason.TCB_UNACCEPTABLE);
    return claims;
  }

  /// The chain of whoever signed a part of the collateral; it must end in the quote's root.
  private CertificateChain signer(String text, X509Certificate root, RevocationList rootList)
      throws RefusedException {
    CertificateChain chain = new CertificateChain(Pem.certificates(text));
    RefusedException.unless(chain.root().equals(root), Reason.UNTRUSTED_ROOT);
    RefusedException.unless(chain.certificates().size() == 2, Reason.CHAIN_INVALID);
    chain.checkLinks();
    chain.checkTimes(seconds);
    rootList.checkNotRevoked(chain.leaf());
    return chain;
  }

  static void checkSigned(CertificateChain chain, String text, Bytes signature)
      throws RefusedException {
    Bytes digest = Sha2.SHA256.hash(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
    boolean signed =
        chain.leaf().key() instanceof SubjectKey.Elliptic key
            && key.curve() == NistCurve.P256
            && key.curve().verify(key.point(), digest, signature);
    RefusedException.unless(signed, Reason.COLLATERAL_SIGNATURE_INVALID);
  }

  private void checkWindow(long issueDate, long nextUpdate) throws RefusedException {
    RefusedException.unless(seconds >= issueDate, Reason.COLLATERAL_NOT_YET_VALID);
    RefusedException.unless(seconds <= nextUpdate, Reason.COLLATERAL_EXPIRED);
  }

  /// From the platform's key over the quoting enclave to the attestation key and the report.
  private void checkSignatures(X509Certificate leaf) throws RefusedException {
    boolean byPlatform =
        leaf.key() instanceof SubjectKey.Elliptic key
            && key.curve() == NistCurve.P256
            && key.curve()
                .verify(
                    key.point(), Sha2.SHA256.hash(quote.qeReport().encoded()), quote.qeSignature());
    RefusedException.unless(byPlatform, Reason.QE_SIGNATURE_INVALID);
    Bytes bound = Sha2.SHA256.hash(quote.attestationKey(), quote.authenticationData());
    Bytes data = quote.qeReport().data();
    RefusedException.unless(
        data.slice(0, 32).equals(bound) && ByteCursor.isZero(data.slice(32, 32)),
        Reason.ATTESTATION_KEY_BINDING_INVALID);
    RefusedException.unless(
        NistCurve.P256.verify(
            quote.attestationKey(), Sha2.SHA256.hash(quote.signed()), quote.signature()),
        Reason.EVIDENCE_SIGNATURE_INVALID);
  }

  private TcbInfo.VersionLevel checkIdentity(QeIdentity identity) throws RefusedException {
    SgxReport enclave = quote.qeReport();
    RefusedException.unless(
        identity.signer().equals(enclave.signer())
            && identity.product() == enclave.product()
            && identity.miscSelect().fits(enclave.miscSelect())
            && identity.attributes().fits(enclave.attributes()),
        Reason.QE_IDENTITY_MISMATCH);
    return level(identity.versions(), enclave.version());
  }

  /// The first level that a security version reaches.
  private static TcbInfo.VersionLevel level(List<TcbInfo.VersionLevel> levels, int version)
      throws RefusedException {
    for (TcbInfo.VersionLevel level : levels) {
      if (level.version() <= version) {
        return level;
      }
    }
    throw new RefusedException(Reason.TCB_NOT_SUPPORTED);
  }

  private record Rating(TcbStatus status, long date, List<String> advisories) {
    Rating with(TcbInfo.VersionLevel part) {
      List<String> all = new ArrayList<>(advisories);
      part.advisories().stream().filter(each -> !all.contains(each)).forEach(all::add);
      return new Rating(status.with(part.status()), Math.min(date, part.date()), all);
    }
  }

  /// The first level that the platform reaches; there is no other answer where there is none.
  private static Rating rate(
      TcbInfo info, PckExtension platform, Optional<TdReport> domain, TcbInfo.VersionLevel enclave)
      throws RefusedException {
    // From version 1 of the module on, components 0 and 1 are rated with the module.
    boolean module = domain.isPresent() && domain.get().versions().at(1) != 0;
    for (TcbInfo.Level level : info.levels()) {
      boolean reached =
          covers(platform.components(), level.sgx(), 0)
              && platform.pce() >= level.pce()
              && (domain.isEmpty()
                  || (level.tdx().isPresent()
                      && covers(domain.get().versions(), level.tdx().get(), module ? 2 : 0)));
      if (reached) {
        Rating rating = new Rating(level.status(), level.date(), level.advisories()).with(enclave);
        return module ? rating.with(moduleLevel(info, domain.orElseThrow())) : rating;
      }
    }
    throw new RefusedException(Reason.TCB_NOT_SUPPORTED);
  }

  private static TcbInfo.VersionLevel moduleLevel(TcbInfo info, TdReport domain)
      throws RefusedException {
    String id = String.format(Locale.ROOT, "TDX_%02X", domain.versions().at(1) & 0xff);
    for (TcbInfo.Module module : info.modules()) {
      if (module.id().equalsIgnoreCase(id)) {
        RefusedException.unless(
            module.signer().equals(domain.seamSigner())
                && module.attributes().fits(domain.seamAttributes()),
            Reason.COLLATERAL_MISMATCH);
        return level(module.versions(), domain.versions().at(0) & 0xff);
      }
    }
    throw new RefusedException(Reason.TCB_NOT_SUPPORTED);
  }

  private static boolean covers(Bytes given, Bytes least, int from) {
    for (int i = from; i < least.length(); i++) {
      if ((given.at(i) & 0xff) < (least.at(i) & 0xff)) {
        return false;
      }
    }
    return true;
  }

  private NormalisedClaims ofEnclave(
      SgxReport report,
      PckExtension platform,
      Rating rating,
      CertificateChain chain,
      boolean development,
      long validUntil)
      throws RefusedException {
    RefusedException.unless(!report.debug(), Reason.DEBUG_ENABLED);
    RefusedException.unless(!report.holdsProvisionKey(), Reason.POLICY_VIOLATION);
    return claims(
        Platform.SGX,
        platform,
        report.measurement(),
        List.of(report.signer()),
        report.version(),
        report.data(),
        rating,
        chain,
        development,
        validUntil);
  }

  private NormalisedClaims ofDomain(
      TdReport report,
      PckExtension platform,
      Rating rating,
      CertificateChain chain,
      boolean development,
      long validUntil)
      throws RefusedException {
    RefusedException.unless(!report.debug(), Reason.DEBUG_ENABLED);
    RefusedException.unless(
        !report.hasReservedDebugBits()
            && (!policy.strictDomains()
                || (report.disablesFaults() && ByteCursor.isZero(report.service()))),
        Reason.POLICY_VIOLATION);
    List<Bytes> registers = report.registers();
    return claims(
        Platform.TDX,
        platform,
        join(report.measurement(), registers.get(1), registers.get(2)),
        List.of(registers.get(0), registers.get(3)),
        0,
        report.data(),
        rating,
        chain,
        development,
        validUntil);
  }

  private NormalisedClaims claims(
      Platform kind,
      PckExtension platform,
      Bytes measurement,
      List<Bytes> extra,
      int version,
      Bytes data,
      Rating rating,
      CertificateChain chain,
      boolean development,
      long validUntil) {
    return new NormalisedClaims(
        kind,
        NormalisedClaims.hardwareId(kind, platform.platformId()),
        measurement,
        extra,
        version,
        data,
        Optional.of(rating.status),
        rating.date,
        rating.advisories,
        quote.version(),
        chain.root().fingerprint(),
        development,
        validUntil);
  }

  private static Bytes join(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (Bytes part : parts) {
      part.copyTo(joined, at);
      at += part.length();
    }
    return Bytes.wrap(joined);
  }

  private static long min(long first, long... others) {
    long least = first;
    for (long other : others) {
      least = Math.min(least, other);
    }
    return least;
  }
}
