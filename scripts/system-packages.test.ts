import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { installSystemPackages, leavingOut, notRun, type SystemPackage } from './system-packages.ts'

const printed: string[] = []
beforeEach(() => {
  printed.length = 0
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line))
})
afterEach(() => vi.restoreAllMocks())

const installed = new Set<string>()
beforeEach(() => installed.clear())

const wanted = (name: string, suites: string, project: string | null): SystemPackage => ({
  name,
  suites,
  project,
  present: () => installed.has(name),
})
const all = [
  wanted('browser', 'pages', 'end-to-end'),
  wanted('database', 'stores', null),
  wanted('fox', 'pushes', 'firefox'),
  wanted('bus', 'pushes', 'firefox'),
]

test('where everything is there, nothing is installed and nothing is said', () => {
  for (const { name } of all) installed.add(name)
  const install = vi.fn()
  expect(installSystemPackages(all, install)).toEqual([])
  expect([install.mock.calls, printed]).toEqual([[], []])
})

test('what is missing is installed, and that alone', () => {
  installed.add('database')
  const install = vi.fn((names: readonly string[]) => {
    for (const name of names) installed.add(name)
  })
  expect(installSystemPackages(all, install)).toEqual([])
  expect(install).toHaveBeenCalledExactlyOnceWith(['browser', 'fox', 'bus'])
})

test('what could not be installed is missing still, and the command that brings it is named', () => {
  const missing = installSystemPackages(all, () => {
    installed.add('browser').add('database').add('fox')
  })
  expect(missing.map(({ name }) => name)).toEqual(['bus'])
  expect(printed.join('\n')).toMatch(/^ +sudo apt-get install -y --no-install-recommends bus$/m)
})

test('whoever may not install is told the command for all of it', () => {
  expect(installSystemPackages(all, null)).toEqual(all)
  expect(printed.join('\n')).toMatch(/^ +sudo apt-get install -y --no-install-recommends browser database fox bus$/m)
})

test('the rest runs, and what did not is said once for each cause', () => {
  expect(leavingOut(all)).toEqual(['--project=!end-to-end', '--project=!firefox'])
  expect(notRun(all)).toEqual([
    'NOT RUN, for want of browser: pages.',
    'NOT RUN, for want of database: stores.',
    'NOT RUN, for want of fox, bus: pushes.',
  ])
  expect([leavingOut([]), notRun([])]).toEqual([[], []])
})
