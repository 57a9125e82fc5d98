import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempFolder } from './temp-folder.ts'

const schema = fileURLToPath(new URL('../fixtures/junit/junit.xsd', import.meta.url))

/**
 * Checks a JUnit document against the schema.
 *
 * @throws what xmllint says is wrong with it, or that there is no xmllint (Debian: libxml2-utils)
 */
export async function validateJunit(xml: string): Promise<void> {
  const file = join(await tempFolder(), 'junit.xml')
  writeFileSync(file, xml)
  xmllint(['--noout', '--schema', schema, file])
}

/** What an XPath expression finds in a document. */
export async function findInXml(xml: string, path: string): Promise<string> {
  const file = join(await tempFolder(), 'junit.xml')
  writeFileSync(file, xml)
  return xmllint(['--xpath', path, file]).trim()
}

function xmllint(args: readonly string[]): string {
  return execFileSync('xmllint', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
