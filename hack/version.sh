#!/usr/bin/env bash
# Print what the build carries of its source: VERSION COMMIT DATE, all of the newest commit. Nothing outside of a clone.
#
#   v0.2.0                              a commit that has a tag
#   v0.2.0-3-g0123456789ab              three commits behind the tag
#   v0.0.0-20260701060000-0123456789ab  no tag is known; the form is that of Go's pseudo-versions
#
# Each with -dirty at the end if the tree is not as committed.
set -euo pipefail
cd "$(dirname "$0")/.."

git cat-file -e HEAD:./hack/version.sh 2>/dev/null || exit 0
tag=$(git describe --tags --match 'v*' --abbrev=12 2>/dev/null) ||
  tag=$(TZ=UTC git log -1 --abbrev=12 --date=format-local:%Y%m%d%H%M%S --format=v0.0.0-%cd-%h)
[ -z "$(git status --porcelain --untracked-files=no)" ] || tag+=-dirty
echo "$tag $(git log -1 --format='%H %cI')"
