/** Builds the element into one script, `dist/approval-popup.js`, for pages that have no bundler of their own. */
import { gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Bytes, gzip: it is loaded by every page that waits. */
const largest = 20_000

const small: Plugin = {
  name: 'small',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue
      const size = gzipSync(file.code).length
      if (size > largest) this.error(`${file.fileName} has ${size} bytes (gzip); ${largest} are the most.`)
      this.info(`${file.fileName}: ${size} bytes (gzip)`)
    }
  },
}

export default defineConfig({
  plugins: [small],
  build: {
    target: 'es2022',
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'approval-popup.js' },
  },
})
