#!/usr/bin/env bash
# The main job on the defaults that the program carries: generate jobs and dashboards, report a sample run.
# Writes to a temporary folder only.
set -euo pipefail
program=$1 sample=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

step() { printf '\n== %s\n$ %s\n' "$1" "$2"; }

step "1. Prow jobs and TestGrid dashboards, accepted by Prow's and TestGrid's own code" "op-readiness generate --output-dir config"
"$program" generate --output-dir "$out"
step "   one of the jobs" "sed -n 1,40p config/jobs/kubernetes-sigs/windows-operational-readiness/windows-op-readiness-periodics-1-36.yaml"
sed -n 1,40p "$out/jobs/kubernetes-sigs/windows-operational-readiness/windows-op-readiness-periodics-1-36.yaml"

step "2. The readiness report of a real run of e2e.test 1.36.3, on a simulated cluster and cut short by its timeout" \
  "op-readiness report $sample"
code=0
"$program" report "$sample" || code=$?
case $code in
0) meaning="ready" ;;
1) meaning="not ready, or the proof is incomplete: a script or a job fails here, as it should" ;;
*) exit "$code" ;;
esac
printf '\nThe report ended with exit code %d: %s.\n' "$code" "$meaning"
printf 'The demo itself went well. Nothing was left behind.\n'
