# Finds a JDK 25 and exports JAVA_HOME; need_maven finds Maven and exports MAVEN, run_maven runs it. Sourced by whatever
# runs Java or builds.
# Where one is missing it is installed if the system's package manager offers it and the user may.

jdk_version() { # the feature version of the JDK in $1, or nothing
  [ -x "$1/bin/javac" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

find_jdk() {
  local candidate on_path
  on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
  for candidate in "${JAVA_HOME:-}" "${on_path:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$candidate" ] && [ "$(jdk_version "$candidate")" = 25 ]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

install_packages() { # tries the system's package manager with the package names given for it
  local as=
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as="sudo -n"
  fi
  # shellcheck disable=SC2086 # Two words in one variable.
  if command -v apt-get >/dev/null; then
    echo "installing the package $1" >&2
    $as apt-get update -qq >&2 && $as apt-get install -y -qq "$1" >&2
  elif command -v dnf >/dev/null; then
    echo "installing the package $2" >&2
    $as dnf install -y -q "$2" >&2
  else
    return 1
  fi
}

if ! JAVA_HOME=$(find_jdk); then
  { install_packages openjdk-25-jdk-headless java-25-openjdk-devel && JAVA_HOME=$(find_jdk); } || {
    echo "AITBC needs a JDK 25: install one (for example Temurin 25 or the package openjdk-25-jdk), or set JAVA_HOME to it." >&2
    exit 1
  }
fi
export JAVA_HOME

maven_version() { # what the mvn in $1 says, asked where no .mvn of a project counts
  (cd / && "$1" -v 2>/dev/null) | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -1
}

find_maven() { # sets MAVEN, or too_old to a version that was found
  local candidate version
  too_old=
  for candidate in "${MAVEN_HOME:+$MAVEN_HOME/bin/mvn}" "$(command -v mvn)" /usr/share/maven/bin/mvn /opt/maven*/bin/mvn \
    /opt/apache-maven*/bin/mvn /usr/local/apache-maven*/bin/mvn "$HOME"/.sdkman/candidates/maven/*/bin/mvn; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    version=$(maven_version "$candidate")
    if [ -n "$version" ] && [ "$(printf '%s\n' 3.8.7 "$version" | sort -V | head -1)" = 3.8.7 ]; then
      MAVEN=$candidate
      return 0
    fi
    too_old=${version:-$too_old}
  done
  return 1
}

need_maven() {
  find_maven || { install_packages maven maven && find_maven; } || {
    echo "AITBC needs Maven 3.8.7 or newer${too_old:+, not $too_old}: install the package maven if it is new enough, else unpack one and set MAVEN_HOME to its folder." >&2
    exit 1
  }
  export MAVEN
}

# Maven with these arguments. Its compiler plugin loads the compiler's checks anew for each of the rooms, which is a third
# of what compiling takes; here they are on the class path of Maven's own start, so they are loaded once.
run_maven() {
  local home jars=target/checks.classpath opts
  home=$(cd / && "$MAVEN" -v 2>/dev/null | sed -n 's/^Maven home: //p')
  if [ ! "$jars" -nt pom.xml ] && ! "$MAVEN" -B -ntp -q -f scripts/checks.xml dependency:build-classpath \
    -DincludeScope=runtime "-Dmdep.outputFile=$PWD/$jars" >/dev/null 2>&1; then
    rm -f "$jars"
  fi
  if [ -f "$jars" ] && [ -f "$home/bin/m2.conf" ]; then
    opts=$(tr '\n' ' ' <.mvn/jvm.config)
    # shellcheck disable=SC2086 # Options, and the one jar there.
    "$JAVA_HOME/bin/java" $opts ${MAVEN_OPTS:-} -cp "$(echo "$home"/boot/plexus-classworlds-*.jar):$(cat "$jars")" \
      "-Dclassworlds.conf=$home/bin/m2.conf" "-Dmaven.home=$home" "-Dlibrary.jansi.path=$home/lib/jansi-native" \
      "-Dmaven.multiModuleProjectDirectory=$PWD" org.codehaus.plexus.classworlds.launcher.Launcher "$@"
  else
    "$MAVEN" "$@"
  fi
}
