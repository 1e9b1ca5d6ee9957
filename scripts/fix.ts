/** `npm run fix`: puts the style right wherever that needs no judgement. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './root.ts'

const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
const { status } = spawnSync(process.execPath, [biome, 'check', '--write', '.'], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
