# Finds a JDK 25 and Maven and exports JAVA_HOME and MAVEN; sourced by ./test, ./run and ./aitbc.
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
  [ "$(id -u)" = 0 ] || return 1
  if command -v apt-get >/dev/null; then
    apt-get update -qq >&2 && apt-get install -y -qq "$1" >&2
  elif command -v dnf >/dev/null; then
    dnf install -y -q "$2" >&2
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

MAVEN=$(command -v mvn) || MAVEN=${MAVEN_HOME:+$MAVEN_HOME/bin/mvn}
if [ -z "${MAVEN:-}" ] || [ ! -x "$MAVEN" ]; then
  { install_packages maven maven && MAVEN=$(command -v mvn); } || {
    echo "AITBC needs Maven 3.8.7 or newer: install the package maven and put mvn on the PATH." >&2
    exit 1
  }
fi
export MAVEN
