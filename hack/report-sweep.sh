#!/usr/bin/env bash
# Write results to the pull requests of some repositories: `make report-sweep`.
#
#   hack/report-sweep.sh bin/op-readiness org/a,org/b token-file [address of GitHub's API, such as that of ghproxy]
#
# CACHE_DIR names a folder in which GitHub's answers, and what was looked at, are kept from sweep to sweep. The pod of a periodic has
# none that outlives it: there ghproxy keeps the answers.
set -euo pipefail

program=$1 repositories=${2:-} token=${3:-} endpoint=${4:-https://api.github.com}
if [[ -z $repositories || -z $token ]]; then
  echo "error: report-sweep: REPOSITORIES=org/a,org/b and GITHUB_TOKEN_FILE=FILE are needed" >&2
  exit 2
fi
args=(--github-token-file "$token" --github-endpoint "$endpoint")
[[ -z ${CACHE_DIR:-} ]] || args+=(--cache-dir "$CACHE_DIR")
code=0
IFS=, read -ra names <<<"$repositories"
for name in "${names[@]}"; do
  "$program" report --post "$name" "${args[@]}" || code=$?
done
exit "$code"
