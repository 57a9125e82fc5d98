const tagPattern = /^[^:]+:./s

/** Whether something is a `key:value` string. */
export function isTag(tag: unknown): tag is string {
  return typeof tag === 'string' && tagPattern.test(tag)
}
