#!/usr/bin/env bash
# The outermost command of the Prow jobs: it runs the command behind it, and makes an end that Prow asks for an orderly one.
# Prow signals this process alone, and what lies between it and the tests, runner.sh and windows-testing's script, would end
# at once and take the cluster away from under them.
#
#   hack/prow-job.sh runner.sh env ... ./capz/run-capz-e2e.sh make -C ... prow-run
set -uo pipefail

OP_READINESS_PID_FILE=$(mktemp)
export OP_READINESS_PID_FILE
set -m # the command gets a process group of its own
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

stopped=
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
