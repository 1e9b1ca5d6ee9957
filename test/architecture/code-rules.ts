/** The rules on error codes and on the words that people read. Each gives one sentence for each fault. */
import type { Source } from './source.ts'

/** Rule 5: a code that the server never answers with is no code. */
export function codesUsed(codes: readonly string[], sources: readonly Source[]): string[] {
  const used = new Set(
    sources
      .filter(({ path, isTest }) => path.startsWith('packages/server/src/') && !isTest)
      .flatMap(({ strings }) => strings.map(({ value }) => value)),
  )
  return codes
    .filter((code) => !used.has(code))
    .map((code) => `${code} is in protocol's errors.ts, and the server never answers with it`)
}

/** Rule 5: whoever gets a code finds it in docs/protocol.md, as `code`. */
export function codesDocumented(codes: readonly string[], page: string): string[] {
  return codes
    .filter((code) => !page.includes(`\`${code}\``))
    .map((code) => `docs/protocol.md does not say what \`${code}\` means`)
}

/**
 * Rule 5: a file of words has English first and Swedish of the very same type, so that the compiler misses no word.
 * What a code means to a person is chosen from them where it is shown. The command line speaks English alone.
 */
export function bothLanguages(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => /\/(.+-)?words\.ts$/.test(path) && !path.startsWith('packages/cli/'))
    .flatMap(({ path, text }) => {
      const english = /\bconst en\b/.test(text)
      const swedish = /\bconst sv: \w+/.test(text)
      return english && swedish ? [] : [`${path} must hold "const en" and, of its type, "const sv: Words"`]
    })
}
