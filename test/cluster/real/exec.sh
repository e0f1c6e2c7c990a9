#!/usr/bin/env bash
# Runs a command in the network of a real cluster's control plane, with its kubeconfig and its programs in PATH, or on a
# node: exec.sh [--dir DIR] [--node NAME] COMMAND...
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

dir=$(default_dir) node=''
while [[ ${1:-} == --dir || ${1:-} == --node ]]; do
  [[ $# -ge 2 ]] || die "$1 needs a value"
  [[ $1 == --dir ]] && dir=$2 || node=$2
  shift 2
done
[[ $# -gt 0 ]] || die "expected a command" "${0##*/} [--dir DIR] [--node NAME] COMMAND..."
need_root
dir=$(usage_dir "$dir")
running "$dir" cluster || die "no real cluster runs in $dir" "start one: $real/up.sh $dir"
if [[ -n $node ]]; then
  pid=$(node_pid "$dir" "$node") || die "the cluster in $dir has no node $node" "its nodes: $(cut -d' ' -f1 "$dir/node-list" | paste -sd' ')"
  PATH=/mnt/node-bin/containerd:$PATH exec nsenter --all --target="$pid" -- "$@"
fi
programs=$("$build_kubernetes" "$(<"$dir/version")")
export KUBECONFIG=$dir/kubeconfig PATH=$programs:$PATH
exec nsenter --net="/proc/$(first "$dir")/ns/net" -- "$@"
