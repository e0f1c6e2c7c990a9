#!/usr/bin/env bash
# Puts the program where its argument says: built of the commit that the action is pinned to, or, with a version, out of the archive of
# that release, if it has the checksum that the workflow names.
set -euo pipefail

program=$1
fail() {
  echo "error: op-readiness report: $1" >&2
  exit 2
}
if [[ -z $INPUT_VERSION ]]; then
  [[ -z $INPUT_CHECKSUM ]] || fail "a checksum is that of a release: name its version too"
  go -C "$GITHUB_ACTION_PATH/../../.." build -trimpath -o "$program" ./cmd/op-readiness
  exit
fi
[[ $INPUT_VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "version \"$INPUT_VERSION\" is none such as v0.1.0"
[[ $INPUT_CHECKSUM =~ ^[0-9a-f]{64}$ ]] || fail "checksum \"$INPUT_CHECKSUM\" is no SHA-256: that of the archive is in the release's checksums.txt"
case $RUNNER_OS-$RUNNER_ARCH in
  Linux-X64) platform=linux_amd64 ;;
  Linux-ARM64) platform=linux_arm64 ;;
  *) fail "runs on Linux, X64 or ARM64, and not on $RUNNER_OS, $RUNNER_ARCH" ;;
esac
name=op-readiness_${INPUT_VERSION}_$platform.tar.gz
folder=$(mktemp -d "$RUNNER_TEMP/release.XXXXXX")
trap 'rm -rf "$folder"' EXIT
curl --fail --silent --show-error --location --retry 3 --output "$folder/$name" \
  "$GITHUB_SERVER_URL/kubernetes-sigs/windows-operational-readiness/releases/download/$INPUT_VERSION/$name"
(cd "$folder" && sha256sum --check --status <<<"$INPUT_CHECKSUM  $name") || fail "$name has another checksum than $INPUT_CHECKSUM"
tar -xzf "$folder/$name" -C "$folder" op-readiness
mv "$folder/op-readiness" "$program"
