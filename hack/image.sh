#!/usr/bin/env bash
# Make the image of op-readiness for one Kubernetes release as an OCI layout, without a container engine: `make image`.
#
#   hack/image.sh bin/op-readiness v1.36.3 bin/image [NAME:TAG]
#
# The name is the one that the plugin of Sonobuoy has, unless another is given.
# ARCHITECTURES (default: this machine's) are those of the image, such as amd64,arm64. The layout is replaced if it is there.
# It prints the image's digest: the same for the same commit and the same Go, wherever it is built.
set -euo pipefail
cd "$(dirname "$0")/.."
export GO=${GO:-go}

program=${1:-} version=${2:-} output=${3:-}
if [[ -z $program || -z $version || -z $output ]]; then
  echo "error: image: expected the program, a Kubernetes release and a folder" >&2
  exit 2
fi
if [[ -e $output && ! -f $output/oci-layout ]]; then
  echo "error: image: $output is there, and is no OCI layout" >&2
  exit 2
fi
name=${4:-$("$program" sonobuoy plugin --kubernetes-version "$version" | sed -n 's/^  image: "\(.*\)"$/\1/p')}
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
read -r our revision created <<<"$(hack/version.sh)" || true
flags=()
IFS=, read -ra architectures <<<"${ARCHITECTURES:-$("$GO" env GOARCH)}"
for arch in "${architectures[@]}"; do
  hack/image-tree.sh "$version" "$arch" "$work/$arch" >&2
  flags+=(--tree "$arch=$work/$arch")
done
for arg in "KUBERNETES_VERSION=$version" "VERSION=$our" "REVISION=$revision" "CREATED=$created"; do flags+=(--arg "$arg"); done
"$GO" -C hack/release run ./image --dockerfile "$PWD/Dockerfile" --name "$name" --output "$work/layout" "${flags[@]}"
mkdir -p "$(dirname "$output")"
rm -rf "$output"
mv "$work/layout" "$output"
echo "wrote $output: $name" >&2
