#!/usr/bin/env bash
# Publish the image for each Kubernetes release that has a catalog: what cloudbuild.yaml runs, with Docker's buildx.
#
#   hack/push-images.sh registry.example.com/op-readiness v20260701-0123456
#
# Tags: v1.36.3, which the plugin of Sonobuoy names and which moves on with each merge; v20260701-0123456-v1.36.3, which stays; and
# for the newest release v20260701-0123456, which jobs name that run no e2e.test.
set -euo pipefail
cd "$(dirname "$0")/.."

repository=${1:-} tag=${2:-}
if [[ -z $repository || -z $tag ]]; then
  echo "error: push-images: expected a repository of images and a tag" >&2
  exit 2
fi
mapfile -t releases < <(for file in specs/catalog/v*.txt.gz; do basename "$file" .txt.gz; done | sort -V)
read -r version revision created <<<"$(hack/version.sh)"
docker buildx create --use >/dev/null
for release in "${releases[@]}"; do
  tags=(--tag "$repository:$release" --tag "$repository:$tag-$release")
  [[ $release != "${releases[-1]}" ]] || tags+=(--tag "$repository:$tag")
  docker buildx build --platform linux/amd64,linux/arm64 --push "${tags[@]}" \
    --build-arg "KUBERNETES_VERSION=$release" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "CREATED=$created" .
done
