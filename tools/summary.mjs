// Adds up vitest's JSON reports: each failure once more with its reason, where a long log ends, then the one closing line that machines read.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const sum = { passed: 0, failed: 0, skipped: 0 };

function tell(file, title, reason) {
  sum.failed += 1;
  console.log(`\nFAILED ${relative(process.cwd(), file.name)}: ${title}\n${stripVTControlCharacters(reason).slice(0, 4000)}`);
}

for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  sum.passed += report.numPassedTests;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    const failures = file.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failures) tell(file, test.fullName, test.failureMessages.join('\n'));
    // A file that could not be loaded, or whose hook failed, has a message and no failed test.
    if (file.status === 'failed' && failures.length === 0) tell(file, 'the file itself', file.message);
  }
}
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
