#!/usr/bin/env bash
# The outermost command of a Prow job that tests, around the command that follows:
#
#   hack/prow-job.sh Core.Network,Core.Storage runner.sh env ... ./capz/run-capz-e2e.sh make -C ... prow-run
#
# First it writes a result of each category that the job is to run, before anything can go wrong. It is a failure, in the file that
# a run replaces at its end with its own. So a job whose cluster never came up, whose tests were not found, or that was killed on
# the way is red on TestGrid for each of its categories, at once; without a result its column would be missing there, and what an
# older build left would stay green. It needs nothing that a build has to make or to fetch first. ARTIFACTS is the folder that
# Prow uploads.
#
# Then it runs the command, and makes an end that Prow asks for an orderly one. Prow signals this process alone, and what lies
# between it and the tests, runner.sh and windows-testing's script, would end at once and take the cluster away from under them.
set -euo pipefail

fail() {
  printf 'error: prow-job: %s\n' "$1" >&2
  exit 2
}

[[ $# -ge 2 ]] || fail "usage: hack/prow-job.sh CATEGORIES COMMAND..."
categories=$1
shift
[[ -n ${ARTIFACTS:-} ]] || fail "ARTIFACTS does not say where results go"
IFS=, read -ra names <<<"$categories"
[[ ${#names[@]} -gt 0 ]] || fail "no category is named"
for name in "${names[@]}"; do
  [[ $name =~ ^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$ ]] || fail "\"$name\" is no name of a category"
done

mkdir -p "$ARTIFACTS"
result=$ARTIFACTS/junit_op-readiness.xml # internal/reportdir: View
{
  printf '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="op-readiness">\n'
  printf '  <testsuite name="Verdict" tests="%d" failures="%d" errors="0" skipped="0">\n' "${#names[@]}" "${#names[@]}"
  for name in "${names[@]}"; do
    printf '    <testcase name="%s" classname="Verdict" time="0">\n' "$name"
    printf '      <failure type="incomplete" message="incomplete: the job ended before there were results"></failure>\n    </testcase>\n'
  done
  printf '  </testsuite>\n</testsuites>\n'
} >"$result.new"
mv "$result.new" "$result"

OP_READINESS_PID_FILE=$(mktemp)
export OP_READINESS_PID_FILE
set +e # from here on what fails is the command, whose exit code is the job's
set -m # the command gets a process group of its own
stopped=
"$@" &
job=$!

# stop asks the tests to end, and leaves it to the command to end behind them. Where none run yet, it asks all of it.
# shellcheck disable=SC2317 # the trap calls it
stop() {
  trap '' INT TERM HUP # Prow sends two signals, and the second would cut short what the first began
  stopped=yes
  tests=$(cat "$OP_READINESS_PID_FILE")
  if [ -n "$tests" ] && kill -TERM "$tests" 2>/dev/null; then
    echo "prow-job: the tests are asked to end, and their results to be written" >&2
  else
    kill -TERM -- "-$job" 2>/dev/null
  fi
}
trap stop INT TERM HUP

wait "$job"
code=$?
if [ -n "$stopped" ]; then # the signal ended the waiting alone
  wait "$job"
  code=$?
  while kill -0 -- "-$job" 2>/dev/null; do # what cleans up behind a command that is gone
    sleep 1
  done
fi
rm -f "$OP_READINESS_PID_FILE"
exit "$code"
