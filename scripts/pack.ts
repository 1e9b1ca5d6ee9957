/** `npm run pack`: builds the packages that are published, into dist/packages. `npm publish dist/packages/sdk` sends one off. */
import { join } from 'node:path'
import { buildPackages, publishedPackages } from './packages.ts'
import { root } from './root.ts'

const into = join(root, 'dist', 'packages')
await buildPackages(into)
console.log(`Built ${publishedPackages.map((name) => `@countersign/${name}`).join(', ')} in ${into}.`)
