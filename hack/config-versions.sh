#!/usr/bin/env bash
# Add a Kubernetes version to config/op-readiness.yaml, behind master, or remove one; what is so already stays so.
#
#   hack/config-versions.sh add 1.37
#   hack/config-versions.sh remove 1.34
set -euo pipefail

action=$1 version=$2
config=$(dirname "$0")/../config/op-readiness.yaml
new=$(mktemp)
trap 'rm -f "$new"' EXIT
has() { grep -qxF -- "- name: \"$version\"" "$config"; }
case $action in
add)
  ! has || exit 0
  # The list ends with a line that is neither indented nor an item. The new version stands before the first release.
  awk -v version="$version" '
    $0 == "versions:" { list = 1 }
    list && !done && /^- name: "/ {
      printf "- name: \"%s\"\n  branch: release-%s\n  marker: latest-%s\n  image: \"%s\"\n  tier: daily\n", version, version, version, version
      done = 1
    }
    { print }
  ' "$config" >"$new"
  ;;
remove)
  has || exit 0
  awk -v item="- name: \"$version\"" '
    $0 == item { inside = 1; next }
    inside && !/^  / { inside = 0 }
    !inside { print }
  ' "$config" >"$new"
  ;;
*)
  echo "error: config-versions: $action is neither add nor remove" >&2
  exit 2
  ;;
esac
cat "$new" >"$config"
