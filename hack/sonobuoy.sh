#!/usr/bin/env bash
# Run op-readiness in a cluster as a plugin of Sonobuoy, and get its results: `make sonobuoy-plugin`, `make sonobuoy-results`.
#
#   hack/sonobuoy.sh run bin/op-readiness [FLAGS OF op-readiness sonobuoy plugin...]
#   hack/sonobuoy.sh results bin/op-readiness [FOLDER]
#
# KUBECONFIG says which cluster. The environment may have
#   SONOBUOY        the sonobuoy command (else the one on the PATH, else it is built of the module that test/sonobuoy names)
#   CATEGORIES      names joined by commas; empty for those that are required
#   IMAGE           image of the plugin; empty for the published one of the cluster's Kubernetes version
#   SONOBUOY_FLAGS  further flags of `sonobuoy run`, separated by spaces; --config must be the first
# Exit code of results: 0 ready, 1 not ready or incomplete, 2 there are none.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${SONOBUOY:=}" "${CATEGORIES:=}" "${IMAGE:=}" "${SONOBUOY_FLAGS:=}" "${GO:=go}"

sonobuoy() {
  if [[ -n $SONOBUOY ]]; then
    "$SONOBUOY" "$@"
  elif [[ -n $(type -P sonobuoy) ]]; then
    command sonobuoy "$@"
  else
    "$GO" -C "$root/test/sonobuoy" tool sonobuoy "$@"
  fi
}

run() {
  local flags=() names name more file
  IFS=, read -ra names <<<"$CATEGORIES"
  for name in "${names[@]}"; do flags+=(--category "$name"); done
  [[ -z $IMAGE ]] || flags+=(--image "$IMAGE")
  read -ra more <<<"$SONOBUOY_FLAGS"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  file=$work/op-readiness.yaml
  "$program" sonobuoy plugin "${flags[@]}" "$@" >"$file" || exit
  # The aggregator cannot run on a Windows node.
  sonobuoy run "${more[@]}" --plugin "$file" --aggregator-node-selector kubernetes.io/os:linux || exit 2
  echo "hint: sonobuoy status --json; then make sonobuoy-results" >&2
}

results() {
  local to=${1:-$root/bin/sonobuoy} tarball
  mkdir -p "$to"
  to=$(cd "$to" && pwd)
  tarball=$(sonobuoy retrieve "$to") || exit 2
  [[ $tarball == /* ]] || tarball=$to/${tarball##*/}
  echo "wrote $tarball" >&2
  sonobuoy results "$tarball" --plugin op-readiness --mode report || exit 2
  "$program" report "$tarball"
}

program=${2:-}
if [[ ! ${1:-} =~ ^(run|results)$ || -z $program ]]; then
  echo "error: sonobuoy: expected run or results, and the program" >&2
  exit 2
fi
"$1" "${@:3}"
