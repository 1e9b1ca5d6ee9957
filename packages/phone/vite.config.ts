/** Builds the app into `dist`, to be served at the root of its own origin. */
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { appFiles } from './build/app-files.ts'
import { compileAtOnce } from './build/compile-at-once.ts'
import { scriptBudget } from './build/script-budget.ts'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

const files = appFiles()

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // No data: URLs and no inline script, so that the content security policy can stay strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // A chunk of its own runs before the chunks that the rest is in.
      output: {
        codeSplitting: { groups: [{ name: 'first-read', test: /packages\/phone\/src\/(database|first-read)\.ts$/ }] },
      },
      // Whoever imports one thing of these packages gets that, and not what linking needs.
      treeshake: { moduleSideEffects: [{ test: /packages\/(device|protocol)\/src\//, sideEffects: false }] },
    },
  },
  worker: { format: 'es' },
  plugins: [
    files,
    compileAtOnce(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'service-worker.ts',
      injectRegister: false,
      injectManifest: {
        rollupFormat: 'iife',
        globPatterns: ['**/*.{html,js,css,svg,png}'],
        manifestTransforms: [files.sign],
      },
      // It lies in public/, and the server writes its own name into it.
      manifest: false,
    }),
    scriptBudget({ limit: 120_000 }),
  ],
})
