// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The project's classes once more, beside the originals, with one of them compiled from a changed
/// source. What does not belong to the project is shared.
final class PatchedClasses extends ClassLoader {
  private static final String OURS = "io.aitbc.";

  private final Map<String, byte[]> patched;

  private PatchedClasses(Map<String, byte[]> patched) {
    super(PatchedClasses.class.getClassLoader());
    this.patched = patched;
  }

  /// Applies a patch and compiles its class.
  ///
  /// @throws IllegalStateException if it does not apply or does not compile
  static PatchedClasses of(Patch patch) throws IOException {
    String text = patch.applied(Files.readString(patch.file(root())));
    return new PatchedClasses(compiled(patch.className(), text));
  }

  /// The checkout: the tests run somewhere in it.
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("protocol/consensus/src"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("not in a checkout: " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  private static Map<String, byte[]> compiled(String name, String text) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
            compiler.getStandardFileManager(messages, Locale.ROOT, StandardCharsets.UTF_8);
        Written written = new Written(files)) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
      boolean done =
          compiler
              .getTask(null, written, messages, options, null, List.of(new Source(name, text)))
              .call();
      if (!done) {
        throw new IllegalStateException(
            messages.getDiagnostics().stream()
                .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
                .toList()
                .toString());
      }
      Map<String, byte[]> classes = new TreeMap<>();
      written.classes.forEach((each, bytes) -> classes.put(each, bytes.toByteArray()));
      return classes;
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = patched.get(name);
    if (bytes == null) {
      try (InputStream original = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (original == null) {
          throw new ClassNotFoundException(name);
        }
        bytes = original.readAllBytes();
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  /// A source in memory.
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /// Keeps what the compiler writes.
  private static final class Written extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

    Written(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + name.replace('.', '/') + ".class"), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}
