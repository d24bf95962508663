#!/usr/bin/env bash
# Usage: scripts/fuzz.sh ROOM FUZZ_TEST_CLASS[#METHOD] [SECONDS]. Fuzzes one target with Jazzer, 60 seconds by default;
# what it finds is kept as a seed beside the test. A class with several targets needs the METHOD: Jazzer fuzzes one.
set -eu
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { sed -n '2,3s/^# //p' "$0"; exit 2; }
. scripts/toolchain.sh
need_maven
path=$(sed -n "s#.*<module>\(\(.*/\)*$1\)</module>#\1#p" pom.xml)
[ -n "$path" ] || { echo "no room is named $1" >&2; exit 2; }
file=$(find "$path/src/test/java" -name "${2%%#*}.java")
[ -n "$file" ] || { echo "no test of $1 is named ${2%%#*}" >&2; exit 2; }
if [ "${2%%#*}" = "$2" ] && [ "$(grep -c '@FuzzTest' "$file")" -gt 1 ]; then
  echo "$2 has several targets; name one:" >&2
  sed -n '/@FuzzTest/{n;s/.*void \([A-Za-z0-9]*\)(.*/  '"$2"'#\1/p;}' "$file" >&2
  exit 2
fi
JAZZER_FUZZ=1 exec "$MAVEN" -B -ntp -pl "$path" -am test "-Dtest=$2" -Dsurefire.failIfNoSpecifiedTests=false \
  -Djazzer.hooks=true "-Djazzer.max_duration=${3:-60}s"
