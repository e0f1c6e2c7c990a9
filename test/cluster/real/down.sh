#!/usr/bin/env bash
# Ends the real cluster of one folder and removes it. A folder without one is left as it is.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

dir=$(usage_dir "$(default_dir)" "$@")
[[ -d $dir ]] || { say "there is no real cluster in $dir" && exit 0; }
need_root
lock_dir "$dir"
[[ $(state "$dir") != foreign ]] || die "$dir holds files that are not a real cluster's"
stop "$dir"
rm -rf "$dir"/{logs,state}
rmdir "$dir" 2>/dev/null || say "$dir holds other files too, so it stays"
