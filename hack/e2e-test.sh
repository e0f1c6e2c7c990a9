#!/usr/bin/env bash
# Get e2e.test and ginkgo of a Kubernetes release: from its release tarball, or built from its Go modules.
#
#   hack/e2e-test.sh bin/op-readiness v1.36.3 release bin
#   hack/e2e-test.sh bin/op-readiness v1.36.3 source bin
set -euo pipefail

program=$1 version=$2 from=$3 output=$4
case $from in
release) "$program" download --kubernetes-version "$version" --output-dir "$output" ${BASE_URL:+--base-url "$BASE_URL"} ;;
source)
  built=$("$(dirname "$0")/build-kubernetes.sh" "$version" e2e.test ginkgo)
  mkdir -p "$output"
  cp "$built/e2e.test" "$built/ginkgo" "$output/"
  echo "$output/e2e.test"
  ;;
*)
  echo "error: FROM=$from: it is release or source" >&2
  exit 2
  ;;
esac
