#!/usr/bin/env bash
# Run the checks that must hold before a change is merged: all of them, or those that are named. Each is told as it ends,
# with its seconds, and with what it said if it failed; at the end all that failed are named. Nothing is changed.
#
#   hack/verify.sh              # all
#   hack/verify.sh format lint  # these
#
# Exit code 0: all hold; 1: one does not; 2: there is no such check. `make verify` builds bin/op-readiness first.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
root=$PWD
go=${GO:-go}
program=bin/op-readiness

# tracked: nothing in git is over 1 MB, or what a build leaves behind.
check_tracked() {
  local limit=1000000 code=0 size path
  local built='(^|/)(bin|dist|node_modules|_output|__pycache__)/|\.(exe|test|prof|o|a|so|dylib|dll|pyc)$|(^|/)cover(age)?\.out$|^op-readiness$'
  while read -r size path; do
    ((size <= limit)) || { echo "$path has $size bytes; $limit are allowed" && code=1; }
    [[ ! $path =~ $built ]] || { echo "$path is what a build makes" && code=1; }
  done < <(git ls-files --stage | sed -E $'s/^[0-9]+ ([0-9a-f]+) [0-9]\t/\\1 /' |
    git cat-file --batch-check='%(objectsize) %(rest)')
  return "$code"
}

# format: Go files are as gofmt writes them.
check_format() {
  local files
  files=$(git ls-files -z '*.go' | xargs -0 gofmt -l) || return
  [[ -z $files ]] || { printf 'gofmt would change:\n%s\n' "$files" && return 1; }
}

# lint: the linters of .golangci.yaml find nothing. Cold, golangci-lint has to be built first, and reads all that we import.
check_lint() {
  local code=0 module
  for module in . hack/tools hack/release; do
    (cd "$module" && "$go" tool -modfile="$root/hack/tools/go.mod" golangci-lint run ./...) || code=1
  done
  return "$code"
}

# shell: shellcheck warns of nothing in the scripts. What it has to say of style is not asked for.
check_shell() {
  if ! command -v shellcheck >/dev/null; then
    echo "skipped: there is no shellcheck here (Debian: shellcheck)"
    return
  fi
  git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck --severity=warning
}

# race: the tests of packages that start goroutines, and the program's own runs, show no data race. A program with the race
# detector sleeps a second at its end unless it is told not to.
check_race() {
  local packages code=0
  if [[ $("$go" env CGO_ENABLED) != 1 ]] || ! command -v "$("$go" env CC)" >/dev/null; then
    echo "skipped: the race detector needs a C compiler, and there is none here (Debian: gcc and libc6-dev)"
    return
  fi
  export GORACE=atexit_sleep_ms=0
  packages=$(git grep -lE '^[[:space:]]*go [a-zA-Z.]+\(|\.Go\(' -- '*.go' ':!*_test.go' ':!cmd' ':!hack' ':!test' |
    sed 's|/[^/]*$||; s|^|./|' | sort -u)
  # shellcheck disable=SC2086 # a word for each package; what is skipped shows how much memory is used, and that regular expressions match
  "$go" test -race -skip '^(TestMemory|TestFocus)$' $packages || code=1
  "$go" test -race -run 'Live|^TestScripts$/^run-(crash|ready|resume)$' ./cmd/op-readiness || code=1
  return "$code"
}

# generated: config/jobs, config/testgrids and sonobuoy-plugin.yaml are what the program would write.
check_generated() {
  local code=0
  "$program" generate --config config/op-readiness.yaml --output-dir config --check || code=1
  "$program" sonobuoy plugin | diff -u sonobuoy-plugin.yaml - || code=1
  return "$code"
}

# specs: every ability still has its tests.
check_specs() {
  "$program" specs verify --strict
}

# coverage: docs/coverage.md and the README's table are what the program would write.
check_coverage() {
  hack/coverage.sh "$program" --check
}

# schema: the schema of spec files is what the program would write.
check_schema() {
  "$program" specs schema | diff -u specs/spec.schema.json -
}

# workflows: GitHub would take them, and the one that users copy. actionlint asks shellcheck of their commands where there is one.
check_workflows() {
  git ls-files -z '.github/workflows/*.yaml' 'docs/examples/*.yaml' |
    xargs -0 "$go" tool -modfile="$root/hack/release/go.mod" actionlint
}

# modules: go mod tidy would change nothing. -e: a test of what Prow needs imports packages that client-go no longer has;
# what our own code needs is shown by the build, so its words are shown only when something would change.
check_modules() {
  local code=0 module said
  while read -r module; do
    said=$("$go" -C "$(dirname "$module")" mod tidy -e -diff 2>&1 >&3) || { code=1; echo "$said"; }
  done 3>&1 < <(git ls-files go.mod '*/go.mod' | grep -v /testdata/)
  return "$code"
}

# run NAME runs one check and remembers it if it fails. Its name stands there while it runs; one that is skipped says why.
run() {
  local said code=0
  SECONDS=0
  printf '%-10s ' "$1"
  said=$("check_$1" 2>&1) || code=$?
  if ((code != 0)); then
    failed+=" $1"
    printf 'FAILED, %d s\n%s\n' "$SECONDS" "$said"
  elif [[ $said == skipped:* ]]; then
    printf '%s\n' "$said"
  else
    printf 'ok, %d s\n' "$SECONDS"
  fi
}

failed=
[[ $# -gt 0 ]] || set -- tracked format shell generated specs coverage schema workflows modules lint race
for name; do
  declare -F "check_$name" >/dev/null || { echo "error: there is no check \"$name\"" >&2 && exit 2; }
done
for name; do run "$name"; done
[[ -z $failed ]] || { echo "error: not as they should be:$failed" >&2 && exit 1; }
