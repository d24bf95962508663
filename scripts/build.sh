#!/usr/bin/env bash
# Compiles what the command line tool runs (no tests) and writes the class path that ./aitbc gives to java.
set -eu
cd "$(dirname "$0")/.."
. scripts/toolchain.sh
need_maven
echo "building (the first time takes a minute or two)" >&2
mkdir -p target
if ! run_maven -B -ntp -T2 -q -pl workshop/house-rules -am process-classes >target/build.log 2>&1; then
  grep -E '^\[ERROR\]' target/build.log | head -20 >&2
  echo "the build failed; all of its output is in target/build.log" >&2
  exit 1
fi
touch workshop/house-rules/target/classpath # Newer than every source it was built from.
