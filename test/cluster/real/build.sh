#!/usr/bin/env bash
# Builds what the real cluster runs into the cache, from Go modules and Debian packages; what is there already is kept.
# stdout is the folder of the Kubernetes release's programs, as with the simulated cluster's build.sh. Needs no root.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export GOFLAGS=-trimpath # whoever calls this, make or a user, gets the same programs

# stamp NAME FILE... is a hash of all that decides what build_NAME makes.
stamp() {
  {
    go version
    go env GOOS GOARCH GOFLAGS CGO_ENABLED
    cat "${@:2}"
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
  "build_$name" "$out" >&2
  rm -f "$to/.$name"
  for file in "$out"/*; do
    rm -rf "${to:?}/${file##*/}"
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
  mkdir -p "$node_bin"
  exec 9>"$node_bin/.lock"
  flock -n 9 || { say "waiting for another build of nodes and images" && flock 9; }
  rm -rf {"$node_bin","$images"}/.building-* # of a build that was killed
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
  local certificates
  certificates=$(cd "$bin" && GOFLAGS=-mod=mod go list -f '{{.Dir}}' k8s.io/kubernetes/test/images/agnhost)/porter
  "$real/images.sh" "$bin" "$node_bin" "$certificates" "$1"
}

[[ $# -eq 0 ]] || die "expected no arguments, got: $*"
cd "$real" # what is named below is there
out='' locked=''
trap '[[ -z $out ]] || rm -rf "$out"' EXIT

"$build_kubernetes" "$version" etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kubelet kube-proxy agnhost \
  e2e.test ginkgo >/dev/null
build node "$node_bin" "about 4 minutes" containerd/go.{mod,sum} cni/go.{mod,sum} programs/go.{mod,sum} programs/*/main.go
build images "$images" "about a minute" images.sh stand-ins/* "$bin/.agnhost.stamp" "$node_bin/.node"
echo "$bin"
