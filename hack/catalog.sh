#!/usr/bin/env bash
# Write specs/catalog/<version>.txt.gz: the names of the e2e tests of a Kubernetes release, from its own e2e.test.
#
#   hack/catalog.sh bin/op-readiness v1.36.3                         # builds e2e.test first, which takes some minutes
#   E2E_TEST=./e2e.test hack/catalog.sh bin/op-readiness v1.36.3     # asks the one that you have
#
# RELEASE_DATE=2026-07-22 gives the day of the release without asking the Go module proxy.
set -euo pipefail

program=$1 version=$2
here=$(dirname "$0")
E2E_TEST=${E2E_TEST:-$("$here/build-kubernetes.sh" "$version" e2e.test)/e2e.test}
# The day is that of the module; -mod=mod, since the module is none of this project's.
date=${RELEASE_DATE:-$(go list -mod=mod -m -f '{{.Time.Format "2006-01-02"}}' "k8s.io/kubernetes@$version")}
"$program" specs catalog --e2e-binary "$E2E_TEST" --kubernetes-version "$version" --date "$date" \
  --output-file "$here/../specs/catalog/$version.txt.gz"
