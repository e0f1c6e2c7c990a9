#!/usr/bin/env bash
# Make the tree of the image: each file that is in it, where and as it is in it. The Dockerfile does so, and `make image`.
#
#   hack/image-tree.sh v1.36.3 amd64 FOLDER  # a Kubernetes release, a processor architecture, a folder that is new or empty
#
# All of it is built here, of Go modules, and nothing in it depends on this machine: op-readiness; e2e.test, ginkgo and kubectl of
# that release; the certificates of public authorities; a list of all that it is made of (SPDX). There is no shell in it.
set -euo pipefail
cd "$(dirname "$0")/.."
export GO=${GO:-go}

version=${1:-} arch=${2:-} tree=${3:-}
if [[ ! $version =~ ^v1\.[0-9]+\.[0-9]+ || ! $arch =~ ^(amd64|arm64)$ || -z $tree ]]; then
  echo "error: image-tree: expected a Kubernetes release such as v1.36.3, amd64 or arm64, and a folder" >&2
  exit 2
fi
if [[ -n $(ls -A "$tree" 2>/dev/null) ]]; then
  echo "error: image-tree: $tree is not empty" >&2
  exit 2
fi
built=$(TARGETARCH=$arch hack/build-kubernetes.sh "$version" e2e.test ginkgo kubectl)
stamp=$(hack/version.sh)
mkdir -p "$tree"/{app,etc/ssl/certs}
tree=$(cd "$tree" && pwd)
GOFLAGS=-trimpath CGO_ENABLED=0 GOOS=linux GOARCH=$arch "$GO" build -buildvcs=false -o "$tree/app/op-readiness" \
  -ldflags "-s -w -X 'sigs.k8s.io/windows-operational-readiness/internal/version.stamp=$stamp'" ./cmd/op-readiness
ln -s op-readiness "$tree/app/run.sh" # by which name it takes the flags of a run for Sonobuoy
cp "$built"/{e2e.test,ginkgo,kubectl} LICENSE "$tree/app/"
echo 'nonroot:x:65532:65532::/tmp:/sbin/nologin' >"$tree/etc/passwd"
echo 'nonroot:x:65532:' >"$tree/etc/group"
"$GO" -C hack/release run ./certificates >"$tree/etc/ssl/certs/ca-certificates.crt"
read -r ours _ created <<<"$stamp" || true
"$GO" -C hack/release run ./sbom --name "op-readiness-$version-linux-$arch" --version "$ours" --created "$created" \
  "$tree"/app/{op-readiness,e2e.test,ginkgo,kubectl} >"$tree/app/sbom.spdx.json"
chmod -R u=rwX,go=rX "$tree"
mkdir -m 1777 "$tree/tmp"
