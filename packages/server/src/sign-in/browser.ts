/** Which browser a request comes from: a cookie that says nothing but "the same as before". */
import { sha256, toBase64url, utf8 } from '@countersign/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'

const hashOf = (id: string): string => toBase64url(sha256(utf8(id)))

function readCookie(request: FastifyRequest, name: string): string | null {
  const cookies = (request.headers.cookie ?? '').split(/; */)
  const found = cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1)
  return found !== undefined && /^brw_[A-Za-z0-9_-]{22}$/.test(found) ? found : null
}

/** The hash of the browser's cookie, which is set where there is none yet. It ends with the browser. */
export function browserOf(context: Context, request: FastifyRequest, reply: FastifyReply): string {
  const secure = context.config.issuer.startsWith('https:')
  const name = `${secure ? '__Host-' : ''}countersign_browser`
  const known = readCookie(request, name)
  if (known !== null) return hashOf(known)
  const id = context.random.id('brw')
  reply.header('set-cookie', `${name}=${id}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`)
  return hashOf(id)
}
