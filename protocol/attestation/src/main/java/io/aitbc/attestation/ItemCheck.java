// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Judges items of collateral one by one, before the chain's state takes them. Protocol §18.5.
final class ItemCheck {
  private final TrustPolicy policy;
  private final long seconds;

  private ItemCheck(TrustPolicy policy, long seconds) {
    this.policy = policy;
    this.seconds = seconds;
  }

  static ItemResult check(CollateralItem item, TrustPolicy policy, long seconds)
      throws RefusedException {
    ItemCheck check = new ItemCheck(policy, seconds);
    return switch (item) {
      case CollateralItem.Revocations revocations -> check.revocations(revocations);
      case CollateralItem.Levels levels -> check.levels(levels);
      case CollateralItem.QuotingEnclave enclave -> check.enclave(enclave);
      case CollateralItem.Authorities authorities -> check.authorities(authorities);
      case CollateralItem.Endorsement _ -> throw new RefusedException(Reason.ENDORSEMENT_MISSING);
    };
  }

  private ItemResult revocations(CollateralItem.Revocations item) throws RefusedException {
    List<X509Certificate> certificates = Pem.certificates(item.chain());
    CertificateChain chain = new CertificateChain(certificates);
    boolean development = policy.checkRoot(chain.root());
    RefusedException.unless(certificates.size() <= 2, Reason.CHAIN_INVALID);
    if (certificates.size() == 2) {
      chain.checkLinks();
    }
    chain.checkTimes(seconds);
    RevocationList list = RevocationList.of(item.list());
    list.check(chain.leaf(), seconds);
    return result(
        listSubject(chain, chain.leaf()),
        chain,
        list.thisUpdate(),
        0,
        Math.min(list.nextUpdate(), chain.validUntil()),
        development);
  }

  private ItemResult levels(CollateralItem.Levels item) throws RefusedException {
    CertificateChain chain = pair(item.chain());
    boolean development = policy.checkRoot(chain.root());
    checkChain(chain);
    DcapCheck.checkSigned(chain, item.text(), item.signature());
    TcbInfo info = TcbInfo.parse(item.text());
    checkWindow(info.issueDate(), info.nextUpdate());
    return result(
        subject(item, chain, ascii(info.id()), info.family(), info.pceId()),
        chain,
        info.issueDate(),
        info.evaluation(),
        Math.min(info.nextUpdate(), chain.validUntil()),
        development);
  }

  private ItemResult enclave(CollateralItem.QuotingEnclave item) throws RefusedException {
    CertificateChain chain = pair(item.chain());
    boolean development = policy.checkRoot(chain.root());
    checkChain(chain);
    DcapCheck.checkSigned(chain, item.text(), item.signature());
    QeIdentity identity = QeIdentity.parse(item.text());
    checkWindow(identity.issueDate(), identity.nextUpdate());
    return result(
        subject(item, chain, ascii(identity.id())),
        chain,
        identity.issueDate(),
        identity.evaluation(),
        Math.min(identity.nextUpdate(), chain.validUntil()),
        development);
  }

  private ItemResult authorities(CollateralItem.Authorities item) throws RefusedException {
    CertificateChain chain = pair(item.chain());
    boolean development = policy.checkRoot(chain.root());
    checkChain(chain);
    return result(
        subject(item, chain, chain.leaf().subject()),
        chain,
        chain.leaf().notBefore(),
        0,
        chain.validUntil(),
        development);
  }

  private static CertificateChain pair(String text) throws RefusedException {
    CertificateChain chain = new CertificateChain(Pem.certificates(text));
    RefusedException.unless(chain.certificates().size() == 2, Reason.CHAIN_INVALID);
    return chain;
  }

  private void checkChain(CertificateChain chain) throws RefusedException {
    chain.checkLinks();
    chain.checkTimes(seconds);
  }

  private void checkWindow(long issueDate, long nextUpdate) throws RefusedException {
    RefusedException.unless(seconds >= issueDate, Reason.COLLATERAL_NOT_YET_VALID);
    RefusedException.unless(seconds <= nextUpdate, Reason.COLLATERAL_EXPIRED);
  }

  private static ItemResult result(
      Hash subject,
      CertificateChain chain,
      long issued,
      int evaluation,
      long validUntil,
      boolean development) {
    return new ItemResult(
        Reason.OK,
        subject,
        listSubject(chain, chain.root()),
        issued,
        evaluation,
        validUntil,
        development);
  }

  private static Hash listSubject(CertificateChain chain, X509Certificate authority) {
    return subject(1, chain, authority.subject());
  }

  private static Hash subject(CollateralItem item, CertificateChain chain, Bytes... names) {
    return subject(item.kind(), chain, names);
  }

  /// SHA-256 of the item's kind, the root and what the item is about; names of one kind have one
  /// length, or there is only one.
  private static Hash subject(int kind, CertificateChain chain, Bytes... names) {
    int length = 1 + Hash.BYTES;
    for (Bytes name : names) {
      length += name.length();
    }
    byte[] joined = new byte[length];
    joined[0] = (byte) kind;
    chain.root().fingerprint().copyTo(joined, 1);
    int at = 1 + Hash.BYTES;
    for (Bytes name : names) {
      name.copyTo(joined, at);
      at += name.length();
    }
    return Sha256.hash(joined);
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
