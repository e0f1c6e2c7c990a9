#!/usr/bin/env bash
# Installs, by apt-get, the Debian packages that the real cluster needs and that this machine lacks.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lacking=()
while read -r package program; do
  command -v "$program" >/dev/null || lacking+=("$package")
done <<<"$debian_packages"
if [[ ${#lacking[@]} -gt 0 ]]; then
  need_root "and these Debian packages are missing: ${lacking[*]}"
  apt-get update -q
  apt-get install -qy --no-install-recommends "${lacking[@]}"
fi
reasons=$(missing)
[[ -z $reasons ]] || die "what no package brings: this machine has ${reasons//$'\n'/, }"
say "the real cluster can run on this machine"
