export interface BenchRecord {
  readonly input: { readonly question: string; readonly index: number }
  readonly expectedOutput: string
}

export const dataset: Iterable<BenchRecord>
export function task(input: BenchRecord['input']): Promise<string>
export const evaluators: {
  exact(row: { readonly output: string; readonly expectedOutput: string }): boolean
  length(row: { readonly output: string }): number
}
