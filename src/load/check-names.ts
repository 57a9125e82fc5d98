import { forbiddenNames, namePattern } from '../model/evaluation.ts'
import { quoteText } from '../model/quote.ts'
import { type Problems, propertyPath } from './problems.ts'

const MAX_NAME = 200

/** Checks a name that a label, a column or a file is made from. */
export function checkName(parent: string, name: string, problems: Problems): void {
  const path = propertyPath(parent, name)
  if (forbiddenNames.has(name))
    problems.add({
      path,
      message: `expected another name, got ${quoteText(name)}, which JavaScript objects already use`,
    })
  else if (!namePattern.test(name)) {
    problems.add({ path, message: `expected a name of letters, digits, "_" and "-", got ${quoteText(name)}` })
  } else if (name.length > MAX_NAME) {
    problems.add({ path, message: `expected a name of at most ${MAX_NAME} characters, got ${name.length}` })
  }
}
