#!/usr/bin/env bash
# Builds Cluster API's core manager of a release from its Go module into the cache; what is there already is kept. stdout is
# the folder that holds it: `manager`, and `config`, the manifests of that release.
#
#   test/capi/build.sh v1.14.2
set -euo pipefail

version=${1:-}
[[ $version =~ ^v1\.[0-9]+\.[0-9]+$ ]] || {
  echo "error: \"$version\" is no release of Cluster API such as v1.14.2" >&2
  exit 2
}
module=sigs.k8s.io/cluster-api
folder=${OP_READINESS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/op-readiness}/cluster-api-$version
# -mod=mod completes go.mod and go.sum with what a build needs, at the versions that the release requires.
export GOWORK=off GOFLAGS="-mod=mod -buildvcs=false"

say() { echo "$@" >&2; }

# main prints the folder of the manager's program within the module that is in $1.
main() { [[ ! -f $1/core/main.go ]] || echo /core; }

# make_module writes the module through which the release is built, in the folder that this runs in. From v1.14 on the
# types are a module of their own, which the release replaces by its own folder, and we by the published one.
make_module() {
  local upstream replaced
  rm -f go.mod go.sum
  go mod init op-readiness.local/cluster-api 2>/dev/null
  upstream=$(go list -m -f '{{.GoMod}}' "$module@$version")
  go mod edit -go="$(awk '$1 == "go" {print $2}' "$upstream")" -require="$module@$version"
  while read -r replaced; do
    go mod edit -replace="$replaced=$replaced@$version"
  done < <(awk '$1 == "replace" && $4 ~ /^\.\// {print $2}' "$upstream")
}

# build builds beside the final places, so that one cut short leaves no half there.
build() {
  local source
  make_module
  source=$(go mod download -json "$module@$version" | awk -F '"' '$2 == "Dir" {print $4}')
  rm -rf building-config config
  cp -r "$source$(main "$source")/config" building-config
  chmod -R u+w building-config
  go build -ldflags "-s -w -X $module/version.gitVersion=$version" -o building-manager "$module$(main "$source")" >&2
  mv building-config config
  mv -f building-manager manager
}

# stamp is a hash of all that decides what comes out.
stamp() { { go version && go env GOOS GOARCH CGO_ENABLED && declare -f make_module build main; } | cksum; }

mkdir -p "$folder"
cd "$folder"
exec 9>.lock
flock -n 9 || { say "waiting for another build in $folder" && flock 9; }
now=$(stamp)
if [[ ! -x manager || ! -d config || ! -f .stamp || $(<.stamp) != "$now" ]]; then
  rm -f .stamp
  say "building the manager of Cluster API $version, which takes minutes where little of it was compiled before"
  build
  echo "$now" >.stamp
fi
echo "$folder"
