#!/usr/bin/env bash
# Gives images to every node of a real cluster: load.sh [--dir DIR] ARCHIVE..., docker or OCI archives.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

dir=$(default_dir)
if [[ ${1:-} == --dir ]]; then dir=${2:-} && shift 2; fi
[[ $# -gt 0 ]] || die "expected an archive" "${0##*/} [--dir DIR] ARCHIVE..."
running "$dir" cluster || die "no real cluster runs in $dir" "start one: $real/up.sh $dir"
for archive; do
  while read -r node _; do
    "$real/exec.sh" --dir "$dir" --node "$node" ctr --namespace k8s.io images import - <"$archive"
  done <"$dir/node-list"
done
