#!/usr/bin/env bash
# Usage: test-report.sh SECONDS STATUS. Sums the reports of the last test run by part and prints the minutes of
# each and one closing line. A part's minutes are those of its tests; what is left of the wall time is the build.
set -u
find . -path '*/target/*-reports/TEST-*.xml' -print0 | xargs -0 -r grep -h -A1 -E '<testsuite[^s]' /dev/null |
  tr '\n' ' ' | sed 's/<testsuite /\n<testsuite /g' | awk -v wall="$1" -v status="$2" '
  function value(key,   at) {
    return match($0, " " key "=\"[^\"]*\"") ? substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 4) : ""
  }
  function part(name) {
    if (name ~ /aitbc\.simulator|aitbc\.consensus\..*Model/) return "seeds, patches, models, explorer"
    if (name ~ /aitbc\.conformance/) return "conformance, the part of the build"
    if (name ~ /aitbc\.contracts|aitbc\.execution\..*Epoch/) return "contracts"
    if (name ~ /aitbc\.(devnet|cli|node|bench)/) return "real processes"
    if (name ~ /aitbc\.(referee|attestation|devtee|compute|blobs)/) return "referee, attestation, AI jobs"
    return "unit tests, decoders, golden files"
  }
  /<testsuite / {
    p = part(value("name")); seconds[p] += value("time")
    tests += value("tests"); failed += value("failures") + value("errors"); skipped += value("skipped")
  }
  END {
    printf "\nminutes of test time per part (two run at once):\n"
    n = split("unit tests, decoders, golden files|seeds, patches, models, explorer|conformance, the part of the build|contracts|real processes|referee, attestation, AI jobs", names, "|")
    for (i = 1; i <= n; i++) if (names[i] in seconds) printf "  %-36s %5.1f\n", names[i], seconds[names[i]] / 60
    printf "  %-36s %5.1f\n", "wall time with the build", wall / 60
    if (status != 0 && failed == 0) printf "the build failed; see target/test.log\n"
    printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped
  }'
