#!/usr/bin/env bash
# Build e2e.test of a Kubernetes release from its published Go modules, and print its path.
#
#   hack/build-e2e.sh v1.36.3
#
# k8s.io/kubernetes is not made to be a dependency, so e2e.test is built through a module of its own, which requires that
# release and replaces each staging module, v0.0.0 in its go.mod, by the published one. It lies in the user's cache folder,
# and this project's go.mod knows nothing of it.
set -euo pipefail

version=$1
if ! [[ $version =~ ^v1\.[0-9]+\.[0-9]+ ]]; then
  echo "error: \"$version\" is no Kubernetes release such as v1.36.3" >&2
  exit 2
fi
folder=${XDG_CACHE_HOME:-$HOME/.cache}/op-readiness/kubernetes-$version
mkdir -p "$folder"
cd "$folder"
rm -f go.mod go.sum
export GOWORK=off
go mod init op-readiness.local/kubernetes 2>/dev/null
upstream=$(go list -m -f '{{.GoMod}}' "k8s.io/kubernetes@$version")
go mod edit -go="$(awk '$1 == "go" {print $2}' "$upstream")" -require="k8s.io/kubernetes@$version"
for module in $(awk '$1 ~ /^k8s.io\// && $2 == "v0.0.0" {print $1}' "$upstream"); do
  go mod edit -replace="$module=$module@v0.${version#v1.}"
done
echo "building e2e.test $version, which takes some ten minutes the first time" >&2
# -mod=mod completes go.mod and go.sum with what the build needs, at the versions that the release requires.
go test -c -mod=mod -ldflags "-X k8s.io/component-base/version.gitVersion=$version" -o e2e.test k8s.io/kubernetes/test/e2e >&2
go build -mod=mod -o ginkgo github.com/onsi/ginkgo/v2/ginkgo >&2
echo "$PWD/e2e.test"
