// The page's own back end starts the approval (POST /pay) and collects its result (POST /paid); the page only waits.
const form = document.querySelector('#bill')
const outcome = document.querySelector('#outcome')
const popup = document.querySelector('countersign-approval')

async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { ok: answer.ok, body: await answer.json() }
}

async function pay() {
  const started = await post('/pay', Object.fromEntries(new FormData(form)))
  if (started.body.code === 'no_device') {
    const { again } = await popup.showNoDevice(started.body)
    return again ? pay() : 'Inget har betalats.'
  }
  if (!started.ok) return 'Det gick inte att börja. Inget har betalats.'
  const { server, approval, page_token: pageToken } = started.body
  const ending = await popup.open({ server, approval, pageToken })
  if (ending.kind !== 'approved') return ending.again ? pay() : 'Inget har betalats.'
  // Asked twice, the same payment is made once: the back end redeems by an id of its own.
  const paid = await post('/paid', { approval })
  popup.close()
  return paid.ok ? 'Betald.' : 'Betalningen gick inte igenom.'
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  outcome.textContent = ''
  outcome.textContent = await pay()
})
