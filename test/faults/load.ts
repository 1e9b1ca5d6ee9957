/** The load: people who link a phone and sign in with it, and back ends that collect the same result. */
import {
  type LinkedDevice,
  openDevice,
  RequestRefused,
  type ShownApproval,
  type StoredDevice,
  startLinking,
} from '@countersign/device'
import { Problem, SignInState } from '@countersign/protocol'
import { cheapPasscodeHash, usualPasscode, type WorldAccount } from '@countersign/testkit'
import { Browser } from '../../packages/server/src/sign-in/browser-for-tests.ts'
import { Client } from './client.ts'
import type { Attempt } from './history.ts'
import type { Seeded } from './seeded.ts'
import type { Stage } from './stage.ts'

const phoneOptions = { appVersion: '0.1.0', passcodeHash: cheapPasscodeHash }

/** Links a phone, asking for codes until one arrives in time for its linking; null when the number has had its codes. */
async function link(client: Client, account: WorldAccount): Promise<LinkedDevice | null> {
  const { gateway, history, site } = client.stage
  const { email, password, phoneNumber: number } = account
  const person = { email, password, deviceName: 'Annas telefon', locale: 'sv' } as const
  const options = { apiUrl: site.config.issuer, ...person, platform: 'virtual' } as const
  for (;;) {
    const before = gateway.accepted.filter(({ to }) => to === number).length
    const started = await client.until({ kind: 'send-code', number }, () =>
      startLinking({ ...options, appVersion: phoneOptions.appVersion }),
    )
    if ('refused' in started) {
      if (started.refused === 'rate_limited') return null
      throw new Error(`${client.name} could not begin to link: ${started.refused}.`)
    }
    const linking = started.value
    const { text } = await client.untilOver(gateway.arrived(number, before + 1))
    const joined = await client.until(null, () => linking.submitCode(/#(\d{6})$/.exec(text)?.[1] ?? ''))
    // Its answer was lost, or it was the code of an earlier linking.
    if ('refused' in joined) continue
    const keep = async (stored: StoredDevice) => stored
    const choices = { passcode: usualPasscode, passcodeHash: cheapPasscodeHash, credential: null, keep }
    const stored = await client.must(() => linking.finish(choices))
    history.add({ client: client.name, kind: 'activate', device: stored.device, ending: 'ok' })
    return openDevice(stored, phoneOptions)
  }
}

/** Somebody with a linked phone, a browser, and an application whose back ends collect what was approved. */
interface Person {
  readonly client: Client
  readonly random: Seeded
  readonly account: WorldAccount
  readonly phone: LinkedDevice
}

/** A sign-in whose phone was asked. */
interface Asked {
  readonly browser: Browser
  readonly id: string
  readonly number: string | undefined
  readonly shown: ShownApproval
}

/** A command of the page. @throws RequestRefused */
async function command(browser: Browser, id: string, name: string, body: object = {}): Promise<unknown> {
  const answer = await browser.post(id, name, body)
  const value: unknown = JSON.parse(answer.text)
  if (answer.status === 200) return value
  throw new RequestRefused(Problem.parse(value))
}

async function begin({ client, account, phone }: Person): Promise<Asked> {
  const { stage } = client
  const browser = new Browser(stage.site)
  const { id } = await client.must(() => browser.begin())
  const credentials = { email: account.email, password: account.password, locale: 'sv' }
  // Refused where it was taken before and the answer was lost: the state says which.
  await client.until(null, () => command(browser, id, 'password', credentials))
  const state = await client.must(() => browser.state(id))
  if (state.step !== 'waiting') throw new Error(`${client.name} is at ${state.step} after the password.`)
  const { approvals } = await client.must(() => phone.pendingApprovals())
  const shown = approvals.toSorted((a, b) => a.document.issued.localeCompare(b.document.issued)).at(-1)
  if (shown === undefined) throw new Error(`${client.name} was asked, and the phone shows nothing.`)
  stage.history.add({
    client: client.name,
    kind: 'show',
    approval: shown.approval,
    device: phone.stored.device,
    ending: 'ok',
  })
  return { browser, id, shown, number: state.number ?? undefined }
}

type Decision = 'approved' | 'declined'

/** The phone's answer, sent until it is answered. @returns whether it was taken */
async function decide({ client, phone }: Person, { shown, number }: Asked, decision: Decision): Promise<boolean> {
  const attempt: Attempt = {
    kind: 'decide',
    approval: shown.approval,
    device: phone.stored.device,
    by: 'network',
    decision,
  }
  const heard = await client.until(attempt, async () => {
    const approving = decision === 'approved'
    const answer = await (approving ? phone.approve(shown, usualPasscode, number) : phone.decline(shown))
    if (answer.outcome === 'decided' && answer.state === decision) return answer.state
    const code = answer.outcome === 'ended' ? answer.code : 'internal'
    throw new RequestRefused({ type: 'about:blank', title: JSON.stringify(answer), status: 409, code })
  })
  return 'value' in heard
}

/** Chooses the offline way. @returns the right response; null where codes are locked for this account */
async function goOffline({ client, phone }: Person, { browser, id }: Asked): Promise<string | null> {
  const heard = await client.until(null, () => command(browser, id, 'offline'))
  if ('refused' in heard && heard.refused === 'offline_locked') return null
  const offline = await client.must(() => browser.state(id))
  if (offline.step !== 'offline') throw new Error(`${client.name} is at ${offline.step} and not offline.`)
  return (await phone.responseFor(offline.challenge, usualPasscode)).response
}

/** Types a response until it is judged. @returns whether the approval ended by it, as it was meant to */
async function typeResponse(
  { client, phone }: Person,
  { browser, id, shown }: Asked,
  { response, decision }: { readonly response: string; readonly decision: Decision },
): Promise<boolean> {
  const { approval } = shown
  const attempt: Attempt = { kind: 'decide', approval, device: phone.stored.device, by: 'code', decision }
  const heard = await client.until(attempt, async () => {
    // A right response is good once: where it was taken and the answer lost, the page sees it by looking again.
    const seen = await browser.state(id)
    const state =
      seen.step === 'offline' ? SignInState.parse(await command(browser, id, 'response', { response })) : seen
    const wanted = decision === 'approved' ? 'approved' : 'codes-spent'
    if (state.step !== wanted) throw new Error(`${client.name} is at ${state.step} after the response.`)
  })
  return 'value' in heard
}

/** @returns whether it was approved; null where codes are locked */
async function answerByCode(person: Person, asked: Asked): Promise<boolean | null> {
  const right = await goOffline(person, asked)
  if (right === null) return null
  if (person.random.happens(0.8)) return typeResponse(person, asked, { response: right, decision: 'approved' })
  const response = right === '00000000' ? '11111111' : '00000000'
  // Five tries end it as declined.
  while (!(await typeResponse(person, asked, { response, decision: 'declined' })));
  return false
}

async function answer(person: Person, asked: Asked): Promise<boolean> {
  const { random } = person
  const byCode = random.happens(0.2) ? await answerByCode(person, asked) : null
  if (byCode !== null) return byCode
  const decision = random.happens(0.7) ? 'approved' : 'declined'
  if (random.happens(0.8)) return (await decide(person, asked, decision)) && decision === 'approved'
  // Two thumbs at once: one of them is taken.
  const [approved] = await Promise.all([decide(person, asked, 'approved'), decide(person, asked, 'declined')])
  return approved
}

async function collectByPage({ client }: Person, { browser, id, shown }: Asked): Promise<void> {
  await client.until({ kind: 'redeem', approval: shown.approval, redemption: `sign-in:${id}` }, () =>
    command(browser, id, 'finish'),
  )
}

async function collectByBackEnd({ client }: Person, { shown }: Asked, name: string): Promise<void> {
  const redemption = `${name}:${shown.approval}`
  await client.until({ kind: 'redeem', approval: shown.approval, redemption }, async () => {
    const code = await client.stage.server.redeem(shown.approval, redemption)
    if (code === null) return
    throw new RequestRefused(Problem.parse({ type: 'about:blank', title: code, status: 409, code }))
  })
}

async function signIn(person: Person): Promise<void> {
  const asked = await begin(person)
  const approved = await answer(person, asked)
  const rivals = person.random.happens(0.3)
  const collecting = rivals ? ['back-end-1', 'back-end-2'].map((name) => collectByBackEnd(person, asked, name)) : []
  if (approved) collecting.push(collectByPage(person, asked))
  await Promise.all(collecting)
}

/** Links a phone and signs in with it for a while, then is somebody else: for as long as there are accounts. */
async function beSomebody(stage: Stage, name: string, random: Seeded): Promise<void> {
  const client = new Client(stage, name)
  let person: Person | null = null
  await client.keepOn(async () => {
    const account = stage.takeAccount()
    const phone = account === undefined ? null : await link(client, account)
    if (account !== undefined && phone !== null) person = { client, random, account, phone }
    // The number has had its codes, as the server was killed too often over this linking.
    if (person === null && account !== undefined) return
    if (person === null) throw new Error(`${name} has no phone, and there is no account left.`)
    for (let signIns = 5 + random.below(20); signIns > 0; signIns--) await signIn(person)
  })
}

/** Sets everybody to work until the stage's end. Rejects as soon as one of them meets what no crash explains. */
export async function load(stage: Stage, random: Seeded): Promise<void> {
  await Promise.all(Array.from({ length: 8 }, (_, number) => beSomebody(stage, `person ${number}`, random.fork())))
}
