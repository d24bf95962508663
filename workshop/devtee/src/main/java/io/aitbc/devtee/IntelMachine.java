// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha2;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

/// A platform with SGX and TDX, its quoting enclaves, and whoever would be Intel. Quotes have the
/// layout of Protocol §18.4, numbers little-endian.
final class IntelMachine implements DevelopmentMachine.Made {
  private static final String PLATFORM = "1.2.840.113741.1.13.1";
  private static final String FAMILY = "d0ad0001feed";
  private static final String PCE_ID = "0000";
  private static final int COMPONENT_VERSION = 7;
  private static final int PCE_VERSION = 13;
  private static final int ENCLAVE_VERSION = 8;
  private static final int EVALUATION = 20;
  private static final Bytes VENDOR = Bytes.fromHex("939a7233f79c4ca9940a0db3957f0607");
  private static final int HEADER_BYTES = 48;
  private static final int ENCLAVE_BYTES = 384;
  private static final int DOMAIN_BYTES = 584;
  private static final int DIGEST_BYTES = 48;
  private static final byte[] AUTHENTICATION = new byte[32];

  /// INIT and PROVISION_KEY, as quoting enclaves have; INIT and MODE64, as others have.
  private static final int QUOTING_ATTRIBUTES = 0x11;

  private static final int ENCLAVE_ATTRIBUTES = 0x05;

  private final Bytes seed;
  private final boolean domains;
  private final Authority root;
  private final Authority processors;
  private final Authority signer;
  private final EllipticKey signerKey;
  private final EllipticKey platformKey;
  private final Authority platform;
  private final EllipticKey attestationKey;

  /// @param seed of the root; machines under one root have different names
  /// @param domains whether it has TDX, else SGX
  IntelMachine(Bytes seed, String machine, boolean domains) {
    this.seed = seed;
    this.domains = domains;
    root = Authority.root("Development SGX Root CA", key("sgx root"), 1);
    processors = root.authority("Development SGX PCK Platform CA", key("sgx platform ca"));
    signerKey = key("sgx tcb signer");
    signer = root.leaf("Development SGX TCB Signing", signerKey, List.of());
    platformKey = key("sgx platform " + machine);
    platform =
        processors.leaf(
            "Development SGX PCK Certificate",
            platformKey,
            List.of(new Authority.Named(PLATFORM, platformExtension(machine))));
    attestationKey = key("sgx attestation " + machine);
  }

  private EllipticKey key(String name) {
    return EllipticKey.of(EllipticKey.P256_BYTES, seed, name);
  }

  @Override
  public Hash root() {
    return root.fingerprint();
  }

  private Bytes identity(String name, int length) {
    return Sha2.SHA512
        .hash(seed, Bytes.wrap(name.getBytes(StandardCharsets.UTF_8)))
        .slice(0, length);
  }

  private Bytes platformExtension(String machine) {
    ASN1EncodableVector versions = new ASN1EncodableVector();
    for (int i = 1; i <= 16; i++) {
      versions.add(pair(".2." + i, new ASN1Integer(COMPONENT_VERSION)));
    }
    versions.add(pair(".2.17", new ASN1Integer(PCE_VERSION)));
    versions.add(pair(".2.18", octets(Bytes.wrap(filled(16, COMPONENT_VERSION)))));
    ASN1EncodableVector values = new ASN1EncodableVector();
    values.add(pair(".1", octets(identity("ppid " + machine, 16))));
    values.add(pair(".2", new DERSequence(versions)));
    values.add(pair(".3", octets(Bytes.fromHex(PCE_ID))));
    values.add(pair(".4", octets(Bytes.fromHex(FAMILY))));
    values.add(pair(".5", new ASN1Enumerated(1)));
    values.add(pair(".6", octets(identity("platform instance " + machine, 16))));
    return Authority.encoded(new DERSequence(values));
  }

  private static DERSequence pair(String name, ASN1Object value) {
    ASN1EncodableVector pair = new ASN1EncodableVector();
    pair.add(new ASN1ObjectIdentifier(PLATFORM + name));
    pair.add(value);
    return new DERSequence(pair);
  }

