/** What phones and the pages of the sign-in ask of the server. Other programs need none of it. */
import * as z from 'zod/mini'
import type { Operation } from './operation.ts'

const device = ['device'] as const
const browser = ['browser'] as const
const poll = z.object({ wait: z.optional(z.coerce.number().check(z.minimum(0))), after: z.optional(z.string()) })

const linking: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/linkings',
    id: 'startLinking',
    summary: 'Show e-mail and password; a code is sent by SMS.',
    callers: device,
    body: 'StartLinkingBody',
    answers: { 200: 'StartLinkingAnswer' },
    refusals: ['link_failed', 'already_linked', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/linkings/scanned',
    id: 'scanLinking',
    summary: 'Show the code of an application’s page.',
    callers: device,
    body: 'ScannedLinkingBody',
    answers: { 200: 'ScannedLinkingAnswer' },
    refusals: ['link_expired', 'already_linked'],
  },
  {
    method: 'post',
    path: '/v1/linkings/{linking}/resend',
    id: 'resendCode',
    summary: 'Another code to the same number.',
    callers: device,
    answers: { 200: 'StartLinkingAnswer' },
    refusals: ['link_failed', 'link_expired', 'wrong_step', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/linkings/{linking}/code',
    id: 'submitCode',
    summary: 'The code from the SMS, or the digits that were typed on a page.',
    callers: device,
    body: 'LinkingCodeBody',
    answers: { 200: 'LinkingCodeAnswer' },
    refusals: ['code_refused', 'link_failed', 'link_expired', 'wrong_step', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/linkings/{linking}/keys',
    id: 'agreeKeys',
    summary: 'Agree on the unlock secret.',
    callers: device,
    body: 'LinkingKeysBody',
    answers: { 200: 'LinkingKeysAnswer' },
    refusals: ['link_failed', 'link_expired', 'wrong_step'],
  },
  {
    method: 'post',
    path: '/v1/linkings/{linking}/activate',
    id: 'activateLinking',
    summary: 'The first right proof makes the device the one that is asked.',
    callers: device,
    body: 'ActivateBody',
    answers: { 200: 'DeviceAnswer' },
    refusals: ['unlock_failed', 'already_linked', 'link_failed', 'link_expired', 'wrong_step'],
  },
]

const ownDevice: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/device',
    id: 'readDevice',
    summary: 'What the server knows of the device that asks.',
    callers: device,
    answers: { 200: 'DeviceAnswer' },
  },
  {
    method: 'delete',
    path: '/v1/device',
    id: 'unlinkDevice',
    summary: 'Unlink the device that asks.',
    callers: device,
    answers: { 204: null },
  },
  {
    method: 'post',
    path: '/v1/device/renewals',
    id: 'startRenewal',
    summary: 'Begin to change the passcode or the fingerprint.',
    callers: device,
    body: 'StartRenewalBody',
    answers: { 200: 'StartRenewalAnswer' },
    refusals: ['unlock_failed', 'device_blocked', 'wrong_step', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/v1/device/renewals/{renewal}/activate',
    id: 'activateRenewal',
    summary: 'The first right proof with the new secret puts it in force.',
    callers: device,
    body: 'ActivateRenewalBody',
    answers: { 200: 'DeviceAnswer' },
    refusals: ['unlock_failed', 'device_blocked', 'link_expired', 'wrong_step'],
  },
  {
    method: 'get',
    path: '/v1/device/push',
    id: 'readPush',
    summary: 'Whether the device is pushed to, and the key that a subscription is made for.',
    callers: device,
    answers: { 200: 'PushAnswer' },
  },
  {
    method: 'put',
    path: '/v1/device/push',
    id: 'subscribePush',
    summary: 'Be pushed to at this address.',
    callers: device,
    body: 'PushSubscriptionBody',
    answers: { 200: 'PushAnswer' },
  },
  {
    method: 'delete',
    path: '/v1/device/push',
    id: 'endPush',
    summary: 'Be pushed to no more.',
    callers: device,
    answers: { 204: null },
  },
  {
    method: 'get',
    path: '/v1/device/approvals',
    id: 'pendingApprovals',
    summary: 'What waits for the device.',
    callers: device,
    query: poll,
    answers: { 200: 'PendingApprovals' },
  },
  {
    method: 'get',
    path: '/v1/device/events',
    id: 'watchApprovals',
    summary: 'Follow what waits for the device, as an event stream.',
    callers: device,
    answers: { 200: 'PendingApprovals' },
    isStream: true,
  },
  {
    method: 'post',
    path: '/v1/device/approvals/{approval}/decision',
    id: 'decide',
    summary: 'Approve or decline, signed.',
    callers: device,
    body: 'DecisionBody',
    answers: { 200: 'DecisionAnswer' },
    refusals: [
      'decision_conflict',
      'approval_not_pending',
      'approval_expired',
      'digest_mismatch',
      'unlock_failed',
      'device_blocked',
    ],
  },
  {
    method: 'post',
    path: '/v1/device/approvals/{approval}/received',
    id: 'confirmReceived',
    summary: 'Say that the phone was reached.',
    callers: device,
    body: 'ReceivedBody',
    answers: { 204: null },
  },
]

const signIn = (name: string, summary: string, rest: Partial<Operation>): Operation => ({
  ...(rest.method === 'get' ? {} : { body: 'EmptyBody' }),
  method: 'post',
  path: `/sign-in/{signIn}/${name}`,
  id: `signIn${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  summary,
  callers: browser,
  answers: { 200: 'SignInState' },
  ...rest,
})

const asks = ['sign_in_failed', 'wrong_step', 'rate_limited'] as const

const signIns: readonly Operation[] = [
  signIn('state', 'Where a sign-in is, or wait until it is somewhere else.', { method: 'get', query: poll }),
  signIn('events', 'Follow a sign-in as an event stream.', { method: 'get', isStream: true }),
  signIn('password', 'E-mail and password.', { body: 'PasswordBody', refusals: asks }),
  signIn('code', 'The code from the SMS.', { body: 'SmsCodeBody', refusals: ['code_refused', ...asks] }),
  signIn('resend', 'Another code by SMS.', { refusals: asks }),
  signIn('wake', 'Send the push once more.', { refusals: asks }),
  signIn('offline', 'Choose the way without network.', { refusals: ['offline_locked', ...asks] }),
  signIn('response', 'The response code that the phone shows.', {
    body: 'ResponseBody',
    refusals: ['code_refused', 'offline_locked', ...asks],
  }),
  signIn('restart', 'Ask the phone anew.', { refusals: asks }),
  signIn('cancel', 'Give it up; the answer says where the browser goes.', {
    answers: { 200: 'FinishAnswer' },
    refusals: ['wrong_step'],
  }),
  signIn('finish', 'Go on to the application; the answer says where.', {
    answers: { 200: 'FinishAnswer' },
    refusals: ['redeem_too_late', 'already_redeemed', 'approval_not_pending', ...asks],
  }),
]

const server: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/server',
    id: 'readServer',
    summary: 'What anybody may know of this server.',
    callers: ['anyone'],
    answers: { 200: 'ServerAnswer' },
  },
]

export const deviceOperations: readonly Operation[] = [...server, ...linking, ...ownDevice, ...signIns]
