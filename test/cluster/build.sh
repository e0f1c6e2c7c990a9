#!/usr/bin/env bash
# Builds the simulated cluster's programs and e2e.test from Go modules into the cache; what is there already is kept.
# stdout is the folder that holds them.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# stamp MODULE is a hash of all that decides what would be built.
stamp() {
  {
    go version
    go env GOOS GOARCH CGO_ENABLED GOFLAGS
    cat "$here/$1/go.mod" "$here/$1/go.sum"
    declare -f "build_$1"
  } | sha256sum
}

# build MODULE HOW-LONG runs build_MODULE in that module, unless it was run for the same stamp before. It builds into
# a folder beside the final one, so that a build cut short leaves no half a program behind.
build() {
  local module=$1 stamp
  stamp=$(stamp "$module")
  if [[ -f $bin/.$module && $(<"$bin/.$module") == "$stamp" ]]; then
    return
  fi
  say "building $module into $bin ($2)"
  out=$(mktemp -d "$cache/bin/.building-XXXXXX")
  trap 'rm -rf "$out"' EXIT
  (cd "$here/$module" && "build_$module" "$out") >&2
  mkdir -p "$bin"
  rm -f "$bin/.$module"
  mv -f "$out"/* "$bin"
  rmdir "$out"
  echo "$stamp" >"$bin/.$module"
}

build_kubernetes() {
  local x=k8s.io/component-base/version numbers flags
  IFS=. read -ra numbers <<<"${version#v}"
  flags="-s -w -X $x.gitVersion=$version -X $x.gitMajor=${numbers[0]} -X $x.gitMinor=${numbers[1]}"
  flags+=" -X $x.gitTreeState=clean -X $x.gitCommit="
  go build -ldflags "$flags" -o "$1/" \
    k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl}
  go build -ldflags '-s -w' -o "$1/etcd" go.etcd.io/etcd/server/v3
  go build -ldflags '-s -w' -o "$1/ginkgo" github.com/onsi/ginkgo/v2/ginkgo
  go test -c -ldflags "$flags" -o "$1/e2e.test" k8s.io/kubernetes/test/e2e
}

build_kwok() {
  go build -ldflags '-s -w' -o "$1/kwok" sigs.k8s.io/kwok/cmd/kwok
}

[[ $# -eq 0 ]] || die "expected no arguments, got: $*"
mkdir -p "$cache/bin"
exec 9>"$cache/bin/.lock"
flock -n 9 || { say "waiting for another build in $cache/bin"; flock 9; }
rm -rf "$cache/bin"/.building-* # of a build that was killed
build kubernetes "the first time about 10 minutes on two cores, 2 GB of disk for Go's caches"
build kwok "the first time about 3 minutes on two cores"
echo "$bin"
