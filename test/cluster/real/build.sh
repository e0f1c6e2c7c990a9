#!/usr/bin/env bash
# Builds what the real cluster runs into the cache, from Go modules and Debian packages; what is there already is kept.
# stdout is the folder of the Kubernetes release's programs, as with the simulated cluster's build.sh. Needs no root.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# stamp NAME FILE... is a hash of all that decides what build_NAME makes.
stamp() {
  {
    go version
    go env GOOS GOARCH GOFLAGS
    echo "$version"
    cd "$real" && cat "${@:2}" </dev/null
    declare -f "build_$1"
  } | sha256sum
}

# build NAME OUT HOW-LONG FILE... runs build_NAME, unless it was run for the same stamp before. It builds into a folder
# beside the final one, so that a build cut short leaves no half a program behind.
build() {
  local name=$1 to=$2 stamp
  stamp=$(stamp "$name" "${@:4}")
  ! is_built "$to/.$name" "$stamp" || return 0
  lock
  ! is_built "$to/.$name" "$stamp" || return 0 # by another, while this waited
  say "building $name of the real cluster into $to (the first time $3 on two cores)"
  mkdir -p "$to"
  out=$(mktemp -d "$to/.building-XXXXXX")
  (cd "$real" && "build_$name" "$out") >&2
  rm -f "$to/.$name"
  for file in "$out"/*; do
    rm -rf "$to/${file##*/}"
    mv "$file" "$to"
  done
  rmdir "$out"
  out=
  echo "$stamp" >"$to/.$name"
}

# is_built FILE STAMP says whether that stamp is in the file.
is_built() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# lock holds the cache for this script, once it has something to build.
lock() {
  [[ -z $locked ]] || return 0
  locked=yes
  mkdir -p "$cache/bin"
  exec 9>"$cache/bin/.lock"
  flock -n 9 || { say "waiting for another build in $cache/bin" && flock 9; }
  rm -rf "$bin"/.building-* "$node_bin"/.building-* "$images"/.building-* # of a build that was killed
}

# kubernetes_module DIR makes a module there that builds the release's programs. k8s.io/kubernetes asks for its staging
# modules at v0.0.0; the replace lines give the release's own versions of them.
kubernetes_module() {
  local upstream module
  cd "$1"
  go mod init op-readiness.local/kubernetes
  upstream=$(go list -m -f '{{.GoMod}}' "k8s.io/kubernetes@$version")
  go mod edit -go="$(awk '$1 == "go" {print $2}' "$upstream")" -require="k8s.io/kubernetes@$version"
  for module in $(awk '$1 ~ /^k8s.io\// && $2 == "v0.0.0" {print $1}' "$upstream"); do
    go mod edit -replace="$module=$module@v0.${version#v1.}"
  done
}

# The programs of the images know nothing of a C library; the machine's own are built as those of the simulated cluster
# are, so that they share what is compiled.
build_release() {
  local x=k8s.io/component-base/version numbers flags work=$1/.module
  IFS=. read -ra numbers <<<"${version#v}"
  flags="-s -w -X $x.gitVersion=$version -X $x.gitMajor=${numbers[0]} -X $x.gitMinor=${numbers[1]}"
  flags+=" -X $x.gitTreeState=clean -X $x.gitCommit="
  mkdir "$work"
  (
    kubernetes_module "$work"
    go build -mod=mod -ldflags "$flags" -o "$1/" \
      k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl,kubelet,kube-proxy}
    go build -mod=mod -ldflags '-s -w' -o "$1/etcd" go.etcd.io/etcd/server/v3
    CGO_ENABLED=0 go build -mod=mod -ldflags "$flags" -o "$1/" k8s.io/kubernetes/test/images/agnhost
    install -m 644 "$(go list -mod=mod -f '{{.Dir}}' k8s.io/kubernetes/test/images/agnhost)"/porter/localhost.{crt,key} "$1"
  )
  rm -r "$work"
}

build_node() {
  local plugins=github.com/containernetworking/plugins/plugins
  mkdir "$1"/{containerd,cni}
  (cd containerd && go build -ldflags '-s -w' -o "$1/containerd/" \
    github.com/containerd/containerd/v2/cmd/{containerd,containerd-shim-runc-v2,ctr})
  (cd cni && go build -ldflags '-s -w' -o "$1/cni/" "$plugins"/{main/{bridge,loopback},ipam/host-local,meta/portmap})
  (cd programs && CGO_ENABLED=0 go build -ldflags '-s -w' -o "$1/" ./coredns ./pause)
}

build_images() {
  "$real/images.sh" "$bin" "$node_bin" "$e2e" "$1"
}

[[ $# -eq 0 ]] || die "expected no arguments, got: $*"
out= locked=
trap '[[ -z $out ]] || rm -rf "$out"' EXIT

e2e=$cache/kubernetes-$version/e2e.test
[[ -x $e2e ]] || "$here/../../hack/build-e2e.sh" "$version" >/dev/null
build release "$bin" "about 10 minutes"
build node "$node_bin" "about 4 minutes" containerd/go.{mod,sum} cni/go.{mod,sum} programs/go.{mod,sum} programs/*/main.go
build images "$images" "about a minute" images.sh stand-ins/* "$bin/.release" "$node_bin/.node"
echo "$bin"
