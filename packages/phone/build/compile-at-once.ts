/**
 * Tells Chromium (136 and later) that what is loaded first is used at once: it compiles that while it comes in, beside the
 * page's own thread, instead of function by function when that thread gets there. Other browsers read a comment.
 */
import type { Plugin } from 'vite'
import { loadedFirst } from './script-budget.ts'

const hint = '//# allFunctionsCalledOnLoad'

export const compileAtOnce = (): Plugin => ({
  name: 'countersign-compile-at-once',
  apply: 'build',
  generateBundle: {
    // The hint counts on the first line alone, and Vite puts something of its own there.
    order: 'post',
    handler(_options, bundle) {
      for (const name of loadedFirst(bundle)) {
        const output = bundle[name]
        if (output?.type === 'chunk') output.code = `${hint}\n${output.code}`
      }
    },
  },
})
