#!/usr/bin/env bash
# The comment of `action.yml`: REPORTS/summary.md on pull request NUMBER, in place of the one that an earlier run of TITLE has left.
set -euo pipefail

summary="$REPORTS/summary.md"
if [ ! -s "$summary" ]; then exit 0; fi

marker="<!-- $(tr -cd 'A-Za-z0-9 _.-' <<<"$TITLE") -->"
body=$(mktemp)
printf '%s\n%s\n' "$marker" "$(cat "$summary")" >"$body"

comments="repos/$GITHUB_REPOSITORY/issues"
mine=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
comment() {
  local id
  id=$(gh api --paginate "$comments/$NUMBER/comments" --jq "$mine" | tail -n 1)
  if [ -n "$id" ]; then gh api --silent --method PATCH "$comments/comments/$id" -F "body=@$body"
  else gh api --silent --method POST "$comments/$NUMBER/comments" -F "body=@$body"; fi
}
# The token of a pull request from a fork may only read; the summary of the job has the same text.
comment || echo '::warning title=llmobs-exp::the comment could not be written: does the job have the permission pull-requests: write?'
