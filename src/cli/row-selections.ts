/** What `show --rows` takes. */
export const rowSelections = ['failing', 'all'] as const

export type RowSelection = (typeof rowSelections)[number]
