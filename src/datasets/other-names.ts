/** What other tools call the members of a record. */
export const otherNames: ReadonlyMap<string, string> = new Map([
  ['answer', 'expectedOutput'],
  ['expected', 'expectedOutput'],
  ['expected_output', 'expectedOutput'],
  ['label', 'expectedOutput'],
  ['output', 'expectedOutput'],
  ['outputs', 'expectedOutput'],
  ['reference', 'expectedOutput'],
  ['target', 'expectedOutput'],
  ['inputs', 'input'],
  ['prompt', 'input'],
  ['question', 'input'],
  ['vars', 'input'],
  ['meta', 'metadata'],
  ['name', 'id'],
])
