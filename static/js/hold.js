// Makes one request a tick out of a held button or many fast claps.
// Without it every press is a request of its own, and nothing else changes.
const TICK = 300, HOLD_AFTER = 400, HOLD_EVERY = 110, MOST = 50

function attach(form) {
  const field = form.elements.claps
  const button = form.querySelector('button')
  const bubble = form.querySelector('[data-pending]')
  let waiting = 0, sent = 0, ticking = false, holding = 0, held = false, repeated = 0

  const left = () => Number(form.parentNode.querySelector('[data-left]')?.dataset.left ?? MOST)

  function show() {
    bubble.textContent = '+' + (waiting + sent)
    bubble.hidden = !(waiting + sent)
  }

  function press() {
    // The last allowed one still goes out at zero: the server says why it does not count.
    if (waiting + sent >= Math.max(1, Math.min(MOST, left()))) return stop()
    waiting += 1
    show()
    if (!ticking && !sent) send()
  }

  function send() {
    if (!waiting || sent) return
    sent = waiting
    waiting = 0
    ticking = true
    setTimeout(() => { ticking = false; send() }, TICK)
    field.value = sent
    form.requestSubmit()
    field.value = 1
  }

  function stop() {
    clearInterval(holding)
    clearTimeout(holding)
    button.classList.remove('down')
  }

  button.addEventListener('pointerdown', event => {
    if (event.button) return
    held = false
    holding = setTimeout(() => {
      held = true
      button.classList.add('down')
      press()
      holding = setInterval(press, HOLD_EVERY)
    }, HOLD_AFTER)
  })
  for (const name of ['pointerup', 'pointercancel', 'pointerleave', 'blur']) button.addEventListener(name, stop)
  button.addEventListener('contextmenu', event => held && event.preventDefault())

  button.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    if (!event.repeat) return void (held = false)
    event.preventDefault()
    held = true
    if (event.timeStamp - repeated < HOLD_EVERY) return
    repeated = event.timeStamp
    press()
  })

  button.addEventListener('click', event => {
    event.preventDefault()
    if (!held) press()
    held = false
  })

  form.addEventListener('htmx:finally:request', () => {
    sent = 0
    show()
    if (!ticking) send()
  })
  form.addEventListener('htmx:error', () => {
    document.getElementById('say').textContent = form.dataset.lost
  })
}

if (window.htmx) document.querySelectorAll('form[data-hold]').forEach(attach)
