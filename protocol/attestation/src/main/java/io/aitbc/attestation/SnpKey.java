// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The key of an AMD chip (VCEK) or of a cloud (VLEK), with the chain that vouches for it. Protocol
/// §18.4.
///
/// @param chain key, issuing authority, root
/// @param product which generation of processors
/// @param versions of the firmware the key was derived from, in the order of the product's places
/// @param hardwareId the chip's id, 64 bytes, 8 on Turin; empty for a cloud's key
/// @param cloud whether a cloud's key
record SnpKey(
    CertificateChain chain,
    SnpProduct product,
    List<Integer> versions,
    Bytes hardwareId,
    boolean cloud,
    boolean development,
    long validUntil) {
  private static final String BASE = "1.3.6.1.4.1.3704.1";

  SnpKey {
    versions = List.copyOf(versions);
  }

  static SnpKey check(Bytes key, Collateral.Snp collateral, TrustPolicy policy, long seconds)
      throws RefusedException {
    List<X509Certificate> authorities = Pem.certificates(collateral.chain());
    RefusedException.unless(authorities.size() == 2, Reason.CHAIN_INVALID);
    boolean development = policy.checkRoot(authorities.getLast());
    X509Certificate leaf = X509Certificate.of(key);
    CertificateChain chain =
        new CertificateChain(List.of(leaf, authorities.get(0), authorities.get(1)));
    chain.checkLinks();
    chain.checkTimes(seconds);
    long validUntil = chain.validUntil();
    if (collateral.revocations().isPresent()) {
      RevocationList list = RevocationList.of(collateral.revocations().get());
      list.check(chain.root(), seconds);
      list.checkNotRevoked(chain.issuer());
      validUntil = Math.min(validUntil, list.nextUpdate());
    }
    SnpProduct product = SnpProduct.of(text(leaf, ".2"));
    List<Integer> versions = new ArrayList<>();
    for (String name : product.extensions()) {
      int version = DerValue.of(required(leaf, name)).small();
      RefusedException.unless(version <= 255, Reason.MALFORMED);
      versions.add(version);
    }
    boolean cloud = leaf.extension(BASE + ".5").isPresent();
    Bytes hardwareId = cloud ? Bytes.EMPTY : hardwareId(required(leaf, ".4"));
    return new SnpKey(chain, product, versions, hardwareId, cloud, development, validUntil);
  }

  /// Raw bytes, 64 or 8 of them; or 64 in an octet string, as in one published certificate.
  private static Bytes hardwareId(Bytes value) throws RefusedException {
    if (value.length() == 66 && value.at(0) == 0x04 && value.at(1) == 0x40) {
      return value.slice(2, 64);
    }
    RefusedException.unless(value.length() == 64 || value.length() == 8, Reason.MALFORMED);
    return value;
  }

  private static String text(X509Certificate leaf, String name) throws RefusedException {
    return new String(
        DerValue.of(required(leaf, name)).content().toArray(), StandardCharsets.ISO_8859_1);
  }

  private static Bytes required(X509Certificate leaf, String name) throws RefusedException {
    Optional<Bytes> value = leaf.extension(BASE + name);
    RefusedException.unless(value.isPresent(), Reason.MALFORMED);
    return value.get();
  }
}
