/** A whole server in a process of its own, to be killed. It is told its configuration, and ends with whoever started it. */
import { AccountId, ApplicationId, ApprovalId, DeviceId } from '@countersign/protocol'
import { type RunningCountersign, startCountersign } from '@countersign/server'
import { cancelApproval, redeemApproval, startApproval } from '../../packages/server/src/approvals/index.ts'
import { loginTemplate } from '../../packages/server/src/templates/index.ts'
import { cheapPasswordCost, type FromServer, type ToServer } from './server-messages.ts'

let running: RunningCountersign | null = null

const say = (message: FromServer) => {
  if (process.connected) process.send?.(message)
}

async function obey(message: ToServer): Promise<void> {
  if (message.kind === 'start') {
    running = await startCountersign(message.config, { logLevel: 'error', passwordCost: cheapPasswordCost })
    return say({ kind: 'ready' })
  }
  if (running === null) throw new Error('The server was not started.')
  if (message.kind === 'stop') {
    await running.close()
    return process.disconnect()
  }
  if (message.kind === 'ask-and-die') {
    await startApproval(running.context, {
      account: AccountId.parse(message.account),
      device: DeviceId.parse(message.device),
      application: { id: ApplicationId.parse('strand'), name: 'Strand' },
      action: 'login',
      template: loginTemplate,
      locale: 'sv',
      data: {},
      context: { place: null, browser: 'Firefox, Linux' },
      requester: 'browser',
    })
    process.kill(process.pid, 'SIGKILL')
  }
  if (message.kind === 'cancel-and-die') {
    await cancelApproval(running.context, ApprovalId.parse(message.approval), 'withdrawn')
    process.kill(process.pid, 'SIGKILL')
  }
  if (message.kind !== 'redeem') return
  const redeemed = await redeemApproval(running.context, ApprovalId.parse(message.approval), message.redemption)
  say({ kind: 'redeemed', call: message.call, code: redeemed.kind === 'refused' ? redeemed.code : null })
}

process.on('message', (message: ToServer) => void obey(message))
process.on('disconnect', () => process.exit())
