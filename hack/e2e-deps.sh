#!/usr/bin/env bash
# Say which programs `make e2e` needs and this machine lacks, by their Debian packages.
#
#   hack/e2e-deps.sh          # exit code 2 if one is missing
#   hack/e2e-deps.sh install  # installs what is missing, by apt-get, as root
set -euo pipefail

missing=()
# need PACKAGE PROGRAM... notes the package if none of its programs is here.
need() {
  local package=$1 program
  for program in "${@:2}"; do
    ! command -v "$program" >/dev/null || return 0
  done
  missing+=("$package")
}
need chromium chromium chromium-browser google-chrome # which test/browser looks for
need openssl openssl
need util-linux flock

[[ ${#missing[@]} -gt 0 ]] || exit 0
if [[ ${1:-} == install ]]; then
  apt-get update -q
  exec apt-get install -qy "${missing[@]}"
fi
echo "error: make e2e needs these Debian packages, which are not here: ${missing[*]}" >&2
echo "hint: make e2e-deps installs them, as root" >&2
exit 2
