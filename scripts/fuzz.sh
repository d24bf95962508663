#!/usr/bin/env bash
# Usage: scripts/fuzz.sh ROOM FUZZ_TEST_CLASS [SECONDS]. Fuzzes one target with Jazzer, 60 seconds by default; what it
# finds is kept as a seed beside the test.
set -eu
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { sed -n '2,3s/^# //p' "$0"; exit 2; }
. scripts/toolchain.sh
need_maven
path=$(sed -n "s#.*<module>\(\(.*/\)*$1\)</module>#\1#p" pom.xml)
[ -n "$path" ] || { echo "no room is named $1" >&2; exit 2; }
JAZZER_FUZZ=1 exec "$MAVEN" -B -ntp -pl "$path" -am test "-Dtest=$2" -Dsurefire.failIfNoSpecifiedTests=false \
  -Djazzer.hooks=true "-Djazzer.max_duration=${3:-60}s"
