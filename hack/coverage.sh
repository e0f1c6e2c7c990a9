#!/usr/bin/env bash
# Write docs/coverage.md and the table in the README anew, or, with --check, tell what would change.
#
#   hack/coverage.sh bin/op-readiness
#   hack/coverage.sh bin/op-readiness --check
set -euo pipefail

program=$1 mode=${2:-}
cd "$(dirname "$0")/.."
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
"$program" specs coverage -o markdown >"$new/coverage.md"
"$program" specs coverage -o counts >"$new/counts.md"
begin='<!-- coverage: written by `make coverage` -->' end='<!-- end of coverage -->'
grep -qxF -- "$begin" README.md && grep -qxF -- "$end" README.md || {
  echo "error: coverage: README.md has no place for the table, between the lines '$begin' and '$end'" >&2
  exit 2
}
awk -v begin="$begin" -v end="$end" -v counts="$new/counts.md" '
  $0 == end { inside = 0 }
  !inside { print }
  $0 == begin { inside = 1; while ((getline line <counts) > 0) print line }
' README.md >"$new/README.md"
if [[ $mode == --check ]]; then
  code=0
  diff -u docs/coverage.md "$new/coverage.md" || code=1
  diff -u README.md "$new/README.md" || code=1
  exit "$code"
fi
cat "$new/coverage.md" >docs/coverage.md
cat "$new/README.md" >README.md
