#!/usr/bin/env bash
# Makes the release: target/aitbc-VERSION.tar.gz with launcher, jars and licences, without the workshop. It runs on a
# machine with nothing but a JDK 25: before it is there, this script has what it packed run a network of one validator.
set -eu
cd "$(dirname "$0")/.."
. scripts/toolchain.sh
need_maven
version=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' pom.xml | head -1)
name=aitbc-$version
echo "building $name" >&2
mkdir -p target
if ! run_maven -B -ntp -T2 -q -Pdistribution -pl apps/cli -am process-classes >target/package.log 2>&1; then
  grep -E '^\[ERROR\]' target/package.log | head -20 >&2
  echo "the build failed; all of its output is in target/package.log" >&2
  exit 1
fi
packed=apps/cli/target/distribution
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
lib=$folder/$name/lib
mkdir -p "$folder/$name/bin" "$lib" "$folder/$name/docs/abi" "$folder/$name/systemd"
cp scripts/distribution/aitbc "$folder/$name/bin/"
tr ':' '\n' <"$packed/classpath" | while read -r entry; do
  if [ -d "$entry" ]; then # A module of this build: .../MODULE/target/classes.
    "$JAVA_HOME/bin/jar" --create --file "$lib/$(basename "${entry%/target/classes}")-$version.jar" -C "$entry" .
  else
    cp "$entry" "$lib/"
  fi
done
"$JAVA_HOME/bin/jar" --create --file "$lib/cli-$version.jar" -C apps/cli/target/classes .
cp "$packed/THIRD-PARTY.txt" LICENSE NOTICE CHANGELOG.md "$folder/$name/"
cp scripts/distribution/*.service "$folder/$name/systemd/"
# The manual, and every page and file that it leads to.
cp -r docs/operator.md docs/protocol.md docs/ai-work.md docs/json-rpc.md docs/rest.md docs/adr docs/monitoring "$folder/$name/docs/"
cp contracts/src/main/resources/io/aitbc/contracts/*.abi "$folder/$name/docs/abi/"
example=apps/client/src/test/java/io/aitbc/client/BuyingWork.java # The source is no part of a release.
mkdir "$folder/$name/docs/examples"
cp "$example" "$folder/$name/docs/examples/"
sed -i "s#\](../$example)#](examples/$(basename "$example"))#" "$folder/$name/docs/ai-work.md"
for page in "$folder/$name"/docs/*.md; do
  grep -o '](\([^):#]*\)' "$page" | sed 's/^](//' | sort -u | while read -r link; do
    if [ ! -e "$folder/$name/docs/$link" ]; then
      echo "docs/$(basename "$page") links to $link, which is not packed" >&2
      exit 1
    fi
  done
done
tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner -czf "$folder/$name.tar.gz" "$name"

mkdir "$folder/tried"
tar -C "$folder/tried" -xzf "$folder/$name.tar.gz"
unpacked=$folder/tried/$name
for room in workshop/*/; do
  if [ -e "$unpacked/lib/$(basename "$room")-$version.jar" ]; then
    echo "$(basename "$room"), a room of the workshop, is packed" >&2
    exit 1
  fi
done
alone() { # the release, which knows of this machine where Java is and nothing else
  env -i PATH=/usr/bin:/bin JAVA_HOME="$JAVA_HOME" "$unpacked/bin/aitbc" "$@"
}
alone --version >&2
echo "trying it: transfers through a network of one validator" >&2
if ! alone devnet --once --no-work --validators 1 --data "$folder/network" >target/package-trial.log 2>&1; then
  tail -20 target/package-trial.log >&2
  echo "what was packed runs no network; all that it said is in target/package-trial.log" >&2
  exit 1
fi
mv "$folder/$name.tar.gz" target/
echo "target/$name.tar.gz"
