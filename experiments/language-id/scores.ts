interface Answers {
  readonly expectedOutputs: readonly string[]
  /** `undefined` where there is no answer, which is a wrong one. */
  readonly answers: readonly (string | undefined)[]
}

export function accuracy({ expectedOutputs, answers }: Answers): number {
  return expectedOutputs.filter((expected, index) => answers[index] === expected).length / expectedOutputs.length
}

/** The mean of the F1 of every language that is expected at least once: a rare language counts as much as a frequent one. */
export function macroF1({ expectedOutputs, answers }: Answers): number {
  const expected = countEach(expectedOutputs)
  const answered = countEach(answers)
  const right = countEach(expectedOutputs.filter((language, index) => answers[index] === language))
  const scores = Array.from(expected, ([language, count]) => {
    // F1 = 2 · right / (expected + answered), which is 0 where nothing was right.
    return (2 * (right.get(language) ?? 0)) / (count + (answered.get(language) ?? 0))
  })
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}

function countEach<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
