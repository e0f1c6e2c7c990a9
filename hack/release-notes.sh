#!/usr/bin/env bash
# Print what CHANGELOG.md says of a version: the text of its release. There is no release without it.
#
#   hack/release-notes.sh v0.2.0
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-}
[[ -n $version ]] || { echo "error: release-notes: expected a version such as v0.2.0" >&2 && exit 2; }
notes=$(awk -v version="$version" '/^## / {found = ($2 == version); next} found' CHANGELOG.md)
if [[ ! $notes =~ [^[:space:]] ]]; then
  echo "error: release-notes: CHANGELOG.md has no section \"## $version\", or nothing in it" >&2
  exit 1
fi
# Without the empty lines around it.
printf '%s\n' "$notes" | sed '/./,$!d'
