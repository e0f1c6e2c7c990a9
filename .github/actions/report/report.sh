#!/usr/bin/env bash
# What the action does once the program is built: a look at the pull request that the event is about, or, on a schedule or by hand, at
# all that are open. No text of the event reaches this script but by the file that GitHub wrote.
set -euo pipefail

program=$1
umask 077
token=$(mktemp "$RUNNER_TEMP/token.XXXXXX")
trap 'rm -f "$token"' EXIT
printf '%s' "$INPUT_TOKEN" >"$token"
args=(--post "$GITHUB_REPOSITORY" --github-token-file "$token" --github-endpoint "$GITHUB_API_URL" --patience "$INPUT_PATIENCE"
  "--quiet-when-ready=$INPUT_QUIET_WHEN_READY")
[ -z "$INPUT_CONFIG" ] || args+=(--config "$INPUT_CONFIG")
[ -z "$INPUT_CACHE_DIR" ] || args+=(--cache-dir "$INPUT_CACHE_DIR")
case $GITHUB_EVENT_NAME in
  schedule | workflow_dispatch) ;;
  *) args+=(--github-event "$GITHUB_EVENT_PATH" --github-event-name "$GITHUB_EVENT_NAME") ;;
esac
"$program" report "${args[@]}"
