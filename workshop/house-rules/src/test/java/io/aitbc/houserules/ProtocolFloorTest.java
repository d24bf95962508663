// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.houserules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the protocol floor may not touch, so that the same input gives the same output on every
/// machine.
class ProtocolFloorTest {
  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static JavaClasses floor;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static JavaClasses project;

  @BeforeAll
  static void readClasses() throws IOException {
    floor = new ClassFileImporter().importPaths(classFolders("protocol/"));
    project = new ClassFileImporter().importPaths(classFolders(""));
  }

  @Test
  void itOpensNoFilesAndNoSockets() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.net..", "java.nio.channels..", "javax.net..")
        .check(floor);
  }

  @Test
  void itStartsNoThreadsAndTakesNoLocks() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.aitbc.crypto..") // Its cache of checked keys is shared.
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(floor);
  }

  @Test
  void itHasNoLoggerClockOrRandomness() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.slf4j..", "java.util.logging..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.SecureRandom")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .orShould()
        .accessTargetWhere(calls("now", "java.time.Instant"))
        .orShould()
        .accessTargetWhere(calls("currentTimeMillis", "java.lang.System"))
        .orShould()
        .accessTargetWhere(calls("nanoTime", "java.lang.System"))
        .orShould()
        .accessTargetWhere(calls("random", "java.lang.Math"))
        .orShould()
        .accessTargetWhere(calls("identityHashCode", "java.lang.System"))
        .check(floor);
  }

  @Test
  void itHasNoCollectionsWithoutAnOrder() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.HashMap")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.HashSet")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.IdentityHashMap")
        .orShould()
        .accessTargetWhere(calls("of", "java.util.Set"))
        .orShould()
        .accessTargetWhere(calls("copyOf", "java.util.Set"))
        .orShould()
        .accessTargetWhere(calls("of", "java.util.Map"))
        .orShould()
        .accessTargetWhere(calls("ofEntries", "java.util.Map"))
        .orShould()
        .accessTargetWhere(calls("copyOf", "java.util.Map"))
        .orShould()
        .accessTargetWhere(calls("toSet", "java.util.stream.Collectors"))
        .orShould()
        .accessTargetWhere(calls("toMap", "java.util.stream.Collectors"))
        .orShould()
        .accessTargetWhere(calls("groupingBy", "java.util.stream.Collectors"))
        .orShould()
        .accessTargetWhere(calls("parallel", "java.util.stream.Stream"))
        .orShould()
        .accessTargetWhere(calls("parallelStream", "java.util.Collection"))
        .check(floor);
  }

  @Test
  void onlyCryptoAndAttestationUseLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.aitbc.crypto..", "io.aitbc.attestation..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "jdk.incubator.vector..",
            "io.aitbc..",
            "org.jspecify..",
            "com.google.errorprone.annotations..",
            "")
        .check(floor);
  }

  @Test
  void onlyTheSignerHoldsSecretKeys() {
    fields()
        .that()
        .haveRawType(
            DescribedPredicate.describe(
                "a secret key",
                type -> type.getName().matches("io\\.aitbc\\.crypto\\..*SecretKey")))
        .should()
        .beDeclaredInClassesThat()
        .resideInAnyPackage("io.aitbc.signer..", "io.aitbc.crypto..")
        .allowEmptyShould(true)
        .check(project);
  }

  @Test
  void itComputesWithIntegersOnly() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path folder : classFolders("protocol/")) {
      if (folder.toString().contains("referee")) {
        continue; // The one room with floats. Protocol §0.
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
          floats(ClassFile.of().parse(file), found);
        }
      }
    }
    assertEquals(List.of(), found);
  }

  private static void floats(ClassModel type, List<String> found) {
    for (MethodModel method : type.methods()) {
      method
          .code()
          .ifPresent(code -> {
            for (CodeElement element : code) {
              if (element instanceof Instruction instruction && isFloat(instruction)) {
                found.add(
                    type.thisClass().asInternalName() + "." + method.methodName().stringValue());
                return;
              }
            }
          });
    }
  }

  private static boolean isFloat(Instruction instruction) {
    Set<TypeKind> floats = Set.of(TypeKind.FLOAT, TypeKind.DOUBLE);
    return switch (instruction) {
      case OperatorInstruction operator -> floats.contains(operator.typeKind());
      case ConvertInstruction convert ->
          floats.contains(convert.fromType()) || floats.contains(convert.toType());
      case LoadInstruction load -> floats.contains(load.typeKind());
      case StoreInstruction store -> floats.contains(store.typeKind());
      case ArrayLoadInstruction load -> floats.contains(load.typeKind());
      case ArrayStoreInstruction store -> floats.contains(store.typeKind());
      case ReturnInstruction result -> floats.contains(result.typeKind());
      default -> false;
    };
  }

  private static DescribedPredicate<JavaAccess<?>> calls(String method, String owner) {
    return DescribedPredicate.describe(
        owner + "." + method,
        access ->
            access.getTargetOwner().getFullName().equals(owner)
                && access.getTarget().getName().equals(method));
  }

  private static List<Path> classFolders(String floor) throws IOException {
    return Tree.modules().stream()
        .filter(module -> module.startsWith(floor))
        .map(module -> Tree.ROOT.resolve(module).resolve("target/classes"))
        .filter(Files::isDirectory)
        .toList();
  }
}
