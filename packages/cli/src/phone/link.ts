/** `countersign phone link` */
import { parseArgs } from 'node:util'
import { type Linking, passcodeFault, RequestRefused, scanLinking, startLinking } from '@countersign/device'
import { LinkingOfferCode } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { exitCodes, NotDone, UsageFault } from '../exit.ts'
import { localeOf } from '../locale.ts'
import type { Terminal } from '../terminal.ts'
import { sentenceOf } from '../words.ts'
import { keepDevice, loadDevice, stateExists } from './state-file.ts'
import { deviceOptions, passcodeQuestion, settleState, stateFileOf, stateHelp, stateOption } from './virtual-phone.ts'

const smsQuestion = { text: 'Code from the SMS', variable: 'COUNTERSIGN_SMS_CODE' } as const

/** Asks again while the person can type; an answer from a script is given once. */
async function submitCode(linking: Linking, terminal: Terminal): Promise<void> {
  for (;;) {
    const code = (await terminal.ask(smsQuestion)).replaceAll(' ', '')
    try {
      return await linking.submitCode(code)
    } catch (error) {
      const again = error instanceof RequestRefused && error.code === 'code_refused' && error.triesLeft !== 0
      if (!again || terminal.environment[smsQuestion.variable] !== undefined) throw error
      terminal.complain(sentenceOf(error))
    }
  }
}

/** @param nothing what was not done when it is refused @throws NotDone */
export function checkPasscode(passcode: string, nothing: string): string {
  const fault = passcodeFault(passcode)
  if (fault === 'not-six-digits') throw new NotDone(`A passcode has six digits. ${nothing}`)
  if (fault !== null) throw new NotDone(`This passcode is too easy to guess (${fault}). ${nothing}`)
  return passcode
}

type Phone = Omit<Parameters<typeof scanLinking>[0], 'code'>

async function byPassword(phone: Phone, email: string | undefined, terminal: Terminal): Promise<Linking> {
  const linking = await startLinking({
    ...phone,
    email: email ?? (await terminal.ask({ text: 'E-mail' })),
    password: await terminal.ask({ text: 'Password', variable: 'COUNTERSIGN_PASSWORD', hidden: true }),
  })
  terminal.complain(`A code was sent by SMS to ${linking.phoneNumber}.`)
  await submitCode(linking, terminal)
  return linking
}

async function byCode(phone: Phone, code: string, terminal: Terminal): Promise<Linking> {
  if (!LinkingOfferCode.safeParse(code).success)
    throw new UsageFault('A code for linking begins with CS3: and is 47 characters long.')
  const linking = await scanLinking({ ...phone, code })
  terminal.print(`Type these digits on the page: ${linking.digits}`)
  await linking.confirmed(terminal.signal)
  return linking
}

const isLinked = async (path: string) =>
  (await stateExists(path)) && (await settleState(path, await loadDevice(path))) !== null

function serverOf(url: string | undefined): string {
  if (url === undefined) throw new UsageFault('Say which server: --server URL.')
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageFault(`This is not the URL of a server: ${url}`)
  return url
}

export const link: Command = {
  usage: 'phone link --server URL [--email ADDRESS | --code CODE]',
  summary: 'Link a virtual phone to an account.',
  help: `
  --server URL     the server, as people reach it
  --email ADDRESS  the account; asked for unless told
  --code CODE      CS3:… from the page of an application on which you are logged in, instead of e-mail and password
  --name NAME      what this phone is called; "Virtual phone" unless told
  --locale sv|en   the language of what is shown; en unless told
${stateHelp}

E-mail, password, code from the SMS and passcode are asked for. Scripts answer on standard input, one a line and in
this order, or in COUNTERSIGN_PASSWORD, COUNTERSIGN_SMS_CODE and COUNTERSIGN_PASSCODE.`,
  async run(args, terminal) {
    const { values } = parseArgs({
      args,
      options: {
        ...stateOption,
        server: { type: 'string' },
        email: { type: 'string' },
        code: { type: 'string' },
        name: { type: 'string', default: 'Virtual phone' },
        locale: { type: 'string', default: 'en' },
      },
    })
    const apiUrl = serverOf(values.server)
    const locale = localeOf(values.locale)
    const path = stateFileOf(values)
    if (await isLinked(path)) {
      throw new UsageFault(`${path} already holds a phone. Choose another file with --state, or unlink that one first.`)
    }
    const phone = {
      apiUrl,
      deviceName: values.name,
      locale,
      platform: 'virtual',
      appVersion: deviceOptions.appVersion,
      extractable: true,
    } as const
    const linking =
      values.code === undefined
        ? await byPassword(phone, values.email, terminal)
        : await byCode(phone, values.code, terminal)
    const chosen = await terminal.ask({ ...passcodeQuestion, text: 'Choose a passcode of six digits' })
    const passcode = checkPasscode(chosen, 'Nothing was linked.')
    const keep = keepDevice(path)
    const stored = await linking.finish({ ...deviceOptions, passcode, credential: null, keep })
    terminal.print(`Linked: "${stored.name}" answers for ${stored.account.email}. It is kept in ${path}.`)
    return exitCodes.ok
  },
}
