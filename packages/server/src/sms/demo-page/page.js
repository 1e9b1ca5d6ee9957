// Shows the inbox as it is now and whenever it changes. Text is only ever set as text, never as markup.
const list = document.querySelector('.messages')
const empty = document.querySelector('.empty')
const lost = document.querySelector('.lost')
const shown = new Map()

const element = (name, className, text) => {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

function card(message) {
  const item = document.createElement('li')
  const head = element('div', 'head', '')
  const time = element('time', '', new Date(message.at).toLocaleTimeString(document.documentElement.lang))
  time.dateTime = new Date(message.at).toISOString()
  head.append(element('span', '', `${list.dataset.to} ${message.to}`), time)
  item.append(head)
  const code = /#(\d{6})\s*$/.exec(message.text)?.[1]
  if (code !== undefined) item.append(element('p', 'code', code))
  item.append(element('p', 'text', message.text))
  return item
}

function show({ messages }) {
  const keys = new Set(messages.map(({ id }) => id))
  for (const [id, item] of shown) {
    if (keys.has(id)) continue
    item.remove()
    shown.delete(id)
  }
  for (const message of messages.toReversed()) {
    if (shown.has(message.id)) continue
    const item = card(message)
    shown.set(message.id, item)
    list.prepend(item)
  }
  empty.hidden = messages.length > 0
}

const events = new EventSource('/dev/sms/events')
events.addEventListener('inbox', (event) => show(JSON.parse(event.data)))
events.addEventListener('open', () => {
  lost.hidden = true
})
events.addEventListener('error', () => {
  lost.hidden = false
})