  private static DEROctetString octets(Bytes bytes) {
    return new DEROctetString(bytes.toArray());
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /// Both lists, levels and quoting enclave.
  @Override
  public List<CollateralItem> collateral(Instant issued) {
    String signers = signer.text() + root.text();
    String levels = levels(issued);
    String enclave = enclave(issued);
    return List.of(
        new CollateralItem.Revocations(root.text(), root.revocations(issued)),
        new CollateralItem.Revocations(
            processors.text() + root.text(), processors.revocations(issued)),
        new CollateralItem.Levels(signers, levels, signerKey.sign(ascii(levels))),
        new CollateralItem.QuotingEnclave(signers, enclave, signerKey.sign(ascii(enclave))));
  }

  private String levels(Instant issued) {
    String components =
        ("{\"svn\":" + COMPONENT_VERSION + "},").repeat(15) + "{\"svn\":" + COMPONENT_VERSION + "}";
    String domainComponents = "{\"svn\":0},".repeat(15) + "{\"svn\":0}";
    return "{\"id\":\"%s\",\"version\":3,\"issueDate\":\"%s\",\"nextUpdate\":\"%s\","
            .formatted(domains ? "TDX" : "SGX", issued, Authority.END)
        + "\"fmspc\":\"%s\",\"pceId\":\"%s\",\"tcbType\":0,\"tcbEvaluationDataNumber\":%d,"
            .formatted(FAMILY, PCE_ID, EVALUATION)
        + "\"tcbLevels\":[{\"tcb\":{\"sgxtcbcomponents\":[%s],\"pcesvn\":%d%s},"
            .formatted(
                components,
                PCE_VERSION,
                domains ? ",\"tdxtcbcomponents\":[" + domainComponents + "]" : "")
        + "\"tcbDate\":\"2025-11-12T00:00:00Z\",\"tcbStatus\":\"UpToDate\"}]}";
  }

  private String enclave(Instant issued) {
    return "{\"id\":\"%s\",\"version\":2,\"issueDate\":\"%s\",\"nextUpdate\":\"%s\","
            .formatted(domains ? "TD_QE" : "QE", issued, Authority.END)
        + "\"tcbEvaluationDataNumber\":%d,\"miscselect\":\"00000000\",".formatted(EVALUATION)
        + "\"miscselectMask\":\"FFFFFFFF\",\"attributes\":\"%02X%s\","
            .formatted(QUOTING_ATTRIBUTES, "00".repeat(15))
        + "\"attributesMask\":\"FBFFFFFFFFFFFFFF%s\",".formatted("00".repeat(8))
        + "\"mrsigner\":\"%s\",\"isvprodid\":%d,"
            .formatted(
                HexFormat.of().formatHex(identity("quoting signer", 32).toArray()), product())
        + "\"tcbLevels\":[{\"tcb\":{\"isvsvn\":%d},".formatted(ENCLAVE_VERSION)
        + "\"tcbDate\":\"2025-11-12T00:00:00Z\",\"tcbStatus\":\"UpToDate\"}]}";
  }

  private int product() {
    return domains ? 2 : 1;
  }

  @Override
  public Evidence evidence(Bytes measurement, Bytes data) {
    return new Evidence.Dcap(
        domains ? domainQuote(measurement, data) : enclaveQuote(measurement, data));
  }

  /// A quote of version 3: an enclave of this measurement chose this data.
  private Bytes enclaveQuote(Bytes measurement, Bytes data) {
    Bytes body = enclaveReport(ENCLAVE_ATTRIBUTES, measurement, identity("signer", 32), 1, 1, data);
    Bytes signed = joined(header(3, 0), body);
    return joined(signed, sized(joined(signature(signed), certified())));
  }

  /// A quote of version 4: a trust domain of these measurements chose this data.
  ///
  /// @param measurement MRTD, RTMR1 and RTMR2
  private Bytes domainQuote(Bytes measurement, Bytes data) {
    ByteBuffer body = ByteBuffer.allocate(DOMAIN_BYTES);
    body.put(123, (byte) 0x10); // Page faults by the host stay invisible to the code.
    body.put(136, measurement.slice(0, DIGEST_BYTES).toArray());
    body.put(376, measurement.slice(DIGEST_BYTES, 2 * DIGEST_BYTES).toArray());
    body.put(520, data.toArray());
    Bytes signed = joined(header(4, 0x81), Bytes.wrap(body.array()));
    Bytes inner = certified();
    Bytes typed = joined(Bytes.of((byte) 6, (byte) 0), sized(inner));
    return joined(signed, sized(joined(signature(signed), typed)));
  }

  private static Bytes header(int version, int tee) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort((short) version).putShort((short) 2).putInt(tee).putInt(0);
    header.put(VENDOR.toArray());
    return Bytes.wrap(header.array());
  }

  /// The quote's signature, and the key that made it.
  private Bytes signature(Bytes signed) {
    return joined(attestationKey.sign(signed), attestationKey.point());
  }

  /// The quoting enclave's report on the attestation key, who signed it, and that one's chain.
  private Bytes certified() {
    Bytes bound = Sha2.SHA256.hash(attestationKey.point(), Bytes.of(AUTHENTICATION));
    Bytes report =
        enclaveReport(
            QUOTING_ATTRIBUTES,
            identity("quoting enclave", 32),
            identity("quoting signer", 32),
            product(),
            ENCLAVE_VERSION,
            joined(bound, Bytes.wrap(new byte[32])));
    Bytes chain = ascii(platform.text() + processors.text() + root.text() + "\0");
    return joined(
        report,
        platformKey.sign(report),
        Bytes.of((byte) AUTHENTICATION.length, (byte) 0),
        Bytes.of(AUTHENTICATION),
        Bytes.of((byte) 5, (byte) 0),
        sized(chain));
  }

  private static Bytes enclaveReport(
      int attributes, Bytes measurement, Bytes signer, int product, int version, Bytes data) {
    ByteBuffer body = ByteBuffer.allocate(ENCLAVE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    body.put(0, filled(16, COMPONENT_VERSION));
    body.put(48, (byte) attributes);
    body.put(64, measurement.toArray());
    body.put(128, signer.toArray());
    body.putShort(256, (short) product);
    body.putShort(258, (short) version);
    body.put(320, data.toArray());
    return Bytes.wrap(body.array());
  }

  private static Bytes sized(Bytes bytes) {
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    return joined(Bytes.wrap(length.putInt(bytes.length()).array()), bytes);
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  static Bytes joined(Bytes... parts) {
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
}
