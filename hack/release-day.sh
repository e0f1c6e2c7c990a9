#!/usr/bin/env bash
# All of docs/releases.md that needs no judgement, and then the list of what does. Run it again after each step of that list.
#
#   hack/release-day.sh v1.37.2                      # add a version, or renew its catalog
#   RETIRE=1.34 hack/release-day.sh v1.37.2          # and remove one that is no longer supported
#   E2E_TEST=./e2e.test hack/release-day.sh v1.37.2  # ask the e2e.test that you have, instead of building one
#
# Exit code 0: nothing is left; 1: the list is not empty; 2: a step could not be done.
set -euo pipefail

release=${1:-} retire=${RETIRE:-}
if ! [[ $release =~ ^v(1\.[0-9]+)\.[0-9]+(-.*)?$ ]]; then
  echo "error: release-day: \"$release\" is no Kubernetes release such as v1.37.2" >&2
  exit 2
fi
minor=${BASH_REMATCH[1]}
cd "$(dirname "$0")/.."
program=bin/op-readiness
catalogs=specs/catalog
todo=()

step() { printf '\n== %s\n' "$1"; }
fail() {
  echo "error: release-day: $1" >&2
  exit 2
}
build() { make -s build || fail "the program does not build"; }

# The newest catalog but the release's own, and the older ones of its minor version.
others=$(find "$catalogs" -name 'v*.txt.gz' ! -name "$release.txt.gz" -exec basename {} .txt.gz ';' | sort -V)
previous=$(tail -n 1 <<<"$others")
older=$(grep -E "^v${minor//./\\.}\\." <<<"$others" || true)

step "catalog: the names of the tests of $release"
build
if [[ -f $catalogs/$release.txt.gz ]]; then
  echo "$catalogs/$release.txt.gz is there"
else
  hack/catalog.sh "$program" "$release" || fail "no catalog of $release"
fi

# Both stand beside each other until the difference is shown.
changes=$(mktemp -d)
trap 'rm -rf "$changes"' EXIT
if [[ -n $previous ]]; then
  step "difference: from $previous to $release"
  "$program" specs diff "$catalogs/$previous.txt.gz" "$catalogs/$release.txt.gz" || fail "no difference could be made"
  "$program" specs diff "$catalogs/$previous.txt.gz" "$catalogs/$release.txt.gz" -o test-cases >"$changes/cases.yaml" ||
    fail "no test cases could be made"
fi
for file in $older; do rm -f "$catalogs/$file.txt.gz"; done

step "versions: config/op-readiness.yaml"
if [[ $release != *-* ]]; then hack/config-versions.sh add "$minor"; fi
if [[ -n $retire ]]; then
  hack/config-versions.sh remove "$retire"
  rm -f "$catalogs/v$retire".*.txt.gz
fi
sed -n '/^versions:/,/^[a-zA-Z]/s/^- name: //p' config/op-readiness.yaml | tr '\n' ' '
echo
build

step "specs: held against every version"
if [[ -s $changes/cases.yaml ]]; then
  mkdir -p bin
  cp "$changes/cases.yaml" bin/test-cases.yaml
  todo+=("specs: tests were renamed. Judge each test case in bin/test-cases.yaml (does the new test do what the old one did, do its
     placement, evidence and notes still hold?) and put it into its file in specs/, below the one it names.")
fi
"$program" specs verify --strict >"$changes/verify" ||
  todo+=("specs: bin/op-readiness specs verify --strict, until it finds nothing. An ability without a test says so by unproven.")
sed -n '/^specs\//,$p' "$changes/verify"

step "generated files: jobs, dashboards, coverage"
make -s build
"$program" generate --config config/op-readiness.yaml --output-dir config >"$changes/generate" 2>&1 || {
  sed -n '1,5p' "$changes/generate"
  todo+=("generate: it refuses; see above. Mostly a required ability has no test yet on a version.")
}
hack/coverage.sh "$program" && echo "docs/coverage.md and README.md are written"

# What a person has to look at, whether or not all is well, while the work is not committed.
if [[ -n $(git status --porcelain) ]]; then
  names=(-e "$previous")
  [[ -z $retire ]] || names+=(-e "$retire")
  named=$(git grep -lF "${names[@]}" -- '*.md' Makefile ':!docs/coverage.md' ':!docs/releases.md' ':!CHANGELOG.md' ':!*testdata*' || true)
  if [[ -n $named ]]; then
    todo+=("documents that name $previous${retire:+ or $retire}: is another version meant now? $(tr '\n' ' ' <<<"$named")")
  fi
  if git status --porcelain -- config/op-readiness.yaml | grep -q .; then
    todo+=("config/op-readiness.yaml: the tiers; and does test-infra have the job image's variant $minor, and kubernetes the branch release-$minor?")
  fi
  todo+=("CHANGELOG.md, then make test verify, and one commit of specs/, config/, docs/ and README.md.")
fi

step "left to you"
if [[ ${#todo[@]} -eq 0 ]]; then
  echo "Nothing."
  exit 0
fi
for i in "${!todo[@]}"; do printf '%2d. %s\n' "$((i + 1))" "${todo[i]}"; done
exit 1
