#!/usr/bin/env bash
# Write specs/catalog/<version>.txt.gz: the names of the e2e tests of a Kubernetes release, from its own e2e.test.
#
#   hack/catalog.sh bin/op-readiness v1.36.3                         # builds e2e.test first, which takes some minutes
#   E2E_TEST=./e2e.test hack/catalog.sh bin/op-readiness v1.36.3     # asks the one that you have
#
# k8s.io/kubernetes is not made to be a dependency, so e2e.test is built through a module of its own, which requires that
# release and replaces each staging module, v0.0.0 in its go.mod, by the published one. It lies in the user's cache folder,
# and this project's go.mod knows nothing of it.
#
# RELEASE_DATE=2026-07-22 gives the day of the release without asking the Go module proxy.
set -euo pipefail

program=$(realpath "$1") version=$2
catalog=$(realpath "$(dirname "$0")/../specs/catalog")/$version.txt.gz
if ! [[ $version =~ ^v1\.[0-9]+\.[0-9]+ ]]; then
  echo "error: \"$version\" is no Kubernetes release such as v1.36.3" >&2
  exit 2
fi
if [[ -n ${E2E_TEST:-} ]]; then
  E2E_TEST=$(realpath "$E2E_TEST")
fi

# enter_module makes the module in which e2e.test is built, without its requirements, and goes there.
enter_module() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/op-readiness/kubernetes-$version
  mkdir -p "$folder"
  cd "$folder"
  rm -f go.mod go.sum
  export GOWORK=off
  go mod init op-readiness.local/kubernetes 2>/dev/null
}

# build_e2e_test builds e2e.test in that module, stamped with the release so that it knows its version.
build_e2e_test() {
  local upstream modules module
  upstream=$(go list -m -f '{{.GoMod}}' "k8s.io/kubernetes@$version")
  modules=$(awk '$1 ~ /^k8s.io\// && $2 == "v0.0.0" {print $1}' "$upstream")
  go mod edit -go="$(awk '$1 == "go" {print $2}' "$upstream")" -require="k8s.io/kubernetes@$version"
  for module in $modules; do
    go mod edit -replace="$module=$module@v0.${version#v1.}"
  done
  # -mod=mod completes go.mod and go.sum with what the build needs, at the versions that the release requires.
  go test -c -mod=mod -ldflags "-X k8s.io/component-base/version.gitVersion=$version" -o e2e.test k8s.io/kubernetes/test/e2e
}

enter_module
date=${RELEASE_DATE:-$(go list -m -f '{{.Time.Format "2006-01-02"}}' "k8s.io/kubernetes@$version")}
if [[ -z ${E2E_TEST:-} ]]; then
  build_e2e_test
  E2E_TEST=$PWD/e2e.test
fi
"$program" specs catalog --e2e-binary "$E2E_TEST" --kubernetes-version "$version" --date "$date" --output "$catalog"
