/** Reporters that write one document at the end. */
export const documentNames = ['junit', 'markdown', 'csv', 'html'] as const

export type DocumentName = (typeof documentNames)[number]

export function isDocumentName(name: string): name is DocumentName {
  return documentNames.some((known) => known === name)
}
