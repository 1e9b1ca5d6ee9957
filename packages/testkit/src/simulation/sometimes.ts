/** What must have happened at least once over many runs: a simulation that never meets it proves nothing about it. */
export const sometimesNames = [
  'a late approve was refused',
  'approve and decline came in the same tick',
  'an offline code came while a decision was under way',
  'a device was removed under a request',
  'an account was locked under a request',
  'a restart came between decision and redemption',
  'a code of the previous round was accepted in its grace',
  'offline codes were locked',
  'a device was blocked',
  'the same redemption was repeated',
  'a wrong number ended a request',
  'five wrong codes ended a request',
  'an answer was repeated and told from the record',
  'a repeated message was refused for its nonce',
  'a round began under a decision',
  'a passcode was changed',
  'a renewal came into force and its answer was lost',
  'a renewal got no answer and never came into force',
  'a later renewal took the place of an earlier one',
  'a restart came within a renewal',
  'what an old secret made was refused',
] as const

export type Sometimes = (typeof sometimesNames)[number]
