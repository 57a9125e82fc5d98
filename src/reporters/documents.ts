// Every document that is made at the end, in a file of its own in `dist`: most commands load none of it.

import type { Reporter } from '../model/ports.ts'
import { createDocumentReporter, type DocumentOptions, type RenderDocument } from './document.ts'
import type { DocumentName } from './document-names.ts'

export { createGithubReporter } from './github.ts'

import { renderCsv } from './format/csv/report.ts'
import { renderHtml } from './format/html/report.ts'
import { renderJunit } from './format/junit/report.ts'
import { renderMarkdown } from './format/markdown/report.ts'

const renderers: { readonly [N in DocumentName]: RenderDocument } = {
  junit: renderJunit,
  markdown: renderMarkdown,
  csv: renderCsv,
  html: renderHtml,
}

/** A reporter that writes one document, made by a pure function, when everything is over. */
export function createDocument(name: DocumentName, options: Pick<DocumentOptions, 'output' | 'ownsStdout'>): Reporter {
  return createDocumentReporter({ ...options, name, render: renderers[name] })
}
