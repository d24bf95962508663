// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The key by which peers know this node: a P-256 key and a certificate that it signed itself. It
/// proves who speaks on a connection and nothing else; it signs no vote and no transaction.
/// Protocol §15.1.
public final class NodeIdentity {
  /// Name of the file that holds key and certificate, in PEM, readable by its owner only.
  public static final String FILE = "identity.pem";

  /// Greatest size in bytes of the file that is read: both parts take less than 1 KiB.
  private static final int FILE_BYTES_MAX = 16 * 1024;

  /// The certificate says who holds a key, not for how long: RFC 5280 §4.1.2.5 gives this instant
  /// to certificates without a good end.
  private static final Instant NOT_AFTER = Instant.parse("9999-12-31T23:59:59Z");

  private static final Instant NOT_BEFORE = Instant.parse("2020-01-01T00:00:00Z");
  private static final int SERIAL_BITS = 127;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final String KEY_LABEL = "PRIVATE KEY";
  private static final String CERTIFICATE_LABEL = "CERTIFICATE";

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final PeerId id;

  private NodeIdentity(PrivateKey key, X509Certificate certificate) throws CertificateException {
    this.key = key;
    this.certificate = certificate;
    this.id = PeerCertificates.idOf(certificate);
  }

  /// A new identity that is nowhere on disk.
  ///
  /// @param random where the key comes from; must be unpredictable
  public static NodeIdentity create(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      return new NodeIdentity(pair.getPrivate(), selfSigned(pair, random));
    } catch (GeneralSecurityException | OperatorCreationException impossible) {
      throw new IllegalStateException("every Java platform has P-256", impossible);
    }
  }

  /// The identity in `directory`, which is made there if the file is missing.
  ///
  /// @throws IdentityFileException if others may read the file, or it holds something else
  /// @throws IOException if it cannot be read or written
  public static NodeIdentity loadOrCreate(Path directory, SecureRandom random) throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      return load(file);
    }
    Files.createDirectories(directory);
    NodeIdentity created = create(random);
    created.store(file);
    return created;
  }

  /// How other nodes know this one.
  public PeerId id() {
    return id;
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /// The id; the key is never shown.
  @Override
  public String toString() {
    return "NodeIdentity[" + id + "]";
  }

  private static X509Certificate selfSigned(KeyPair pair, SecureRandom random)
      throws CertificateException, OperatorCreationException {
    X500Name name = new X500Name("CN=aitbc-node");
    byte[] encoded;
    try {
      encoded =
          new JcaX509v3CertificateBuilder(
                  name,
                  new BigInteger(SERIAL_BITS, random).setBit(0),
                  Date.from(NOT_BEFORE),
                  Date.from(NOT_AFTER),
                  name,
                  pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded();
    } catch (IOException unencodable) {
      throw new CertificateException(unencodable);
    }
    return parse(encoded);
  }

  private static X509Certificate parse(byte[] encoded) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private void store(Path file) throws IOException {
    String text;
    try {
      text = pem(KEY_LABEL, key.getEncoded()) + pem(CERTIFICATE_LABEL, certificate.getEncoded());
    } catch (CertificateException unencodable) {
      throw new IOException(unencodable);
    }
    // Written beside its place and moved there, so that a crash leaves a whole file or none.
    Path fresh = file.resolveSibling(FILE + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static NodeIdentity load(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IdentityFileException(
          file
              + " may be read by others ("
              + PosixFilePermissions.toString(permissions)
              + "): set its mode to 0600");
    }
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new IdentityFileException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(section(text, KEY_LABEL)));
      X509Certificate certificate = parse(section(text, CERTIFICATE_LABEL));
      requirePair(key, certificate);
      return new NodeIdentity(key, certificate);
    } catch (GeneralSecurityException | IllegalArgumentException wrong) {
      throw new IdentityFileException(file + " holds no P-256 key with its own certificate", wrong);
    }
  }

  private static void requirePair(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    byte[] probe = FILE.getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(probe);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the certificate is that of another key");
    }
  }

  private static String pem(String label, byte[] content) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static byte[] section(String text, String label) {
    String begin = "-----BEGIN " + label + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + label + "-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no section " + label);
    }
    return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
  }
}
