import process from 'node:process'
import type { Finding } from './finding.ts'
import { readToolPackage } from './tool-package.ts'

/** The version of Node, and whether this tool supports it. */
export function checkNode(): Finding[] {
  const { node: range } = readToolPackage()
  const version = process.versions.node
  const supported = isAtLeast(version, range)
  return [
    {
      name: 'node',
      facts: [
        { name: 'version', value: version },
        { name: 'supported', value: supported, text: `${supported ? 'yes' : 'no'} (${range})` },
        { name: 'platform', value: `${process.platform} ${process.arch}` },
        { name: 'program', value: process.execPath },
      ],
      troubles: supported
        ? []
        : [
            {
              severity: 'error',
              message: `expected Node ${range}, got ${version}`,
              hint: 'install a newer Node: https://nodejs.org',
            },
          ],
    },
  ]
}

/** @param range the only form that this package uses: `>=20.19` */
export function isAtLeast(version: string, range: string): boolean {
  const [major = 0, minor = 0] = numbersOf(version)
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(range.replace('>=', ''))
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number)
}
