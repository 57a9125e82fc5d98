import { documentNames } from '../../src/reporters/document-names.ts'
import { createDocument, createGithubReporter } from '../../src/reporters/documents.ts'
import { createJsonReporter } from '../../src/reporters/json.ts'
import { createLastLine } from '../../src/reporters/last-line.ts'
import { createNdjsonReporter } from '../../src/reporters/ndjson.ts'
import { sinkOutput } from '../../src/reporters/output.ts'
import { createPlainReporter } from '../../src/reporters/plain.ts'
import { createTerminalReporter } from '../../src/reporters/terminal.ts'
import { sanitize } from '../../src/terminal/sanitize.ts'
import { testReporterContract } from '../contracts/reporter.ts'

testReporterContract('the terminal reporter', (screen) => createTerminalReporter({ screen }))
testReporterContract('the plain reporter', (screen) => createPlainReporter({ screen }))
testReporterContract('the plain reporter with debug', (screen) => createPlainReporter({ screen, debug: true }))
testReporterContract('the plain reporter when quiet', (screen) => createPlainReporter({ screen, quiet: true }))
testReporterContract('the json reporter', ({ stdout }) =>
  createJsonReporter({ output: sinkOutput(stdout), ownsStdout: true }),
)
testReporterContract('the ndjson reporter', ({ stdout }) =>
  createNdjsonReporter({ output: sinkOutput(stdout), ownsStdout: true }),
)
for (const name of documentNames) {
  testReporterContract(`the ${name} reporter`, ({ stdout }) =>
    // As for a terminal: spreadsheets get the line ends and the directions of CSV as they are.
    createDocument(name, { output: sinkOutput({ ...stdout, isTTY: name === 'csv' }, sanitize), ownsStdout: true }),
  )
}
testReporterContract('the github reporter', (screen) =>
  createGithubReporter({ commands: screen.commands, env: { GITHUB_ACTIONS: 'true' } }),
)
testReporterContract('the last line', createLastLine)
