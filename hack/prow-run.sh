#!/usr/bin/env bash
# What the Prow jobs run on their cluster, by `make prow-run`; it can be run by hand just so.
# windows-testing's capz/run-capz-e2e.sh builds the cluster and gives KUBECONFIG, CI_VERSION and ARTIFACTS.
#   CATEGORIES   names joined by commas; empty for all
#   PLATFORM     the Windows version that the nodes are to have, such as ltsc2022; another one is never ready. Empty for any
#   E2E_TEST     an e2e.test that is here already, instead of the download
#   E2E_BASE_URL where the builds of Kubernetes are
#   RUN_TIMEOUT  of the tests; below that of the job, so that results are written and uploaded; empty for that of the command
#   GRACE_PERIOD for e2e.test to clean up after that, or a signal; below that of Prow; empty for that of the command
#   OP_READINESS_PID_FILE gets the id of the process that runs the tests, for whoever has to end them
set -euo pipefail

fail() {
  printf 'error: prow-run: %s\n' "$1" >&2
  exit 2
}

# A signal to this script goes on to what it waits for, and ends the waiting of nobody: what the tests came to is to be written, and
# nothing that was started here runs on without it.
signals=0
child=
trap 'signals=$((signals + 1)); [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' INT TERM HUP

# attended runs a command to its end. The command gets a process group of its own: Ctrl-C on a terminal would reach it twice, and
# the second one kills.
attended() {
  set -m
  "$@" &
  child=$!
  set +m
  [ "$signals" = 0 ] || kill -TERM "$child" 2>/dev/null || true # one that came before it was known whom it is for
  [ -z "$pid_file" ] || echo "$child" >"$pid_file"
  local seen code
  while :; do
    seen=$signals
    code=0
    wait "$child" || code=$?
    [ "$signals" != "$seen" ] || break
  done
  child=
  return "$code"
}

# unasked ends the script if it was asked to end: no tests begin then.
unasked() { [ "$signals" = 0 ] || fail "it was ended before the tests began"; }

program=$1
: "${CATEGORIES:=}" "${PLATFORM:=}" "${E2E_TEST:=}" "${E2E_BASE_URL:=https://dl.k8s.io/ci}" "${RUN_TIMEOUT:=}" "${GRACE_PERIOD:=}"
[ -n "${KUBECONFIG:-}" ] || fail "KUBECONFIG does not say which cluster to test"
[ -n "${ARTIFACTS:-}" ] || fail "ARTIFACTS does not say where results go"
if [ -z "$E2E_TEST" ]; then
  [ -n "${CI_VERSION:-}" ] || fail "CI_VERSION does not say which e2e.test to download, and E2E_TEST names none"
  tools=$(mktemp -d)
  trap 'rm -rf "$tools"' EXIT
  pid_file=
  attended "$program" download --base-url "$E2E_BASE_URL" --kubernetes-version "$CI_VERSION" --output-dir "$tools" || {
    code=$?
    unasked
    exit "$code"
  }
  E2E_TEST=$tools/e2e.test
fi

chosen=()
IFS=, read -ra names <<<"$CATEGORIES"
for name in "${names[@]}"; do chosen+=(--category "$name"); done
[ -z "$PLATFORM" ] || chosen+=(--platform "$PLATFORM")
[ -z "$RUN_TIMEOUT" ] || chosen+=(--timeout "$RUN_TIMEOUT")
[ -z "$GRACE_PERIOD" ] || chosen+=(--grace-period "$GRACE_PERIOD")
unasked
pid_file=${OP_READINESS_PID_FILE:-}
code=0
attended "$program" run --e2e-binary "$E2E_TEST" --kubeconfig "$KUBECONFIG" --report-dir "$ARTIFACTS" --provider skeleton "${chosen[@]}" || code=$?
exit "$code"
