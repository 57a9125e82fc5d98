#!/usr/bin/env bash
# The run of `action.yml`: FILES and ARGS are words as in a shell, none of which is carried out; reports go to REPORTS.
set -uo pipefail

words() {
  xargs -r -n1 printf '%s\n' <<<"$1"
}
mapfile -t files < <(words "$FILES")
mapfile -t arguments < <(words "$ARGS")

mkdir -p "$REPORTS"
# Those of an earlier run must not be taken for this one's.
rm -f "$REPORTS"/{junit.xml,summary.md,report.html,report.json}

npx --no-install llmobs-exp run "${files[@]}" \
  --reporter plain \
  --reporter "junit=$REPORTS/junit.xml" \
  --reporter "markdown=$REPORTS/summary.md" \
  --reporter "html=$REPORTS/report.html" \
  --reporter "json=$REPORTS/report.json" \
  "${arguments[@]}"
code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
