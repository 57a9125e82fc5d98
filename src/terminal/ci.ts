/** Whether this looks like a step of a CI system, where nobody watches and nobody answers. */
export function isCi({ CI }: { readonly [name: string]: string | undefined }): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0'
}
