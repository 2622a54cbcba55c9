#!/bin/sh
# Prints `N passed, N failed, N skipped`, the sum over all reports in TestResults.
# Fails when a test failed, or when none was run.
set -eu
cd "$(dirname "$0")/../TestResults" 2>/dev/null || { echo '0 passed, 0 failed, 0 skipped'; exit 1; }

exec node --input-type=module -e '
import { readFileSync, readdirSync } from "node:fs";

let passed = 0, failed = 0, skipped = 0;
for (const file of readdirSync(".")) {
  if (file.endsWith(".trx")) {
    const counters = /<Counters ([^>]*)>/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    const count = name => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(counters)?.[1] ?? 0);
    passed += count("passed");
    failed += count("executed") - count("passed");
    skipped += count("total") - count("executed");
  } else if (file === "vitest.json") {
    const report = JSON.parse(readFileSync(file, "utf8"));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    skipped += report.numPendingTests + report.numTodoTests;
  }
}

console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
'
